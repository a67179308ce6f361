//! `jumpqr qr --csv` draws a code for each row of a table, or none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jumpqr_pictures::Picture;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Jumpqr, Run, jumpqr, read_picture};

const TEMPLATE: &str = "https://m.example.cn/table/?id={id}";

/// A folder with a table and a file of rules.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new(table: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rules = json!([
            {"prefix": "https://m.example.cn/table/", "path": "pages/table", "state": 2},
            {
                "prefix": "https://m.example.cn/table/new/",
                "path": "pages/new",
                "state": 1,
                "open_version": 2,
                "permit_sub_rule": 1,
                "debug_url": ["https://m.example.cn/table/new/1"],
            },
        ]);
        fs::write(folder.path().join("rules.json"), rules.to_string()).unwrap();
        fs::write(folder.path().join("tables.csv"), table).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn qr(&self, template: &str) -> Jumpqr {
        let [rules, table, out] = ["rules.json", "tables.csv", "codes"].map(|name| self.path(name));
        jumpqr(["qr", "--template", template])
            .args([Path::new("--rules"), &rules, Path::new("--csv"), &table])
            .args([Path::new("--out"), &out])
    }

    /// Returns the link of each picture, by the name of its file.
    fn pictures(&self) -> BTreeMap<String, String> {
        let files = fs::read_dir(self.path("codes")).unwrap();
        let read = |file: fs::DirEntry| {
            let name = file.file_name().into_string().unwrap();
            let [link] = read_picture(&file.path()).try_into().unwrap();
            (name, link)
        };
        files.map(|file| read(file.unwrap())).collect()
    }

    fn assert_nothing_is_written(&self) {
        assert_eq!(fs::read_dir(&self.folder).unwrap().count(), 2);
    }
}

/// A table of 50 rows; the row 31 stands in line 32.
fn fifty_rows() -> String {
    let rows = (1..=50).map(|number| format!("{number},靠窗 {number}\r\n"));
    format!("\u{feff}id,名称\r\n{}", rows.collect::<String>())
}

#[test]
fn each_row_has_a_picture_with_its_link() {
    for (format, end) in [(&[][..], "svg"), (&["--format", "png"], "png")] {
        let desk = Desk::new(fifty_rows());
        let run = desk
            .qr("https://m.example.cn/table/?id={id}&名={名称}")
            .args(format)
            .expect(0);
        assert!(
            run.stdout.starts_with("Written 50 pictures to "),
            "{}",
            run.stdout
        );
        let hits = "50 links hit https://m.example.cn/table/ → pages/table (published)\n";
        assert!(run.stdout.ends_with(hits), "{}", run.stdout);
        assert_eq!(run.stderr, "");
        let expected = (1..=50).map(|number| {
            let link =
                format!("https://m.example.cn/table/?id={number}&名=%E9%9D%A0%E7%AA%97%20{number}");
            (format!("{number}.{end}"), link)
        });
        assert_eq!(desk.pictures(), expected.collect());
    }
}

#[test]
fn a_row_that_does_not_open_stops_all_with_its_line() {
    let desk = Desk::new(fifty_rows().replace("31,", "new/31,"));
    let sheet = desk.path("sheet.pdf");
    let run = |more: &[&str]| {
        desk.qr("https://m.example.cn/table/{+id}")
            .args([Path::new("--sheet"), &sheet])
            .args(more)
            .run()
    };
    let refused = run(&[]);
    assert_eq!(refused.code, 4);
    assert_eq!(refused.stdout, "");
    for text in [
        "1 of 50 rows do not open, so nothing was drawn",
        "  - line 32: https://m.example.cn/table/new/31: the most specific rule that covers the \
         link is not published",
    ] {
        assert!(refused.stderr.contains(text), "{}", refused.stderr);
    }
    desk.assert_nothing_is_written();
    let violations = &run(&["--json"]).json()["error"]["violations"];
    assert_eq!(violations[0]["field"], "line 32");
    assert_eq!(violations[0]["code"], "not_published");

    let forced = run(&["--force"]);
    assert_eq!(forced.code, 0);
    assert!(
        forced.stdout.contains("Line 32: links that do not open"),
        "{}",
        forced.stdout
    );
    assert_eq!(desk.pictures().len(), 50);
}

#[test]
fn the_first_twenty_wrong_rows_are_named() {
    let desk = Desk::new(fifty_rows());
    let run = desk.qr("https://m.example.cn/tabel/{id}").expect(4);
    assert_eq!(
        run.stderr.matches("  - line ").count(),
        20,
        "{}",
        run.stderr
    );
    let nearest = "the nearest is https://m.example.cn/table/";
    assert_eq!(run.stderr.matches(nearest).count(), 20, "{}", run.stderr);
    assert!(run.stderr.contains("and 30 more"), "{}", run.stderr);
    let object = desk
        .qr("https://m.example.cn/tabel/{id}")
        .args(["--json"])
        .expect(4)
        .json();
    assert_eq!(object["error"]["violations"].as_array().unwrap().len(), 50);
}

