//! Settings, from a `dict`.

use std::time::Duration;

use jumpqr::Settings;
use jumpqr::binding::{NameStyle, read_settings};
use jumpqr::error::{Error, Result};
use jumpqr::settings::{Kind, SETTINGS};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::{Map, Value};

use crate::json::to_value;

/// How Python writes settings.
pub(crate) const STYLE: NameStyle = NameStyle::Snake;

/// Reads the settings of a client or a platform.
pub(crate) fn read(settings: &Bound<'_, PyDict>) -> PyResult<Result<Settings>> {
    Ok(to_map(settings)?.and_then(|settings| read_settings(settings, STYLE)))
}

/// Returns what a `dict` has besides None. A finding shows no value: it may be a secret.
pub(crate) fn to_map(settings: &Bound<'_, PyDict>) -> PyResult<Result<Map<String, Value>>> {
    let mut map = Map::new();
    let mut findings = Vec::new();
    for (name, value) in settings {
        if value.is_none() {
            continue;
        }
        let name: String = name.extract()?;
        let value = match value.cast::<PyBytes>() {
            Ok(pem) if is_certificates(&name) => Ok(String::from_utf8_lossy(pem.as_bytes()).into()),
            _ => to_value(&value),
        };
        match value {
            Ok(value) => drop(map.insert(name, value)),
            Err(unfit) => findings.push(unfit.finding(name)?),
        }
    }
    Ok(if findings.is_empty() {
        Ok(map)
    } else {
        Err(Error::invalid_config(findings))
    })
}

fn is_certificates(name: &str) -> bool {
    let setting = SETTINGS.iter().find(|setting| setting.name == name);
    setting.is_some_and(|setting| matches!(setting.kind, Kind::Certificates))
}

/// Returns a duration from seconds. One that cannot exist, such as NaN, is 0, which no timeout may
/// be.
pub(crate) fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
