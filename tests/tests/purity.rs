//! The core is pure: clippy reports every path that `core/clippy.toml` names, and the core has few
//! dependencies.
//!
//! The test copies the core into its own workspace, and adds impure code there. The list has paths
//! that only exist on Unix.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use serde_json::Value;
use toml::Table;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// The dependencies that the core may have.
const ALLOWED: [&str; 4] = ["percent-encoding", "serde", "serde_json", "zeroize"];

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A workspace with only the core, with the same lints and locked dependencies. It has its own
/// target folder, because cargo has locked the main one.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn make() -> Result<Self> {
        let below = Path::new(env!("CARGO_TARGET_TMPDIR")).join("purity");
        let copy = Self {
            root: below.join("workspace"),
            target: below.join("target"),
        };
        match fs::remove_dir_all(&copy.root) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => fs::create_dir_all(&copy.root)?,
        }
        let mut manifest: Table = fs::read_to_string(project().join("Cargo.toml"))?.parse()?;
        let workspace = manifest
            .get_mut("workspace")
            .and_then(toml::Value::as_table_mut)
            .ok_or("the manifest has no workspace")?;
        workspace.insert("members".to_owned(), vec!["core"].into());
        workspace.remove("default-members");
        fs::write(copy.root.join("Cargo.toml"), manifest.to_string())?;
        fs::copy(project().join("Cargo.lock"), copy.root.join("Cargo.lock"))?;
        let core = project().join("core");
        copy_folder(&core.join("src"), &copy.root.join("core/src"))?;
        for file in ["Cargo.toml", "clippy.toml"] {
            fs::copy(core.join(file), copy.root.join("core").join(file))?;
        }
        Ok(copy)
    }

    /// Adds the module that uses every disallowed path.
    fn add_impure_module(&self) -> Result<()> {
        let source = self.root.join("core/src");
        let impure = Path::new(env!("CARGO_MANIFEST_DIR")).join("purity/impure.rs");
        fs::copy(impure, source.join("impure.rs"))?;
        let lib = fs::read_to_string(source.join("lib.rs"))?;
        fs::write(source.join("lib.rs"), format!("{lib}\npub mod impure;\n"))?;
        Ok(())
    }

    fn clippy(&self) -> Result<Linted> {
        let output = Command::new(env!("CARGO"))
            .args(["clippy", "--offline", "--quiet", "--message-format=json"])
            .args(["--package", "jumpqr-core", "--", "-D", "warnings"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .output()?;
        Linted::read(&output)
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// The output of clippy.
struct Linted {
    passed: bool,
    /// The lint and the text of each message.
    messages: Vec<(String, String)>,
    stderr: String,
}

impl Linted {
    fn read(output: &Output) -> Result<Self> {
        let mut messages = Vec::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let line: Value = serde_json::from_str(line)?;
            if let Some(text) = line.pointer("/message/message").and_then(Value::as_str) {
                let code = line.pointer("/message/code/code").and_then(Value::as_str);
                messages.push((code.unwrap_or_default().to_owned(), text.to_owned()));
            }
        }
        Ok(Self {
            passed: output.status.success(),
            messages,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Returns the path between the backquotes of each message of this lint.
    fn reported_paths(&self, lint: &str) -> BTreeSet<&str> {
        self.messages
            .iter()
            .filter(|(code, _)| code == lint)
            .filter_map(|(_, text)| text.split('`').nth(1))
            .collect()
    }
}

/// Reads the paths of one list in `core/clippy.toml`.
fn read_list(list: &str) -> Result<BTreeSet<String>> {
    let config: Table = fs::read_to_string(project().join("core/clippy.toml"))?.parse()?;
    let entries = config.get(list).and_then(toml::Value::as_array);
    let entries = entries.ok_or_else(|| format!("clippy.toml has no {list}"))?;
    entries
        .iter()
        .map(|entry| {
            let path = entry.get("path").and_then(toml::Value::as_str);
            Ok(path
                .ok_or("an entry of clippy.toml has no path")?
                .to_owned())
        })
        .collect()
}

#[test]
fn clippy_reports_every_listed_path_and_nothing_in_the_core() {
    let copy = Copy::make().unwrap();
    let clean = copy.clippy().unwrap();
    assert!(clean.passed, "{:#?}\n{}", clean.messages, clean.stderr);
    assert!(clean.messages.is_empty(), "{:#?}", clean.messages);

    copy.add_impure_module().unwrap();
    let broken = copy.clippy().unwrap();
    assert!(!broken.passed);
    let mut disallowed = 0;
    for (lint, list) in [
        ("clippy::disallowed_types", "disallowed-types"),
        ("clippy::disallowed_methods", "disallowed-methods"),
    ] {
        let listed = read_list(list).unwrap();
        let named = broken.reported_paths(lint);
        let missed: Vec<_> = listed
            .iter()
            .filter(|path| !named.contains(path.as_str()))
            .collect();
        assert!(
            missed.is_empty(),
            "{lint} does not report {missed:?}\n{}",
            broken.stderr
        );
        disallowed += listed.len();
    }
    println!("{disallowed} disallowed paths");
}

#[test]
fn the_core_has_only_allowed_dependencies() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--no-deps", "--format-version=1"])
        .current_dir(project())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let core = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|package| package["name"] == "jumpqr-core")
        .unwrap();
    // The kind is null for normal dependencies, else `dev` or `build`.
    let normal: BTreeSet<&str> = core["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|dependency| dependency["kind"] != "dev")
        .map(|dependency| dependency["name"].as_str().unwrap())
        .collect();
    assert!(normal.contains("serde_json"), "{normal:?}");
    let allowed = BTreeSet::from(ALLOWED);
    assert!(normal.is_subset(&allowed), "{normal:?}");
}
