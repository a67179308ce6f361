//! Every corpus once more, without libFuzzer: what was found stays fixed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by that")]

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use jumpqr_fuzz::TARGETS;

/// What has panicked so far: in the C library, panics are caught, but they are defects all the same.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// The files of a folder, in the order of their names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("{}: {error}", folder.display());
    });
    let mut files: Vec<_> = read.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

#[test]
fn no_input_of_any_corpus_breaks_a_promise() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        told(panic);
    }));
    for (name, target) in TARGETS {
        let inputs = entries(&corpora().join(name));
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

/// A corpus without a target, or a target that `cargo fuzz` does not know, would never run.
#[test]
fn targets_corpora_and_programs_are_the_same() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let stems = |folder: PathBuf| -> BTreeSet<String> {
        let paths = entries(&folder).into_iter();
        paths
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(stems(corpora()), names);
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    assert_eq!(stems(programs), names);
}
