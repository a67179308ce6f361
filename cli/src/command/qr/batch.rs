//! Draws a code for each row of a table.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::Args;
use jumpqr::matching::{Obstacle, RuleSet};
use jumpqr_qr::{Label, Level, QrCode, Sheet};

use super::Format;
use super::batch_report::Report;
use super::file_names::FileNames;
use super::opening::{Checker, Opening};
use super::pictures::{self, Picture};
use super::table::{Row, Table};
use super::template::Template;
use crate::context::Context;
use crate::error::{CommandError, Problem};
use crate::input::Input;
use crate::number::parse_whole_number;
use crate::output::CommandResult;
use crate::workers;

/// The largest table that is read: a million rows.
const MAX_TABLE_BYTES: usize = 64 << 20;

#[derive(Debug, Args)]
#[command(next_help_heading = "A code for each row of a table, instead of LINK")]
pub(super) struct Batch {
    /// A table in CSV and UTF-8, whose first line names the columns; `-` is standard input [example:
    /// tables.csv]
    #[arg(long, value_name = "FILE", requires = "template")]
    #[arg(conflicts_with_all = ["links", "output"])]
    csv: Option<Input>,

    /// The link of a row: {id} is the value of the column id, percent-encoded
    /// [example: 'https://m.example.cn/table/?id={id}']
    ///
    /// With {+id}, the value is a part of the link: `/?#&=` and the like, and what is already
    /// percent-encoded, stay as they are. The rest of the template is kept as it is.
    #[arg(long, value_name = "URL", requires = "csv")]
    template: Option<String>,

    /// The directory to write a picture for each row to; it is made if it is missing [example:
    /// codes]
    #[arg(long, value_name = "DIR", requires = "csv")]
    out: Option<PathBuf>,

    /// The format of the pictures [default: svg]
    #[arg(long, value_name = "FORMAT", requires = "out", value_parser = ["svg", "png"])]
    format: Option<String>,

    /// The name of a row's picture, without its end [default: the first column]
    /// [example: 'table-{id}']
    #[arg(long, value_name = "TEXT", requires = "out")]
    name: Option<String>,

    /// A file with all codes and captions on pages of A4, to print and cut [example: sheet.pdf]
    ///
    /// It contains no fonts. Captions in Chinese are printed in a font of the program that prints.
    #[arg(long, value_name = "FILE.pdf", requires = "csv")]
    sheet: Option<PathBuf>,

    /// The width of a code on the sheet with its light border, in millimetres, 10 to 180 [default:
    /// 40]
    #[arg(long, value_name = "MM", requires = "sheet")]
    #[arg(value_parser = parse_whole_number::<u16>("10 to 180"))]
    width: Option<u16>,
}

/// The options of both a link and a table.
pub(super) struct Drawing<'a> {
    pub(super) level: Level,
    pub(super) scale: u32,
    pub(super) caption: Option<&'a str>,
    pub(super) force: bool,
    pub(super) overwrite: bool,
    /// The command line that explains why a link does not open.
    pub(super) match_command: &'a str,
}

/// A row with its code.
pub(super) struct Labelled<'a> {
    pub(super) line: usize,
    pub(super) caption: String,
    /// The text that its picture is named after.
    name: String,
    pub(super) code: QrCode,
    pub(super) opening: Opening<'a>,
    /// Whether a value looks as if it were percent-encoded already.
    pub(super) encodes_again: bool,
}

/// Why a row has no code.
enum Refused {
    /// It has no link, or no code has its link.
    Wrong(usize, Problem),
    /// Its link does not open.
    Closed(usize, String, Obstacle),
}

impl Refused {
    fn line(&self) -> usize {
        match self {
            Self::Wrong(line, _) | Self::Closed(line, ..) => *line,
        }
    }
}

/// The texts of a row.
struct Templates {
    link: Template,
    caption: Template,
    name: Template,
}

impl Batch {
    pub(super) fn is_asked_for(&self) -> bool {
        self.csv.is_some()
    }

