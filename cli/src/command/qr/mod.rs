mod batch;
mod batch_report;
mod file_names;
mod opening;
mod pictures;
mod table;
mod template;

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jumpqr::matching::RuleSet;
use jumpqr_qr::{DEFAULT_SCALE, Level, MAX_SCALE, QrCode};
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::error::{CommandError, Problem};
use crate::number::parse_number_in;
use crate::output::{CommandResult, escape, format_code};
use crate::rule_set_source::RuleSetSource;
use crate::scanned_link::parse_scanned_link;

use batch::{Batch, Drawing};
use opening::{Checker, Opening};
use pictures::Picture;

const EXAMPLES: &str = "\
Examples:
  jumpqr qr 'https://m.example.cn/table/?id=7'
  jumpqr qr --rules rules.json -o table-7.svg 'https://m.example.cn/table/?id=7'
  jumpqr qr -o 'table-{number}.png' 'https://m.example.cn/table/?id=1' \\
      'https://m.example.cn/table/?id=2'
  jumpqr qr --csv tables.csv --template 'https://m.example.cn/table/?id={id}' --out codes
  jumpqr qr --csv tables.csv --template 'https://m.example.cn/table/?id={id}' \\
      --caption 'Table {id}' --sheet sheet.pdf
  jumpqr qr --force 'https://m.example.cn/table/?id=7'

rules.json is one rule, a list of rules, or the output of `jumpqr --json get`. Without --rules, the
account's rules are listed first (getJumpQRCode). With --force and without --rules, nothing is
checked and nothing is sent.

With --csv, all rows are checked first. If one row is wrong, nothing is written, and the error names
the line of each wrong row.

Exit code 0: drawn. A test link of an unpublished rule opens for developers and testers only: it is
drawn too, and the output says so. 3: a row is wrong. 4: a link does not open. After 3 and 4,
nothing is drawn.";

/// Draw the QR code of a link, after a check that the link opens the Mini Program
///
/// Without -o, the code is shown in the terminal.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Qr {
    /// The links, each exactly as it is to be scanned [example: 'https://m.example.cn/table/?id=7']
    #[arg(value_name = "LINK", value_parser = parse_scanned_link)]
    links: Vec<String>,

    /// Write a picture: x.svg or x.png. For several links, the name has {number}, the number of the link
    /// [example: table-7.svg]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The caption below the code in an SVG picture. With --csv, {id} is the value of the column id;
    /// without --caption, the first column is the caption [example: 'Table {id}']
    #[arg(long, value_name = "TEXT")]
    caption: Option<String>,

    /// The pixels for the side of a module in a PNG picture, 1 to 64
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SCALE)]
    #[arg(value_parser = parse_number_in(1..=MAX_SCALE))]
    scale: u32,

    /// How much of the code may be dirty or damaged: about 7 % (L), 15 % (M), 25 % (Q) or 30 % (H).
    /// If a higher level makes the code no larger, it is used
    #[arg(short, long, value_name = "L|M|Q|H", default_value = "M", value_parser = level_parser())]
    level: Level,

    /// Draw the codes even if a link does not open; without --rules, nothing is checked
    #[arg(long)]
    force: bool,

    /// Overwrite a file of the same name with different content
    #[arg(long)]
    overwrite: bool,

    #[command(flatten)]
    rules: RuleSetSource,

    // Last, because its heading would stand above other options too.
    #[command(flatten)]
    batch: Batch,
}

const NO_CAPTION_IN_PNG: &str = "a PNG picture has no caption, because it has no fonts: draw an SVG picture, or leave \
     --caption out";

fn level_parser() -> impl TypedValueParser<Value = Level> {
    let names = PossibleValuesParser::new(Level::ALL.iter().map(|level| level.name()));
    names.try_map(|name| Level::from_name(&name))
}

