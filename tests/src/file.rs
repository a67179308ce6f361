use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

/// One file of vectors.
pub trait VectorFile: DeserializeOwned {
    /// Its name, below `vectors/` where it is for every language.
    const FILE: &'static str;

    /// The name of every vector in it.
    fn names(&self) -> Vec<&str>;
}

/// Reads a file of the vectors for every language. The error says what is wrong with it, and where.
pub fn load<F: VectorFile>() -> Result<F, String> {
    load_from("vectors")
}

/// Reads a file of vectors from this folder.
pub fn load_from<F: VectorFile>(folder: &str) -> Result<F, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(F::FILE);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", F::FILE))?;
    let file: F = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", F::FILE))?;
    let mut seen = BTreeSet::new();
    for name in file.names() {
        if name.is_empty() || !seen.insert(name) {
            return Err(format!("{}: the name {name:?} is not unique", F::FILE));
        }
    }
    if seen.is_empty() {
        return Err(format!("{}: it has no vectors", F::FILE));
    }
    Ok(file)
}

/// Says how many vectors of the file were run, in the words that `tests/run` compares between the languages.
#[expect(
    clippy::print_stdout,
    reason = "it is what the harness shows of a test"
)]
pub fn count<F: VectorFile>(run: usize) {
    println!("vectors: {} {run}", F::FILE);
}

/// The number of vectors that were run, or every failure with the name of its vector.
pub fn report<'a>(
    results: impl IntoIterator<Item = (&'a str, Result<(), String>)>,
) -> Result<usize, String> {
    let mut run = 0;
    let mut failures = Vec::new();
    for (name, result) in results {
        run += 1;
        if let Err(failure) = result {
            failures.push(format!("{name}: {failure}"));
        }
    }
    if failures.is_empty() {
        Ok(run)
    } else {
        Err(format!(
            "{} of {run} vectors failed\n{}",
            failures.len(),
            failures.join("\n")
        ))
    }
}