    /// Draws all codes, or none: `read_rules` returns the rules that the links are checked against.
    pub(super) fn run(
        &self,
        drawing: &Drawing<'_>,
        read_rules: impl FnOnce() -> Result<Option<RuleSet>, CommandError>,
        context: &Context<'_>,
    ) -> CommandResult {
        let sheet = self.lay_out_sheet(drawing, context)?;
        let (table, templates) = self.read_table(drawing, context)?;
        let rules = read_rules()?;
        let checker = Checker::new(rules.as_ref());
        let rows = workers::map(&table.rows, |row| {
            label(row, &templates, &table.columns, &checker, drawing)
        });
        let rows = refuse_wrong_rows(rows, table.problems, &checker, drawing.match_command)?;
        let files = self.files(&rows);
        let pages = sheet.as_ref().map(|sheet| {
            let on_page = sheet.labels_per_page();
            rows.len().div_ceil(on_page)
        });
        let written = self.write(&rows, &files, sheet.as_ref(), drawing, context)?;
        let report = Report {
            out: self.out.as_deref(),
            sheet: self.sheet.as_deref().zip(pages),
            rows: &rows,
            files: &files,
            written: &written,
        };
        let warnings = report.warnings();
        for warning in &warnings {
            context.print_note(&format!("warning: {}: {}", warning.field, warning.message));
        }
        Ok(context.print(report.members(&warnings), &report.format()))
    }

    /// Checks the arguments. Returns the sheet, if one is asked for.
    fn lay_out_sheet(
        &self,
        drawing: &Drawing<'_>,
        context: &Context<'_>,
    ) -> Result<Option<Sheet>, CommandError> {
        if self.out.is_none() && self.sheet.is_none() {
            return Err(context.usage(
                "there is nowhere to draw the codes: give --out DIR, --sheet FILE.pdf, or both",
            ));
        }
        if drawing.caption.is_some() && self.format() == Format::Png && self.sheet.is_none() {
            return Err(context.usage(super::NO_CAPTION_IN_PNG));
        }
        let Some(file) = &self.sheet else {
            return Ok(None);
        };
        let extension = file.extension().map(OsStr::to_ascii_lowercase);
        if extension.is_none_or(|extension| extension != "pdf") {
            let file = file.display();
            return Err(context.usage(format!("{file} is not a .pdf: a sheet is one")));
        }
        Ok(Some(Sheet::new(self.width.unwrap_or(Sheet::USUAL_WIDTH))?))
    }

    fn format(&self) -> Format {
        match self.format.as_deref() {
            Some("png") => Format::Png,
            _ => Format::Svg,
        }
    }