impl Qr {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        if self.batch.is_asked_for() {
            let match_command = self.rules.match_command("LINK");
            let drawing = Drawing {
                match_command: &match_command,
                level: self.level,
                scale: self.scale,
                caption: self.caption.as_deref(),
                force: self.force,
                overwrite: self.overwrite,
            };
            return self
                .batch
                .run(&drawing, || self.read_rules(context), context);
        }
        if self.links.is_empty() {
            return Err(context.usage("give a LINK, or --csv and a table"));
        }
        let files = self.files(context)?;
        let codes = self.links.iter().map(|link| QrCode::new(link, self.level));
        let codes = codes.collect::<jumpqr::Result<Vec<_>>>()?;
        let rules = self.read_rules(context)?;
        let checker = Checker::new(rules.as_ref());
        let openings: Vec<_> = self.links.iter().map(|link| checker.check(link)).collect();
        self.refuse_closed(&checker, &openings)?;
        let pictures = files.iter().zip(&codes).map(|(file, code)| Picture {
            file: file.clone(),
            draw: Box::new(|| self.draw(file, code)),
        });
        let pictures: Vec<_> = pictures.collect();
        let written = pictures::write(&pictures, None, self.overwrite, context)?;
        let mut blocks = Vec::new();
        let mut objects = Vec::new();
        for (index, (code, opening)) in codes.iter().zip(&openings).enumerate() {
            let file = files.get(index).zip(written.get(index).copied());
            blocks.push(format_block(code, opening, file));
            objects.push(describe(code, opening, file));
        }
        Ok(context.print(json!({ "codes": objects }), &blocks.join("\n\n")))
    }

    /// Returns the files to write, one for each link, or none.
    fn files(&self, context: &Context<'_>) -> Result<Vec<PathBuf>, CommandError> {
        let Some(output) = &self.output else {
            return match self.caption {
                Some(_) => Err(context.usage("--caption belongs to -o x.svg, or to --csv")),
                None => Ok(Vec::new()),
            };
        };
        match Format::of(output) {
            None => {
                return Err(context.usage(format!(
                    "{} is neither an .svg nor a .png: the end of the name says which picture to \
                     draw",
                    output.display()
                )));
            }
            Some(Format::Png) if self.caption.is_some() => {
                return Err(context.usage(NO_CAPTION_IN_PNG));
            }
            Some(_) => {}
        }
        let name = output.to_string_lossy();
        if self.links.len() > 1 && !name.contains("{number}") {
            return Err(context.usage(format!(
                "{name} is one file for {} links: write {{number}} into the name, which becomes the \
                 number of the link",
                self.links.len()
            )));
        }
        let digits = self.links.len().to_string().len();
        let numbers = 1..=self.links.len();
        Ok(numbers
            .map(|number| {
                name.replace("{number}", &format!("{number:0digits$}"))
                    .into()
            })
            .collect())
    }

    /// Returns the rules that the links are checked against: none if they are drawn in any case, and
    /// no rules are given.
    fn read_rules(&self, context: &Context<'_>) -> Result<Option<RuleSet>, CommandError> {
        if self.force && !self.rules.has_file() {
            return Ok(None);
        }
        self.rules.read(context).map(Some)
    }

    /// Refuses links that do not open, unless they are drawn in any case.
    fn refuse_closed(
        &self,
        checker: &Checker<'_>,
        openings: &[Opening<'_>],
    ) -> Result<(), CommandError> {
        if self.force {
            return Ok(());
        }
        let closed = self
            .links
            .iter()
            .zip(openings)
            .filter_map(|(link, opening)| {
                Some(Problem {
                    field: link.clone(),
                    code: opening.obstacle()?.name(),
                    message: checker.explain(link, opening.obstacle()?),
                })
            });
        let closed: Vec<_> = closed.collect();
        let message = match (self.links.len(), closed.len()) {
            (_, 0) => return Ok(()),
            (1, _) => "the link does not open, so its code was not drawn".to_owned(),
            (all, count) => {
                format!("{count} of {all} links do not open, so no code was drawn")
            }
        };
        let match_command = self.rules.match_command("LINK");
        Err(CommandError::closed_links(message, &match_command, closed))
    }

    fn draw(&self, file: &Path, code: &QrCode) -> jumpqr::Result<Vec<u8>> {
        match Format::of(file) {
            Some(Format::Png) => code.png(self.scale),
            _ => Ok(code.svg(self.caption.as_deref()).into_bytes()),
        }
    }
}

/// The format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Svg,
    Png,
}

impl Format {
    /// Returns the format that the end of a name says.
    fn of(file: &Path) -> Option<Self> {
        let extension = file.extension()?.to_str()?;
        match &*extension.to_ascii_lowercase() {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            _ => None,
        }
    }

    /// Returns the end of a file's name.
    fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

/// Formats the verdict about a link, and its code or the file that has it.
fn format_block(code: &QrCode, opening: &Opening<'_>, file: Option<(&PathBuf, bool)>) -> String {
    let drawn = match file {
        None => format!("\n{}{}", format_code(code), escape(code.link())),
        Some((file, is_written)) => {
            let done = pictures::describe_written(is_written);
            format!("{done} {}", escape(&file.to_string_lossy()))
        }
    };
    format!("{}\n{drawn}", opening.format())
}

/// Returns the object for a code: its matrix without the quiet zone, row by row, 1 for dark; and
/// what its link opens.
fn describe(code: &QrCode, opening: &Opening<'_>, file: Option<(&PathBuf, bool)>) -> Value {
    let row = |row: Vec<bool>| {
        row.iter()
            .map(|dark| if *dark { '1' } else { '0' })
            .collect()
    };
    let matrix: Vec<String> = code.matrix().into_iter().map(row).collect();
    let members = [
        ("link", json!(code.link())),
        ("level", json!(code.level())),
        ("version", json!(code.version())),
        ("size", json!(code.size())),
        ("matrix", json!(matrix)),
        ("file", json!(file.map(|(file, _)| file.to_string_lossy()))),
        ("written", json!(file.map(|(_, is_written)| is_written))),
    ];
    let members = members.into_iter().chain(opening.members());
    let members: Map<_, _> = members
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Value::Object(members)
}
