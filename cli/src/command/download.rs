use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use jumpqr::Error;
use jumpqr::check::{Finding, FindingCode};
use jumpqr::interface::VerificationFile;
use jumpqr::matching::Mismatch;
use jumpqr::verification_file::location;
use serde_json::{Value, json};

use crate::args::Global;
use crate::connection::{Caller, Connection};
use crate::failure::{Cause, Failure};
use crate::output::{Ending, GOOD, NextStep, Report, print_next_steps, printable};

const EXAMPLES: &str = "\
Examples:
  jumpqr download --directory /var/www/html --prefix https://m.example.cn/table/
  jumpqr download";

/// Fetch the domain-ownership verification file of ordinary-link rules (downloadQRCodeText)
///
/// WeChat looks for it on your domain when a rule is added, and refuses the rule (85069) where it is not found.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Download {
    /// Where to write the file
    #[arg(long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,

    /// Say where the file of this rule belongs [example: https://m.example.cn/table/]
    #[arg(long, value_name = "URL")]
    prefix: Option<String>,

    /// Overwrite a file of the same name that has another content
    #[arg(long)]
    force: bool,
}

impl Download {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        self.check()?;
        let connection = Connection::open(global, Caller::MiniProgram)?;
        let file = connection.client.download_qr_code_text()?;
        let target = self.directory.join(&file.file_name);
        let written = self.write(&target, file.file_content.as_bytes())?;
        let url = self
            .prefix
            .as_deref()
            .and_then(|prefix| file.location(prefix));
        Ok(Box::new(Downloaded {
            file,
            target,
            written,
            url,
        }))
    }

    /// What can be known to be wrong before anybody is asked.
    fn check(&self) -> Result<(), Failure> {
        if let Some(prefix) = &self.prefix
            && location(prefix, "").is_none()
        {
            return Err(Error::invalid(vec![Finding {
                field: "prefix".to_owned(),
                code: FindingCode::NotHttpUrl,
                message: Mismatch::RuleNotALink.to_string(),
            }])
            .into());
        }
        let directory = self.directory.display().to_string();
        match fs::metadata(&self.directory) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err(Failure::unwritable(
                &directory,
                &io::ErrorKind::NotADirectory.into(),
            )),
            Err(error) => Err(Failure::unwritable(&directory, &error)),
        }
    }

    /// Writes the file whole or not at all; `false` where it is there already.
    fn write(&self, target: &Path, content: &[u8]) -> Result<bool, Failure> {
        if !self.force {
            match fs::read(target) {
                Ok(present) if present == content => return Ok(false),
                Ok(_) => return Err(differs(target)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Failure::unreadable(&target.display().to_string(), &error));
                }
            }
        }
        match self.replace(target, content) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(differs(target)),
            Err(error) => Err(Failure::unwritable(&target.display().to_string(), &error)),
        }
    }

    fn replace(&self, target: &Path, content: &[u8]) -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        // A web server has to read it; what the umask forbids stays forbidden.
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

fn differs(target: &Path) -> Failure {
    Cause::File {
        code: "file_differs",
        message: format!(
            "{} exists and has another content; it was left as it is",
            target.display()
        ),
        advice: "Look at the file, and overwrite it with --force, or choose another --directory.",
    }
    .into()
}

struct Downloaded {
    file: VerificationFile,
    target: PathBuf,
    written: bool,
    url: Option<String>,
}

impl Report for Downloaded {
    fn command(&self) -> &'static str {
        "download"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let target = self.target.display().to_string();
        let target = printable(&target);
        if self.written {
            writeln!(out, "{GOOD}Written{GOOD:#} {target}")?;
        } else {
            writeln!(
                out,
                "{GOOD}Already there{GOOD:#}, with the same content: {target}"
            )?;
        }
        writeln!(out)?;
        let place = match &self.url {
            Some(url) => NextStep::new(
                "Put it on your web server, so that this answers 200 with exactly its content, to everybody and fast",
                [url.clone()],
            ),
            None => NextStep::new(
                "Put it on your web server, into the directory of the rule's prefix (up to its last `/`, without the \
                 query). With --prefix, this command says where",
                [],
            ),
        };
        let add = NextStep::new("Then add the rule", ["jumpqr add rule.json".to_owned()]);
        print_next_steps(out, &[place, add])
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