#[test]
fn rows_without_a_link_are_named_even_with_force() {
    let long = "x".repeat(2331);
    let desk = Desk::new(format!("id,n\n1,a\n,b\n2\n3,c\n{long},d\n"));
    for force in [&[][..], &["--force"]] {
        let run = desk.qr(TEMPLATE).args(force).expect(3);
        for text in [
            "3 of 5 rows are wrong",
            "line 3: the column id is empty",
            "line 4: has 1 value, but the header names 2 columns",
            "line 6: link: has 2362 bytes",
        ] {
            assert!(run.stderr.contains(text), "{}", run.stderr);
        }
    }
    desk.assert_nothing_is_written();
}

#[test]
fn test_links_are_drawn_and_named() {
    let desk = Desk::new("id\n7\nnew/1\n");
    let run = desk.qr("https://m.example.cn/table/{+id}").expect(0);
    let text = "Line 3: test links, which open for developers and testers only";
    assert!(run.stdout.contains(text), "{}", run.stdout);
    assert_eq!(
        desk.pictures()["new_1.svg"],
        "https://m.example.cn/table/new/1"
    );
}

#[test]
fn names_of_files_come_from_the_row_and_stay_in_the_folder() {
    let desk = Desk::new("id,n\n1,../../a\n2,../../A\n3,桌\n");
    desk.qr(TEMPLATE).args(["--name", "x/{n}"]).expect(0);
    let names: Vec<_> = desk.pictures().into_keys().collect();
    assert_eq!(names, ["x_.._.._A-2.svg", "x_.._.._a.svg", "x_桌.svg"]);
}

#[test]
fn the_caption_is_the_first_column_unless_given() {
    let desk = Desk::new("桌号,id\n\"A & B\",1\n");
    let caption = |more: &[&str]| {
        desk.qr(TEMPLATE)
            .args(["--overwrite", "--name", "x"])
            .args(more)
            .expect(0);
        let svg = fs::read_to_string(desk.path("codes/x.svg")).unwrap();
        let (_, text) = svg.split_once("middle\">").unwrap();
        text.split_once("</text>").unwrap().0.to_owned()
    };
    assert_eq!(caption(&[]), "A &amp; B");
    assert_eq!(
        caption(&["--caption", "桌 {桌号} ({id})"]),
        "桌 A &amp; B (1)"
    );
}

#[test]
fn pictures_that_are_there_stay_and_different_ones_need_consent() {
    let desk = Desk::new("id\n1\n2\n3\n");
    desk.qr(TEMPLATE).expect(0);
    fs::remove_file(desk.path("codes/2.svg")).unwrap();
    let run = desk.qr(TEMPLATE).expect(0);
    assert!(
        run.stdout.contains("Written 1 picture to "),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("; 2 were already there"),
        "{}",
        run.stdout
    );

    fs::remove_file(desk.path("codes/1.svg")).unwrap();
    let other = "https://m.example.cn/table/{id}";
    let run = desk.qr(other).expect(2);
    let text = "2.svg and 1 more file exist with different content";
    assert!(run.stderr.contains(text), "{}", run.stderr);
    assert!(!desk.path("codes/1.svg").exists(), "nothing is written");
    desk.qr(other).args(["--overwrite"]).expect(0);
    assert_eq!(desk.pictures()["3.svg"], "https://m.example.cn/table/3");
}

