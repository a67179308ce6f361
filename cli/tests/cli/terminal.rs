//! `docs/terminal.svg`, the picture of a terminal in the README, shows what the command prints.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use crate::support::jumpqr;

/// Set this variable to write the picture.
const WRITE: &str = "JUMPQR_WRITE_DOCS";

const PICTURE: &str = "docs/terminal.svg";

/// The arguments, in the lines in which the picture shows them.
const LINES: [&str; 3] = [
    "--sandbox add --prefix https://weixin.qq.com/qrcodejump",
    "--path pages/index/index --open-version 1 --permit-sub-rule 1",
    "--debug-url 'https://weixin.qq.com/qrcodejump?a=1'",
];

/// The height of a line, and the width of a letter, in pixels.
const LINE: usize = 20;
const LETTER: usize = 9;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn draw(lines: &[String]) -> String {
    let columns = lines.iter().map(|line| line.chars().count()).max().unwrap();
    let (width, height) = ((columns + 4) * LETTER, (lines.len() + 3) * LINE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>jumpqr adds a rule in the sandbox</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#1b1f24\"/>\n\
         <g font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"15\" \
         fill=\"#e6edf3\" xml:space=\"preserve\">\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let colour = match line.as_str() {
            line if line.starts_with('$') => " fill=\"#79c0ff\"",
            line if line.starts_with("Added") => " fill=\"#7ee787\"",
            _ => "",
        };
        let (x, y) = (2 * LETTER, (number + 2) * LINE);
        writeln!(
            svg,
            "<text x=\"{x}\" y=\"{y}\"{colour}>{}</text>",
            escape(line)
        )
        .unwrap();
    }
    svg + "</g>\n</svg>\n"
}

#[test]
fn the_picture_shows_what_the_command_prints() {
    let arguments = shlex::split(&LINES.join(" ")).unwrap();
    let printed = jumpqr(arguments).expect(0).stdout;
    let mut lines: Vec<_> = LINES.iter().map(|line| format!("    {line} \\")).collect();
    lines[0] = format!("$ jumpqr {} \\", LINES[0]);
    lines[2] = format!("    {}", LINES[2]);
    lines.extend(printed.lines().map(str::to_owned));
    let picture = draw(&lines);

    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(PICTURE);
    if env::var_os(WRITE).is_some() {
        fs::write(&file, &picture).unwrap();
    }
    assert!(
        fs::read_to_string(&file).is_ok_and(|found| found == picture),
        "{PICTURE} is stale: {WRITE}=1 cargo test -p jumpqr-cli --test cli terminal"
    );
}
