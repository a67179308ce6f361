//! `docs/settings.md`, which the table of settings writes: each setting in every language.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use jumpqr::binding::NameStyle;
use jumpqr::settings::{Kind, Owner, SETTINGS, Setting};

use crate::written::{check, quote};

const INTRODUCTION: &str = "\
# Settings

You have a client or a platform, and want to change how it behaves. Each setting has one name,
written as each language writes names:

- **Rust**: a method of `ClientBuilder`. A duration is a `Duration`.
- **Python**: a keyword of `Client` and `Platform`. A duration is in seconds.
- **Node**: a property of the object that `Client` and `Platform` take. A duration is in
  milliseconds.
- **C**: a function that begins with `jumpqr_client_config_`. A duration is in milliseconds.
- **The command**: an option. A duration is in seconds.

\u{2013} means that the language does not have the setting. A wrong setting is refused before anything
is sent, as `invalid_config`, with a finding for each. The finding's `field` is the setting as the
language writes it.

`JUMPQR_WRITE_DOCS=1 cargo test -p jumpqr-tests --test settings` writes this page, from the table of
settings in `client/src/settings/table.rs`.
";

/// Stands for a setting that a language does not have.
const ABSENT: &str = "\u{2013}";

/// Where the languages declare what they have.
struct Declarations {
    header: String,
    options: String,
}

impl Declarations {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
        Self {
            header: read("ffi-c/include/jumpqr.h"),
            options: read("cli/src/options.rs"),
        }
    }

    fn c(&self, setting: &Setting) -> String {
        let has = |name: &str| self.header.contains(&format!(" {name}("));
        let name = format!("set_{}", NameStyle::SnakeMs.name(setting.name));
        match setting.name {
            "appid" | "secret" => "`set_app`".to_owned(),
            "component_appid" | "component_appsecret" => "`jumpqr_platform_new`".to_owned(),
            _ if has(&format!("jumpqr_client_config_{name}")) => format!("`{name}`"),
            _ => ABSENT.to_owned(),
        }
    }

    fn command(&self, setting: &Setting) -> String {
        let name = setting.name;
        let has = |field: &str| self.options.contains(&format!(" {field}: "));
        match name {
            "appid" => "`--account`".to_owned(),
            _ if has(&format!("{name}_file")) => {
                format!("`{}-file`", NameStyle::Option.name(name))
            }
            _ if has(name) => format!("`{}`", NameStyle::Option.name(name)),
            _ => ABSENT.to_owned(),
        }
    }
}

fn rust(setting: &Setting) -> String {
    match setting.name {
        "appid" | "secret" => "`app`".to_owned(),
        "component_appid" | "component_appsecret" => "`build_platform`".to_owned(),
        _ if setting.owner == Owner::Threads => ABSENT.to_owned(),
        name => format!("`{name}`"),
    }
}

/// Names the type of a value.
fn describe(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Secret => "text".to_owned(),
        Kind::Texts => "list of texts".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Number => "whole number".to_owned(),
        Kind::Seconds => "duration".to_owned(),
        Kind::Names(names) => {
            let names = names().into_iter().map(|name| format!("`{name}`"));
            names.collect::<Vec<_>>().join(", ")
        }
        Kind::Certificates => "PEM, or a name".to_owned(),
    }
}

fn show_default(setting: &Setting) -> String {
    let Some(default) = (setting.default)() else {
        return "none".to_owned();
    };
    let unit = match (setting.kind, setting.name) {
        (Kind::Seconds, _) => " s",
        (_, "body_limit") => " bytes",
        _ => "",
    };
    quote(setting, default) + unit
}

fn row(declared: &Declarations, setting: &Setting) -> String {
    let doc = setting.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "| {} | `{}` | `{}` | {} | {} | {} | {} | {doc} |",
        rust(setting),
        NameStyle::Snake.name(setting.name),
        NameStyle::Camel.name(setting.name),
        declared.c(setting),
        declared.command(setting),
        describe(setting.kind),
        show_default(setting),
    )
}

fn page() -> String {
    let declared = Declarations::read();
    let mut text = INTRODUCTION.to_owned();
    for (owner, title) in [
        (Owner::Client, "A client"),
        (Owner::Platform, "A platform"),
        (Owner::Both, "Both"),
        (Owner::Threads, "Both, in Node and in Python's asyncio"),
    ] {
        write!(
            text,
            "\n## {title}\n\n| Rust | Python | Node | C | command | type | default | meaning |\n\
             |---|---|---|---|---|---|---|---|\n"
        )
        .unwrap();
        for setting in SETTINGS.iter().filter(|setting| setting.owner == owner) {
            writeln!(text, "{}", row(&declared, setting)).unwrap();
        }
    }
    text
}

#[test]
fn the_page_of_settings_is_that_of_the_table() {
    check("docs/settings.md", &page());
}
