//! The commands of the README do what it says.

use jumpqr_sandbox::Sandbox;

use crate::support::{Run, jumpqr};

const README: &str = include_str!("../../../README.md");

/// The blocks of this language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    README
        .split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

/// The arguments in a line that begins with `program`, and no comment.
fn arguments(line: &str, program: &str) -> Option<Vec<String>> {
    shlex::split(line.strip_prefix(program)?)
}

#[test]
fn the_first_command_prints_what_the_readme_shows() {
    let arguments = arguments(blocks("sh")[0], "cargo run -- ").unwrap();
    let run: Run = jumpqr(arguments).expect(0);
    assert_eq!(run.stdout, blocks("text")[0]);
}

#[test]
fn the_quick_start_runs_from_its_first_line_to_its_last() {
    let sandbox = Sandbox::start().unwrap();
    let account = sandbox.mini_program();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rule.json"), blocks("json")[0]).unwrap();
    let session = blocks("sh")
        .into_iter()
        .find(|block| block.contains("rule.json"))
        .unwrap();
    let commands: Vec<_> = session
        .lines()
        .filter_map(|line| arguments(line, "jumpqr "))
        .collect();
    assert_eq!(commands.len(), 7);
    for arguments in commands {
        let mut command = jumpqr(&arguments)
            .env("JUMPQR_BASE_URL", sandbox.base_url())
            .env("JUMPQR_APPID", &account.appid)
            .env("JUMPQR_SECRET", account.secret.expose())
            .into_command();
        let status = command.current_dir(&folder).output().unwrap().status;
        assert!(status.success(), "{arguments:?}: {status}");
    }
}
