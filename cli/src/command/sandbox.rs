use std::io::{self, Write};
use std::sync::mpsc::{Receiver, channel};

use clap::Args;
use jumpqr_sandbox::{AUTHORIZER_REFRESH_TOKEN, COMPONENT_VERIFY_TICKET, Credentials, Sandbox};
use serde_json::{Value, json};

use crate::args::whole_number;
use crate::failure::{Cause, Failure};
use crate::output::{Ending, HEADING, Report, card, list};
use crate::sandbox::serve;

const EXAMPLES: &str = "\
Examples:
  jumpqr sandbox
  jumpqr sandbox --port 8930

Then, in another shell, with the `export` lines that it prints, every command talks to it; so does any other client of
WeChat's interfaces. GET /sandbox on it lists what it can be told: faults, other accounts, another time.";

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
    /// The sandbox answers as 127.0.0.1, localhost and [::1], and refuses other names: a web page could have chosen them.
    /// Allow a name of /etc/hosts, or one that a proxy or a container forwards to the sandbox.
    #[arg(long = "allow-host", value_name = "NAME[:PORT]")]
    allowed_hosts: Vec<String>,
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
        Ok(Box::new(Serving {
            sandbox: serve(self.port, &self.allowed_hosts)?,
            stopped,
        }))
    }
}

struct Serving {
    sandbox: Sandbox,
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
        writeln!(out, "export JUMPQR_BASE_URL={base_url}")?;
        writeln!(out, "export JUMPQR_APPID={}", mini_program.appid)?;
        writeln!(out, "export JUMPQR_SECRET={}", mini_program.secret.expose())?;
        writeln!(out, "jumpqr get")
    }

    fn json(&self) -> Value {
        let account = |account: Credentials| json!({"appid": account.appid, "secret": account.secret.expose()});
        let platform = self.sandbox.platform();
        let mini_program = self.sandbox.mini_program();
        json!({
            "base_url": self.sandbox.base_url(),
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
