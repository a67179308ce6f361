use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::{env, fs};

use clap::Args;
use jumpqr_sandbox::{
    AUTHORIZER_REFRESH_TOKEN, COMPONENT_VERIFY_TICKET, Credentials, ENCODING_AES_KEY, FileFetch,
    MESSAGE_TOKEN, Sandbox,
};
use serde_json::{Value, json};
use tempfile::TempPath;

use crate::context::Context;
use crate::error::CommandError;
use crate::interrupt::on_interrupt;
use crate::number::parse_whole_number;
use crate::output::{CommandResult, HEADING, format_card, format_table, quote_command_line};
use crate::sandbox::serve;

const EXAMPLES: &str = "\
Examples:
  jumpqr sandbox
  jumpqr sandbox --port 8930
  jumpqr sandbox --proxy
  jumpqr sandbox --fetch-file-from 127.0.0.1:8080

Paste the `export` lines that it prints into another shell. There, every command uses the sandbox.
With --push-url, start your server in that shell.
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

    /// Push tickets and authorisations of the platform to this URL of your server, encrypted
    ///
    /// It must be http on this machine, for example http://127.0.0.1:8000/wechat. The printed
    /// `export` lines have the credentials of the platform, the message token and the
    /// EncodingAESKey, for your server. GET /sandbox/pushes shows what your server answered.
    #[arg(long, value_name = "URL")]
    push_url: Option<String>,

    /// Fetch the verification file from this web server when a rule is added, as WeChat does
    /// [example: 127.0.0.1:8080]
    ///
    /// Without the file, the Mini Program's rule is refused with 85069, and GET /sandbox/requests
    /// says why. The sandbox connects to this address whatever the host of the rule is, and sends
    /// that host. If the rule begins with https, --extra-tls-roots is trusted too. Without this
    /// option, nothing is fetched, and the file is always found.
    #[arg(long, value_name = "ADDRESS:PORT")]
    fetch_file_from: Option<SocketAddr>,
}

impl Serve {
    /// Prints how to use the sandbox, and runs it until the user stops it.
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let (stop, stopped) = channel();
        // Set before anything is printed: a program that reads the output may stop us at once.
        on_interrupt(move || {
            // Fails only if the command is already stopping.
            let _ = stop.send(());
        })
        .map_err(CommandError::sandbox_not_started)?;
        let sandbox = serve(
            self.port,
            &self.allowed_hosts,
            self.proxy,
            self.push_url.as_deref(),
            self.file_fetch(context)?,
        )?;
        #[cfg(feature = "proxy")]
        let ca = sandbox.proxy_ca();
        #[cfg(not(feature = "proxy"))]
        let ca = None;
        let ca_file = ca.map(|pem| self.write_ca_file(pem)).transpose()?;
        let ca_path = ca_file.as_ref().map(|(path, _)| path.to_string_lossy());
        let ca_path = ca_path.as_deref();
        let members = self.describe(&sandbox, ca_path);
        let has_push_url = self.push_url.is_some();
        let exit = context.print(members, &instructions(&sandbox, ca_path, has_push_url));
        // Cannot fail: the handler keeps the sender for as long as the process lives.
        let _ = stopped.recv();
        sandbox.stop();
        Ok(exit)
    }

    fn file_fetch(&self, context: &Context<'_>) -> Result<Option<FileFetch>, CommandError> {
        let Some(address) = self.fetch_file_from else {
            return Ok(None);
        };
        let fetch = FileFetch::default().connect_to([address]);
        Ok(Some(match context.settings()?.text("extra_tls_roots") {
            None => fetch,
            Some(pem) => fetch.extra_tls_roots(pem),
        }))
    }

    /// Writes the certificate of the proxy's authority to a file for its clients. A temporary file
    /// is removed when its path is dropped.
    fn write_ca_file(&self, pem: &str) -> Result<(PathBuf, Option<TempPath>), CommandError> {
        let written = match &self.proxy_ca_file {
            // Absolute, because the clients may run in other folders.
            Some(path) => fs::write(path, pem)
                .and_then(|()| fs::canonicalize(path))
                .map(|path| (path, None)),
            None => write_temporary_file(pem).map(|path| (path.to_path_buf(), Some(path))),
        };
        written.map_err(|error| {
            let path = self.proxy_ca_file.clone().unwrap_or_else(env::temp_dir);
            CommandError::unwritable(path.display(), &error)
        })
    }

    /// Returns what a client of the sandbox needs. The secrets may be printed: they are the same in
    /// every sandbox.
    fn describe(&self, sandbox: &Sandbox, ca_path: Option<&str>) -> Value {
        let account =
            |Credentials { appid, secret, .. }| json!({"appid": appid, "secret": secret.expose()});
        let base_url = sandbox.base_url();
        let platform = sandbox.component();
        json!({
            "base_url": base_url,
            "proxy": ca_path.map(|path| json!({"url": base_url, "ca_file": path})),
            "push_url": self.push_url,
            "fetch_file_from": self.fetch_file_from,
            "platform": {
                "component_appid": platform.appid,
                "component_appsecret": platform.secret.expose(),
                "component_verify_ticket": COMPONENT_VERIFY_TICKET,
                "authorizer_appid": sandbox.mini_program().appid,
                "authorizer_refresh_token": AUTHORIZER_REFRESH_TOKEN,
                "message_token": MESSAGE_TOKEN,
                "encoding_aes_key": ENCODING_AES_KEY,
            },
            "mini_program": account(sandbox.mini_program()),
            "service_account": account(sandbox.service_account()),
        })
    }
}

