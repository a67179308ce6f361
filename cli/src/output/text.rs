//! Escapes text from outside, so that it cannot steer the terminal.

/// Escapes line breaks and every other character that could steer the terminal.
///
/// A server, a file or an argument must not move the cursor, forge a line of output, or reverse the
/// order of characters.
pub(crate) fn escape(text: &str) -> String {
    escape_where(text, can_steer_terminal, escape_default)
}

/// Escapes like [`escape`], but keeps line breaks.
pub(super) fn escape_lines(text: &str) -> String {
    let is_unsafe = |letter: char| letter != '\n' && can_steer_terminal(letter);
    escape_where(text, is_unsafe, escape_default)
}

/// Writes every character of a JSON document that could steer the terminal as `\u` and four hex
/// digits. serde_json itself escapes only the ones before U+0020.
pub(super) fn escape_json(json: &str) -> String {
    escape_where(json, can_steer_terminal, |letter| {
        let mut units = [0; 2];
        let units = letter.encode_utf16(&mut units);
        let escapes = units.iter().map(|unit| format!("\\u{unit:04x}"));
        escapes.collect::<Vec<_>>().concat()
    })
}

fn escape_default(letter: char) -> String {
    letter.escape_default().to_string()
}

fn escape_where(text: &str, is_unsafe: fn(char) -> bool, escaped: fn(char) -> String) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_unsafe(letter) {
            shown.push_str(&escaped(letter));
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// Returns whether the character is a control (C0 with ESC, DEL, C1), a separator of lines or
/// paragraphs, or invisible: direction marks and controls, byte order marks, and tags.
fn can_steer_terminal(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the first paragraph of a message that clap rendered, on one line, without `error: `.
pub(super) fn first_paragraph(rendered: &str) -> String {
    let paragraph = rendered.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = paragraph.split_whitespace().collect();
    let text = words.join(" ");
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_json, escape_lines, first_paragraph};

    #[test]
    fn what_steers_a_terminal_is_made_visible() {
        assert_eq!(
            escape("a\u{1b}[31mb\r\nc\u{9b}"),
            "a\\u{1b}[31mb\\r\\nc\\u{9b}"
        );
        assert_eq!(escape("桌号 – ok"), "桌号 – ok");
        assert_eq!(escape_lines("桌号\r\nok\n"), "桌号\\r\nok\n");
        for letter in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            let text = format!("a{letter}b");
            assert!(!escape(&text).contains(letter), "{letter:?}");
        }
    }

    #[test]
    fn json_stays_the_same_document() {
        let value = serde_json::json!({"a": "x\u{202e}\u{9b}\u{e0001}\u{1b}\n桌"});
        let printed = escape_json(&value.to_string());
        assert_eq!(printed, r#"{"a":"x\u202e\u009b\udb40\udc01\u001b\n桌"}"#);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&printed).unwrap(),
            value
        );
    }

    #[test]
    fn a_usage_error_is_one_line() {
        let rendered = "error: the following are missing:\n  <PREFIX>\n\nUsage: jumpqr\n";
        assert_eq!(
            first_paragraph(rendered),
            "the following are missing: <PREFIX>"
        );
    }
}
