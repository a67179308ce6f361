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

fn read_manifest(folder: &str) -> Table {
    read(&format!("{folder}/Cargo.toml")).parse().unwrap()
}

/// Returns the folders of all crates.
fn list_members() -> Vec<String> {
    let members = read_manifest(".")["workspace"]["members"].clone();
    members.try_into().unwrap()
}

/// Returns whether a crate compiles the sources of another crate, where they are linted.
fn compiles_another_crate(member: &str) -> bool {
    let library = read_manifest(member).get("lib").cloned();
    let path = library.as_ref().and_then(|library| library.get("path"));
    path.is_some_and(|path| path.as_str().unwrap().starts_with(".."))
}

#[test]
fn all_packages_have_one_version() {
    let version = read_manifest(".")["workspace"]["package"]["version"].clone();
    let version = version.as_str().unwrap();
    for member in list_members() {
        let package = &read_manifest(&member)["package"];
        assert_eq!(
            package["version"]["workspace"].as_bool(),
            Some(true),
            "{member}"
        );
    }
    for (name, dependency) in read_manifest(".")["workspace"]["dependencies"]
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
        "maturin must take the version from Cargo.toml"
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
fn a_crate_with_its_own_lints_has_all_lints_of_the_workspace_except_listed_ones() {
    let workspace = read_manifest(".")["workspace"]["lints"].clone();
    // Lints that a binding cannot keep. Each manifest gives the reason.
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
    for member in list_members() {
        let lints = read_manifest(&member)["lints"].clone();
        if lints.get("workspace").is_some() || compiles_another_crate(&member) {
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
