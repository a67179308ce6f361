//! `jumpqr qr` draws a code after a check that its link opens.

use std::fs;

use jumpqr_pictures::Picture;
use serde_json::{Value, json};

use crate::support::{FakeWeChat, Jumpqr, jumpqr, read_picture};

const LINK: &str = "https://m.example.cn/table/?id=7";
const TEST_LINK: &str = "https://m.example.cn/new/1";

fn rules() -> Value {
    json!([
        {"prefix": "https://m.example.cn/table/", "path": "pages/table", "state": 2},
        {
            "prefix": "https://m.example.cn/new/",
            "path": "pages/new",
            "state": 1,
            "open_version": 1,
            "permit_sub_rule": 1,
            "debug_url": [TEST_LINK],
        },
    ])
}

/// A command with the rules on standard input.
fn qr(arguments: &[&str]) -> Jumpqr {
    jumpqr(["qr", "--rules", "-"])
        .args(arguments)
        .stdin(rules().to_string())
}

/// Returns the lines with blocks in them.
fn code_in(text: &str) -> String {
    let is_code = |line: &&str| line.contains(['█', '▀', '▄']);
    let lines: Vec<_> = text.lines().filter(is_code).collect();
    lines.join("\n")
}

#[test]
fn the_code_is_shown_with_the_rule_that_its_link_hits() {
    let run = qr(&[LINK]).expect(0);
    let verdict = "Hits https://m.example.cn/table/ → pages/table (published)\n\n";
    assert!(run.stdout.starts_with(verdict), "{}", run.stdout);
    assert!(
        run.stdout.ends_with(&format!("\n{LINK}\n")),
        "{}",
        run.stdout
    );
    let picture = Picture::from_terminal(&code_in(&run.stdout), 255, 0);
    assert_eq!(picture.links(), [LINK]);
}

#[test]
fn where_colours_are_shown_both_are_set() {
    let run = qr(&[LINK]).env("CLICOLOR_FORCE", "1").expect(0);
    for (letter, ground) in [(255, 0), (0, 255)] {
        let picture = Picture::from_terminal(&code_in(&run.stdout), letter, ground);
        assert_eq!(picture.links(), [LINK]);
    }
    let run = qr(&[LINK])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .expect(0);
    assert!(!run.stdout.contains('\x1b'));
}

#[test]
fn a_test_link_of_an_unpublished_rule_is_drawn_and_said_to_be_one() {
    let run = qr(&[TEST_LINK]).expect(0);
    let verdict = "Hits https://m.example.cn/new/ → pages/new (unpublished)\n\
                   Opens for developers and testers only: a test link, which opens the \
                   development build\n\n";
    assert!(run.stdout.starts_with(verdict), "{}", run.stdout);
    let object = qr(&["--json", TEST_LINK]).expect(0).json();
    let code = &object["codes"][0];
    assert_eq!(code["opens"], false);
    assert_eq!(code["opens_for_testers"], true);
    assert_eq!(code["obstacles"], json!(["not_published"]));
}

