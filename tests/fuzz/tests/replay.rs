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

#[test]
fn no_input_of_any_corpus_breaks_a_promise() {
    let default_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        default_hook(panic);
    }));
    for (name, target) in TARGETS {
        let inputs = list_files(&corpora_folder().join(name));
        for path in &inputs {
            let input = fs::read(path).unwrap();
            let ended = catch_unwind(AssertUnwindSafe(|| target(&input)));
            assert!(ended.is_ok(), "{name} {}", path.display());
            assert_eq!(
                PANICS.load(Ordering::Relaxed),
                0,
                "{name} {}",
                path.display()
            );
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
