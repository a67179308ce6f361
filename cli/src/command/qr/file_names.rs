//! Safe names of files from the values of rows.

use std::collections::{HashMap, HashSet};

/// The longest name before its extension, in bytes: file systems take 255, and may write a character
/// with more bytes.
const MAX_BYTES: usize = 100;

/// What Windows does not take as a name, whatever the extension.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Gives each row a name of its own.
#[derive(Debug, Default)]
pub(super) struct FileNames {
    /// In lower case, because many file systems do not tell the cases apart.
    taken: HashSet<String>,
    /// The number to try next, for each name that was asked for again.
    next: HashMap<String, usize>,
}

impl FileNames {
    /// Returns a name for `text` that no other row has. It names a file in the folder itself.
    pub(super) fn name(&mut self, text: &str, extension: &str) -> String {
        let stem = safe(text);
        let mut name = stem.clone();
        while !self.taken.insert(name.to_lowercase()) {
            let number = self.next.entry(stem.to_lowercase()).or_insert(1);
            *number += 1;
            name = format!("{stem}-{number}");
        }
        format!("{name}.{extension}")
    }
}

/// Replaces everything but letters and digits of any script, `-`, `_` and inner dots.
fn safe(text: &str) -> String {
    let replace = |letter: char| match letter {
        '-' | '_' | '.' => letter,
        _ if letter.is_alphanumeric() => letter,
        _ => '_',
    };
    let mut stem: String = text.chars().map(replace).collect();
    while stem.len() > MAX_BYTES {
        stem.pop();
    }
    let stem = stem.trim_matches('.');
    let device = stem.split('.').next().unwrap_or_default().to_lowercase();
    if stem.is_empty() || stem.starts_with('-') || DEVICES.contains(&&*device) {
        return format!("_{stem}");
    }
    stem.to_owned()
}

#[cfg(test)]
mod tests {
    use super::FileNames;

    fn names(texts: &[&str]) -> Vec<String> {
        let mut names = FileNames::default();
        texts.iter().map(|text| names.name(text, "svg")).collect()
    }

    #[test]
    fn a_usual_value_is_the_name() {
        assert_eq!(
            names(&["7", "桌-7_a", "v1.2"]),
            ["7.svg", "桌-7_a.svg", "v1.2.svg"]
        );
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (text, name) in [
            ("../../etc/passwd", "_.._etc_passwd.svg"),
            ("/etc/passwd", "_etc_passwd.svg"),
            ("C:\\x", "C__x.svg"),
            ("..", "_.svg"),
            ("", "_.svg"),
            (".hidden", "hidden.svg"),
            ("a\0\nb", "a__b.svg"),
            ("NUL", "_NUL.svg"),
            ("com1.x", "_com1.x.svg"),
            ("console", "console.svg"),
            ("-rf", "_-rf.svg"),
        ] {
            assert_eq!(names(&[text]), [name], "{text:?}");
        }
    }

    #[test]
    fn rows_with_the_same_value_have_different_names() {
        assert_eq!(
            names(&["a", "A", "a-2", "a", "a/b", "a?b"]),
            [
                "a.svg",
                "A-2.svg",
                "a-2-2.svg",
                "a-3.svg",
                "a_b.svg",
                "a_b-2.svg"
            ]
        );
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let name = &names(&[&"桌".repeat(1000)])[0];
        assert_eq!(name, &format!("{}.svg", "桌".repeat(33)));
    }
}
