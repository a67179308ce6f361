//! Texts that came from outside, made fit to be printed.

use std::borrow::Cow;

/// `text` with control characters made visible: what a server sends must not steer the terminal.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let steers = |letter: char| letter.is_control() && letter != '\n';
    if !text.contains(steers) {
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

/// The first paragraph of what clap renders, on one line and without `error: `.
pub(super) fn first_paragraph(rendered: &str) -> String {
    let paragraph = rendered.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = paragraph.split_whitespace().collect();
    let text = words.join(" ");
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{first_paragraph, printable};

    #[test]
    fn what_steers_a_terminal_is_made_visible() {
        assert_eq!(
            printable("a\u{1b}[31mb\r\nc\u{9b}"),
            "a\\u{1b}[31mb\\r\nc\\u{9b}"
        );
        assert_eq!(printable("桌号 – ok\n"), "桌号 – ok\n");
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
