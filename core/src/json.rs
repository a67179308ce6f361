//! Writes the JSON of the request that is sent most.
//!
//! `serde_json` writes all other requests. It looks for escapes in each text and each name, byte by
//! byte.

use alloc::string::{String, ToString};

use serde_json::Value;

use crate::plain::is_plain;

/// Enough bytes for most requests.
const USUAL_LENGTH: usize = 512;

/// Writes an object, field by field. It has the same bytes as `serde_json` would write.
pub(crate) struct ObjectWriter(String);

impl ObjectWriter {
    pub(crate) fn new() -> Self {
        Self(String::with_capacity(USUAL_LENGTH))
    }

    pub(crate) fn text(&mut self, name: &'static str, text: &str) {
        self.begin_field(name);
        self.push_text(text);
    }

    pub(crate) fn texts(&mut self, name: &'static str, texts: &[String]) {
        self.begin_field(name);
        self.0.push('[');
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.push_text(text);
        }
        self.0.push(']');
    }

    pub(crate) fn number(&mut self, name: &'static str, number: u8) {
        self.begin_field(name);
        match char::from_digit(number.into(), 10) {
            Some(digit) => self.0.push(digit),
            None => self.0.push_str(&number.to_string()),
        }
    }

    /// Returns the object.
    pub(crate) fn finish(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }

    fn begin_field(&mut self, name: &'static str) {
        self.0
            .push_str(if self.0.is_empty() { "{\"" } else { ",\"" });
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    fn push_text(&mut self, text: &str) {
        if is_plain(text) {
            self.0.push('"');
            self.0.push_str(text);
            self.0.push('"');
        } else {
            self.0.push_str(&Value::from(text).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ObjectWriter;

    #[test]
    fn every_field_has_the_bytes_of_serde_json() {
        assert_eq!(ObjectWriter::new().finish(), "{}");
        for text in [
            "",
            "https://h.cn/a?b=1",
            "\"",
            "a\\",
            "\u{1f}\n",
            "\u{7f}",
            "中 é",
        ] {
            for number in [0, 9, 10, 255] {
                let mut object = ObjectWriter::new();
                object.text("a", text);
                object.texts("b", &[]);
                object.texts("c", &[text.to_owned()]);
                object.texts("d", &[text.to_owned(), text.to_owned()]);
                object.number("e", number);
                let expected =
                    json!({"a": text, "b": [], "c": [text], "d": [text, text], "e": number});
                assert_eq!(object.finish(), expected.to_string());
            }
        }
    }
}
