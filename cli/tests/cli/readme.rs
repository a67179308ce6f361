//! The commands in the README and in `docs/command.md` work as described there.

use jumpqr_sandbox::Sandbox;

use crate::support::{Run, jumpqr};

const README: &str = include_str!("../../../README.md");
const COMMAND: &str = include_str!("../../../docs/command.md");

/// Returns the code blocks of this language in a page, in order.
fn blocks(page: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    page.split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

/// Returns the arguments of a line that begins with `program`, without a comment.
fn parse_arguments(line: &str, program: &str) -> Option<Vec<String>> {
    // A backslash continues the command on the next line.
    shlex::split(&line.strip_prefix(program)?.replace("\\\n", ""))
}

#[test]
fn the_first_command_prints_what_the_readme_shows() {
    let arguments = parse_arguments(blocks(README, "sh")[0], "cargo run --locked -- ").unwrap();
    let run: Run = jumpqr(arguments).expect(0);
    assert_eq!(run.stdout, blocks(README, "text")[0]);
}

#[test]
fn every_documented_build_uses_the_lock_file() {
    let pages = [
        ("README.md", README),
        ("docs/command.md", COMMAND),
        (
            "tests/fuzz/README.md",
            include_str!("../../../tests/fuzz/README.md"),
        ),
        ("ffi-c/README.md", include_str!("../../../ffi-c/README.md")),
        ("node/README.md", include_str!("../../../node/README.md")),
        (
            "python/README.md",
            include_str!("../../../python/README.md"),
        ),
        (
            "node/package.json",
            include_str!("../../../node/package.json"),
        ),
        ("ffi-c/Makefile", include_str!("../../../ffi-c/Makefile")),
    ];
    let builds = ["cargo install", "cargo run", "(CARGO) ", "napi build"];
    let mut found = 0;
    for (page, text) in pages {
        for line in text.lines() {
            let Some(command) = builds.iter().find_map(|build| line.split_once(build)) else {
                continue;
            };
            assert!(command.1.contains("--locked"), "{page}: {line}");
            found += 1;
        }
    }
    assert_eq!(found, 7);
}

#[test]
fn every_command_of_the_session_succeeds() {
    let sandbox = Sandbox::start().unwrap();
    let account = sandbox.mini_program();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rule.json"), blocks(COMMAND, "json")[0]).unwrap();
    let session = blocks(COMMAND, "sh")
        .into_iter()
        .find(|block| block.contains("rule.json"))
        .unwrap();
    let commands: Vec<_> = session
        .lines()
        .filter_map(|line| parse_arguments(line, "jumpqr "))
        .collect();
    assert_eq!(commands.len(), 7);
    for arguments in commands {
        let mut command = jumpqr(&arguments)
            .home(folder.path())
            .env("JUMPQR_BASE_URL", sandbox.base_url())
            .env("JUMPQR_APPID", &account.appid)
            .env("JUMPQR_SECRET", account.secret.expose())
            .into_command();
        let status = command.current_dir(&folder).output().unwrap().status;
        assert!(status.success(), "{arguments:?}: {status}");
    }
}

#[cfg(unix)]
#[test]
fn the_platform_example_makes_one_call_for_the_merchant() {
    let sandbox = Sandbox::start().unwrap();
    let platform = sandbox.component();
    let merchant = sandbox.mini_program().appid;
    let ticket = sandbox.verify_ticket(&platform.appid).unwrap();
    let refresh_token = sandbox.authorize(&platform.appid, &merchant, None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ticket"), ticket.expose()).unwrap();
    std::fs::write(folder.path().join("refresh-token"), refresh_token.expose()).unwrap();
    let session = blocks(COMMAND, "sh")
        .into_iter()
        .find(|block| block.contains("set-verify-ticket"))
        .unwrap();
    let (settings, commands) = session.split_once('\n').unwrap();
    let names: Vec<_> = settings
        .split([' ', '='])
        .filter(|word| word.starts_with("JUMPQR_"))
        .collect();
    let values = [&platform.appid, platform.secret.expose(), &merchant];
    assert_eq!(names.len(), values.len());

    let script = format!("jumpqr() {{ \"$JUMPQR\" \"$@\"; }}\n{commands}");
    let output = std::process::Command::new("sh")
        .args(["-ec", &script])
        .envs(names.into_iter().zip(values))
        .env("JUMPQR", env!("CARGO_BIN_EXE_jumpqr"))
        .env("JUMPQR_BASE_URL", sandbox.base_url())
        .env("HOME", folder.path())
        .env_remove("XDG_STATE_HOME")
        .env_remove("JUMPQR_TOKEN_STORE")
        .env_remove("JUMPQR_ACCESS_TOKEN")
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(sandbox.counters().business_calls, 1);
}
