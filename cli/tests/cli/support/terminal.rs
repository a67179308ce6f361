use std::io::Write;
use std::process::{Command, Stdio};

/// Runs the command with these arguments, which need no quotes, on a terminal, and types `line`.
/// Returns the exit code and the output.
pub(crate) fn run_on_terminal(
    arguments: &[&str],
    environment: &[(&str, &str)],
    line: &str,
) -> (Option<i32>, String) {
    let home = tempfile::tempdir().unwrap();
    let command = format!("{} {}", env!("CARGO_BIN_EXE_jumpqr"), arguments.join(" "));
    // `script` runs the command on a terminal, and types its own standard input there.
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env("HOME", home.path())
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(line.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), printed)
}
