//! Draws ten thousand codes of a table with the command, and reads each one again: SVG, PNG, and the
//! sheet as poppler draws it. `tests/pictures/run` runs it: `pictures JUMPQR`, the path of the
//! command.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::Instant;

use jumpqr_pictures::Picture;

/// The rows of the table.
const COUNT: usize = 10_000;

const RULES: &str = r#"[{"prefix": "https://m.example.cn/table/", "path": "p", "state": 2}]"#;
const TEMPLATE: &str = "https://m.example.cn/{page}/?id={id}&name={名称}";

/// The dots to the inch with which the sheet is drawn, and those in its margin of 10 mm.
const RESOLUTION: &str = "150";
const MARGIN: usize = 59;

fn main() {
    let command = PathBuf::from(std::env::args().nth(1).expect("usage: pictures JUMPQR"));
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk {
        command: command.canonicalize().unwrap(),
        folder: folder.path().to_owned(),
    };
    desk.write_table(None);
    fs::write(desk.path("rules.json"), RULES).unwrap();

    let draw_svg = [
        "--out",
        "svg",
        "--sheet",
        "sheet.pdf",
        "--caption",
        "桌 {id} {名称}",
    ];
    desk.time("SVG pictures, and the sheet", &draw_svg);
    desk.time("PNG pictures", &["--out", "png", "--format", "png"]);
    read("SVG pictures", |number| {
        let svg = fs::read_to_string(desk.path(&format!("svg/{number}.svg"))).unwrap();
        Picture::from_svg(&svg, 0.5).links()
    });
    read("PNG pictures", |number| {
        let png = fs::read(desk.path(&format!("png/{number}.png"))).unwrap();
        Picture::from_png(&png).links()
    });
    desk.read_sheet();

    let wrong = COUNT / 2;
    desk.write_table(Some(wrong));
    let begin = Instant::now();
    let refused = desk.draw(&["--out", "none"]);
    let says = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(4), "{says}");
    // The header is the first line.
    assert!(
        says.contains(&format!("line {}: https://m.example.cn/bike/", wrong + 1)),
        "{says}"
    );
    assert!(!desk.path("none").exists());
    println!(
        "one row of {COUNT} that does not open stops all: {:.1?}",
        begin.elapsed()
    );
}

struct Desk {
    command: PathBuf,
    folder: PathBuf,
}

impl Desk {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a table, in which no rule covers the link of the row `wrong`.
    fn write_table(&self, wrong: Option<usize>) {
        let row = |number| {
            let page = if Some(number) == wrong {
                "bike"
            } else {
                "table"
            };
            format!("{number},靠窗 {number},{page}\r\n")
        };
        let rows: Vec<_> = (1..=COUNT).map(row).collect();
        let table = format!("\u{feff}id,名称,page\r\n{}", rows.concat());
        fs::write(self.path("tables.csv"), table).unwrap();
    }

    fn draw(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.command);
        command.current_dir(&self.folder);
        command.args(["qr", "--rules", "rules.json", "--csv", "tables.csv"]);
        command
            .args(["--template", TEMPLATE])
            .args(arguments)
            .output()
            .unwrap()
    }

    fn time(&self, what: &str, arguments: &[&str]) {
        let begin = Instant::now();
        let output = self.draw(arguments);
        assert!(output.status.success(), "{output:?}");
        println!("{COUNT} {what}: drawn in {:.1?}", begin.elapsed());
    }

    /// Draws the pages of the sheet with poppler, and reads every code on them, in order.
    fn read_sheet(&self) {
        let begin = Instant::now();
        let numbers: Vec<usize> = (1..=COUNT).collect();
        let pages: Vec<(usize, &[usize])> = (1..).zip(numbers.chunks(20)).collect();
        on_all_cores(&pages, |(page, numbers)| {
            let labels = draw_page(&self.path("sheet.pdf"), *page).cut(4, 5, MARGIN);
            let links: Vec<_> = labels.iter().flat_map(Picture::links).collect();
            let expected: Vec<_> = numbers.iter().map(|number| link(*number)).collect();
            assert_eq!(links, expected, "page {page}");
        });
        let count = pages.len();
        println!(
            "{COUNT} codes on {count} pages: read in {:.1?}",
            begin.elapsed()
        );
    }
}

fn draw_page(sheet: &Path, page: usize) -> Picture {
    let png = sheet.with_file_name(format!("page-{page}"));
    let number = page.to_string();
    let mut command = Command::new("pdftoppm");
    command.args([
        "-r",
        RESOLUTION,
        "-gray",
        "-png",
        "-singlefile",
        "-f",
        &number,
        "-l",
        &number,
    ]);
    let status = command.arg(sheet).arg(&png).status().unwrap();
    assert!(status.success());
    let file = png.with_extension("png");
    let picture = Picture::from_png(&fs::read(&file).unwrap());
    fs::remove_file(file).unwrap();
    picture
}

/// Returns the link of a row. Of its name, everything but the number is percent-encoded.
fn link(number: usize) -> String {
    format!("https://m.example.cn/table/?id={number}&name=%E9%9D%A0%E7%AA%97%20{number}")
}

/// Reads the picture of each row, which must have the link of the row and no other.
fn read(what: &str, links: impl Fn(usize) -> Vec<String> + Sync) {
    let begin = Instant::now();
    let numbers: Vec<_> = (1..=COUNT).collect();
    on_all_cores(&numbers, |number| {
        assert_eq!(links(*number), [link(*number)], "row {number}");
    });
    println!("{COUNT} {what}: read in {:.1?}", begin.elapsed());
}

fn on_all_cores<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for items in items.chunks(items.len().div_ceil(cores)) {
            scope.spawn(|| items.iter().for_each(&work));
        }
    });
}
