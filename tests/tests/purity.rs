//! The core stays pure: its lint bites on everything that `core/clippy.toml` names, and its dependencies are few.
//!
//! The core is copied into a workspace of its own, so that it can be broken on purpose. Its list has paths of Unix.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use serde_json::Value;
use toml::Table;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// What the core may depend on.
const ALLOWED: [&str; 4] = ["percent-encoding", "serde", "serde_json", "zeroize"];

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A workspace with the core alone, with the same lints, the same locked dependencies, and a target folder of its own:
/// the one in use is locked.
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
            .ok_or("the manifest is not that of a workspace")?;
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

    /// Adds the module that does everything that is disallowed.
    fn break_it(&self) -> Result<()> {
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

/// What clippy said.
struct Linted {
    passed: bool,
    /// Lint and message.
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

    /// What is named between the backquotes of each message of this lint.
    fn named(&self, lint: &str) -> BTreeSet<&str> {
        self.messages
            .iter()
            .filter(|(code, _)| code == lint)
            .filter_map(|(_, text)| text.split('`').nth(1))
            .collect()
    }
}

/// The paths in one list of `core/clippy.toml`.
fn listed(list: &str) -> Result<BTreeSet<String>> {
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
fn the_lint_bites_on_all_that_it_names_and_on_nothing_in_the_core() {
    let copy = Copy::make().unwrap();
    let clean = copy.clippy().unwrap();
    assert!(clean.passed, "{:#?}\n{}", clean.messages, clean.stderr);
    assert!(clean.messages.is_empty(), "{:#?}", clean.messages);

    copy.break_it().unwrap();
    let broken = copy.clippy().unwrap();
    assert!(!broken.passed);
    let mut disallowed = 0;
    for (lint, list) in [
        ("clippy::disallowed_types", "disallowed-types"),
        ("clippy::disallowed_methods", "disallowed-methods"),
    ] {
        let listed = listed(list).unwrap();
        let named = broken.named(lint);
        let missed: Vec<_> = listed
            .iter()
            .filter(|path| !named.contains(path.as_str()))
            .collect();
        assert!(
            missed.is_empty(),
            "{lint}: not reported: {missed:?}\n{}",
            broken.stderr
        );
        disallowed += listed.len();
    }
    println!("{disallowed} disallowed paths");
}

#[test]
fn the_core_depends_on_little() {
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
    // The kind is null for what the library itself needs, else `dev` or `build`.
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
