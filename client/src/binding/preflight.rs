use std::net::SocketAddr;
use std::time::Duration;

use jumpqr_core::RuleKey;
use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::Result;
use serde_json::{Map, Value};

use super::NameStyle;
use super::call::to_value;
use crate::cancel::Cancel;
use crate::checks::{Findings, refuse};
use crate::client::Client;
use crate::preflight::{ExpectedFile, PreflightOptions, look_for_file};
use crate::settings::{Kind, SettingValue};

/// The arguments, in the order of the documentation.
const ARGUMENTS: [&str; 9] = [
    "prefix",
    "appid",
    "file",
    "timeout",
    "fetch_timeout",
    "allow_private",
    "allow_port",
    "connect_to",
    "extra_tls_roots",
];

/// The arguments of a preflight.
#[derive(Default)]
struct Arguments {
    prefix: String,
    appid: Option<String>,
    file: Option<ExpectedFile>,
    options: PreflightOptions,
}

/// Which rule, which file if it is at hand, and how to look.
type Parts = (RuleKey, Option<ExpectedFile>, PreflightOptions);

/// Looks for the verification file, which is downloaded unless the arguments have a `file`.
///
/// The arguments are named as the language writes them, with its unit of durations:
///
/// | name | value |
/// |---|---|
/// | `prefix` | the rule's prefix |
/// | `appid` | the Mini Program's, for a service account's rule |
/// | `file` | an object with `file_name` and `file_content`, as `downloadQRCodeText` gives it |
/// | `timeout`, `fetch_timeout` | durations |
/// | `allow_private`, `allow_port` | true or false |
/// | `connect_to` | a list of texts such as `127.0.0.1:8080` |
/// | `extra_tls_roots` | certificates in PEM |
///
/// The result is the serialised [`Preflight`](crate::preflight::Preflight).
pub fn preflight(
    client: &Client,
    arguments: Map<String, Value>,
    style: NameStyle,
) -> Result<Value> {
    let (key, file, options) = read(arguments, style)?;
    match file {
        Some(file) => to_value(look_for_file(&key, file, &options, &client.options.cancel)?),
        None => to_value(client.preflight(&key, &options)?),
    }
}

/// Looks for a file at hand, without a client. The arguments are those of [`preflight`].
pub fn preflight_with_file(
    arguments: Map<String, Value>,
    style: NameStyle,
    cancel: &Cancel,
) -> Result<Value> {
    let (key, file, options) = read(arguments, style)?;
    let Some(file) = file else {
        let message = "is missing; give the file_name and the file_content of downloadQRCodeText";
        return Err(refuse(Finding::new(
            "file",
            FindingCode::MissingField,
            message,
        )));
    };
    to_value(look_for_file(&key, file, &options, cancel)?)
}

fn read(arguments: Map<String, Value>, style: NameStyle) -> Result<Parts> {
    let mut read = Arguments::default();
    let mut findings = Findings::default();
    let mut has_prefix = false;
    for (name, value) in arguments {
        if value.is_null() {
            continue;
        }
        let known = ARGUMENTS
            .into_iter()
            .find(|known| style.name(known) == name);
        let Some(argument) = known else {
            let message = "is not an argument of a preflight; leave it out";
            findings.add(&name, FindingCode::UnknownSetting, message);
            continue;
        };
        has_prefix |= argument == "prefix";
        let set = read.set(argument, value, style).map_err(|mut finding| {
            if finding.field.is_empty() {
                argument.clone_into(&mut finding.field);
            }
            finding
        });
        findings.keep(set);
    }
    if !has_prefix {
        findings.add(
            "prefix",
            FindingCode::MissingField,
            "is missing; give the rule's",
        );
    }
    findings.into_result()?;
    let Arguments {
        prefix,
        appid,
        file,
        options,
    } = read;
    Ok((RuleKey { appid, prefix }, file, options))
}

impl Arguments {
    fn set(&mut self, argument: &str, value: Value, style: NameStyle) -> Result<(), Finding> {
        let options = &mut self.options;
        let duration = |value| {
            let seconds = style.to_seconds(Kind::Seconds, value);
            Duration::read_or_refuse(&seconds)
        };
        match argument {
            "prefix" => self.prefix = SettingValue::read_or_refuse(&value)?,
            "appid" => self.appid = Some(SettingValue::read_or_refuse(&value)?),
            "file" => self.file = Some(read_file(&value)?),
            "timeout" => options.timeout = duration(value)?,
            "fetch_timeout" => options.fetch_timeout = duration(value)?,
            "allow_private" => options.allow_private = SettingValue::read_or_refuse(&value)?,
            "allow_port" => options.allow_port = SettingValue::read_or_refuse(&value)?,
            "connect_to" => options.connect_to = read_addresses(&value)?,
            _ => options.extra_tls_roots = Some(SettingValue::read_or_refuse(&value)?),
        }
        Ok(())
    }
}

fn read_file(value: &Value) -> Result<ExpectedFile, Finding> {
    let text = |name| value.get(name).and_then(Value::as_str);
    match (text("file_name"), text("file_content")) {
        (Some(name), Some(content)) => Ok(ExpectedFile {
            name: name.to_owned(),
            content: content.as_bytes().to_vec(),
        }),
        _ => Err(Finding::new(
            "",
            FindingCode::WrongType,
            "has no texts file_name and file_content; give the response of downloadQRCodeText",
        )),
    }
}

fn read_addresses(value: &Value) -> Result<Vec<SocketAddr>, Finding> {
    let texts = Vec::<String>::read_or_refuse(value)?;
    let addresses = texts.iter().enumerate().map(|(place, text)| {
        text.parse().map_err(|_| {
            let message = "is not an address with a port; write it as 127.0.0.1:8080 or [::1]:8080";
            Finding::new(
                format!("connect_to[{place}]"),
                FindingCode::Unusable,
                message,
            )
        })
    });
    addresses.collect()
}
