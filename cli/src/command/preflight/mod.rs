mod access_log;
mod expected_file;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use jumpqr::access_log::{AccessLogReport, AccessLogVerdict};
use jumpqr::check::check_prefix;
use jumpqr::interface::{AddJumpQRCode, Interface};
use jumpqr::mapping::{MAX_DOCUMENT_BYTES, parse_document, parse_rule};
use jumpqr::preflight::{
    ExpectedFile, Preflight, PreflightOptions, PreflightVerdict, Target, look_for_file,
};
use jumpqr::{Cancel, RuleKey};
use serde_json::json;

use self::access_log::AccessLogs;
use self::expected_file::read_file;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::Input;
use crate::options::{parse_number, seconds};
use crate::output::{CommandResult, format_access_log, format_observations, format_preflight};

const EXAMPLES: &str = "\
Examples:
  jumpqr preflight rule.json
  jumpqr preflight --prefix https://m.example.cn/table/ --all
  jumpqr preflight rule.json --access-log /var/log/nginx/access.log
  zcat -f /var/log/nginx/access.log* | jumpqr preflight rule.json --access-log -
Rehearse with a server on this machine:
  jumpqr preflight rule.json --file UASjIrr8C9.txt --connect-to 127.0.0.1:8080

Exit code 0: no cause for 85069 was found, or it depends on the moment; 4: WeChat will not find the
file. With --access-log, 0 also means that WeChat's last request got the file, by the log; 4, that
it did not, that WeChat never came, or that the log does not tell.";

/// Look whether WeChat will find the verification file, and say why not (85069)
///
/// It looks as WeChat does: at each address of the host, three times, without following a redirect.
/// If the file is not in the right place, it also looks where people put it by mistake. Whether a
/// firewall refuses WeChat's own servers cannot be seen from here. Nothing is changed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Look {
    /// A file with one rule as a JSON object; `-` is standard input [example: rule.json]
    #[arg(value_name = "RULE-FILE", required_unless_present = "prefix")]
    rule: Option<Input>,

    /// The rule's prefix, instead of RULE-FILE [example: https://m.example.cn/table/]
    #[arg(long, value_name = "URL", conflicts_with = "rule")]
    prefix: Option<String>,

    /// The verification file as WeChat gave it, with its name; needs no credentials [default: it is
    /// downloaded (downloadQRCodeText)] [example: UASjIrr8C9.txt]
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,

    /// Print everything that was seen: addresses, times, heads, bodies
    #[arg(long)]
    all: bool,

    /// Find WeChat's requests in this access log of the server; `-` is standard input; may be
    /// repeated
    ///
    /// It reads nginx's and Apache's format `combined`, and Caddy's JSON. It tells whether WeChat
    /// never came, or what it got.
    #[arg(long = "access-log", value_name = "FILE")]
    access_logs: Vec<Input>,

    /// Also look at addresses that are not public, such as 127.0.0.1 and 10.0.0.1
    #[arg(long)]
    allow_private: bool,

    /// Also look at ports other than 80 for http and 443 for https
    #[arg(long)]
    allow_port: bool,

    /// Connect to this address instead of those that DNS gives; may be repeated [example:
    /// 127.0.0.1:8080]
    ///
    /// The address may be private, and the port may be any. With this option, the authorities of
    /// --extra-tls-roots are trusted too; without it, they are not.
    #[arg(long, value_name = "ADDRESS:PORT")]
    connect_to: Vec<SocketAddr>,

    /// The timeout of each fetch, in seconds [default: 6]. --timeout limits all fetches
    /// together, by default to 20
    #[arg(long, value_name = "SECONDS", value_parser = parse_number, allow_negative_numbers = true)]
    fetch_timeout: Option<f64>,
}

impl Look {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let key = self.read_key()?;
        let options = self.options(context)?;
        // Before anything is sent.
        let logs = AccessLogs::open(&self.access_logs)?;
        let file = self.file.as_deref().map(read_file).transpose()?;
        let preflight = look(&key, file, &options, context)?;
        let access_log = if preflight.verdict == PreflightVerdict::NoFileNeeded {
            None
        } else {
            logs.read(&preflight.observations)?
        };
        Ok(self.print(&preflight, access_log.as_ref(), context))
    }

    fn read_key(&self) -> Result<RuleKey, CommandError> {
        let key = match (&self.rule, &self.prefix) {
            (Some(file), _) => {
                let mapping = file.parse(MAX_DOCUMENT_BYTES, parse_document)?;
                let parsed = parse_rule(&mapping)
                    .map_err(|error| error.in_interface(AddJumpQRCode::NAME))?;
                parsed.rule.key()
            }
            (None, prefix) => RuleKey::from(prefix.as_deref().unwrap_or_default()),
        };
        if !key.is_service_account() {
            check_prefix(&key.prefix).into_result()?;
        }
        Ok(key)
    }

    fn options(&self, context: &Context<'_>) -> Result<PreflightOptions, CommandError> {
        let mut options = context
            .preflight_options()
            .allow_private(self.allow_private)
            .allow_port(self.allow_port)
            .connect_to(self.connect_to.iter().copied());
        if let Some(timeout) = self.fetch_timeout {
            options = options.fetch_timeout(seconds(timeout));
        }
        if !self.connect_to.is_empty()
            && let Some(pem) = context.settings()?.text("extra_tls_roots")
        {
            options = options.extra_tls_roots(pem);
        }
        Ok(options)
    }
}

/// Stands for a file that is not looked for.
fn no_file() -> ExpectedFile {
    ExpectedFile {
        name: "FILE.txt".to_owned(),
        content: Vec::new(),
    }
}

/// Looks for the file; without one, for the one that WeChat gives.
fn look(
    key: &RuleKey,
    file: Option<ExpectedFile>,
    options: &PreflightOptions,
    context: &Context<'_>,
) -> Result<Preflight, CommandError> {
    let is_looked_for = Target::new(key, "", true).is_ok();
    let file = file.or_else(|| (!is_looked_for).then(no_file));
    let result = if let Some(file) = file {
        look_for_file(key, file, options, &Cancel::default())
    } else {
        let connection = Connection::open_to_look(context)?;
        connection.client.preflight(key, options)
    };
    result.map_err(|error| context.explain(error))
}

impl Look {
    fn print(
        &self,
        preflight: &Preflight,
        access_log: Option<&AccessLogReport>,
        context: &Context<'_>,
    ) -> Exit {
        let mut parts = vec![format_preflight(preflight)];
        if self.all {
            parts.push(format_observations(&preflight.observations));
        }
        parts.extend(access_log.map(format_access_log));
        let mut members = json!(preflight);
        if let Some(members) = members.as_object_mut() {
            members.insert("access_log".to_owned(), json!(access_log));
        }
        let exit = context.print(members, &parts.join("\n\n"));
        let is_missed = access_log.is_some_and(|log| log.verdict != AccessLogVerdict::CameAndGotIt);
        let is_refused = preflight.verdict == PreflightVerdict::WillFail || is_missed;
        match exit {
            Exit::Ok if is_refused => Exit::Refused,
            exit => exit,
        }
    }
}