#[test]
fn a_link_that_does_not_open_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.svg");
    for (link, code, reason) in [
        (
            "https://m.example.cn/new/2",
            "not_published",
            "is not published",
        ),
        (
            "https://m.example.cn/tabel/7",
            "no_rule",
            "no rule covers the link; the nearest is https://m.example.cn/table/: the link's path",
        ),
        (
            "m.example.cn/table/",
            "not_a_link",
            "is neither an http(s) URL nor",
        ),
    ] {
        let arguments = [link, "-o", file.to_str().unwrap()];
        let run = qr(&arguments).expect(4);
        assert_eq!(run.stdout, "");
        assert!(
            run.stderr.contains(&format!("  - {link}: ")),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains(reason), "{}", run.stderr);
        let object = qr(&arguments).args(["--json"]).expect(4).json();
        assert_eq!(object["error"]["code"], "link_does_not_open");
        let advice = object["error"]["advice"].as_str().unwrap();
        assert!(advice.contains("`jumpqr match --rules "), "{advice}");
        assert!(advice.contains(" LINK` explains"), "{advice}");
        assert_eq!(object["error"]["violations"][0]["field"], link);
        assert_eq!(object["error"]["violations"][0]["code"], code);
        assert!(!file.exists());

        let forced = qr(&arguments).args(["--force"]).expect(0);
        assert!(
            forced.stdout.starts_with("Does not open: "),
            "{}",
            forced.stdout
        );
        assert_eq!(read_picture(&file), [link]);
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn one_link_of_several_that_does_not_open_stops_all() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("{number}.png");
    let run = qr(&[LINK, "https://m.example.cn/new/2", TEST_LINK])
        .args(["-o", name.to_str().unwrap()])
        .expect(4);
    assert!(
        run.stderr.contains("1 of 3 links do not open"),
        "{}",
        run.stderr
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn with_force_and_without_rules_nothing_is_checked_and_nothing_is_sent() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0}));
    let run = jumpqr(["qr", "--force", "any text", "--base-url", wechat.base_url()]).expect(0);
    assert!(
        run.stdout.starts_with("Not checked against any rule\n"),
        "{}",
        run.stdout
    );
    let picture = Picture::from_terminal(&code_in(&run.stdout), 255, 0);
    assert_eq!(picture.links(), ["any text"]);
    assert!(wechat.calls().is_empty());
}

#[test]
fn without_a_file_the_rules_of_the_account_are_listed() {
    let wechat =
        FakeWeChat::start(|_| json!({"errcode": 0, "rule_list": rules(), "qrcodejump_open": 1}));
    let run = |link| {
        jumpqr(["qr", link, "--base-url", wechat.base_url()]).env("JUMPQR_ACCESS_TOKEN", "T")
    };
    run(LINK).expect(0);
    run("https://m.example.cn/new/2").expect(4);
    assert_eq!(wechat.calls(), ["qrcodejumpget"; 2]);
    jumpqr(["qr", LINK]).expect(6);
}

#[test]
fn what_does_not_fit_into_a_code_is_refused_before_anything_is_sent() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0}));
    let long = format!("https://m.example.cn/table/?id={}", "7".repeat(2301));
    for (link, says) in [(&*long, "link: has 2332 bytes"), ("", "link: is empty")] {
        let run = jumpqr(["qr", link, "--base-url", wechat.base_url()])
            .env("JUMPQR_ACCESS_TOKEN", "T")
            .expect(3);
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
    assert!(wechat.calls().is_empty());
    qr(&["--level", "L", &long, "--json"]).expect(0);
}

#[test]
fn pictures_are_written_and_the_same_ones_again() {
    let folder = tempfile::tempdir().unwrap();
    let links = [LINK, "https://m.example.cn/table/?名=桌%207"];
    for end in ["svg", "PNG"] {
        let name = folder.path().join(format!("{{number}}.{end}"));
        let mut arguments = vec!["-o", name.to_str().unwrap()];
        arguments.extend(links);
        let run = qr(&arguments).expect(0);
        assert_eq!(run.stdout.matches("Written ").count(), 2, "{}", run.stdout);
        for (number, link) in (1..).zip(links) {
            let file = folder.path().join(format!("{number}.{end}"));
            assert_eq!(read_picture(&file), [link]);
        }
        let run = qr(&arguments).expect(0);
        assert_eq!(
            run.stdout.matches("Already there").count(),
            2,
            "{}",
            run.stdout
        );
        assert!(!run.stdout.contains("Written"), "{}", run.stdout);
    }
}

