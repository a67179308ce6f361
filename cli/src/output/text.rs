//! Texts that came from outside, made fit to be printed.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` on one line, with every character that could steer the terminal made visible.
///
/// A server, a file or an argument must not move the cursor, forge a line of ours, or turn the
/// order of letters round.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, steers)
}

/// The same of a text that has lines of ours.
pub(super) fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| letter != '\n' && steers(letter))
}

/// The text of a JSON document in which every character that could steer the terminal is written as
/// `\u` and four hex digits. serde_json writes those after U+007E as they are.
pub(super) fn printable_json(json: &str) -> Cow<'_, str> {
    if !json.contains(steers) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        if steers(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                // Writing to a `String` cannot fail.
                let _written = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

fn escaped(text: &str, steers: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if steers(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Control characters (C0 with ESC, DEL, C1), separators of lines and paragraphs, and what is
/// invisible and changes what is seen: controls of the direction of writing, marks of it, byte
/// order marks, and tags.
fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The first paragraph of what clap renders, on one line and without `error: `.
pub(super) fn first_paragraph(rendered: &str) -> String {
    let paragraph = rendered.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = paragraph.split_whitespace().collect();
    let text = words.join(" ");
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{first_paragraph, printable, printable_json, printable_lines};

    #[test]
    fn what_steers_a_terminal_is_made_visible() {
        assert_eq!(
            printable("a\u{1b}[31mb\r\nc\u{9b}"),
            "a\\u{1b}[31mb\\r\\nc\\u{9b}"
        );
        assert_eq!(printable("桌号 – ok"), "桌号 – ok");
        assert_eq!(printable_lines("桌号\r\nok\n"), "桌号\\r\nok\n");
        for letter in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            let text = format!("a{letter}b");
            assert!(!printable(&text).contains(letter), "{letter:?}");
        }
    }

    #[test]
    fn json_stays_the_same_document() {
        let value = serde_json::json!({"a": "x\u{202e}\u{9b}\u{e0001}\u{1b}\n桌"});
        let printed = printable_json(&value.to_string()).into_owned();
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
