//! A server, what is looked at, and what must be found.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jumpqr::preflight::{ExpectedFile, Preflight, PreflightOptions, judge};
use jumpqr_fetch::{Resolve, look_with};

use crate::http;
use crate::nginx::Nginx;

pub(crate) const FILE: &str = "UASjIrr8C9.txt";
pub(crate) const CONTENT: &str = "0123456789abcdef0123456789abcdef";
/// The right place is `/Pay_on/UASjIrr8C9.txt`.
pub(crate) const PREFIX: &str = "http://m.example.cn/Pay_on/pay_on";

/// The timeout of everything. No server takes longer to be judged.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The timeout of a fetch from a server that answers.
const FETCH_TIMEOUT: Duration = Duration::from_millis(2500);

/// The timeout of a fetch from a server that hangs.
const SHORT_TIMEOUT: Duration = Duration::from_millis(300);

/// How often a server is looked at again because this machine was too busy.
const AGAIN: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Place,
    Content,
    Status,
    Time,
    Connection,
    Tls,
    Address,
    Prefix,
    Right,
}

/// The file that WeChat expects.
pub(crate) fn file() -> ExpectedFile {
    ExpectedFile {
        name: FILE.to_owned(),
        content: CONTENT.into(),
    }
}

/// A server that runs.
#[derive(Default)]
pub(crate) struct Running {
    pub(crate) connect_to: Vec<SocketAddr>,
    pub(crate) trusted: Option<String>,
    /// What DNS gives, if no address is given.
    pub(crate) dns: Option<Result<Vec<IpAddr>, &'static str>>,
}

impl From<SocketAddr> for Running {
    fn from(address: SocketAddr) -> Self {
        Self {
            connect_to: vec![address],
            ..Self::default()
        }
    }
}

impl<const N: usize> From<[SocketAddr; N]> for Running {
    fn from(addresses: [SocketAddr; N]) -> Self {
        Self {
            connect_to: addresses.to_vec(),
            ..Self::default()
        }
    }
}

type Start = Box<dyn Fn(&Nginx) -> Running + Send + Sync>;

pub(crate) struct Case {
    pub(crate) group: Group,
    /// What the server does, for the page.
    pub(crate) name: &'static str,
    prefix: &'static str,
    start: Start,
    /// The verdict, and the findings with where they show.
    pub(crate) expected: &'static str,
    fetch_timeout: Duration,
}

/// Gives fixed addresses.
struct Fixed(Result<Vec<IpAddr>, &'static str>);

impl Resolve for Fixed {
    fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        self.0.clone().map_err(io::Error::other)
    }
}

impl Case {
    /// A server that is started for this case.
    pub(crate) fn new<R: Into<Running>>(
        group: Group,
        name: &'static str,
        expected: &'static str,
        start: impl Fn() -> R + Send + Sync + 'static,
    ) -> Self {
        Self {
            group,
            name,
            prefix: PREFIX,
            start: Box::new(move |_| start().into()),
            expected,
            fetch_timeout: FETCH_TIMEOUT,
        }
    }

    /// A server of HTTP whose answers are written by `answer`.
    pub(crate) fn http(
        group: Group,
        name: &'static str,
        expected: &'static str,
        answer: impl Fn(&http::Request, &mut http::Stream<'_>) + Copy + Send + Sync + 'static,
    ) -> Self {
        Self::new(group, name, expected, move || http::serve(answer))
    }

    /// A virtual host of nginx, which is the host of `prefix`.
    pub(crate) fn nginx(
        group: Group,
        name: &'static str,
        expected: &'static str,
        prefix: &'static str,
    ) -> Self {
        let mut case = Self::new(group, name, expected, Running::default);
        case.prefix = prefix;
        case.start = Box::new(|nginx: &Nginx| nginx.address().into());
        case
    }

    pub(crate) fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    /// The server hangs, so it is not waited for.
    pub(crate) fn hangs(mut self) -> Self {
        self.fetch_timeout = SHORT_TIMEOUT;
        self
    }

    /// Returns the expected findings: each code, and where it shows unless it is everywhere.
    pub(crate) fn findings(&self) -> Vec<(&'static str, Option<&'static str>)> {
        let (_, findings) = self.expected.split_once(": ").unwrap();
        let findings = findings.split("; ").filter(|finding| !finding.is_empty());
        let findings = findings.map(|finding| match finding.split_once(" (") {
            Some((code, share)) => (code, share.strip_suffix(')')),
            None => (finding, None),
        });
        findings.collect()
    }

    /// Starts the server, looks at it, and returns what was found.
    pub(crate) fn look(&self, nginx: &Nginx) -> String {
        let mut found = String::new();
        for _ in 0..AGAIN {
            found = summary(&self.look_once(nginx));
            // On a busy machine, an answer may take longer than a second, or all than three.
            let is_busy = ["slow", "too_slow", "not_looked"]
                .iter()
                .any(|code| found.contains(code) && !self.expected.contains(code));
            if !is_busy {
                break;
            }
        }
        found
    }

    fn look_once(&self, nginx: &Nginx) -> Preflight {
        let running = (self.start)(nginx);
        let mut options = PreflightOptions::default()
            .timeout(TIMEOUT)
            .fetch_timeout(self.fetch_timeout)
            .connect_to(running.connect_to);
        if let Some(trusted) = running.trusted {
            options = options.extra_tls_roots(trusted);
        }
        assert_eq!(options.check(), [], "{}", self.name);
        let resolver = Arc::new(Fixed(running.dns.unwrap_or(Err("no address is needed"))));
        judge(look_with(resolver, &self.prefix.into(), file(), &options, &|| false).unwrap())
    }
}

/// Returns the verdict and the codes, with where they show unless it is everywhere.
fn summary(preflight: &Preflight) -> String {
    let findings = preflight.findings.iter().map(|finding| {
        let code = finding.code.name();
        match &finding.share {
            Some(share) => format!("{code} ({}, {share})", finding.extent),
            None => code.to_owned(),
        }
    });
    let findings: Vec<_> = findings.collect();
    format!("{}: {}", preflight.verdict, findings.join("; "))
}
