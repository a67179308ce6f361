use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

/// One file of vectors.
pub trait VectorFile: DeserializeOwned {
    /// The name of the file, in `vectors/` or `machine/`.
    const FILE: &'static str;

    /// Returns the name of every vector in the file.
    fn names(&self) -> Vec<&str>;
}

/// Reads a file of `vectors/`. The error says what is wrong in the file, and where.
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
        return Err(format!("{}: the file has no vectors", F::FILE));
    }
    Ok(file)
}

/// Prints how many vectors of the file were run. `tests/run` compares these lines between
/// languages.
#[expect(
    clippy::print_stdout,
    reason = "`tests/run` reads the output of the test"
)]
pub fn count<F: VectorFile>(run: usize) {
    println!("vectors: {} {run}", F::FILE);
}

/// Returns the number of vectors that were run, or all failures with the names of their vectors.
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
