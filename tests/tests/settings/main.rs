//! Each vector of `settings.json`: the settings have exactly these findings, and no text of the
//! error holds a secret.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod page;
mod written;

use std::collections::BTreeSet;

use jumpqr::binding;
use jumpqr::settings::{Owner, SETTINGS};
use jumpqr::{ClientBuilder, Error, Result, Settings};
use jumpqr_tests::settings::{Of, SettingFinding, SettingsFile, SettingsVector};
use jumpqr_tests::{count, load, report};

/// It is in every secret of the vectors.
const SECRET: &str = "P4SS";

fn build(vector: &SettingsVector) -> Result<()> {
    let settings = Settings::read(vector.settings.clone())?;
    match vector.of {
        Of::Client => ClientBuilder::from(settings).build().map(drop),
        Of::Platform => binding::platform(settings).map(drop),
    }
}

fn check(vector: &SettingsVector) -> Result<(), String> {
    let error = match build(vector) {
        Ok(()) if vector.findings.is_empty() && vector.code.is_none() => return Ok(()),
        Ok(()) => return Err("the settings are accepted".to_owned()),
        Err(error) => error,
    };
    let wanted = vector.code.as_deref().unwrap_or("invalid_config");
    if error.code().name() != wanted {
        return Err(format!(
            "the code is {}, not {wanted}: {error}",
            error.code()
        ));
    }
    let wanted: BTreeSet<_> = vector.findings.iter().collect();
    let found = findings(&error);
    if found.iter().collect::<BTreeSet<_>>() != wanted {
        return Err(format!("the findings are {found:?}, not {wanted:?}"));
    }
    if format!("{error} {error:?}").contains(SECRET) {
        return Err("the error shows a secret".to_owned());
    }
    Ok(())
}

fn findings(error: &Error) -> Vec<SettingFinding> {
    let findings = error.violations().iter();
    findings
        .map(|finding| SettingFinding {
            field: finding.field.clone(),
            code: finding.code.name().to_owned(),
        })
        .collect()
}

#[test]
fn settings_have_exactly_these_findings() {
    let file: SettingsFile = load().unwrap();
    let vectors = file.settings.iter();
    let run = report(vectors.map(|vector| (&*vector.name, check(vector)))).unwrap();
    count::<SettingsFile>(run);
}

#[test]
fn every_setting_has_a_wrong_value_among_the_vectors() {
    let file: SettingsFile = load().unwrap();
    let findings = file.settings.iter().flat_map(|vector| &vector.findings);
    let fields: BTreeSet<_> = findings
        .map(|finding| finding.field.split('[').next().unwrap())
        .collect();
    for setting in SETTINGS {
        assert!(
            fields.contains(setting.name),
            "{} has no wrong value in tests/vectors/settings.json",
            setting.name
        );
    }
}

#[test]
fn every_setting_has_a_right_value_among_the_vectors() {
    // A token excludes an appid and a secret, and certificates are too long for a vector.
    let elsewhere = ["access_token", "extra_tls_roots"];
    let file: SettingsFile = load().unwrap();
    for setting in SETTINGS {
        let has_right_value = |of: &str| {
            let name = format!("every setting of a {of} is accepted");
            let vector = file.settings.iter().find(|vector| vector.name == name);
            vector.unwrap().settings.contains_key(setting.name)
        };
        let found = match setting.owner {
            _ if elsewhere.contains(&setting.name) => true,
            Owner::Client => has_right_value("client"),
            Owner::Platform => has_right_value("platform"),
            Owner::Both => has_right_value("client") && has_right_value("platform"),
            // Only some languages have it.
            Owner::Threads => true,
        };
        let name = setting.name;
        assert!(
            found,
            "{name} has no right value in tests/vectors/settings.json"
        );
    }
}
