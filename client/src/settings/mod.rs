//! The settings of a client and of a platform: one table, in `table.rs`, from which every language
//! takes names, types, units, defaults and documentation.
//!
//! A setting is one entry of the table. The entry makes
//!
//! - a field of [`Settings`], which is read from JSON-like values,
//! - a row of [`SETTINGS`], from which the other languages take what they need,
//! - a method of [`ClientBuilder`](crate::ClientBuilder), unless the entry ends with `by_hand`.
//!
//! `ClientBuilder::build` checks what the type of a value does not say.
//!
//! # To add a setting
//!
//! Each step but the last has a test that fails without it.
//!
//! 1. Add an entry to `table.rs`.
//! 2. Add its name to `settings` in `tests/vectors/names.json`.
//! 3. In `tests/vectors/settings.json`, add a wrong value, and a right value to the vectors "every
//!    setting of a client is accepted" and "… of a platform …".
//! 4. Write the types of Python and Node, and the page of settings:
//!    `JUMPQR_WRITE_DOCS=1 cargo test -p jumpqr-tests --test settings`.
//! 5. For C, add a setter in `ffi-c/src/client_config`, use it in `ffi-c/tests/vectors/settings.cpp`,
//!    and write the header: `make -C ffi-c header`.
//! 6. For the command, add an option in `cli/src/options.rs`, or list the setting in
//!    `WITHOUT_OPTION` of `cli/tests/cli/settings.rs`.
//! 7. Add the setter to `Setting` in `tests/fuzz/src/c_entry_points/settings.rs`.

mod choice;
#[macro_use]
mod table;
mod value;

pub use choice::{IpVersion, ProxySetting, TlsRoots, TokenInterface};
pub use value::Kind;
pub(crate) use value::SettingValue;

use std::fmt;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::call::DEFAULT_QUEUE_TIMEOUT;
use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::{Error, Result};
use jumpqr_core::interface::{ComponentTokenField, DEFAULT_BASE_URL};
use jumpqr_core::mapping::nearest;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// One row of the table of settings.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The name in Rust and Python, e.g. `base_url`.
    pub name: &'static str,
    /// What a value is.
    pub kind: Kind,
    /// The default, as a text; `None` if the setting has no default.
    pub default: fn() -> Option<String>,
    /// Who may have it.
    pub owner: Owner,
    /// What it does: a sentence that begins with a noun, and further ones.
    pub doc: &'static str,
}

/// Who may have a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A client, but no platform.
    Client,
    /// A platform, but no client.
    Platform,
    /// Both.
    Both,
    /// Both, if their calls run on threads of their own: in Node and in Python's asyncio.
    Threads,
}

/// Defines `Settings`, the table of its rows, and the default of each setting that has one.
macro_rules! settings {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $type:ty $(= $default:expr)?, $owner:ident, $($form:ident)+;
    )+) => {
        /// The settings of a client or a platform. A setting that is `None` has its default.
        ///
        /// It is read from any format of serde, by the names of its fields; durations are numbers
        /// of seconds. Wrong types and unknown names are refused together, each with its name.
        ///
        /// ```
        /// let settings: jumpqr::Settings = serde_json::from_str(
        ///     r#"{"appid": "wx1234567890abcdef", "secret": "appsecret", "timeout": 2.5}"#,
        /// )?;
        /// let client = jumpqr::ClientBuilder::from(settings).build()?;
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $name: Option<$type>,)+
        }

        /// The table of the settings.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            name: stringify!($name),
            kind: <$type as SettingValue>::KIND,
            default: || settings!(@show $type $(, $default)?),
            owner: Owner::$owner,
            doc: concat!($($doc, "\n"),+),
        }),+];

        impl Settings {
            /// Returns the settings that have a value.
            pub(crate) fn given(&self) -> impl Iterator<Item = &'static Setting> {
                let given = [$(self.$name.is_some()),+];
                SETTINGS.iter().zip(given).filter_map(|(setting, given)| given.then_some(setting))
            }

            /// Reads the value of the setting with this name, which is in the table.
            fn read_value(&mut self, name: &str, value: &Value) -> Result<(), Finding> {
                match name {
                    $(stringify!($name) => self.$name = Some(SettingValue::read_or_refuse(value)?),)+
                    _ => {}
                }
                Ok(())
            }
        }

        /// The values of the settings, with defaults where none is given.
        impl Settings {
            $(settings! { @or_default $name: $type $(, $default)? })+
        }
    };

    (@show $type:ty) => { None };
    (@show $type:ty, $default:expr) => { Some(<$type as SettingValue>::show(&$default)) };

    (@or_default $name:ident: $type:ty) => {};
    (@or_default $name:ident: $type:ty, $default:expr) => {
        pub(crate) fn $name(&self) -> $type {
            self.$name.clone().unwrap_or_else(|| $default)
        }
    };
}

for_each_setting!(settings);

impl Settings {
    /// Reads settings from a mapping with their names, in which `null` counts as absent and
    /// durations are numbers of seconds. The error has a finding for each wrong type and each
    /// unknown name.
    pub fn read(settings: Map<String, Value>) -> Result<Self> {
        Self::read_named(
            settings,
            |setting| setting.name.to_owned(),
            |_, value| value,
        )
    }

    /// Reads settings from a mapping in which they are named by `name_of`, and their values are
    /// converted by `convert`.
    pub(crate) fn read_named(
        settings: Map<String, Value>,
        name_of: impl Fn(&Setting) -> String,
        convert: impl Fn(&Setting, Value) -> Value,
    ) -> Result<Self> {
        let mut read = Self::default();
        let mut findings = Vec::new();
        for (name, value) in settings {
            if value.is_null() {
                continue;
            }
            // A call has at most two settings, so the names of the others are not made.
            let known = SETTINGS.iter().find(|setting| name_of(setting) == name);
            let Some(setting) = known else {
                let names: Vec<_> = SETTINGS.iter().map(&name_of).collect();
                let message = match nearest(&name, names.iter().map(String::as_str)) {
                    Some(nearest) => format!("there is no such setting; did you mean `{nearest}`?"),
                    None => "there is no such setting; leave it out".to_owned(),
                };
                findings.push(Finding::new(name, FindingCode::UnknownSetting, message));
                continue;
            };
            if let Err(mut finding) = read.read_value(setting.name, &convert(setting, value)) {
                setting.name.clone_into(&mut finding.field);
                findings.push(finding);
            }
        }
        if findings.is_empty() {
            Ok(read)
        } else {
            Err(Error::invalid_config(findings))
        }
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Map::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl fmt::Debug for Settings {
    /// Prints the names of the settings that have a value. Values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.given().map(|setting| setting.name);
        f.debug_list().entries(names).finish()
    }
}
