//! Only the bindings have unsafe code, and each piece has a reason.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The crates that do not forbid unsafe code, and what they have instead.
const EXCEPTIONS: [(&str, Instead); 5] = [
    // One call into the interpreter, which may unwind.
    ("python", Instead::DeniedWithReasons),
    // The code that `#[napi]` generates is unsafe. One file uses libuv, which only C can do.
    ("node", Instead::DeniedWithReasons),
    ("ffi-c", Instead::Reasons),
    // One module calls the C library in the same way as C.
    ("tests/fuzz", Instead::DeniedWithReasons),
    // This crate compiles the sources of ffi-c, which are linted there.
    ("tests/fuzz/capi", Instead::Nothing),
];

/// The places with unsafe code that is written by hand.
const PLACES: [&str; 5] = [
    "ffi-c/src",
    "node/src/event_loop.rs",
    "python/src/python_call.rs",
    "tests/fuzz/src/c_entry_points",
    // Faults that the sanitizers must find, which shows that they are on.
    "tests/sanitizers/faulty.rs",
];

#[derive(Clone, Copy)]
enum Instead {
    Reasons,
    DeniedWithReasons,
    Nothing,
}

fn project_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn read_manifest(folder: &str) -> Table {
    let path = project_root().join(folder).join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{folder}: {error}"));
    text.parse().unwrap()
}

/// Returns the level of a lint, in a crate or in the workspace.
fn level<'a>(lints: &'a Value, tool: &str, lint: &str) -> Option<&'a str> {
    lints.get(tool)?.get(lint)?.as_str()
}

#[test]
fn every_crate_forbids_unsafe_code_except_listed_ones() {
    let workspace = read_manifest(".")["workspace"].clone();
    assert_eq!(
        level(&workspace["lints"], "rust", "unsafe_code"),
        Some("forbid")
    );
    let members: Vec<String> = workspace["members"].clone().try_into().unwrap();
    for (exception, _) in EXCEPTIONS {
        assert!(members.iter().any(|member| member == exception));
    }
    for member in members {
        let lints = read_manifest(&member)["lints"].clone();
        let inherited = lints.get("workspace").and_then(Value::as_bool) == Some(true);
        let exception = EXCEPTIONS.iter().find(|(folder, _)| *folder == member);
        let (denied, reasons) = match exception {
            None => {
                assert!(inherited, "{member} does not inherit the workspace's lints");
                continue;
            }
            Some((_, Instead::Reasons)) => (false, true),
            Some((_, Instead::DeniedWithReasons)) => (true, true),
            Some((_, Instead::Nothing)) => (false, false),
        };
        let is_denied = level(&lints, "rust", "unsafe_code") == Some("deny");
        assert_eq!(is_denied, denied, "{member}");
        let reasoned = [
            ("rust", "unsafe_op_in_unsafe_fn"),
            ("clippy", "multiple_unsafe_ops_per_block"),
            ("clippy", "undocumented_unsafe_blocks"),
        ];
        for (tool, lint) in reasoned.into_iter().filter(|_| reasons) {
            assert_eq!(level(&lints, tool, lint), Some("warn"), "{member}: {lint}");
        }
    }
}

/// Collects the Rust sources of a folder.
fn collect_sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_str().unwrap_or_default();
        if entry.file_type().unwrap().is_dir() {
            let foreign = name.starts_with('.') || name == "target" || name == "node_modules";
            if !foreign {
                collect_sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Returns whether a line of code has the keyword before a block, an item, or the parenthesis of an
/// attribute.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("unsafe").any(|(start, keyword)| {
        let (before, rest) = code.split_at(start);
        let begins = !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let after = rest.strip_prefix(keyword).unwrap_or_default().trim_start();
        let follows = ["{", "fn ", "impl ", "impl<", "trait ", "extern ", "("];
        begins && follows.iter().any(|follow| after.starts_with(follow))
    })
}

#[test]
fn unsafe_code_is_only_in_listed_places() {
    assert!(is_unsafe("    unsafe { f() }"));
    assert!(is_unsafe("pub unsafe extern \"C\" fn f() {"));
    assert!(is_unsafe("#[unsafe(no_mangle)]"));
    assert!(!is_unsafe("// unsafe { f() }"));
    assert!(!is_unsafe("#![forbid(unsafe_code)]"));
    let mut files = Vec::new();
    collect_sources(&project_root(), &mut files);
    let mut written = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        if text.lines().any(is_unsafe) {
            written.push(file.strip_prefix(project_root()).unwrap().to_owned());
        }
    }
    for place in PLACES {
        assert!(
            written.iter().any(|file| file.starts_with(place)),
            "{place} has no unsafe code"
        );
    }
    written.retain(|file| !PLACES.iter().any(|place| file.starts_with(place)));
    // The examples in this test.
    written.retain(|file| file != Path::new("tests/tests/unsafe_code.rs"));
    assert!(written.is_empty(), "{written:?}");
}
