//! How the value of a setting is read from a JSON-like value, and how a default is shown. No finding
//! repeats a value: it may be a secret. The finding's field is set by the reader of all settings.

use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::Error;
use jumpqr_core::interface::ComponentTokenField;
use jumpqr_core::mapping::describe_type;
use serde_json::Value;

use super::choice::{DIRECT, ENVIRONMENT, IpVersion, ProxySetting, TlsRoots, TokenInterface};
use crate::checks::DURATION_RANGE;

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

impl Kind {
    /// Refuses a value of another type.
    fn refuse(self, value: &Value) -> Finding {
        let wanted = match self {
            Self::Text | Self::Secret | Self::Names(_) | Self::Certificates => "a text",
            Self::Texts => "a list of texts",
            Self::Flag => "true or false",
            Self::Number | Self::Seconds => "a number",
        };
        let message = format!("is {}; give {wanted}", describe_type(value));
        Finding::new("", FindingCode::WrongType, message)
    }
}

/// The type of a setting.
pub(crate) trait SettingValue: Sized {
    const KIND: Kind;

    /// Reads a value; `None` if it has another type.
    fn read(value: &Value) -> Option<Result<Self, Finding>>;

    /// Returns the text of a default, which is not a secret.
    fn show(&self) -> String;

    fn read_or_refuse(value: &Value) -> Result<Self, Finding> {
        Self::read(value).unwrap_or_else(|| Err(Self::KIND.refuse(value)))
    }
}

/// Implements the trait for types that are made of a text.
macro_rules! text_values {
    ($($type:ty: $kind:expr, $read:expr, $show:expr;)+) => {$(
        impl SettingValue for $type {
            const KIND: Kind = $kind;

            fn read(value: &Value) -> Option<Result<Self, Finding>> {
                value.as_str().map($read)
            }

            fn show(&self) -> String {
                $show(self)
            }
        }
    )+};
}

text_values! {
    String: Kind::Text, |text| Ok(text.to_owned()), Clone::clone;
    Secret: Kind::Secret, |text| Ok(text.into()), |text: &Self| text.expose().to_owned();
    ProxySetting: Kind::Secret, |text| Ok(Self::from_setting(text)), show_proxy;
    TlsRoots: Kind::Certificates, |text| Self::parse(text).map_err(|error| finding(&error)), show_tls_roots;
    Vec<u8>: Kind::Certificates, |text| Ok(text.into()), |pem| String::from_utf8_lossy(pem).into();
}

/// Implements the trait for enums whose values have names.
macro_rules! named_values {
    ($($type:ty),+) => {
        text_values! {$(
            $type: Kind::Names(|| <$type>::ALL.iter().map(|value| value.name()).collect()),
                |text| Self::from_name(text).map_err(|error| finding(&error)),
                |value: &Self| value.name().to_owned();
        )+}
    };
}

named_values!(TokenInterface, ComponentTokenField, IpVersion);

/// Implements the trait for types that JSON has.
macro_rules! plain_values {
    ($($type:ty: $kind:expr, $read:expr;)+) => {$(
        impl SettingValue for $type {
            const KIND: Kind = $kind;

            fn read(value: &Value) -> Option<Result<Self, Finding>> {
                $read(value)
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

plain_values! {
    bool: Kind::Flag, |value: &Value| value.as_bool().map(Ok);
    u64: Kind::Number, read_whole;
    usize: Kind::Number, |value| Some(read_whole(value)?.map(|number| {
        Self::try_from(number).unwrap_or(Self::MAX)
    }));
}

impl SettingValue for Vec<String> {
    const KIND: Kind = Kind::Texts;

    fn read(value: &Value) -> Option<Result<Self, Finding>> {
        let entries = value.as_array()?.iter();
        let texts: Option<_> = entries
            .map(|entry| entry.as_str().map(str::to_owned))
            .collect();
        let message = "has an entry that is not a text; give a list of texts";
        Some(texts.ok_or_else(|| Finding::new("", FindingCode::WrongType, message)))
    }

    fn show(&self) -> String {
        self.join(", ")
    }
}

impl SettingValue for Duration {
    const KIND: Kind = Kind::Seconds;

    fn read(value: &Value) -> Option<Result<Self, Finding>> {
        let duration = Self::try_from_secs_f64(value.as_f64()?);
        Some(duration.map_err(|_| Finding::new("", FindingCode::OutOfRange, DURATION_RANGE)))
    }

    fn show(&self) -> String {
        self.as_secs_f64().to_string()
    }
}

/// Reads a whole number. A language without whole numbers may write 3 as 3.0.
fn read_whole(value: &Value) -> Option<Result<u64, Finding>> {
    let number = value.as_f64()?;
    let is_whole = number.fract() == 0.0 && (0.0..=9e15).contains(&number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole, and not negative"
    )]
    let whole = value.as_u64().or_else(|| is_whole.then_some(number as u64));
    let message = "is not a whole number of 0 or more; give one";
    Some(whole.ok_or_else(|| Finding::new("", FindingCode::OutOfRange, message)))
}

/// Takes the finding of a refusal.
fn finding(error: &Error) -> Finding {
    let finding = error.violations().first().cloned();
    finding.unwrap_or_else(|| Finding::new("", FindingCode::Unusable, error.message()))
}

fn show_proxy(proxy: &ProxySetting) -> String {
    match proxy {
        ProxySetting::FromEnvironment => ENVIRONMENT.to_owned(),
        ProxySetting::Direct => DIRECT.to_owned(),
        ProxySetting::Url(url) => url.to_string(),
    }
}

fn show_tls_roots(roots: &TlsRoots) -> String {
    match roots {
        TlsRoots::Bundled => "bundled".to_owned(),
        #[cfg(feature = "os-roots")]
        TlsRoots::Os => "os".to_owned(),
        TlsRoots::Pem(pem) => pem.show(),
    }
}
