use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::{env, fs};

use clap::Args;
use jumpqr_sandbox::{AUTHORIZER_REFRESH_TOKEN, COMPONENT_VERIFY_TICKET, Credentials, Sandbox};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::args::parse_whole_number;
use crate::error::{Cause, CommandError};
use crate::output::{CommandResult, HEADING, Report, format_card, format_table};
use crate::sandbox::{proxy_ca, serve};

const EXAMPLES: &str = "\
Examples:
  jumpqr sandbox
  jumpqr sandbox --port 8930
  jumpqr sandbox --proxy

Paste the `export` lines that it prints into another shell. There, every command uses the sandbox.
Any other client of WeChat's interfaces may use it too. GET /sandbox lists what it can simulate:
faults, other accounts, another time.";

/// The variables that name a file of certificate authorities: for OpenSSL and Go, curl, Python's
/// requests, and Node.
const CA_VARIABLES: [&str; 4] = [
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
];

/// Run a local WeChat on this machine until Ctrl-C
///
/// It has a Mini Program, a service account linked to it, and a third-party platform that the Mini
/// Program has authorised. It starts without rules and keeps everything in memory.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// The TCP port on 127.0.0.1 to listen on; 0 means any free port [example: 8930]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = parse_whole_number::<u16>("0 to 65535")
    )]
    port: u16,

    /// Allow requests that name this host, with or without a port; may be repeated
    ///
    /// The sandbox answers requests to 127.0.0.1, localhost and [::1]. It refuses other names,
    /// because a web page could use them. Allow a name in /etc/hosts, or one that a proxy or a
    /// container forwards to the sandbox.
    #[arg(long = "allow-host", value_name = "NAME[:PORT]")]
    allowed_hosts: Vec<String>,

    /// Also be an HTTPS proxy that answers for api.weixin.qq.com and WeChat's other API hosts
    ///
    /// For clients that have WeChat's address built in. The printed `export` lines make them use
    /// this proxy and trust its certificate authority. The authority is made for this run and may
    /// sign only for weixin.qq.com. The proxy refuses all other hosts. The command in the packages
    /// for Python and Node has no proxy.
    #[arg(long)]
    proxy: bool,

    /// Write the authority's certificate to this file and keep it [default: a temporary file]
    #[arg(long, value_name = "FILE", requires = "proxy")]
    proxy_ca_file: Option<PathBuf>,
}

impl Serve {
    pub(crate) fn run(&self) -> CommandResult {
        let (stop, stopped) = channel();
        // Set before anything is printed: a program that reads the output may stop us at once.
        ctrlc::set_handler(move || {
            // Fails only if the command is already stopping.
            let _ = stop.send(());
        })
        .map_err(|error| {
            CommandError::from(Cause::Sandbox {
                message: format!("the handler for Ctrl-C cannot be set: {error}"),
            })
        })?;
        let sandbox = serve(self.port, &self.allowed_hosts, self.proxy)?;
        let ca_file = proxy_ca(&sandbox)
            .map(|pem| CaFile::create(pem, self.proxy_ca_file.as_deref()))
            .transpose()?;
        Ok(Box::new(ServeReport {
            sandbox,
            ca_file,
            stopped,
        }))
    }
}

/// The file with the certificate of the proxy's authority, for its clients.
enum CaFile {
    /// Removed when the sandbox stops.
    Temporary(NamedTempFile),
    Named(PathBuf),
}

impl CaFile {
    fn create(pem: &str, path: Option<&Path>) -> Result<Self, CommandError> {
        let unwritable = |path: &Path, error: &io::Error| {
            CommandError::unwritable(&path.display().to_string(), error)
        };
        if let Some(path) = path {
            fs::write(path, pem).map_err(|error| unwritable(path, &error))?;
            // Absolute, because the clients may run in other folders.
            let path = fs::canonicalize(path).map_err(|error| unwritable(path, &error))?;
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
        let file = temporary.map_err(|error| unwritable(&env::temp_dir(), &error))?;
        Ok(Self::Temporary(file))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(file) => file.path(),
            Self::Named(path) => path,
        }
    }
}

struct ServeReport {
    sandbox: Sandbox,
    /// `None` without the proxy.
    ca_file: Option<CaFile>,
    stopped: Receiver<()>,
}

impl Report for ServeReport {
    fn command(&self) -> &'static str {
        "sandbox"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let base_url = self.sandbox.base_url();
        let mini_program = self.sandbox.mini_program();
        let service_account = self.sandbox.service_account();
        // These secrets may be printed: they are the same in every sandbox.
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
        let platform_credentials = [
            ("component_verify_ticket", COMPONENT_VERIFY_TICKET),
            ("authorizer_refresh_token", AUTHORIZER_REFRESH_TOKEN),
        ]
        .map(|(name, value)| (name, Some(value.to_owned())));
        writeln!(
            out,
            "{HEADING}A local WeChat{HEADING:#} at {base_url}; Ctrl-C stops it"
        )?;
        writeln!(out)?;
        writeln!(
            out,
            "{}",
            format_table(&["account", "appid", "secret"], rows)
        )?;
        writeln!(out)?;
        writeln!(
            out,
            "{HEADING}The platform{HEADING:#}, which the Mini Program has authorised"
        )?;
        writeln!(out)?;
        writeln!(out, "{}", format_card(&platform_credentials))?;
        writeln!(out)?;
        writeln!(
            out,
            "{HEADING}In another shell{HEADING:#} (for service-account rules, use the other \
             account)"
        )?;
        writeln!(out)?;
        if let Some(ca_file) = &self.ca_file {
            let path = ca_file.path().to_string_lossy();
            let path = shlex::try_quote(&path).map_err(io::Error::other)?;
            writeln!(out, "export HTTPS_PROXY={base_url}")?;
            for name in CA_VARIABLES {
                writeln!(out, "export {name}={path}")?;
            }
            // Node's own clients use a proxy of the environment only if this is set.
            writeln!(out, "export NODE_USE_ENV_PROXY=1")?;
        }
        writeln!(out, "export JUMPQR_BASE_URL={base_url}")?;
        writeln!(out, "export JUMPQR_APPID={}", mini_program.appid)?;
        writeln!(out, "export JUMPQR_SECRET={}", mini_program.secret.expose())?;
        writeln!(out, "jumpqr get")
    }

    fn json(&self) -> Value {
        let account =
            |Credentials { appid, secret, .. }| json!({"appid": appid, "secret": secret.expose()});
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

    fn run_until_stopped(&self) {
        // Cannot fail: the handler keeps the sender for as long as the process lives.
        let _ = self.stopped.recv();
        self.sandbox.stop();
    }
}
