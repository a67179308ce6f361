//! Texts with words to fill in.

use alloc::string::String;

/// Fills in the words in braces. What is filled in is not searched again.
pub(crate) fn fill(template: &str, words: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let mut words = words.iter();
        if let Some((_, word)) = words.find(|(known, _)| *known == name) {
            text.push_str(word);
        }
        rest = after;
    }
    text.push_str(rest);
    text
}
