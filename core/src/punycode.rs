//! International domain names in ASCII, as name servers know them. Source: RFC 3492.
//!
//! The letters of a name become lower case, and full-width ones become ASCII. The rest of the
//! mapping that browsers apply needs Unicode's tables, so it is not done. Chinese names do not need
//! it.

use alloc::string::String;
use alloc::vec::Vec;

/// What each label in ASCII begins with.
const MARK: &str = "xn--";

// The parameters of Punycode.
const BASE: u32 = 36;
const LOWEST_THRESHOLD: u32 = 1;
const HIGHEST_THRESHOLD: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_NON_ASCII: u32 = 0x80;

/// The longest label that name servers accept.
const LONGEST_LABEL: usize = 63;

/// Returns a host in ASCII. `None` if a label is longer than name servers accept.
pub(crate) fn encode_host(host: &str) -> Option<String> {
    let mut encoded = String::with_capacity(host.len());
    for (index, label) in host.split(is_dot).enumerate() {
        if index > 0 {
            encoded.push('.');
        }
        let letters = label.chars().take(LONGEST_LABEL + 1).map(narrow);
        let label: String = letters.flat_map(char::to_lowercase).collect();
        let start = encoded.len();
        if label.is_ascii() {
            encoded.push_str(&label);
        } else {
            encoded.push_str(MARK);
            encoded.push_str(&encode_label(&label)?);
        }
        if encoded.len() - start > LONGEST_LABEL {
            return None;
        }
    }
    Some(encoded)
}

/// Whether this is one of the characters that separate labels.
fn is_dot(letter: char) -> bool {
    matches!(letter, '.' | '。' | '．' | '｡')
}

/// Returns the ASCII character for its full-width form.
fn narrow(letter: char) -> char {
    match letter {
        '！'..='～' => {
            let ascii = u32::from(letter) - u32::from('！') + u32::from('!');
            char::from_u32(ascii).unwrap_or(letter)
        }
        _ => letter,
    }
}

/// Encodes one label, without the mark. `None` if its numbers are too large.
fn encode_label(label: &str) -> Option<String> {
    let mut encoded: String = label.chars().filter(char::is_ascii).collect();
    let ascii = u32::try_from(encoded.len()).ok()?;
    if ascii > 0 {
        encoded.push('-');
    }
    let mut others: Vec<u32> = label.chars().map(u32::from).collect();
    others.retain(|letter| *letter >= FIRST_NON_ASCII);
    others.sort_unstable();
    others.dedup();

    let mut insertions = Insertions {
        encoded,
        delta: 0,
        bias: FIRST_BIAS,
        is_first: true,
    };
    let mut done = ascii;
    let mut next = FIRST_NON_ASCII;
    for letter in others {
        insertions.skip((letter - next).checked_mul(done + 1)?)?;
        for other in label.chars().map(u32::from) {
            if other < letter {
                insertions.skip(1)?;
            } else if other == letter {
                done += 1;
                insertions.insert(done);
            }
        }
        insertions.skip(1)?;
        next = letter + 1;
    }
    Some(insertions.encoded)
}

/// Writes where the characters that are not ASCII are inserted.
struct Insertions {
    encoded: String,
    /// How many states were passed since the last insertion.
    delta: u32,
    bias: u32,
    is_first: bool,
}

impl Insertions {
    fn skip(&mut self, states: u32) -> Option<()> {
        self.delta = self.delta.checked_add(states)?;
        Some(())
    }

    /// Writes an insertion, after which the label has `length` characters.
    fn insert(&mut self, length: u32) {
        let mut rest = self.delta;
        let mut position = BASE;
        loop {
            let threshold = position.saturating_sub(self.bias);
            let threshold = threshold.clamp(LOWEST_THRESHOLD, HIGHEST_THRESHOLD);
            if rest < threshold {
                break;
            }
            let digits = BASE - threshold;
            self.push_digit(threshold + (rest - threshold) % digits);
            rest = (rest - threshold) / digits;
            position += BASE;
        }
        self.push_digit(rest);
        self.adapt(length);
        self.delta = 0;
        self.is_first = false;
    }

    /// Writes a digit: 0 to 25 are letters, 26 to 35 are numbers.
    fn push_digit(&mut self, digit: u32) {
        let start = if digit < 26 { 'a' } else { '0' };
        let letter = u32::from(start) + digit % 26;
        self.encoded.extend(char::from_u32(letter));
    }

    fn adapt(&mut self, length: u32) {
        let mut delta = self.delta / if self.is_first { DAMP } else { 2 };
        delta += delta / length;
        let mut position = 0;
        while delta > (BASE - LOWEST_THRESHOLD) * HIGHEST_THRESHOLD / 2 {
            delta /= BASE - LOWEST_THRESHOLD;
            position += BASE;
        }
        self.bias = position + (BASE - LOWEST_THRESHOLD + 1) * delta / (delta + SKEW);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{encode_host, encode_label};

    #[test]
    fn the_samples_of_the_rfc_are_encoded() {
        for (label, encoded) in [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
            ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
            ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
            (
                "なぜみんな日本語を話してくれないのか",
                "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
            ),
            ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
            (
                "安室奈美恵-with-SUPER-MONKEYS",
                "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n",
            ),
            (
                "Hello-Another-Way-それぞれの場所",
                "Hello-Another-Way--fc4qua05auwb3674vfr0b",
            ),
            ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
            ("MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"),
            ("パフィーdeルンバ", "de-jg4avhby1noc0d"),
            ("そのスピードで", "d9juau41awczczp"),
            ("-> $1.00 <-", "-> $1.00 <--"),
        ] {
            assert_eq!(encode_label(label).as_deref(), Some(encoded), "{label}");
        }
    }

    #[test]
    fn each_label_of_a_host_is_encoded_by_itself() {
        for (host, encoded) in [
            ("食堂.example.cn", "xn--cks722m.example.cn"),
            ("M.食堂。中国", "m.xn--cks722m.xn--fiqs8s"),
            ("Bücher.example", "xn--bcher-kva.example"),
            ("ｍ．ｅｘａｍｐｌｅ．ｃｎ", "m.example.cn"),
            (".a", ".a"),
        ] {
            assert_eq!(encode_host(host).as_deref(), Some(encoded), "{host}");
        }
    }

    #[test]
    fn a_label_that_is_too_long_is_not_encoded() {
        assert_eq!(encode_host(&"中".repeat(1_000_000)), None);
        assert_eq!(encode_host(&"a".repeat(64)), None);
        assert_eq!(encode_host(&"a".repeat(63)), Some("a".repeat(63)));
    }

    proptest! {
        #[test]
        fn labels_are_encoded_as_by_another_encoder(label in "\\PC{0,40}") {
            prop_assert_eq!(encode_label(&label), idna::punycode::encode_str(&label));
        }
    }
}
