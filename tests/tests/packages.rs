//! The packages of all languages agree with each other.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use toml::Table;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn manifest(folder: &str) -> Table {
    read(&format!("{folder}/Cargo.toml")).parse().unwrap()
}

/// The folders of all crates.
fn members() -> Vec<String> {
    let members = manifest(".")["workspace"]["members"].clone();
    members.try_into().unwrap()
}

/// Whether a crate compiles the sources of another, which are linted there.
fn has_sources_of_another(member: &str) -> bool {
    let library = manifest(member).get("lib").cloned();
    let path = library.as_ref().and_then(|library| library.get("path"));
    path.is_some_and(|path| path.as_str().unwrap().starts_with(".."))
}

#[test]
fn there_is_one_version() {
    let version = manifest(".")["workspace"]["package"]["version"].clone();
    let version = version.as_str().unwrap();
    for member in members() {
        let package = &manifest(&member)["package"];
        assert_eq!(
            package["version"]["workspace"].as_bool(),
            Some(true),
            "{member}"
        );
    }
    for (name, dependency) in manifest(".")["workspace"]["dependencies"]
        .as_table()
        .unwrap()
    {
        if name.starts_with("jumpqr") {
            assert_eq!(dependency["version"].as_str(), Some(version), "{name}");
        }
    }
    let python: Table = read("python/pyproject.toml").parse().unwrap();
    let dynamic = python["project"]["dynamic"].as_array().unwrap();
    assert!(
        dynamic.contains(&"version".into()),
        "maturin takes it from Cargo.toml"
    );
    let node: serde_json::Value = serde_json::from_str(&read("node/package.json")).unwrap();
    assert_eq!(node["version"], version);
    let locked: serde_json::Value = serde_json::from_str(&read("node/package-lock.json")).unwrap();
    assert_eq!(locked["version"], version);
    assert_eq!(locked["packages"][""]["version"], version);
    let header = read("ffi-c/include/jumpqr.h");
    assert!(header.contains(&format!("#define JUMPQR_VERSION \"{version}\"")));
}

#[test]
fn a_crate_with_lints_of_its_own_has_those_of_the_workspace_but_for_its_reasons() {
    let workspace = manifest(".")["workspace"]["lints"].clone();
    // What a crate at the border to another language cannot keep, or need not; each says why in its manifest.
    let exceptions = |member: &str| -> &[&str] {
        match member {
            "node" => &[
                "unsafe_code",
                "unreachable_pub",
                "unnameable_types",
                "needless_pass_by_value",
            ],
            "ffi-c" => &[
                "unsafe_code",
                "needless_pass_by_value",
                "must_use_candidate",
            ],
            "python" | "tests/fuzz" => &["unsafe_code"],
            _ => &[],
        }
    };
    for member in members() {
        let lints = manifest(&member)["lints"].clone();
        if lints.get("workspace").is_some() || has_sources_of_another(&member) {
            continue;
        }
        for tool in ["rust", "clippy"] {
            for (lint, level) in workspace[tool].as_table().unwrap() {
                if !exceptions(&member).contains(&lint.as_str()) {
                    assert_eq!(lints[tool].get(lint), Some(level), "{member}: {lint}");
                }
            }
        }
    }
}

/// The first block of this language after the heading.
fn first_block(text: &str, heading: &str, language: &str) -> String {
    let section = text.split(&format!("\n{heading}\n")).nth(1);
    let section = section.unwrap_or_else(|| panic!("there is no {heading}"));
    let rest = section.split(&format!("```{language}\n")).nth(1).unwrap();
    rest.split("```").next().unwrap().to_owned()
}

/// That of each package is run by its own tests.
#[test]
fn the_quick_starts_are_those_of_the_packages() {
    let readme = read("README.md");
    for (heading, folder, language) in [
        ("### Python", "python", "python"),
        ("### Node", "node", "js"),
        ("### C and C++", "ffi-c", "c"),
    ] {
        let own = read(&format!("{folder}/README.md"));
        let expected = first_block(&own, "## Quick start", language);
        assert_eq!(
            first_block(&readme, heading, language),
            expected,
            "{folder}"
        );
    }
}
