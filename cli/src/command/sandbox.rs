use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::{env, fs};

use clap::Args;
use jumpqr_sandbox::{AUTHORIZER_REFRESH_TOKEN, COMPONENT_VERIFY_TICKET, Credentials, Sandbox};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::args::whole_number;
use crate::failure::{Cause, Failure};
use crate::output::{Ending, HEADING, Report, card, list};
use crate::sandbox::{proxy_ca, serve};

const EXAMPLES: &str = "\
Examples:
  jumpqr sandbox
  jumpqr sandbox --port 8930
  jumpqr sandbox --proxy

Then, in another shell, with the `export` lines that it prints, every command talks to it; so does any other client of
WeChat's interfaces. GET /sandbox on it lists what it can be told: faults, other accounts, another time.";

/// What clients read the name of a file with certificate authorities from: OpenSSL and Go, curl,
/// Python's requests, Node.
const CA_VARIABLES: [&str; 4] = [
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
];

/// Serve a local WeChat on this machine until Ctrl-C
///
/// It has a Mini Program, a service account linked to it, and a third-party platform that the Mini Program has authorised.
/// It has no rules, and keeps everything in memory.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// The TCP port on 127.0.0.1 to listen on; 0 is any free one [example: 8930]
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole_number::<u16>("0 to 65535"))]
    port: u16,
    /// Allow requests that name this host, with or without a port; may be repeated
    ///
    /// The sandbox answers as 127.0.0.1, localhost and [::1], and refuses other names: a web page
    /// could have chosen them. Allow a name of /etc/hosts, or one that a proxy or a container
    /// forwards to the sandbox.
    #[arg(long = "allow-host", value_name = "NAME[:PORT]")]
    allowed_hosts: Vec<String>,
    /// Be an HTTPS proxy, too, that leads api.weixin.qq.com and its sisters here
    ///
    /// For clients that have WeChat's address built in. With the `export` lines that are printed,
    /// they come here unchanged: as proxy they take this sandbox, and they trust a certificate
    /// authority that is made for this run and may sign for weixin.qq.com only. The proxy refuses
    /// all other hosts. The command that comes with the packages for Python and Node has no proxy.
    #[arg(long)]
    proxy: bool,
    /// With --proxy: write the authority's certificate there and leave it; without it, a temporary
    /// file holds it
    #[arg(long, value_name = "FILE", requires = "proxy")]
    proxy_ca_file: Option<PathBuf>,
}

impl Serve {
    pub(crate) fn run(&self) -> Ending {
        let (stop, stopped) = channel();
        // Before anything is printed: whoever reads that it serves may stop it at once.
        ctrlc::set_handler(move || {
            // Nobody listens any more only when it stops already.
            let _stopping = stop.send(());
        })
        .map_err(|error| {
            Failure::from(Cause::Sandbox {
                message: format!("Ctrl-C cannot be caught: {error}"),
            })
        })?;
        let sandbox = serve(self.port, &self.allowed_hosts, self.proxy)?;
        let ca_file = proxy_ca(&sandbox)
            .map(|pem| CaFile::write(pem, self.proxy_ca_file.as_deref()))
            .transpose()?;
        Ok(Box::new(Serving {
            sandbox,
            ca_file,
            stopped,
        }))
    }
}

/// The file that clients of the proxy read the authority's certificate from.
enum CaFile {
    /// Removed at the end.
    Temporary(NamedTempFile),
    Named(PathBuf),
}

impl CaFile {
    fn write(pem: &str, path: Option<&Path>) -> Result<Self, Failure> {
        let failed = |what: &Path, error: &io::Error| {
            Failure::from(Cause::Sandbox {
                message: format!("{} cannot be written: {error}", what.display()),
            })
        };
        if let Some(path) = path {
            fs::write(path, pem).map_err(|error| failed(path, &error))?;
            // Absolute, as the clients start in other folders.
            let path = fs::canonicalize(path).map_err(|error| failed(path, &error))?;
            return Ok(Self::Named(path));
        }
        let temporary = tempfile::Builder::new()
            .prefix("jumpqr-sandbox-")
            .suffix(".pem")
            .tempfile()
            .and_then(|mut file| {
                file.write_all(pem.as_bytes())?;
                Ok(file)
            });
        let file = temporary.map_err(|error| failed(&env::temp_dir(), &error))?;
        Ok(Self::Temporary(file))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(file) => file.path(),
            Self::Named(path) => path,
        }
    }
}