#[test]
fn suspicious_rows_have_a_warning() {
    let desk = Desk::new("id\n7\n%E6%A1%8C\n7\n7\n");
    let run = desk.qr(TEMPLATE).expect(0);
    for text in [
        "warning: line 4: has the same link as a row before it (and 1 more row)",
        "warning: line 3: has a value that looks percent-encoded",
    ] {
        assert!(run.stderr.contains(text), "{}", run.stderr);
    }
    let json = desk.qr(TEMPLATE).args(["--json"]).expect(0);
    assert_eq!(json.stderr, "");
    let codes = json.json()["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["code"].clone())
        .collect::<Vec<_>>();
    assert_eq!(codes, ["same_link", "encoded_again"]);
}

#[test]
fn json_has_each_row_with_its_file_and_verdict() {
    let desk = Desk::new("id\n7\nnew/1\n");
    let object = desk
        .qr("https://m.example.cn/table/{+id}")
        .args(["--json"])
        .expect(0)
        .json();
    let codes = object["codes"].as_array().unwrap();
    let lines: Vec<_> = codes.iter().map(|code| code["line"].clone()).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(codes[1]["link"], "https://m.example.cn/table/new/1");
    assert_eq!(codes[1]["opens"], false);
    assert_eq!(codes[1]["opens_for_testers"], true);
    let file = codes[1]["file"].as_str().unwrap();
    assert_eq!(Path::new(file), desk.path("codes").join("new_1.svg"));
    assert_eq!(object["sheet"], Value::Null);
}

/// Draws a page of a sheet with poppler, which `tests/run` installs.
fn draw_page(sheet: &Path) -> Picture {
    let png = sheet.with_extension("");
    let mut command = std::process::Command::new("pdftoppm");
    let arguments = ["-r", "150", "-gray", "-png", "-singlefile"];
    let status = command
        .args(arguments)
        .arg(sheet)
        .arg(&png)
        .status()
        .unwrap();
    assert!(status.success());
    Picture::from_png(&fs::read(png.with_extension("png")).unwrap())
}

#[test]
fn the_sheet_has_all_codes_in_the_order_of_the_rows() {
    let desk = Desk::new(fifty_rows());
    let sheet = desk.path("sheet.pdf");
    let run = desk
        .qr(TEMPLATE)
        .args([Path::new("--sheet"), &sheet])
        .expect(0);
    assert!(
        run.stdout.contains("sheet.pdf, 3 pages of A4"),
        "{}",
        run.stdout
    );
    let labels = draw_page(&sheet).cut(4, 5, 59);
    let links: Vec<_> = labels.iter().flat_map(Picture::links).collect();
    let expected: Vec<_> = (1..=20)
        .map(|number| TEMPLATE.replace("{id}", &number.to_string()))
        .collect();
    assert_eq!(links, expected);
    let again = desk
        .qr(TEMPLATE)
        .args([Path::new("--sheet"), &sheet])
        .expect(0);
    assert!(
        again
            .stdout
            .contains("Already there, with the same content: "),
        "{}",
        again.stdout
    );
}

#[test]
fn a_sheet_needs_no_directory_and_has_a_width() {
    let desk = Desk::new("id\n1\n2\n3\n");
    let sheet = desk.path("sheet.pdf");
    let table = fs::read(desk.path("tables.csv")).unwrap();
    let run = jumpqr(["qr", "--force", "--csv", "-", "--template", TEMPLATE])
        .args([Path::new("--sheet"), &sheet])
        .args(["--width", "100", "--json"])
        .stdin(table)
        .expect(0);
    assert_eq!(run.json()["sheet"]["pages"], 2);
    assert_eq!(
        draw_page(&sheet).cut(1, 2, 59)[1].links(),
        ["https://m.example.cn/table/?id=2"]
    );
}

fn refuse(table: &[u8], arguments: &[&str], code: i32) -> Run {
    let desk = Desk::new(table);
    let run = jumpqr(["qr", "--force", "--csv"])
        .args([desk.path("tables.csv")])
        .args(arguments)
        .expect(code);
    desk.assert_nothing_is_written();
    run
}

#[test]
fn wrong_tables_and_arguments_are_explained() {
    let table = &b"id,n\n1,2\n"[..];
    let out = &["--template", TEMPLATE, "--out", "codes"][..];
    for (table, arguments, says) in [
        (&b""[..], out, "tables.csv is empty"),
        (b"id\n", out, "has no rows"),
        (b"\xff\xfei\0", out, "is in UTF-16"),
        (b"\xd7\xc0\xba\xc5\n1\n", out, "GBK"),
        (table, &[], "--template"),
        (
            table,
            &["--template", TEMPLATE],
            "give --out DIR, --sheet FILE.pdf, or both",
        ),
        (
            table,
            &["--template", "https://h.cn/", "--out", "x"],
            "--template names no column",
        ),
        (
            table,
            &["--template", "{x}", "--out", "x"],
            "but the columns are {id}, {n}",
        ),
        (
            table,
            &["--template", TEMPLATE, "--sheet", "x.svg"],
            "x.svg is not a .pdf",
        ),
        (
            table,
            &["--template", TEMPLATE, "--out", "x", "--name", "{"],
            "--name has a { without a }",
        ),
        (
            table,
            &[
                "--template",
                TEMPLATE,
                "--out",
                "x",
                "--format",
                "png",
                "--caption",
                "{id}",
            ],
            "a PNG picture has no caption",
        ),
        (
            table,
            &["--template", TEMPLATE, "--out", "x", "https://h.cn"],
            "cannot be used with",
        ),
        (
            table,
            &["--template", TEMPLATE, "--out", "x", "-o", "x.svg"],
            "cannot be used with",
        ),
    ] {
        let run = refuse(table, arguments, 2);
        assert!(run.stderr.contains(says), "{arguments:?}: {}", run.stderr);
    }
    let sheet = ["--template", TEMPLATE, "--sheet", "x.pdf", "--width", "181"];
    let run = refuse(table, &sheet, 3);
    assert!(run.stderr.contains("width: is 181"), "{}", run.stderr);
}
