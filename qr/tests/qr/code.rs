//! A code has the link byte for byte; what fits into no code is refused.

use jumpqr_core::check::FindingCode;
use jumpqr_pictures::Picture;
use jumpqr_qr::{Level, QUIET_ZONE, QrCode};

use crate::{code, links};

#[test]
fn the_matrix_has_the_bytes_of_the_link() {
    for link in links() {
        for level in Level::ALL {
            let Ok(code) = QrCode::new(&link, *level) else {
                assert_eq!((link.len(), *level == Level::Medium), (2331, false));
                continue;
            };
            assert_eq!(code.link(), link);
            let matrix = code.matrix();
            let (size, scale) = (code.size(), 4);
            assert_eq!(size, 17 + 4 * usize::from(code.version()));
            assert!(matrix.iter().all(|row| row.len() == size) && matrix.len() == size);
            let width = (size + 2 * QUIET_ZONE) * scale;
            let picture = Picture::new(width, width, |x, y| {
                let module = |at: usize| (at / scale).wrapping_sub(QUIET_ZONE);
                let row = matrix.get(module(y));
                let is_dark = row.and_then(|row| row.get(module(x))) == Some(&true);
                if is_dark { 0 } else { 255 }
            });
            assert_eq!(picture.codes(), [link.as_bytes()], "{link:?} {level}");
        }
    }
}

#[test]
fn outside_of_the_code_every_module_is_light() {
    let code = code("1");
    assert!(code.is_dark(0, 0) && code.is_dark(20, 0));
    for (x, y) in [(21, 0), (0, 21), (usize::MAX, 0), (0, usize::MAX)] {
        assert!(!code.is_dark(x, y));
    }
}

#[test]
fn an_empty_link_is_refused() {
    let error = QrCode::new("", Level::Medium).unwrap_err();
    assert_eq!(error.violations()[0].field, "link");
    assert_eq!(error.violations()[0].code, FindingCode::Empty);
}

/// The most characters of each kind that ISO/IEC 18004 lists for the largest code.
const CAPACITIES: [(Level, [usize; 3]); 4] = [
    (Level::Low, [7089, 4296, 2953]),
    (Level::Medium, [5596, 3391, 2331]),
    (Level::Quartile, [3993, 2420, 1663]),
    (Level::High, [3057, 1852, 1273]),
];

#[test]
fn what_fits_into_the_largest_code_is_encoded_and_one_more_byte_is_refused() {
    for (level, capacities) in CAPACITIES {
        for (letter, most) in ["7", "A", "a"].into_iter().zip(capacities) {
            let code = QrCode::new(letter.repeat(most), level).unwrap();
            assert_eq!((code.version(), code.level()), (40, level));
            let error = QrCode::new(letter.repeat(most + 1), level).unwrap_err();
            let finding = &error.violations()[0];
            assert_eq!(finding.code, FindingCode::TooLarge);
            let says = format!("has {} bytes, but {most} is the most", most + 1);
            assert!(finding.message.starts_with(&says), "{finding}");
            let level_helps = level != Level::Low;
            assert_eq!(
                finding.message.contains("the level L"),
                level_helps,
                "{finding}"
            );
        }
    }
}

#[test]
fn a_text_of_any_length_is_refused() {
    let error = QrCode::new("中".repeat(10_000_000), Level::Low).unwrap_err();
    let text = error.violations()[0].to_string();
    assert_eq!(
        text,
        "link: has 30000000 bytes, but 2953 is the most for a QR code of such characters with the \
         error-correction level L: shorten it"
    );
}
