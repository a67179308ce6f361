//! The widths of captions.

/// The widths of the printable ASCII characters in Helvetica, from the space on, in thousandths of
/// the size of the letters. The usual fonts without serifs have nearly the same.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Returns the width of a text, as a multiple of the size of its letters. Chinese characters are as
/// wide as they are high, and every other character outside ASCII counts as if it were.
pub(crate) fn width(text: &str) -> f32 {
    let width = |letter: char| {
        let index = u32::from(letter).wrapping_sub(u32::from(' '));
        let known = usize::try_from(index)
            .ok()
            .and_then(|index| WIDTHS.get(index));
        f32::from(*known.unwrap_or(&1000)) / 1000.0
    };
    text.chars().map(width).fold(0.0, |sum, width| sum + width)
}

/// Returns the size of the letters with which a text is as wide as `room` at most: `usual`, or less.
pub(crate) fn fitting_size(text: &str, usual: f32, room: f32) -> f32 {
    usual.min(room / width(text))
}

#[cfg(test)]
mod tests {
    use super::{fitting_size, width};

    #[test]
    fn each_kind_of_character_has_its_width() {
        for (text, expected) in [
            ("", 0.0),
            (" ~", 0.862),
            ("Az@", 2.182),
            ("桌七", 2.0),
            ("\u{1f}\u{7f}", 2.0),
        ] {
            assert!((width(text) - expected).abs() < 1e-5, "{text:?}");
        }
    }

    #[test]
    fn letters_are_smaller_only_if_the_text_is_too_long() {
        for (text, size) in [
            ("桌", 3.0),
            ("桌桌桌桌桌", 3.0),
            ("桌桌桌桌桌桌", 2.5),
            ("", 3.0),
        ] {
            assert!(
                (fitting_size(text, 3.0, 15.0) - size).abs() < 1e-5,
                "{text:?}"
            );
        }
    }
}
