//! `jumpqr errcode` explains error codes, offline.

use crate::support::jumpqr;

#[test]
fn a_code_is_explained_with_its_advice() {
    let run = jumpqr(["errcode", "85066"]).expect(0);
    assert!(
        run.stdout.starts_with("85066 illegal_prefix\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("What to do: "), "{}", run.stdout);
}

#[test]
fn the_code_of_a_missing_file_names_the_command_that_finds_the_cause() {
    let run = jumpqr(["errcode", "85069"]).expect(0);
    assert!(run.stdout.contains("`jumpqr preflight`"), "{}", run.stdout);
}

#[test]
fn a_negative_number_is_looked_up() {
    let object = jumpqr(["--json", "errcode", "-1"]).expect(0).json();
    assert_eq!(object["errcode"]["number"], -1);
    assert_eq!(object["errcode"]["name"], "system_error");
    assert_eq!(object["errcode"]["reaction"], "read_back");
}

#[test]
fn without_a_code_all_codes_are_listed() {
    let run = jumpqr(["errcode"]).expect(0);
    let codes = jumpqr(["--json", "errcode"]).expect(0).json();
    let codes = codes["errcodes"].as_array().unwrap();
    assert!(codes.len() > 50);
    // A header, the line below it, and one unwrapped line for each code.
    assert_eq!(run.stdout.lines().count(), codes.len() + 2);
    for code in codes {
        assert!(!code["advice"].as_str().unwrap().is_empty(), "{code}");
    }
}

#[test]
fn an_unknown_number_is_an_error() {
    let run = jumpqr(["errcode", "123456"]).expect(3);
    assert!(run.stderr.contains("123456"), "{}", run.stderr);
}

#[test]
fn a_name_is_looked_up() {
    let by_name = jumpqr(["errcode", "illegal_prefix"]).expect(0);
    assert_eq!(
        by_name.stdout,
        jumpqr(["errcode", "85066"]).expect(0).stdout
    );
}

#[test]
fn a_text_that_is_not_a_code_is_a_usage_error() {
    for code in ["abc", "85066x", "", "1e5", "99999999999999999999"] {
        let run = jumpqr(["errcode", code]).expect(2);
        assert!(
            run.stderr.contains(&format!("`{code}` is neither")),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("85066"), "{}", run.stderr);
        assert!(!run.stderr.contains("digit"), "{}", run.stderr);
    }
}
