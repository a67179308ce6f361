//! `jumpqr match` explains which rule a scanned link hits, what it opens, and why not.

mod many_links;
mod next_steps;
mod one_link;

use serde_json::Value;

use crate::support::{Run, jumpqr};

/// Matches one link against rules on standard input.
fn run_match(link: &str, rules: &Value, code: i32) -> Run {
    jumpqr(["match", link, "--rules", "-"])
        .stdin(rules.to_string())
        .expect(code)
}
