//! `settings.json`: settings, and every finding about them.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::VectorFile;

/// `settings.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsFile {
    /// The vectors.
    pub settings: Vec<SettingsVector>,
}

/// The settings of one client or platform, and all findings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag in the file")]
pub struct SettingsVector {
    /// Unique in the file.
    pub name: String,
    /// What the settings are for.
    pub of: Of,
    /// The settings, with their names in Rust and durations in seconds.
    pub settings: Map<String, Value>,
    /// All findings, in any order.
    pub findings: Vec<SettingFinding>,
    /// The code of an error that has no findings.
    pub code: Option<String>,
    /// Whether a language whose setters have types cannot express the settings.
    #[serde(default)]
    pub untyped: bool,
    /// Whether a language whose numbers have no sign cannot express the settings.
    #[serde(default)]
    pub signed: bool,
    /// Whether a language in which a platform's credentials are parameters cannot express the
    /// settings.
    #[serde(default)]
    pub parameters: bool,
    /// Whether only clients that make calls on threads of their own have the setting.
    #[serde(default)]
    pub threads: bool,
}

/// What settings are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// A client.
    Client,
    /// A platform.
    Platform,
}

/// A finding about one setting.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingFinding {
    /// The setting, with its name in Rust.
    pub field: String,
    /// The code.
    pub code: String,
}

impl VectorFile for SettingsFile {
    const FILE: &'static str = "settings.json";

    fn names(&self) -> Vec<&str> {
        self.settings.iter().map(|vector| &*vector.name).collect()
    }
}
