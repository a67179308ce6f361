//! `docs/faults.md` says what the vectors say.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use jumpqr_tests::faults::{EndingVector, FaultResult, FaultVector, Faults};
use jumpqr_tests::load;

/// With this in the environment, the page is written instead of compared.
const WRITE: &str = "JUMPQR_WRITE_DOCS";

const HEAD: &str = "\
# What a call makes of a server that does wrong

Between a program and WeChat there are proxies, load balancers, firewalls and captive portals. This page says what becomes of a call
whose request meets each of the faults below, and each further request of the same call too: as an example of a write,
`addJumpQRCode`, and of a read, `getJumpQRCode`. All of it holds for Rust, Python, Node and C alike.

- No call ends more than 250 ms after its deadline.
- A write whose outcome is not known is not sent again: the rule is read back. Where that fails too, the error has the outcome `unknown`: look with
  `getJumpQRCode` before you call again. After `not_applied`, calling again is safe.
- Answers without end take no more memory than the limit of the body, 4 MiB by default, and little besides.
- No access token is in any error.
- The calls of this table have no retries left, but where it says so; by default, a call has three, and most of these faults pass.

Each cell has the error's code, its kind in brackets, and whether it is retryable; of a write, then its outcome.
";

const FOOT: &str = "
This page is written by `JUMPQR_WRITE_DOCS=1 cargo test -p jumpqr-tests --test faults`, from
[`tests/vectors/faults.json`](../tests/vectors/faults.json). Without the variable, the same test fails where they differ.
";

#[test]
fn the_page_says_what_the_vectors_say() {
    let file: Faults = load().unwrap();
    let page = page(&file.faults);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/faults.md");
    if env::var_os(WRITE).is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/faults.md is not what the vectors say. To write it anew:\n  {WRITE}=1 cargo test -p jumpqr-tests --test faults"
    );
}

fn page(vectors: &[FaultVector]) -> String {
    let mut page = HEAD.to_owned();
    for group in vectors.chunk_by(|one, next| one.group == next.group) {
        let Some(first) = group.first() else { continue };
        let (title, introduction) = heading(&first.group);
        write!(page, "\n## {title}\n\n{introduction}\n\n").unwrap();
        page += "| the server | write | read |\n|---|---|---|\n";
        for vector in group {
            let (name, write, read) = (
                &vector.name,
                cell(&vector.write, true),
                cell(&vector.read, false),
            );
            writeln!(page, "| {name} | {write} | {read} |").unwrap();
        }
    }
    page + FOOT
}

fn heading(group: &str) -> (&str, &str) {
    match group {
        "connection" => (
            "The connection",
            "Once any of a write may have been sent, its outcome is in doubt.",
        ),
        "kept connection" => (
            "Connections that are kept",
            "The second of two calls. A connection that has ended, or on which something came that nobody asked for, is not used again.",
        ),
        "slow" => (
            "Slow answers",
            "The deadline is that of the whole call, not of a part of it.",
        ),
        "HTTP" => (
            "Answers whose HTTP is wrong",
            "What is not HTTP is as good as a connection that broke.",
        ),
        "endless" => (
            "Answers without end",
            "Waiting for more would be of no use, so these are not retryable.",
        ),
        "status" => (
            "HTTP status",
            "WeChat answers 200 even for errors. A redirect is never followed, and the token goes to no other host. With 3xx and most of 4xx, somebody on the \
             way has refused the request: it has not reached WeChat.",
        ),
        "body" => (
            "What is in the body",
            "Numbers may come as texts; what has no errcode that is a whole number is no answer.",
        ),
        "TLS" => (
            "TLS",
            "Nothing is sent before the server has shown that it is who it should be, and the error says what is wrong with it.",
        ),
        "sandbox" => (
            "The faults of the sandbox",
            "As [the sandbox](../sandbox/README.md#faults) calls them, to every request where it does not say once.",
        ),
        other => panic!("the page has no heading for the group {other}"),
    }
}

fn cell(ending: &EndingVector, is_write: bool) -> String {
    match &ending.result {
        FaultResult::Answer(answer) if answer["confirmation"] == "read_back" => {
            "done, as reading back shows".to_owned()
        }
        FaultResult::Answer(_) => "done".to_owned(),
        FaultResult::Error(error) => {
            let mut cell = format!("`{}` ({})", error.code, error.kind);
            if error.retryable {
                cell += ", retryable";
            }
            if is_write {
                write!(cell, "; `{}`", error.outcome).unwrap();
            }
            cell
        }
    }
}
