use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::{env, fs};

use clap::Args;
use jumpqr_sandbox::{AUTHORIZER_REFRESH_TOKEN, COMPONENT_VERIFY_TICKET, Credentials};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::context::Context;
use crate::error::CommandError;
use crate::number::parse_whole_number;
use crate::output::{
    CommandResult, HEADING, Report, format_card, format_table, quote_command_line,
};
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
    /// Prints how to use the sandbox, and runs it until the user stops it.
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let (stop, stopped) = channel();
        // Set before anything is printed: a program that reads the output may stop us at once.
        ctrlc::set_handler(move || {
            // Fails only if the command is already stopping.
            let _ = stop.send(());
        })
        .map_err(|error| {
            let message = format!("the handler for Ctrl-C cannot be set: {error}");
            CommandError::sandbox_not_started(message)
        })?;
        let sandbox = serve(self.port, &self.allowed_hosts, self.proxy)?;
        let ca_file = proxy_ca(&sandbox)
            .map(|pem| CaFile::create(pem, self.proxy_ca_file.as_deref()))
            .transpose()?;
        let (platform, mini_program) = (sandbox.platform(), sandbox.mini_program());
        let exit = context.print(&SandboxReport {
            base_url: sandbox.base_url(),
            proxy: ca_file.as_ref().map(|ca_file| Proxy {
                url: sandbox.base_url(),
                ca_file: ca_file.path().to_string_lossy().into_owned(),
            }),
            platform: Platform {
                component_appid: platform.appid,
                component_appsecret: platform.secret.expose().to_owned(),
                component_verify_ticket: COMPONENT_VERIFY_TICKET,
                authorizer_appid: mini_program.appid.clone(),
                authorizer_refresh_token: AUTHORIZER_REFRESH_TOKEN,
            },
            mini_program: mini_program.into(),
            service_account: sandbox.service_account().into(),
        });
        // Cannot fail: the handler keeps the sender for as long as the process lives.
        let _ = stopped.recv();
        sandbox.stop();
        Ok(exit)
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
        let unwritable =
            |path: &Path, error: &io::Error| CommandError::unwritable(path.display(), error);
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

/// How to use the sandbox. The secrets may be printed: they are the same in every sandbox.
#[derive(Serialize)]
struct SandboxReport<'a> {
    base_url: &'a str,
    proxy: Option<Proxy<'a>>,
    platform: Platform,
    mini_program: Account,
    service_account: Account,
}

#[derive(Serialize)]
struct Proxy<'a> {
    url: &'a str,
    ca_file: String,
}

#[derive(Serialize)]
struct Platform {
    component_appid: String,
    component_appsecret: String,
    component_verify_ticket: &'static str,
    authorizer_appid: String,
    authorizer_refresh_token: &'static str,
}

#[derive(Serialize)]
struct Account {
    appid: String,
    secret: String,
}

impl From<Credentials> for Account {
    fn from(Credentials { appid, secret, .. }: Credentials) -> Self {
        let secret = secret.expose().to_owned();
        Self { appid, secret }
    }
}

impl Report for SandboxReport<'_> {
    fn text(&self) -> String {
        let Self {
            base_url,
            platform,
            mini_program,
            service_account,
            ..
        } = self;
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let accounts = format_table(
            &["account", "appid", "secret"],
            [
                row(["Mini Program", &mini_program.appid, &mini_program.secret]),
                row([
                    "service account",
                    &service_account.appid,
                    &service_account.secret,
                ]),
                row([
                    "third-party platform",
                    &platform.component_appid,
                    &platform.component_appsecret,
                ]),
            ],
        );
        let card = format_card(&[
            (
                "component_verify_ticket",
                Some(platform.component_verify_ticket.to_owned()),
            ),
            (
                "authorizer_refresh_token",
                Some(platform.authorizer_refresh_token.to_owned()),
            ),
        ]);
        let exports = self.proxy.as_ref().map_or_else(String::new, Proxy::exports);
        format!(
            "{HEADING}A local WeChat{HEADING:#} at {base_url}; Ctrl-C stops it\n\n\
             {accounts}\n\n\
             {HEADING}The platform{HEADING:#}, which the Mini Program has authorised\n\n\
             {card}\n\n\
             {HEADING}In another shell{HEADING:#} (for service-account rules, use the other \
             account)\n\n\
             {exports}export JUMPQR_BASE_URL={base_url}\n\
             export JUMPQR_APPID={}\n\
             export JUMPQR_SECRET={}\n\
             jumpqr get",
            mini_program.appid, mini_program.secret
        )
    }
}

impl Proxy<'_> {
    /// Returns the lines that make clients use the proxy.
    fn exports(&self) -> String {
        let ca_file = quote_command_line(&[&self.ca_file]);
        let variables = CA_VARIABLES.map(|name| format!("export {name}={ca_file}\n"));
        // Node's own clients use a proxy of the environment only if NODE_USE_ENV_PROXY is set.
        format!(
            "export HTTPS_PROXY={}\n{}export NODE_USE_ENV_PROXY=1\n",
            self.url,
            variables.concat()
        )
    }
}
