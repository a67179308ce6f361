//! `names.json`: the public names. They are the same in every language, except for their case.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::VectorFile;

/// `names.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicNames {
    /// Types that are in no other table.
    pub types: Vec<NamesVector>,
    /// Functions outside types.
    pub functions: Vec<NamesVector>,
    /// Methods of the type `of`.
    pub methods: Vec<NamesVector>,
    /// Members of the enum `of`.
    pub enums: Vec<NamesVector>,
    /// Classes of errors.
    pub exceptions: Vec<NamesVector>,
    /// Faults of the sandbox.
    pub faults: Vec<NamesVector>,
    /// Settings, of the type `of` or of clients and platforms.
    pub settings: Vec<NamesVector>,
    /// Methods and properties of the sandbox.
    pub sandbox: Vec<NamesVector>,
}

/// Public names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamesVector {
    /// What the names have in common. It is unique in the file.
    name: String,
    /// The type that the names belong to.
    of: Option<String>,
    names: Vec<String>,
    /// The languages that lack the names, with the reasons.
    #[serde(default)]
    not_in: BTreeMap<Language, String>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Language {
    Rust,
    Python,
    Node,
    C,
}

impl NamesVector {
    /// Returns the names that Rust must have, each after its type.
    fn in_rust(&self) -> impl Iterator<Item = String> {
        let names = self.names.iter();
        names
            .filter(|_| !self.not_in.contains_key(&Language::Rust))
            .map(|name| match &self.of {
                Some(of) => format!("{of}::{name}"),
                None => name.clone(),
            })
    }
}

/// Returns the names of a table that Rust must have. A method is `Client::rules`.
#[must_use]
pub fn names_in_rust(table: &[NamesVector]) -> BTreeSet<String> {
    table.iter().flat_map(NamesVector::in_rust).collect()
}

impl VectorFile for PublicNames {
    const FILE: &'static str = "names.json";

    fn names(&self) -> Vec<&str> {
        let tables = [
            &self.types,
            &self.functions,
            &self.methods,
            &self.enums,
            &self.exceptions,
            &self.faults,
            &self.settings,
            &self.sandbox,
        ];
        tables
            .into_iter()
            .flatten()
            .map(|v| v.name.as_str())
            .collect()
    }
}
