//! The core does without `std`: no socket, clock, file, thread or environment variable is in reach.
//! The compiler refuses `use std`, as long as no file of the core brings `std` back.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

/// Returns the lines in which the code of a file names `std`. Its unit tests may do so.
fn lines_with_std(source: &str) -> Vec<&str> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines()
        .filter(|line| {
            let code = line.split("//").next().unwrap_or_default();
            code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .any(|word| word == "std")
        })
        .collect()
}

/// Checks each file of a folder, and returns how many there are.
fn check_folder(folder: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += check_folder(&path);
        } else {
            let source = fs::read_to_string(&path).unwrap();
            let lines = lines_with_std(&source);
            assert!(lines.is_empty(), "{}: {lines:?}", path.display());
            count += 1;
        }
    }
    count
}

#[test]
fn no_file_of_the_core_names_std() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = root.join("core/src");
    let library = fs::read_to_string(source.join("lib.rs")).unwrap();
    assert!(library.contains("\n#![cfg_attr(not(test), no_std)]\n"));
    assert!(check_folder(&source) > 50, "the core has more files");
}

#[test]
fn std_is_found_in_code_only() {
    for (source, expected) in [
        ("extern crate std;", 1),
        ("use ::std::fs::File;", 1),
        (
            "fn now() -> std::time::Instant {\n    std::time::Instant::now()\n}",
            2,
        ),
        ("// std\nuse core::fmt; // not std\nuse no_std::x;", 0),
        ("#[cfg(test)]\nmod tests {\n    use std::io;\n}", 0),
    ] {
        assert_eq!(lines_with_std(source).len(), expected, "{source}");
    }
}
