mod serve;

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::Args;
use jumpqr::check::check_prefix;
use jumpqr::interface::VerificationFile;
use serde_json::json;

use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::number::parse_whole_number;
use crate::output::{CommandResult, GOOD, NextStep, escape, format_next_steps, quote_command_line};
use crate::whole_file::{self, Durability};

use serve::Server;

const EXAMPLES: &str = "\
Examples:
  jumpqr download --directory /var/www/html --prefix https://m.example.cn/table/
  jumpqr download
  jumpqr download --serve 8080";

/// Fetch the domain-ownership verification file of ordinary-link rules (downloadQRCodeText)
///
/// When a rule is added, WeChat looks for the file on your domain. Without it, the rule is refused
/// (85069).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Download {
    /// The directory to write the file to
    #[arg(long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,

    /// Print the URL at which the file for this prefix must be [example:
    /// https://m.example.cn/table/]
    #[arg(long, value_name = "URL")]
    prefix: Option<String>,

    /// Overwrite a file of the same name with different content
    #[arg(long)]
    force: bool,

    /// Instead of writing the file, serve it under every directory on this port until Ctrl-C; 0
    /// means any free port [example: 8080]
    ///
    /// For a tunnel, or a web server that forwards requests for the file. Every path that ends with
    /// the file's name is answered with the file, everything else with 404. Each request is noted
    /// on standard error.
    #[arg(long, value_name = "PORT", conflicts_with_all = ["directory", "force"])]
    #[arg(value_parser = parse_whole_number::<u16>("0 to 65535"))]
    serve: Option<u16>,

    /// The address of this machine to listen on, e.g. 0.0.0.0 for every IPv4 address
    #[arg(long, value_name = "ADDRESS", requires = "serve", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
}

impl Download {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        self.check_arguments()?;
        // Before anything is sent.
        let server = self.serve.map(|port| Server::listen(self.listen, port));
        let server = server.transpose()?;
        let connection = Connection::open(context, ActingAs::MiniProgram)?;
        let file = connection.client.download_qr_code_text()?;
        match server {
            Some(server) => self.serve(server, file, context),
            None => self.write_and_print(&file, context),
        }
    }

    fn serve(
        &self,
        server: Server,
        file: VerificationFile,
        context: &Context<'_>,
    ) -> CommandResult {
        let served_at = server.url(&file.file_name);
        let url = self.prefix.as_deref();
        let url = url.and_then(|prefix| file.location(prefix));
        let steps = format_next_steps(&[
            NextStep::new(
                "Let your tunnel or web server forward requests for the file to this server. WeChat \
                 asks for it in the directory of the rule's prefix",
                url.clone(),
            ),
            self.preflight_step(),
            NextStep::new(
                "Then add the rule, in another shell",
                ["jumpqr add rule.json".to_owned()],
            ),
        ]);
        let text = format!(
            "{GOOD}Serving{GOOD:#} the file under every directory; Ctrl-C stops it: {served_at}\n\n\
             {steps}"
        );
        let members = json!({
            "file_name": file.file_name,
            "file_content": file.file_content,
            "served_at": served_at,
            "url": url,
        });
        server.run(file, || context.print(members, &text))
    }

    fn write_and_print(&self, file: &VerificationFile, context: &Context<'_>) -> CommandResult {
        let path = self.directory.join(&file.file_name);
        let advice =
            "Check the file. Then overwrite it with --force, or choose another --directory.";
        let written = whole_file::write(
            &path,
            file.file_content.as_bytes(),
            self.force,
            Durability::Now,
            advice,
        )?;
        let path = path.to_string_lossy();
        let url = self.prefix.as_deref();
        let url = url.and_then(|prefix| file.location(prefix));
        let shown_path = escape(&path);
        let done = if written {
            format!("{GOOD}Written{GOOD:#} {shown_path}")
        } else {
            format!("{GOOD}Already there{GOOD:#}, with the same content: {shown_path}")
        };
        let put_file = match &url {
            Some(_) => {
                "Put it on your web server. This URL must quickly answer anybody with status 200 \
                 and exactly the file's content"
            }
            None => {
                "Put it on your web server, into the directory of the rule's prefix (up to its \
                 last `/`, without the query). With --prefix, this command prints the URL"
            }
        };
        let steps = format_next_steps(&[
            NextStep::new(put_file, url.clone()),
            self.preflight_step(),
            NextStep::new("Then add the rule", ["jumpqr add rule.json".to_owned()]),
        ]);
        let members = json!({
            "file_name": file.file_name,
            "file_content": file.file_content,
            "path": path,
            "written": written,
            "url": url,
        });
        Ok(context.print(members, &format!("{done}\n\n{steps}")))
    }

    fn preflight_step(&self) -> NextStep {
        let command = match &self.prefix {
            Some(prefix) => quote_command_line(&["jumpqr", "preflight", "--prefix", prefix]),
            None => "jumpqr preflight rule.json".to_owned(),
        };
        NextStep::new("Look whether WeChat will find it", [command])
    }

    /// Checks the arguments before anything is sent.
    fn check_arguments(&self) -> Result<(), CommandError> {
        if let Some(prefix) = &self.prefix {
            check_prefix(prefix).into_result()?;
        }
        let result = match fs::metadata(&self.directory) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err(io::ErrorKind::NotADirectory.into()),
            Err(error) => Err(error),
        };
        result.map_err(|error| CommandError::unwritable(self.directory.display(), &error))
    }
}
