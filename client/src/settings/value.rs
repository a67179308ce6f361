//! How the value of a setting is read from a JSON-like value. No message repeats a value: it may be
//! a secret.

use std::time::Duration;

use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::interface::ComponentTokenField;
use jumpqr_core::mapping::describe_type;
use jumpqr_core::{Error, Secret};
use serde_json::Value;

use crate::checks::DURATION_RANGE;
use crate::tokens::TokenInterface;
use crate::transport::{DIRECT, ENVIRONMENT, IpVersion, ProxySetting, TlsRoots};

/// What the value of a setting is, for the types of other languages.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text.
    Text,
    /// A text that may be a secret.
    Secret,
    /// A list of texts.
    Texts,
    /// True or false.
    Flag,
    /// A whole number.
    Number,
    /// A number of seconds.
    Seconds,
    /// One of these texts.
    Names(fn() -> Vec<&'static str>),
    /// Certificates in PEM, as bytes or a text; or, for `tls_roots`, one of two names.
    Certificates,
}

/// Why a value cannot be read.
pub(super) struct Wrong {
    code: FindingCode,
    message: String,
}

impl Wrong {
    fn new(code: FindingCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// Refuses a value of another type than `wanted`.
    fn type_of(value: &Value, wanted: &str) -> Self {
        let found = describe_type(value);
        Self::new(FindingCode::WrongType, format!("is {found}; give {wanted}"))
    }

    /// Takes over the finding of an error.
    fn of_error(error: &Error) -> Self {
        let finding = error.violations().first();
        let code = finding.map_or(FindingCode::Unusable, |finding| finding.code);
        let message = finding.map_or_else(|| error.message(), |finding| &finding.message);
        Self::new(code, message)
    }

    pub(super) fn in_setting(self, setting: &str) -> Finding {
        Finding::new(setting, self.code, self.message)
    }
}

/// The type of a setting.
pub(super) trait SettingValue: Sized {
    const KIND: Kind;

    fn read(value: Value) -> Result<Self, Wrong>;

    /// Returns the text of a default.
    fn show(&self) -> String;
}

impl SettingValue for String {
    const KIND: Kind = Kind::Text;

    fn read(value: Value) -> Result<Self, Wrong> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(Wrong::type_of(&other, "a text")),
        }
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl SettingValue for Secret {
    const KIND: Kind = Kind::Secret;

    fn read(value: Value) -> Result<Self, Wrong> {
        String::read(value).map(Self::new)
    }

    /// A default is not a secret.
    fn show(&self) -> String {
        self.expose().to_owned()
    }
}

impl SettingValue for Vec<String> {
    const KIND: Kind = Kind::Texts;

    fn read(value: Value) -> Result<Self, Wrong> {
        let wrong = Wrong::type_of(&value, "a list of texts");
        match value {
            Value::Array(entries) => entries
                .into_iter()
                .map(String::read)
                .collect::<Result<_, _>>()
                .map_err(|_| Wrong::new(FindingCode::WrongType, "has an entry that is not a text")),
            _ => Err(wrong),
        }
    }

    fn show(&self) -> String {
        self.join(", ")
    }
}

impl SettingValue for bool {
    const KIND: Kind = Kind::Flag;

    fn read(value: Value) -> Result<Self, Wrong> {
        value
            .as_bool()
            .ok_or_else(|| Wrong::type_of(&value, "true or false"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl SettingValue for u64 {
    const KIND: Kind = Kind::Number;

    fn read(value: Value) -> Result<Self, Wrong> {
        // A language without whole numbers may write 3 as 3.0.
        let whole = |number: f64| number.fract() == 0.0 && (0.0..=9e15).contains(&number);
        let number = value.as_u64().or_else(|| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole"
            )]
            let number = value.as_f64().filter(|number| whole(*number))? as u64;
            Some(number)
        });
        number.ok_or_else(|| match value {
            Value::Number(_) => Wrong::new(
                FindingCode::OutOfRange,
                "is not a whole number of 0 or more; give one",
            ),
            other => Wrong::type_of(&other, "a number"),
        })
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl SettingValue for usize {
    const KIND: Kind = Kind::Number;

    fn read(value: Value) -> Result<Self, Wrong> {
        u64::read(value).map(|number| Self::try_from(number).unwrap_or(Self::MAX))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl SettingValue for Duration {
    const KIND: Kind = Kind::Seconds;

    fn read(value: Value) -> Result<Self, Wrong> {
        let seconds = value
            .as_f64()
            .ok_or_else(|| Wrong::type_of(&value, "a number"))?;
        Self::try_from_secs_f64(seconds)
            .map_err(|_| Wrong::new(FindingCode::OutOfRange, DURATION_RANGE))
    }

    fn show(&self) -> String {
        self.as_secs_f64().to_string()
    }
}

impl SettingValue for ProxySetting {
    const KIND: Kind = Kind::Secret;

    fn read(value: Value) -> Result<Self, Wrong> {
        String::read(value).map(Self::from_setting)
    }

    fn show(&self) -> String {
        match self {
            Self::FromEnvironment => ENVIRONMENT.to_owned(),
            Self::Direct => DIRECT.to_owned(),
            Self::Url(url) => url.to_string(),
        }
    }
}

/// Certificates are bytes in some languages; these pass them as a text.
impl SettingValue for Vec<u8> {
    const KIND: Kind = Kind::Certificates;

    fn read(value: Value) -> Result<Self, Wrong> {
        String::read(value).map(String::into_bytes)
    }

    fn show(&self) -> String {
        String::from_utf8_lossy(self).into_owned()
    }
}

impl SettingValue for TlsRoots {
    const KIND: Kind = Kind::Certificates;

    fn read(value: Value) -> Result<Self, Wrong> {
        Self::parse(String::read(value)?).map_err(|error| Wrong::of_error(&error))
    }

    fn show(&self) -> String {
        match self {
            Self::Bundled => "bundled".to_owned(),
            #[cfg(feature = "os-roots")]
            Self::Os => "os".to_owned(),
            Self::Pem(pem) => pem.show(),
        }
    }
}

/// Reads enums whose values have names.
macro_rules! named_values {
    ($($type:ty),+) => {$(
        impl SettingValue for $type {
            const KIND: Kind = Kind::Names(|| {
                <$type>::ALL.iter().map(|value| value.name()).collect()
            });

            fn read(value: Value) -> Result<Self, Wrong> {
                Self::from_name(&String::read(value)?).map_err(|error| Wrong::of_error(&error))
            }

            fn show(&self) -> String {
                self.name().to_owned()
            }
        }
    )+};
}

named_values!(TokenInterface, ComponentTokenField, IpVersion);
