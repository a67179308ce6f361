//! The settings that options and environment variables give. A wrong one is named as it was given.

use std::fs;

use jumpqr::settings::{SETTINGS, Setting};
use serde_json::{Map, Value};

use crate::support::{Jumpqr, Run, jumpqr};

/// The settings that have no option.
const WITHOUT_OPTION: [&str; 6] = [
    "alternate_base_urls",
    "body_limit",
    "max_concurrency",
    "pacing",
    "proxy",
    "validate",
];

/// Returns the option of a setting.
fn option(setting: &str) -> String {
    match setting {
        "appid" => "--account".to_owned(),
        "access_token"
        | "secret"
        | "component_appsecret"
        | "message_token"
        | "message_token_former"
        | "encoding_aes_key"
        | "encoding_aes_key_former" => {
            format!("--{}-file", setting.replace('_', "-"))
        }
        _ => format!("--{}", setting.replace('_', "-")),
    }
}

#[test]
fn every_setting_has_an_option_or_is_listed_as_one_without() {
    let help = jumpqr(["--help"]).expect(0).stdout;
    for setting in SETTINGS {
        let has_option = help.contains(&format!("\n      {}", option(setting.name)));
        let is_listed = WITHOUT_OPTION.contains(&setting.name);
        assert!(
            has_option != is_listed,
            "{} needs an option in cli/src/options.rs, or an entry in WITHOUT_OPTION",
            setting.name
        );
    }
}

#[test]
fn the_page_of_settings_names_the_option_of_each() {
    let page = include_str!("../../../docs/settings.md");
    for Setting { name, .. } in SETTINGS {
        let row = page.lines().find(|line| {
            let python = line.split(" | ").nth(1);
            python == Some(&format!("`{name}`"))
        });
        let wanted = if WITHOUT_OPTION.contains(name) {
            "\u{2013}".to_owned()
        } else {
            format!("`{}`", option(name))
        };
        let shown = row.and_then(|row| row.split(" | ").nth(4));
        assert_eq!(shown, Some(&*wanted), "{name}");
    }
}

/// Whether the command line can express the settings. It ignores white space around a secret, and
/// a boolean option has no value.
fn can_express(settings: &Map<String, Value>) -> bool {
    settings.iter().all(|(name, value)| {
        let is_known = SETTINGS.iter().any(|setting| setting.name == name);
        let is_trimmed = value.as_str().is_none_or(|text| text == text.trim());
        is_known && !WITHOUT_OPTION.contains(&name.as_str()) && is_trimmed
    })
}

/// Runs a command with these settings. If they were valid, it would call nobody.
fn run(of: &str, settings: &Map<String, Value>) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let command: Jumpqr = match of {
        "client" => jumpqr(["get", "--json"]),
        _ => jumpqr(["token", "set-verify-ticket", "--json"]).stdin("ticket@@@T"),
    };
    let mut arguments = Vec::new();
    for (name, value) in settings {
        let option = option(name);
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        if option.ends_with("-file") || option == "--extra-tls-roots" {
            let file = folder.path().join(name);
            fs::write(&file, text).unwrap();
            arguments.push(format!("{option}={}", file.display()));
        } else if *value == Value::Bool(true) {
            arguments.push(option);
        } else {
            arguments.push(format!("{option}={text}"));
        }
    }
    command
        .args(arguments)
        .env("JUMPQR_BASE_URL", "http://127.0.0.1:1")
        .run()
}

#[test]
fn a_wrong_setting_is_named_by_its_option() {
    let file = include_str!("../../../tests/vectors/settings.json");
    let vectors: Value = serde_json::from_str(file).unwrap();
    let mut ran = 0;
    for vector in vectors["settings"].as_array().unwrap() {
        let settings = vector["settings"].as_object().unwrap();
        let findings = vector["findings"].as_array().unwrap();
        if findings.is_empty() || vector["untyped"] == true || !can_express(settings) {
            continue;
        }
        let run = run(vector["of"].as_str().unwrap(), settings);
        let error = run.json()["error"].clone();
        let message = error["message"].as_str().unwrap();
        let is_named =
            |finding: &Value| message.contains(&option(finding["field"].as_str().unwrap()));
        // A usage error names the first option that is wrong.
        let are_named = match run.code {
            2 => findings.iter().any(is_named),
            3 | 6 => findings.iter().all(is_named),
            _ => false,
        };
        assert!(are_named, "{}: {run:?}", vector["name"]);
        // clap repeats a value that is not one of the allowed names.
        let is_secret = message.contains("possible values") || !run.everything().contains("P4SS");
        assert!(is_secret, "{}: {run:?}", vector["name"]);
        ran += 1;
    }
    assert_eq!(
        ran, 53,
        "the number of vectors that the command can express"
    );
}
