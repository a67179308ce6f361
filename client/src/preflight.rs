//! Looks before a rule is added whether WeChat will find the domain's verification file.
//!
//! Without the file, WeChat refuses an ordinary-link rule with 85069, and does not say why.
//! [`Client::preflight`](crate::Client::preflight) looks as WeChat does: at each address of the
//! host, three times, without following a redirect. If the file is not in the right place, it looks
//! in the wrong places, too, in which people put it. Each cause is one finding, with what was seen
//! and what to do.
//!
//! The verdict is never that WeChat will succeed: a firewall or geo-blocking that refuses WeChat's
//! servers cannot be seen from here. The page `docs/preflight.md` lists what is found.
//!
//! Nothing is fetched unless you call it, and nothing of it is sent to WeChat, except that
//! [`Client::preflight`](crate::Client::preflight) downloads the file from there.

pub use jumpqr_core::preflight::*;
pub use jumpqr_fetch::PreflightOptions;

use jumpqr_core::RuleKey;
use jumpqr_core::call::CALLER_CANCELLED;
use jumpqr_core::error::{Error, OwnCode, Result};

use crate::cancel::Cancel;
use crate::checks::{Findings, check_duration};
use crate::client::Client;

/// Stands for the file name in a report about a prefix for which nothing is fetched.
const NO_FILE: &str = "FILE.txt";

/// Looks for a file at hand, without a client. The name of `file` is the one that
/// `downloadQRCodeText` has given, such as `UASjIrr8C9.txt`.
///
/// See [`Client::preflight`](crate::Client::preflight).
///
/// ```
/// use jumpqr::Cancel;
/// use jumpqr::preflight::{self, ExpectedFile, PreflightOptions, PreflightVerdict};
/// use std::io::{Read, Write};
///
/// // A server on this machine that adds a line end.
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// std::thread::spawn(move || {
///     for stream in listener.incoming() {
///         let mut stream = stream?;
///         stream.read(&mut [0; 1024])?;
///         let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 33\r\n\r\n";
///         stream.write_all(format!("{head}0123456789abcdef0123456789abcdef\n").as_bytes())?;
///     }
///     Ok::<(), std::io::Error>(())
/// });
///
/// let file = ExpectedFile {
///     name: "UASjIrr8C9.txt".to_owned(),
///     content: b"0123456789abcdef0123456789abcdef".to_vec(),
/// };
/// let options = PreflightOptions::default().connect_to([address]);
/// let prefix = "http://m.example.cn/table/";
/// let report = preflight::look_for_file(prefix, file, &options, &Cancel::default())?;
/// assert_eq!(report.verdict, PreflightVerdict::WillFail);
/// assert_eq!(report.findings[0].code.name(), "white_space_around");
/// println!("{}", report.findings[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn look_for_file(
    rule: impl Into<RuleKey>,
    file: ExpectedFile,
    options: &PreflightOptions,
    cancel: &Cancel,
) -> Result<Preflight> {
    check_options(options)?;
    look(&rule.into(), file, options, cancel)
}

impl Client {
    /// Looks whether WeChat will find the verification file of a rule, or of a prefix. It downloads
    /// the file with [`download_qr_code_text`](Self::download_qr_code_text), and looks for it on
    /// the domain as WeChat does, see [`preflight`](crate::preflight). Nothing is written.
    ///
    /// The download has the timeout of this client. After it, the look lasts at most for
    /// [`PreflightOptions::timeout`], and [`with_cancel`](Self::with_cancel) cancels both. For a
    /// service account's rule, which needs no file, nothing is sent at all.
    ///
    /// Errors are those of the download, `invalid_config` for wrong options, and `cancelled`.
    /// Whatever the domain's server does is a finding, not an error.
    ///
    /// ```no_run
    /// use jumpqr::preflight::{PreflightOptions, PreflightVerdict};
    ///
    /// # fn look(client: &jumpqr::Client) -> jumpqr::Result<()> {
    /// let prefix = "https://m.example.cn/table/";
    /// let report = client.preflight(prefix, &PreflightOptions::default())?;
    /// if report.verdict != PreflightVerdict::NoCauseFound {
    ///     for finding in &report.findings {
    ///         println!("{finding}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn preflight(
        &self,
        rule: impl Into<RuleKey>,
        options: &PreflightOptions,
    ) -> Result<Preflight> {
        check_options(options)?;
        let key = rule.into();
        let any_port = options.allow_port || !options.connect_to.is_empty();
        let file = if Target::new(&key, NO_FILE, any_port).is_ok() {
            self.download_qr_code_text()?.into()
        } else {
            ExpectedFile {
                name: NO_FILE.to_owned(),
                content: Vec::new(),
            }
        };
        look(&key, file, options, &self.options.cancel)
    }
}

fn look(
    key: &RuleKey,
    file: ExpectedFile,
    options: &PreflightOptions,
    cancel: &Cancel,
) -> Result<Preflight> {
    let seen = jumpqr_fetch::look(key, file, options, &|| cancel.check());
    let seen = seen.map_err(|_| Error::new(OwnCode::Cancelled, CALLER_CANCELLED))?;
    Ok(judge(seen))
}

fn check_options(options: &PreflightOptions) -> Result<()> {
    let mut findings = Findings::default();
    findings.keep(check_duration("timeout", options.timeout));
    findings.keep(check_duration("fetch_timeout", options.fetch_timeout));
    for finding in options.check() {
        findings.keep(Err::<(), _>(finding));
    }
    findings.into_result()
}
