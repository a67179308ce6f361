//! `qr.json`: links, and the pictures of their codes.

use serde::Deserialize;

use crate::settings::SettingFinding;
use crate::{Raw, VectorFile};

/// `qr.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// Links, and the pictures of their codes.
    pub codes: Vec<CodeVector>,
    /// Links and arguments that are refused.
    pub refused: Vec<RefusedCodeVector>,
}

/// A link, and the pictures of its code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeVector {
    /// Unique in the file.
    pub name: String,
    /// The link.
    pub link: Raw,
    /// The level that is asked for.
    pub level: Option<String>,
    /// The caption of the SVG picture.
    pub caption: Option<String>,
    /// The scale of the PNG picture.
    #[serde(default = "smallest_scale")]
    pub scale: u32,
    /// What the code is like.
    pub code: CodeShape,
    /// The SVG picture.
    pub svg: String,
    /// The PNG picture.
    pub png: Raw,
}

/// What a code is like.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeShape {
    /// The level that it has.
    pub level: String,
    /// The version.
    pub version: u8,
    /// The rows of modules: 1 for a dark one, 0 for a light one.
    pub matrix: Vec<String>,
}

/// A link or arguments that are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedCodeVector {
    /// Unique in the file.
    pub name: String,
    /// The link.
    pub link: Raw,
    /// The level that is asked for.
    pub level: Option<String>,
    /// The scale of the PNG picture.
    #[serde(default = "smallest_scale")]
    pub scale: u32,
    /// All violations.
    pub findings: Vec<SettingFinding>,
    /// Texts that the message must contain.
    #[serde(default)]
    pub says: Vec<String>,
}

fn smallest_scale() -> u32 {
    1
}

impl VectorFile for Codes {
    const FILE: &'static str = "qr.json";

    fn names(&self) -> Vec<&str> {
        let codes = self.codes.iter().map(|vector| &*vector.name);
        let refused = self.refused.iter().map(|vector| &*vector.name);
        codes.chain(refused).collect()
    }
}
