use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use jumpqr::check::check_prefix;
use jumpqr::interface::VerificationFile;
use serde_json::{Value, json};

use crate::args::Options;
use crate::connection::{ActingAs, Connection};
use crate::error::{Cause, CommandError};
use crate::output::{CommandResult, GOOD, NextStep, Report, escape, print_next_steps};

const EXAMPLES: &str = "\
Examples:
  jumpqr download --directory /var/www/html --prefix https://m.example.cn/table/
  jumpqr download";

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
}

impl Download {
    pub(crate) fn run(&self, options: &Options) -> CommandResult {
        self.check_arguments()?;
        let connection = Connection::open(options, ActingAs::MiniProgram)?;
        let file = connection.client.download_qr_code_text()?;
        let target = self.directory.join(&file.file_name);
        let written = self.write(&target, file.file_content.as_bytes())?;
        let url = self
            .prefix
            .as_deref()
            .and_then(|prefix| file.location(prefix));
        Ok(Box::new(DownloadReport {
            file,
            target,
            written,
            url,
        }))
    }

    /// Checks the arguments before anything is sent.
    fn check_arguments(&self) -> Result<(), CommandError> {
        if let Some(prefix) = &self.prefix {
            check_prefix(prefix).into_result()?;
        }
        let directory = self.directory.display().to_string();
        match fs::metadata(&self.directory) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err(CommandError::unwritable(
                &directory,
                &io::ErrorKind::NotADirectory.into(),
            )),
            Err(error) => Err(CommandError::unwritable(&directory, &error)),
        }
    }

    /// Writes the whole file or nothing. Returns `false` if the same file is already there.
    fn write(&self, target: &Path, content: &[u8]) -> Result<bool, CommandError> {
        if !self.force {
            match fs::read(target) {
                Ok(present) if present == content => return Ok(false),
                Ok(_) => return Err(file_differs_error(target)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(CommandError::unreadable(
                        &target.display().to_string(),
                        &error,
                    ));
                }
            }
        }
        match self.replace(target, content) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(file_differs_error(target))
            }
            Err(error) => Err(CommandError::unwritable(
                &target.display().to_string(),
                &error,
            )),
        }
    }

    fn replace(&self, target: &Path, content: &[u8]) -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        // A web server must be able to read it. The umask still applies.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(&self.directory)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        if self.force {
            file.persist(target)?;
        } else {
            file.persist_noclobber(target)?;
        }
        Ok(())
    }
}

fn file_differs_error(target: &Path) -> CommandError {
    Cause::File {
        code: "file_differs",
        message: format!(
            "{} exists with different content and was not overwritten",
            target.display()
        ),
        advice: "Check the file. Then overwrite it with --force, or choose another --directory.",
    }
    .into()
}

struct DownloadReport {
    file: VerificationFile,
    target: PathBuf,
    written: bool,
    url: Option<String>,
}

impl Report for DownloadReport {
    fn command(&self) -> &'static str {
        "download"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let target = self.target.display().to_string();
        let target = escape(&target);
        if self.written {
            writeln!(out, "{GOOD}Written{GOOD:#} {target}")?;
        } else {
            writeln!(
                out,
                "{GOOD}Already there{GOOD:#}, with the same content: {target}"
            )?;
        }
        writeln!(out)?;
        let put_file = match &self.url {
            Some(url) => NextStep::new(
                "Put it on your web server. This URL must quickly answer anybody with status 200 \
                 and exactly the file's content",
                [url.clone()],
            ),
            None => NextStep::new(
                "Put it on your web server, into the directory of the rule's prefix (up to its \
                 last `/`, without the query). With --prefix, this command prints the URL",
                [],
            ),
        };
        let add_rule = NextStep::new("Then add the rule", ["jumpqr add rule.json".to_owned()]);
        print_next_steps(out, &[put_file, add_rule])
    }

    fn json(&self) -> Value {
        json!({
            "file_name": self.file.file_name,
            "file_content": self.file.file_content,
            "path": self.target.to_string_lossy(),
            "written": self.written,
            "url": self.url,
        })
    }
}
