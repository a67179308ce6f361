//! Each page of a sheet has its codes and captions, as another program draws them.

use std::fs;
use std::path::Path;
use std::process::Command;

use jumpqr_core::check::FindingCode;
use jumpqr_pictures::Picture;
use jumpqr_qr::{Label, QUIET_ZONE, QrCode, Sheet};

use crate::code;

fn write_pdf(path: &Path, sheet: &Sheet, labels: &[Label<'_>]) {
    let pages = labels.chunks(sheet.labels_per_page());
    let pages: Vec<_> = pages.map(|labels| sheet.page(labels)).collect();
    fs::write(path, Sheet::pdf(&pages)).unwrap();
}

/// Runs a program of poppler, which `tests/run` installs. It warns if it finds no Chinese font.
fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let mut command = Command::new(program);
    let output = command.args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_code_and_caption_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let codes: Vec<QrCode> = (1..=23)
        .map(|number| code(&format!("https://m.example.cn/table/?id={number}")))
        .collect();
    let captions: Vec<_> = (1..=23)
        .map(|number| format!("桌号 (Table) \\{number}"))
        .collect();
    let labels: Vec<_> = codes
        .iter()
        .zip(&captions)
        .map(|(code, caption)| Label { code, caption })
        .collect();
    let sheet = Sheet::new(Sheet::USUAL_WIDTH).unwrap();
    write_pdf(&folder.path().join("sheet.pdf"), &sheet, &labels);

    run(
        "pdftoppm",
        &["-r", "150", "-gray", "-png", "sheet.pdf", "page"],
        folder.path(),
    );
    let mut links = Vec::new();
    for (page, count) in [("page-1.png", 20), ("page-2.png", 3)] {
        let picture = Picture::from_png(&fs::read(folder.path().join(page)).unwrap());
        // 150 dots to the inch are 59 in the margin of 10 mm.
        let labels = picture.cut(4, 5, 59);
        let found: Vec<_> = labels.iter().flat_map(Picture::links).collect();
        assert_eq!(found.len(), count, "{page}");
        links.extend(found);
    }
    let expected: Vec<_> = codes.iter().map(QrCode::link).collect();
    assert_eq!(links, expected);

    let text = run("pdftotext", &["-layout", "sheet.pdf", "-"], folder.path());
    for caption in captions {
        assert!(text.contains(&caption), "{caption}: {text}");
    }
}

#[test]
fn the_width_on_paper_decides_how_many_labels_a_page_has() {
    for (width, labels) in [(10, 11 * 12), (40, 20), (100, 2), (180, 1)] {
        assert_eq!(
            Sheet::new(width).unwrap().labels_per_page(),
            labels,
            "{width}"
        );
    }
    for width in [0, 9, 181, u16::MAX] {
        let error = Sheet::new(width).unwrap_err();
        let finding = &error.violations()[0];
        assert_eq!(
            (&*finding.field, finding.code),
            ("width", FindingCode::OutOfRange)
        );
    }
}

#[test]
fn a_code_is_as_wide_on_paper_as_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let code = code("https://m.example.cn/table/?id=7");
    for width in [10_u16, 40, 180] {
        let label = Label {
            code: &code,
            caption: "",
        };
        write_pdf(
            &folder.path().join("sheet.pdf"),
            &Sheet::new(width).unwrap(),
            &[label],
        );
        // 254 dots to the inch are 10 to the millimetre.
        run(
            "pdftoppm",
            &["-r", "254", "-gray", "-png", "sheet.pdf", "page"],
            folder.path(),
        );
        let picture = Picture::from_png(&fs::read(folder.path().join("page-1.png")).unwrap());
        let is_dark = |x: &usize| (0..picture.height()).any(|y| picture.pixel(*x, y) == 0);
        let first = (0..picture.width).find(is_dark).unwrap();
        let last = (0..picture.width).rfind(is_dark).unwrap();
        let dots = usize::from(width) * 10;
        let expected = dots * code.size() / (code.size() + 2 * QUIET_ZONE);
        assert!(
            (last + 1 - first).abs_diff(expected) <= 2,
            "{width}: {first} {last}"
        );
    }
}

#[test]
fn a_caption_is_one_line_and_fits() {
    let folder = tempfile::tempdir().unwrap();
    let code = code("1");
    let long = "很长的名字".repeat(20);
    let captions = ["two\nlines", &long, "", "()\\"];
    let labels = captions.map(|caption| Label {
        code: &code,
        caption,
    });
    write_pdf(
        &folder.path().join("sheet.pdf"),
        &Sheet::new(40).unwrap(),
        &labels,
    );
    let text = run("pdftotext", &["-layout", "sheet.pdf", "-"], folder.path());
    for caption in ["two lines", &long, "()\\"] {
        assert!(text.contains(caption), "{caption}: {text}");
    }
}