fn write_temporary_file(pem: &str) -> io::Result<TempPath> {
    let mut builder = tempfile::Builder::new();
    let mut file = builder
        .prefix("jumpqr-sandbox-")
        .suffix(".pem")
        .tempfile()?;
    file.write_all(pem.as_bytes())?;
    Ok(file.into_temp_path())
}

/// Returns the lines that make clients use the proxy.
fn proxy_exports(base_url: &str, ca_path: &str) -> String {
    let ca_path = quote_command_line(&[ca_path]);
    let variables = CA_VARIABLES.map(|name| format!("export {name}={ca_path}\n"));
    // Node's own clients use a proxy of the environment only if NODE_USE_ENV_PROXY is set.
    format!(
        "export HTTPS_PROXY={base_url}\n{}export NODE_USE_ENV_PROXY=1\n",
        variables.concat()
    )
}

/// Returns the lines with what a server needs to receive the pushes of the platform.
fn push_exports(platform: &Credentials) -> String {
    format!(
        "export JUMPQR_COMPONENT_APPID={}\n\
         export JUMPQR_COMPONENT_APPSECRET={}\n\
         export JUMPQR_MESSAGE_TOKEN={MESSAGE_TOKEN}\n\
         export JUMPQR_ENCODING_AES_KEY={ENCODING_AES_KEY}",
        platform.appid,
        platform.secret.expose()
    )
}

/// Returns the lines that make the command call for the account, and a first command.
fn account_exports(account: &Credentials) -> String {
    format!(
        "export JUMPQR_APPID={}\nexport JUMPQR_SECRET={}\njumpqr get",
        account.appid,
        account.secret.expose()
    )
}

/// Tells people how to use the sandbox. `ca_path` is the file with the certificate of the proxy's
/// authority, if there is a proxy. `has_push_url`: the sandbox pushes to the user's server.
fn instructions(sandbox: &Sandbox, ca_path: Option<&str>, has_push_url: bool) -> String {
    let base_url = sandbox.base_url();
    let mini_program = sandbox.mini_program();
    let accounts = [
        ("Mini Program", mini_program.clone()),
        ("service account", sandbox.service_account()),
        ("third-party platform", sandbox.component()),
    ]
    .map(|(name, Credentials { appid, secret, .. })| {
        vec![name.to_owned(), appid, secret.expose().to_owned()]
    });
    let accounts = format_table(&["account", "appid", "secret"], accounts);
    let card = format_card(
        &[
            ("component_verify_ticket", COMPONENT_VERIFY_TICKET),
            ("authorizer_refresh_token", AUTHORIZER_REFRESH_TOKEN),
            ("message_token", MESSAGE_TOKEN),
            ("encoding_aes_key", ENCODING_AES_KEY),
        ]
        .map(|(name, value)| (name, Some(value.to_owned()))),
    );
    let proxy = ca_path.map_or_else(String::new, |path| proxy_exports(base_url, path));
    let (shell, exports) = if has_push_url {
        let shell = format!("{HEADING}In the shell of your server{HEADING:#}");
        (shell, push_exports(&sandbox.component()))
    } else {
        let shell = format!(
            "{HEADING}In another shell{HEADING:#} (for service-account rules, use the other \
             account)"
        );
        (shell, account_exports(&mini_program))
    };
    format!(
        "{HEADING}A local WeChat{HEADING:#} at {base_url}; Ctrl-C stops it\n\n\
         {accounts}\n\n\
         {HEADING}The platform{HEADING:#}, which the Mini Program has authorised\n\n\
         {card}\n\n\
         {shell}\n\n\
         {proxy}export JUMPQR_BASE_URL={base_url}\n\
         {exports}"
    )
}
