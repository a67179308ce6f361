//! Unsafe code stands where another language begins, each piece with its reason, and nowhere else.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The crates that may not forbid it, and what they have instead.
const EXCEPTIONS: [(&str, Instead); 5] = [
    // One call of the interpreter, which may unwind.
    ("python", Instead::DeniedWithReasons),
    // The code that `#[napi]` writes is; none is written by hand.
    ("node", Instead::Denied),
    ("ffi-c", Instead::Reasons),
    // One module calls the C library as C calls it.
    ("tests/fuzz", Instead::DeniedWithReasons),
    // The sources of ffi-c, which are linted there.
    ("tests/fuzz/capi", Instead::Nothing),
];

/// Where it is written by hand.
const PLACES: [&str; 4] = [
    "ffi-c/src",
    "python/src/python_call.rs",
    "tests/fuzz/src/c_entry_points",
    // What the sanitizers must find, to show that they are on.
    "tests/sanitizers/faulty.rs",
];

#[derive(Clone, Copy)]
enum Instead {
    Denied,
    Reasons,
    DeniedWithReasons,
    Nothing,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn manifest(folder: &str) -> Table {
    let path = root().join(folder).join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{folder}: {error}"));
    text.parse().unwrap()
}

/// The level of a lint, of a crate or of the workspace.
fn level<'a>(lints: &'a Value, tool: &str, lint: &str) -> Option<&'a str> {
    lints.get(tool)?.get(lint)?.as_str()
}

#[test]
fn every_crate_forbids_it_but_those_that_say_why() {
    let workspace = manifest(".")["workspace"].clone();
    assert_eq!(
        level(&workspace["lints"], "rust", "unsafe_code"),
        Some("forbid")
    );
    let members: Vec<String> = workspace["members"].clone().try_into().unwrap();
    for (exception, _) in EXCEPTIONS {
        assert!(members.iter().any(|member| member == exception));
    }
    for member in members {
        let lints = manifest(&member)["lints"].clone();
        let inherited = lints.get("workspace").and_then(Value::as_bool) == Some(true);
        let exception = EXCEPTIONS.iter().find(|(folder, _)| *folder == member);
        let (denied, reasons) = match exception {
            None => {
                assert!(inherited, "{member} does not have the workspace's lints");
                continue;
            }
            Some((_, Instead::Denied)) => (true, false),
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

/// The Rust sources of the project.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_str().unwrap_or_default();
        if entry.file_type().unwrap().is_dir() {
            let foreign = name.starts_with('.') || name == "target" || name == "node_modules";
            if !foreign {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Whether the keyword stands in a line of code: before a block, an item, or the parenthesis of an attribute.
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
fn it_is_written_in_few_places_only() {
    assert!(is_unsafe("    unsafe { f() }"));
    assert!(is_unsafe("pub unsafe extern \"C\" fn f() {"));
    assert!(is_unsafe("#[unsafe(no_mangle)]"));
    assert!(!is_unsafe("// unsafe { f() }"));
    assert!(!is_unsafe("#![forbid(unsafe_code)]"));
    let mut files = Vec::new();
    sources(&root(), &mut files);
    let mut written = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        if text.lines().any(is_unsafe) {
            written.push(file.strip_prefix(root()).unwrap().to_owned());
        }
    }
    for place in PLACES {
        assert!(
            written.iter().any(|file| file.starts_with(place)),
            "{place} has none any more"
        );
    }
    written.retain(|file| !PLACES.iter().any(|place| file.starts_with(place)));
    // What this test says of itself.
    written.retain(|file| file != Path::new("tests/tests/unsafe_code.rs"));
    assert!(written.is_empty(), "{written:?}");
}
