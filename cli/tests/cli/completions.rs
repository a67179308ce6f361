//! `jumpqr completions` prints scripts for shells.

use crate::support::jumpqr;

#[test]
fn the_script_for_each_shell_has_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = jumpqr(["completions", shell]).expect(0);
        for word in ["publish", "permit-sub-rule", "errcode"] {
            assert!(run.stdout.contains(word), "{shell} lacks {word}");
        }
    }
}

#[test]
fn an_unknown_shell_is_a_usage_error() {
    let run = jumpqr(["completions", "dos"]).expect(2);
    assert!(run.stderr.contains("bash"), "{}", run.stderr);
}

#[test]
fn json_has_the_script_as_a_member() {
    let object = jumpqr(["--json", "completions", "fish"]).expect(0).json();
    assert_eq!(object["shell"], "fish");
    assert!(object["script"].as_str().unwrap().contains("jumpqr"));
}
