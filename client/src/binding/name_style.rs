use std::mem::take;

use serde_json::Value;

use crate::settings::{Kind, SETTINGS};

/// The durations that are not settings of a client or a platform.
const OTHER_DURATIONS: [&str; 1] = ["fetch_timeout"];

/// How a language writes the name of a setting, and in which unit it gives a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameStyle {
    /// `connect_timeout`, in seconds, as in Python.
    Snake,
    /// `connectTimeoutMs`, in milliseconds, as in Node.
    Camel,
    /// `connect_timeout_ms`, in milliseconds, as in C.
    SnakeMs,
    /// `--connect-timeout`, in seconds, as on the command line.
    Option,
}

impl NameStyle {
    /// Writes the name of a setting, or of an entry of a list such as `alternate_base_urls[1]`.
    #[must_use]
    pub fn name(self, field: &str) -> String {
        let (name, entry) = field.split_at(field.find('[').unwrap_or(field.len()));
        let is_duration = || {
            let mut settings = SETTINGS.iter();
            OTHER_DURATIONS.contains(&name)
                || settings
                    .any(|setting| matches!(setting.kind, Kind::Seconds) && setting.name == name)
        };
        let name = match self {
            Self::SnakeMs if is_duration() => format!("{name}_ms"),
            Self::Snake | Self::SnakeMs => name.to_owned(),
            Self::Camel if is_duration() => camel_case(name) + "Ms",
            Self::Camel => camel_case(name),
            Self::Option => format!("--{}", name.replace('_', "-")),
        };
        name + entry
    }

    /// Converts the number of a duration to seconds.
    pub(super) fn to_seconds(self, kind: Kind, value: Value) -> Value {
        match (self, kind, value.as_f64()) {
            (Self::Camel | Self::SnakeMs, Kind::Seconds, Some(milliseconds)) => {
                (milliseconds / 1000.0).into()
            }
            _ => value,
        }
    }
}

fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut begins_word = false;
    for letter in name.chars() {
        match letter {
            '_' => begins_word = true,
            _ if take(&mut begins_word) => camel.push(letter.to_ascii_uppercase()),
            _ => camel.push(letter),
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::NameStyle;

    #[test]
    fn a_language_writes_names_in_its_own_case_and_with_its_unit() {
        for (style, timeout, url) in [
            (NameStyle::Snake, "read_timeout", "alternate_base_urls[2]"),
            (NameStyle::Camel, "readTimeoutMs", "alternateBaseUrls[2]"),
            (
                NameStyle::SnakeMs,
                "read_timeout_ms",
                "alternate_base_urls[2]",
            ),
            (
                NameStyle::Option,
                "--read-timeout",
                "--alternate-base-urls[2]",
            ),
        ] {
            assert_eq!(style.name("read_timeout"), timeout);
            assert_eq!(style.name("alternate_base_urls[2]"), url);
        }
        assert_eq!(NameStyle::Camel.name(""), "");
    }
}
