use data_encoding::HEXLOWER;
use serde::Deserialize;

/// Bytes, in a readable form.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Raw {
    /// A text, encoded as UTF-8.
    Text(String),
    /// Bytes that are not UTF-8, in lower-case base16.
    Base16 {
        /// Two digits for each byte.
        base16: String,
    },
    /// A text that is too long to be written out.
    Repeat {
        /// The text.
        repeat: String,
        /// The number of repetitions.
        times: usize,
    },
}

impl Raw {
    /// Decodes the bytes.
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
    fn any_other_form_is_refused() {
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
