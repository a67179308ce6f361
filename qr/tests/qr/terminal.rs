//! The text for a terminal has the link on a dark and on a light background.

use jumpqr_pictures::Picture;

use crate::{code, links};

/// The greys of letters and of the background in terminals that people use.
const THEMES: [(u8, u8); 4] = [(255, 0), (0, 255), (200, 30), (90, 240)];

#[test]
fn every_link_is_read_again_on_every_background() {
    for link in links() {
        let text = code(&link).terminal();
        for (letter, ground) in THEMES {
            let picture = Picture::from_terminal(&text, letter, ground);
            assert_eq!(
                picture.codes(),
                [link.as_bytes()],
                "{link:?} {letter} {ground}"
            );
        }
    }
}

#[test]
fn both_colours_are_set_and_reset_on_each_line() {
    let text = code("1").terminal();
    assert!(text.ends_with('\n'));
    assert_eq!(text.lines().count(), 15);
    for line in text.lines() {
        let inner = line.strip_prefix("\x1b[38;5;16;48;5;231m").unwrap();
        let inner = inner.strip_suffix("\x1b[0m").unwrap();
        assert_eq!(inner.chars().count(), 29);
        assert!(!inner.contains('\x1b'));
    }
}

#[test]
fn without_colours_it_is_right_on_a_dark_background() {
    for link in links() {
        let text = code(&link).plain();
        assert!(!text.contains('\x1b'));
        let dark = Picture::from_terminal(&text, 255, 0);
        assert_eq!(dark.codes(), [link.as_bytes()], "{link:?}");
        let light = Picture::from_terminal(&text, 0, 255);
        assert_eq!(light.inverted(), dark);
    }
}
