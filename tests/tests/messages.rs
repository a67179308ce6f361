//! A message is said once: no sentence stands in two places of the product's code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The folders with the product's code.
const FOLDERS: [&str; 10] = [
    "core/src",
    "client/src",
    "sandbox/src",
    "cli/src",
    "python/src",
    "python/pysrc",
    "node/src",
    "node/lib",
    "node/testing.js",
    "ffi-c/src",
];

/// A literal with fewer words is a name, a format or a part of a sentence, which may occur twice.
const FEWEST_WORDS: usize = 5;

/// Where each text stands.
type Places = BTreeMap<String, Vec<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn find_files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            find_files(&entry.unwrap().path(), found);
        }
    } else {
        found.push(path.to_owned());
    }
}

/// Collects the texts of Rust code, without its attributes (documentation is one) and its tests.
fn collect_rust(code: TokenStream, place: &str, places: &mut Places) {
    let mut tokens = code.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let is_group = |token: &TokenTree| matches!(token, TokenTree::Group(_));
                let attribute = tokens.next_if(is_group);
                let is_test = attribute.is_some_and(|group| group.to_string().contains("test"));
                if is_test {
                    // What the attribute is of: up to the end of its body, or of the statement.
                    for token in tokens.by_ref() {
                        let is_end = match &token {
                            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                            TokenTree::Punct(punct) => punct.as_char() == ';',
                            _ => false,
                        };
                        if is_end {
                            break;
                        }
                    }
                }
            }
            TokenTree::Group(group) => collect_rust(group.stream(), place, places),
            TokenTree::Literal(literal) => add(&literal.to_string(), place, places),
            _ => {}
        }
    }
}

/// Collects the texts of Python and JavaScript code, without comments and documentation. A literal
/// stands on one line there.
fn collect_lines(code: &str, place: &str, places: &mut Places) {
    let mut is_documentation = false;
    for line in code.lines() {
        let line = line.trim();
        let ends = line.matches("\"\"\"").count();
        let is_code = !is_documentation && ends == 0 && !line.starts_with(['#', '/', '*']);
        is_documentation ^= ends == 1;
        if is_code {
            let quote = if line.contains('"') { '"' } else { '\'' };
            for text in line.split(quote).skip(1).step_by(2) {
                add(text, place, places);
            }
        }
    }
}

fn add(text: &str, place: &str, places: &mut Places) {
    let text = text.replace("\\n", " ").replace('\\', " ").replace('"', "");
    let words: Vec<_> = text.split_whitespace().collect();
    let is_word = |word: &&&str| word.starts_with(char::is_alphabetic);
    if words.iter().filter(is_word).count() >= FEWEST_WORDS {
        let places = places.entry(words.join(" ").to_lowercase()).or_default();
        places.push(place.to_owned());
    }
}

fn collect(folders: &[&str]) -> Places {
    let mut places = Places::new();
    let mut files = Vec::new();
    for folder in folders {
        find_files(&root().join(folder), &mut files);
    }
    for file in files {
        let place = file.strip_prefix(root()).unwrap().display().to_string();
        let read = || fs::read_to_string(&file).unwrap();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => collect_rust(read().parse().unwrap(), &place, &mut places),
            // The modules for asyncio are generated from the blocking ones.
            Some("py") if read().starts_with("# Generated") => {}
            Some("py" | "js") => collect_lines(&read(), &place, &mut places),
            _ => {}
        }
    }
    places
}

#[test]
fn every_message_stands_once() {
    let places = collect(&FOLDERS);
    assert!(places.len() > 500, "only {} texts are found", places.len());
    let twice: Vec<_> = places.iter().filter(|(_, at)| at.len() > 1).collect();
    assert!(twice.is_empty(), "said more than once: {twice:#?}");
}

#[test]
fn a_text_in_code_is_found_and_one_in_a_test_or_a_comment_is_not() {
    let mut places = Places::new();
    let rust = r#"
        /// This sentence is documentation of it.
        fn f() { g("give one or more of these"); }
        #[cfg(test)]
        mod tests { fn f() { g("a text in a test alone"); } }
        fn h() { g("Give one or more\n of these"); }
    "#;
    collect_rust(rust.parse().unwrap(), "rust", &mut places);
    let python = "x = \"give one or more of these\"  # a comment of some words\n\"\"\"A text that is \
                  documentation.\"\"\"\n";
    collect_lines(python, "python", &mut places);
    assert_eq!(places.len(), 1, "{places:?}");
    assert_eq!(places["give one or more of these"].len(), 3, "{places:?}");
}