    fn read_table(
        &self,
        drawing: &Drawing<'_>,
        context: &Context<'_>,
    ) -> Result<(Table, Templates), CommandError> {
        let (Some(file), Some(template)) = (&self.csv, &self.template) else {
            return Err(context.usage("--csv and --template belong together"));
        };
        let bytes = file.read(MAX_TABLE_BYTES)?;
        let not_a_table = |reason: String| {
            let advice = "Give a table in CSV and UTF-8, whose first line names the columns.";
            CommandError::file("not_a_table", format!("{file} {reason}"), advice)
        };
        if bytes.len() > MAX_TABLE_BYTES {
            return Err(not_a_table(format!(
                "has more than {MAX_TABLE_BYTES} bytes"
            )));
        }
        let table = Table::read(&bytes).map_err(not_a_table)?;
        if table.rows.is_empty() && table.problems.is_empty() {
            return Err(not_a_table("has no rows below its header".to_owned()));
        }
        let wrong = |option, reason| context.usage(format!("{option} {reason}"));
        let text = |option: &'static str, text: Option<&str>| match text {
            None => Ok(Template::first_column()),
            Some(text) => {
                Template::text(text, &table.columns).map_err(|reason| wrong(option, reason))
            }
        };
        let templates = Templates {
            link: Template::link(template, &table.columns)
                .map_err(|reason| wrong("--template", reason))?,
            caption: text("--caption", drawing.caption)?,
            name: text("--name", self.name.as_deref())?,
        };
        Ok((table, templates))
    }

    /// Returns the file of each row's picture; no files without a directory.
    fn files(&self, rows: &[Labelled<'_>]) -> Vec<PathBuf> {
        let Some(folder) = &self.out else {
            return Vec::new();
        };
        let mut names = FileNames::default();
        let extension = self.format().extension();
        let names = rows.iter().map(|row| names.name(&row.name, extension));
        names.map(|name| folder.join(name)).collect()
    }

    /// Writes all pictures and the sheet, which comes last. Returns for each whether it was written.
    fn write(
        &self,
        rows: &[Labelled<'_>],
        files: &[PathBuf],
        sheet: Option<&Sheet>,
        drawing: &Drawing<'_>,
        context: &Context<'_>,
    ) -> Result<Vec<bool>, CommandError> {
        let format = self.format();
        let pictures = files.iter().zip(rows).map(|(file, row)| Picture {
            file: file.clone(),
            draw: Box::new(move || match format {
                Format::Svg => Ok(row.code.svg(Some(&row.caption)).into_bytes()),
                Format::Png => row.code.png(drawing.scale),
            }),
        });
        let sheet = self.sheet.as_ref().zip(sheet);
        let sheet = sheet.map(|(file, sheet)| Picture {
            file: file.clone(),
            draw: Box::new(move || Ok(draw_sheet(sheet, rows))),
        });
        let pictures: Vec<_> = pictures.chain(sheet).collect();
        pictures::write(&pictures, self.out.as_deref(), drawing.overwrite, context)
    }
}

fn draw_sheet(sheet: &Sheet, rows: &[Labelled<'_>]) -> Vec<u8> {
    let labels: Vec<_> = rows
        .iter()
        .map(|row| Label {
            code: &row.code,
            caption: &row.caption,
        })
        .collect();
    let pages: Vec<_> = labels.chunks(sheet.labels_per_page()).collect();
    Sheet::pdf(&workers::map(&pages, |labels| sheet.page(labels)))
}

/// Makes the code of a row, and checks what it opens.
fn label<'a>(
    row: &Row,
    templates: &Templates,
    columns: &[String],
    checker: &Checker<'a>,
    drawing: &Drawing<'_>,
) -> Result<Labelled<'a>, Refused> {
    let wrong =
        |code, message: &str| Refused::Wrong(row.line, Problem::in_line(row.line, code, message));
    if let Some(column) = templates.link.missing(row).first() {
        let column = columns.get(*column).map_or("", String::as_str);
        let message = format!("the column {column} is empty, so there is no link");
        return Err(wrong("missing_value", &message));
    }
    let link = templates.link.expand(row);
    let code = QrCode::new(&link, drawing.level).map_err(|error| {
        let code = error
            .violations()
            .first()
            .map_or("", |finding| finding.code.name());
        wrong(code, error.message())
    })?;
    let opening = checker.check(&link);
    match opening.obstacle() {
        Some(obstacle) if !drawing.force => Err(Refused::Closed(row.line, link, obstacle)),
        _ => Ok(Labelled {
            line: row.line,
            caption: templates.caption.expand(row),
            name: templates.name.expand(row),
            code,
            opening,
            encodes_again: templates.link.encodes_again(row),
        }),
    }
}

/// Returns the rows with their codes, or the error that names each row without one.
fn refuse_wrong_rows<'a>(
    rows: Vec<Result<Labelled<'a>, Refused>>,
    problems: Vec<(usize, Problem)>,
    checker: &Checker<'_>,
    match_command: &str,
) -> Result<Vec<Labelled<'a>>, CommandError> {
    let all = rows.len() + problems.len();
    let problems = problems.into_iter();
    let mut refused: Vec<_> = problems
        .map(|(line, problem)| Refused::Wrong(line, problem))
        .collect();
    let mut labelled = Vec::with_capacity(rows.len());
    for row in rows {
        match row {
            Ok(row) => labelled.push(row),
            Err(row) => refused.push(row),
        }
    }
    if refused.is_empty() {
        return Ok(labelled);
    }
    refused.sort_by_key(Refused::line);
    let is_closed = |row: &Refused| matches!(row, Refused::Closed(..));
    let is_closed = refused.iter().any(is_closed);
    let count = refused.len();
    let problems = refused.into_iter().map(|row| match row {
        Refused::Wrong(_, problem) => problem,
        Refused::Closed(number, link, obstacle) => {
            let reason = checker.explain(&link, obstacle);
            Problem::in_line(number, obstacle.name(), format!("{link}: {reason}"))
        }
    });
    let problems = problems.collect();
    Err(if is_closed {
        let message = format!("{count} of {all} rows do not open, so nothing was drawn");
        CommandError::closed_links(message, match_command, problems)
    } else {
        let message = format!("{count} of {all} rows are wrong, so nothing was drawn");
        CommandError::wrong_rows(message, problems)
    })
}
