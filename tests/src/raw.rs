use data_encoding::HEXLOWER;
use serde::Deserialize;

/// Bytes, in the form that is easiest to read.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Raw {
    /// The UTF-8 of a text.
    Text(String),
    /// What is not UTF-8, in lower-case base16.
    Base16 {
        /// Two digits a byte.
        base16: String,
    },
    /// What is too long to be written out.
    Repeat {
        /// The text.
        repeat: String,
        /// How often it stands there.
        times: usize,
    },
}

impl Raw {
    /// The bytes.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Base16 { base16 } => HEXLOWER
                .decode(base16.as_bytes())
                .map_err(|error| format!("base16: {error}")),
            Self::Repeat { repeat, times } => Ok(repeat.repeat(*times).into_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Raw;

    fn read(json: &str) -> Result<Vec<u8>, String> {
        let raw: Raw = serde_json::from_str(json).map_err(|error| error.to_string())?;
        raw.bytes()
    }

    #[test]
    fn each_form_gives_its_bytes() {
        assert_eq!(read(r#""é""#).unwrap(), b"\xc3\xa9");
        assert_eq!(read(r#"{"base16":"ff00"}"#).unwrap(), b"\xff\x00");
        assert_eq!(read(r#"{"repeat":"ab","times":3}"#).unwrap(), b"ababab");
    }

    #[test]
    fn what_is_none_of_the_forms_is_refused() {
        for json in [
            "7",
            r#"{"base16":"f"}"#,
            r#"{"base16":"ff","times":1}"#,
            r#"{"repeat":"a"}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