struct Serving {
    sandbox: Sandbox,
    /// `None` without the proxy.
    ca_file: Option<CaFile>,
    stopped: Receiver<()>,
}

impl Report for Serving {
    fn command(&self) -> &'static str {
        "sandbox"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let base_url = self.sandbox.base_url();
        let mini_program = self.sandbox.mini_program();
        let service_account = self.sandbox.service_account();
        // These secrets are none: every sandbox has them.
        let row = |name: &str, account: &Credentials| {
            vec![
                name.to_owned(),
                account.appid.clone(),
                account.secret.expose().to_owned(),
            ]
        };
        let rows = [
            row("Mini Program", &mini_program),
            row("service account", &service_account),
            row("third-party platform", &self.sandbox.platform()),
        ];
        let of_platform = [
            ("component_verify_ticket", COMPONENT_VERIFY_TICKET),
            ("authorizer_refresh_token", AUTHORIZER_REFRESH_TOKEN),
        ]
        .map(|(name, value)| (name, Some(value.to_owned())));
        writeln!(
            out,
            "{HEADING}A local WeChat{HEADING:#} at {base_url}; Ctrl-C stops it"
        )?;
        writeln!(out)?;
        writeln!(out, "{}", list(&["account", "appid", "secret"], rows))?;
        writeln!(out)?;
        writeln!(
            out,
            "{HEADING}Of the platform{HEADING:#}, which the Mini Program has authorised"
        )?;
        writeln!(out)?;
        writeln!(out, "{}", card(&of_platform))?;
        writeln!(out)?;
        writeln!(
            out,
            "{HEADING}In another shell{HEADING:#} (ordinary-link rules; for service-account rules, the other account)"
        )?;
        writeln!(out)?;
        if let Some(ca_file) = &self.ca_file {
            let path = ca_file.path().to_string_lossy();
            let path = shlex::try_quote(&path).map_err(io::Error::other)?;
            writeln!(out, "export HTTPS_PROXY={base_url}")?;
            for name in CA_VARIABLES {
                writeln!(out, "export {name}={path}")?;
            }
            // Node's own clients take a proxy from the environment only if they are told to.
            writeln!(out, "export NODE_USE_ENV_PROXY=1")?;
        }
        writeln!(out, "export JUMPQR_BASE_URL={base_url}")?;
        writeln!(out, "export JUMPQR_APPID={}", mini_program.appid)?;
        writeln!(out, "export JUMPQR_SECRET={}", mini_program.secret.expose())?;
        writeln!(out, "jumpqr get")
    }

    fn json(&self) -> Value {
        let account = |account: Credentials| json!({"appid": account.appid, "secret": account.secret.expose()});
        let platform = self.sandbox.platform();
        let mini_program = self.sandbox.mini_program();
        let proxy = self.ca_file.as_ref().map(|ca_file| {
            json!({
                "url": self.sandbox.base_url(),
                "ca_file": ca_file.path().to_string_lossy(),
            })
        });
        json!({
            "base_url": self.sandbox.base_url(),
            "proxy": proxy,
            "platform": {
                "component_appid": platform.appid,
                "component_appsecret": platform.secret.expose(),
                "component_verify_ticket": COMPONENT_VERIFY_TICKET,
                "authorizer_appid": mini_program.appid,
                "authorizer_refresh_token": AUTHORIZER_REFRESH_TOKEN,
            },
            "mini_program": account(mini_program),
            "service_account": account(self.sandbox.service_account()),
        })
    }

    fn linger(&self) {
        // The handler lives as long as the process, so this ends by its signal.
        let _stopped = self.stopped.recv();
        self.sandbox.stop();
    }
}
