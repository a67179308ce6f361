//! The types of Python and Node that the table of settings writes.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use jumpqr::binding::NameStyle;
use jumpqr::settings::{Kind, Owner, SETTINGS, Setting};

/// Set this variable to write the files.
const WRITE: &str = "JUMPQR_WRITE_DOCS";

/// The longest line.
const COLUMNS: usize = 100;

/// Which settings a type has: its name, the type it extends, and its owner.
const TYPES: [(&str, Option<&str>, Owner); 4] = [
    ("CommonSettings", None, Owner::Both),
    ("ThreadSettings", Some("CommonSettings"), Owner::Threads),
    ("ClientSettings", Some("CommonSettings"), Owner::Client),
    ("PlatformSettings", Some("CommonSettings"), Owner::Platform),
];

/// In Python and Node, it may be a function too, so its type is written by hand.
const BY_HAND: &str = "access_token";

/// A language for which the table is written.
struct Language {
    style: NameStyle,
    /// What a default is written as.
    default: fn(&Setting) -> Option<String>,
}

const PYTHON: Language = Language {
    style: NameStyle::Snake,
    default: |setting| {
        let default = (setting.default)()?;
        Some(match setting.kind {
            Kind::Flag if default == "true" => "True".to_owned(),
            Kind::Flag => "False".to_owned(),
            Kind::Seconds => format!("{default} seconds"),
            _ => quote(setting, default),
        })
    },
};

const NODE: Language = Language {
    style: NameStyle::Camel,
    default: |setting| {
        let default = (setting.default)()?;
        Some(match setting.kind {
            Kind::Seconds => format!("{} milliseconds", milliseconds(&default)),
            _ => quote(setting, default),
        })
    },
};

pub(crate) fn quote(setting: &Setting, default: String) -> String {
    match setting.kind {
        Kind::Flag | Kind::Number | Kind::Seconds => default,
        Kind::Texts => "none".to_owned(),
        Kind::Text | Kind::Secret | Kind::Names(_) | Kind::Certificates => format!("`{default}`"),
    }
}

fn milliseconds(seconds: &str) -> String {
    (seconds.parse::<f64>().unwrap() * 1000.0).to_string()
}

impl Language {
    /// Returns the documentation with the names of this language, and with the default.
    fn document(&self, setting: &Setting) -> String {
        let words = setting.doc.split_whitespace().map(|word| {
            let mut parts: Vec<_> = word.split('`').map(str::to_owned).collect();
            for part in parts.iter_mut().skip(1).step_by(2) {
                if SETTINGS.iter().any(|setting| setting.name == part) {
                    *part = self.style.name(part);
                }
            }
            parts.join("`")
        });
        let text = words.collect::<Vec<_>>().join(" ");
        match (self.default)(setting) {
            Some(default) => format!("{text} Default: {default}."),
            None => text,
        }
    }
}

/// Wraps a text into lines that begin with `indent` and have at most `COLUMNS` letters.
fn wrap(text: &str, indent: &str) -> String {
    let mut lines = vec![indent.to_owned()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        let is_new = line.len() == indent.len();
        if !is_new && width(line) + 1 + width(word) > COLUMNS {
            lines.push(format!("{indent}{word}"));
        } else {
            if !is_new {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// Returns how many columns a text has. A Chinese character has two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|character| if character >= '\u{2e80}' { 2 } else { 1 })
        .sum()
}

fn of(owner: Owner) -> impl Iterator<Item = &'static Setting> {
    let written = move |setting: &&Setting| setting.owner == owner && setting.name != BY_HAND;
    SETTINGS.iter().filter(written)
}

fn python() -> String {
    let mut text = "\
\"\"\"The settings, written from the table of settings of the Rust client; do not edit.\"\"\"

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict
"
    .to_owned();
    for (name, base, owner) in TYPES {
        let base = base.unwrap_or("TypedDict");
        let whose = match owner {
            Owner::Both => "Settings of clients and platforms.",
            Owner::Threads => {
                "Settings of clients and platforms whose calls run on threads of their own."
            }
            Owner::Client => "Further settings of a client.",
            Owner::Platform => "Further settings of a platform.",
        };
        write!(
            text,
            "\n\nclass {name}({base}, total=False):\n    \"\"\"{whose}\"\"\"\n"
        )
        .unwrap();
        for setting in of(owner) {
            let kind = match setting.kind {
                Kind::Text | Kind::Secret => "str".to_owned(),
                Kind::Texts => "Sequence[str]".to_owned(),
                Kind::Flag => "bool".to_owned(),
                Kind::Number => "int".to_owned(),
                Kind::Seconds => "float".to_owned(),
                Kind::Names(names) => format!("Literal[{}]", quoted(&names(), '"').join(", ")),
                Kind::Certificates => "bytes | str".to_owned(),
            };
            let doc = PYTHON.document(setting);
            write!(text, "\n    {}: {kind} | None\n", setting.name).unwrap();
            let one_line = format!("    \"\"\"{doc}\"\"\"");
            if one_line.chars().count() <= COLUMNS {
                writeln!(text, "{one_line}").unwrap();
            } else {
                let doc = wrap(&format!("\"\"\"{doc}"), "    ");
                write!(text, "{doc}\n    \"\"\"\n").unwrap();
            }
        }
    }
    text
}

fn quoted(names: &[&str], quote: char) -> Vec<String> {
    let names = names.iter();
    names.map(|name| format!("{quote}{name}{quote}")).collect()
}

fn node() -> String {
    let mut text =
        "// The settings, written from the table of settings of the Rust client; do not edit.\n"
            .to_owned();
    for (name, base, owner) in TYPES {
        let base = base
            .map(|base| format!(" extends {base}"))
            .unwrap_or_default();
        write!(text, "\nexport interface {name}{base} {{\n").unwrap();
        for setting in of(owner) {
            let kind = match setting.kind {
                Kind::Text | Kind::Secret | Kind::Certificates => "string".to_owned(),
                Kind::Texts => "string[]".to_owned(),
                Kind::Flag => "boolean".to_owned(),
                Kind::Number | Kind::Seconds => "number".to_owned(),
                Kind::Names(names) => quoted(&names(), '\'').join(" | "),
            };
            let doc = NODE.document(setting);
            let one_line = format!("  /** {doc} */");
            let doc = if one_line.chars().count() <= COLUMNS {
                format!("{one_line}\n")
            } else {
                format!("  /**\n{}\n   */\n", wrap(&doc, "   * "))
            };
            text += &doc;
            writeln!(text, "  {}?: {kind}", NODE.style.name(setting.name)).unwrap();
        }
        text += "}\n";
    }
    text
}

pub(crate) fn check(path: &str, text: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let file = root.join(path);
    if env::var_os(WRITE).is_some() {
        fs::write(&file, text).unwrap();
    }
    assert!(
        fs::read_to_string(&file).is_ok_and(|found| found == text),
        "{path} differs from the table of settings: \
         {WRITE}=1 cargo test -p jumpqr-tests --test settings"
    );
}

#[test]
fn the_types_of_python_are_those_of_the_table() {
    check("python/pysrc/jumpqr/_setting_types.py", &python());
}

#[test]
fn the_types_of_node_are_those_of_the_table() {
    check("node/lib/settings.d.ts", &node());
}
