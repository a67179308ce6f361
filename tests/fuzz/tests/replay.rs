//! Runs every corpus without libFuzzer, so that fixed defects stay fixed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use jumpqr_fuzz::TARGETS;

/// The number of panics. The C library catches panics, but each is a defect.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Returns the files of a folder, in the order of their names.
fn list_files(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("{}: {error}", folder.display());
    });
    let mut files: Vec<_> = read.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn corpora_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// Returns the inputs of a target, each with where it stands: the named files, and the lines of the
/// packed inputs.
fn read_inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = corpora_folder().join(target);
    let packed = folder.with_extension("hex");
    let lines = fs::read_to_string(&packed).unwrap();
    let named = list_files(&folder)
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()));
    let packed = lines.lines().zip(1..).map(|(line, number)| {
        let place = format!("{}:{number}", packed.display());
        let input = decode_hex(line).unwrap_or_else(|| panic!("{place} is not hexadecimal"));
        (place, input)
    });
    named.chain(packed).collect()
}

fn decode_hex(line: &str) -> Option<Vec<u8>> {
    let starts = (0..line.len()).step_by(2);
    starts
        .map(|start| u8::from_str_radix(line.get(start..start + 2)?, 16).ok())
        .collect()
}

#[test]
fn no_input_of_any_corpus_breaks_a_promise() {
    let default_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        default_hook(panic);
    }));
    for (name, target) in TARGETS {
        let inputs = read_inputs(name);
        for (place, input) in &inputs {
            let ended = catch_unwind(AssertUnwindSafe(|| target(input)));
            assert!(ended.is_ok(), "{place}");
            assert_eq!(PANICS.load(Ordering::Relaxed), 0, "{place}");
        }
        assert!(inputs.len() > 10, "{name} has lost its corpus");
        println!("{name}: {} inputs", inputs.len());
    }
}

/// A corpus without a target, or a target without a program for `cargo fuzz`, would never run.
#[test]
fn every_target_has_a_corpus_and_a_program() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let stems = |folder: PathBuf| -> BTreeSet<String> {
        let paths = list_files(&folder).into_iter();
        paths
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(stems(corpora_folder()), names);
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    assert_eq!(stems(programs), names);
}