#[test]
fn a_different_file_is_overwritten_only_if_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("{number}.svg");
    let second = folder.path().join("2.svg");
    fs::write(&second, "mine").unwrap();
    let arguments = ["-o", name.to_str().unwrap(), LINK, TEST_LINK];
    let run = qr(&arguments).expect(2);
    assert!(
        run.stderr.contains("2.svg exists with different content"),
        "{}",
        run.stderr
    );
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        1,
        "nothing is written"
    );
    assert_eq!(fs::read_to_string(&second).unwrap(), "mine");
    qr(&arguments).args(["--overwrite"]).expect(0);
    assert_eq!(read_picture(&second), [TEST_LINK]);
}

#[test]
fn level_scale_and_caption_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let [svg, png] = ["x.svg", "x.png"].map(|name| folder.path().join(name));
    qr(&[LINK, "-o", svg.to_str().unwrap(), "--caption", "桌 <7>"]).expect(0);
    assert!(
        fs::read_to_string(&svg)
            .unwrap()
            .contains(">桌 &lt;7&gt;</text>")
    );
    qr(&[LINK, "-o", png.to_str().unwrap(), "--scale", "2", "-l", "H"]).expect(0);
    let picture = Picture::from_png(&fs::read(&png).unwrap());
    assert_eq!(
        (picture.width, picture.links()),
        (2 * (33 + 8), vec![LINK.to_owned()])
    );
}

#[test]
fn json_has_the_matrix() {
    let object = qr(&["--json", LINK]).expect(0).json();
    let code = &object["codes"][0];
    assert_eq!(object["command"], "qr");
    assert_eq!(
        (
            &code["link"],
            &code["level"],
            &code["version"],
            &code["size"]
        ),
        (&json!(LINK), &json!("Q"), &json!(3), &json!(29))
    );
    assert_eq!(code["checked"], true);
    assert_eq!(code["hit"]["prefix"], "https://m.example.cn/table/");
    assert_eq!(
        (&code["file"], &code["written"]),
        (&Value::Null, &Value::Null)
    );
    let rows: Vec<String> = serde_json::from_value(code["matrix"].clone()).unwrap();
    let picture = Picture::new(37 * 4, 37 * 4, |x, y| {
        let row = rows.get((y / 4).wrapping_sub(4));
        let module = row.and_then(|row| row.chars().nth((x / 4).wrapping_sub(4)));
        if module == Some('1') { 0 } else { 255 }
    });
    assert_eq!(picture.links(), [LINK]);
    let object = jumpqr(["--json", "qr", "--force", LINK]).expect(0).json();
    let code = &object["codes"][0];
    for member in ["opens", "opens_for_testers", "hit", "obstacles"] {
        assert_eq!(code[member], Value::Null, "{member}");
    }
    assert_eq!(code["checked"], false);
}

#[test]
fn wrong_arguments_are_explained() {
    for (arguments, says) in [
        (
            &[LINK, "-o", "x.pdf"][..],
            "x.pdf is neither an .svg nor a .png",
        ),
        (&[LINK, "-o", "x"], "x is neither"),
        (&[LINK, LINK, "-o", "x.svg"], "write {number} into the name"),
        (&[LINK, "--caption", "x"], "--caption belongs to -o x.svg"),
        (
            &[LINK, "-o", "x.png", "--caption", "x"],
            "a PNG picture has no caption",
        ),
        (&[LINK, "-l", "X"], "[possible values: L, M, Q, H]"),
        (&[LINK, "--scale", "x"], "give a whole number, 1 to 64"),
        (&[LINK, "--scale", "65"], "give a whole number, 1 to 64"),
        (&[], "give a LINK, or --csv and a table"),
        (
            &[" https://m.example.cn/table/7"],
            "has white space around it",
        ),
    ] {
        let run = qr(arguments).expect(2);
        assert!(run.stderr.contains(says), "{arguments:?}: {}", run.stderr);
    }
    let run = qr(&[LINK, "-o", "/no/such/folder/x.png"]).expect(2);
    assert!(!run.stderr.contains(".tmp"), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("/no/such/folder/x.png cannot be written"),
        "{}",
        run.stderr
    );
}
