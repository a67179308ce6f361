//! `docs/faults.md` is generated from the vectors.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use jumpqr_tests::faults::{EndingVector, FaultResult, FaultVector, Faults};
use jumpqr_tests::load;

/// If this environment variable is set, the page is written before it is compared.
const WRITE: &str = "JUMPQR_WRITE_DOCS";

const HEAD: &str = "\
# How calls end when the server misbehaves

Between a program and WeChat there are proxies, load balancers, firewalls and captive portals. This
page shows how a call ends if it meets one of the faults below. Every request of the call meets the
fault. The example of a write is `addJumpQRCode`, and the example of a read is `getJumpQRCode`.
Rust, Python, Node and C behave in the same way.

- No call ends more than 250 ms after its deadline.
- If the outcome of a write is unknown, the write is not sent again: the rule is read back. If this
  fails too, the error has the outcome `unknown`. Then look with `getJumpQRCode` before you call
  again. After `not_applied`, it is safe to call again.
- An endless answer takes no more memory than the limit of the body (4 MiB by default) and a little
  more.
- No error contains an access token.
- The calls of these tables have no retries, except where a row says so. By default, a call has
  three retries, and most of these faults pass in this time.

Each cell has the error's code, its kind in brackets, and whether it is retryable. For a write, the
outcome follows.
";

const FOOT: &str = "
`JUMPQR_WRITE_DOCS=1 cargo test -p jumpqr-tests --test faults` writes this page, from
[`tests/vectors/faults.json`](../tests/vectors/faults.json). Without the variable, this test fails
if the two differ.
";

#[test]
fn the_page_is_up_to_date() {
    let file: Faults = load().unwrap();
    let page = build_page(&file.faults);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/faults.md");
    if env::var_os(WRITE).is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/faults.md differs from the vectors. To update it:\n  \
         {WRITE}=1 cargo test -p jumpqr-tests --test faults"
    );
}

fn build_page(vectors: &[FaultVector]) -> String {
    let mut page = HEAD.to_owned();
    for group in vectors.chunk_by(|one, next| one.group == next.group) {
        let Some(first) = group.first() else { continue };
        let (title, introduction) = describe_group(&first.group);
        write!(page, "\n## {title}\n\n{introduction}\n\n").unwrap();
        page += "| the server | write | read |\n|---|---|---|\n";
        for vector in group {
            let (name, write, read) = (
                &vector.name,
                format_cell(&vector.write, true),
                format_cell(&vector.read, false),
            );
            writeln!(page, "| {name} | {write} | {read} |").unwrap();
        }
    }
    page + FOOT
}

/// Returns the title and the introduction of a group.
fn describe_group(group: &str) -> (&str, &str) {
    match group {
        "connection" => (
            "The connection",
            "If any part of a write may have been sent, its outcome is unknown.",
        ),
        "kept connection" => (
            "Kept connections",
            "\
These are the results of the second of two calls. If a kept connection has ended, or has received
unexpected bytes, it is not used again.",
        ),
        "slow" => (
            "Slow answers",
            "The deadline applies to the whole call, not to a part of it.",
        ),
        "HTTP" => (
            "Invalid HTTP",
            "An answer that is not HTTP counts as a lost connection.",
        ),
        "endless" => (
            "Endless answers",
            "These errors are not retryable, because a retry would end in the same way.",
        ),
        "status" => (
            "HTTP status",
            "\
WeChat answers 200 even for errors. jumpqr never follows a redirect, so the token goes to no other
host. With 3xx and most 4xx statuses, a server on the way refused the request, and it did not reach
WeChat.",
        ),
        "body" => (
            "Bodies",
            "\
A number may be sent as a text. Without an errcode that is a whole number, a body is not an answer
of WeChat.",
        ),
        "TLS" => (
            "TLS",
            "\
No request is sent before the certificate is verified. If it is wrong, the error says why.",
        ),
        "sandbox" => (
            "The faults of the sandbox",
            "\
The names are those of [the sandbox](../sandbox/README.md#faults). Every request meets the fault,
unless the row says \"once\".",
        ),
        other => panic!("the page has no heading for the group {other}"),
    }
}

fn format_cell(ending: &EndingVector, is_write: bool) -> String {
    match &ending.result {
        FaultResult::Answer(answer) if answer["confirmation"] == "read_back" => {
            "done, confirmed by reading back".to_owned()
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
