//! A PNG picture is valid, as large as its scale says, and has the link.

use jumpqr_core::check::FindingCode;
use jumpqr_pictures::Picture;
use jumpqr_qr::{DEFAULT_SCALE, MAX_SCALE, QUIET_ZONE};

use crate::{code, links};

#[test]
fn every_link_is_read_again() {
    for link in links() {
        let png = code(&link).png(DEFAULT_SCALE).unwrap();
        assert_eq!(
            Picture::from_png(&png).codes(),
            [link.as_bytes()],
            "{link:?}"
        );
    }
}

#[test]
fn every_scale_has_the_modules_and_the_quiet_zone() {
    let code = code("https://m.example.cn/table/?id=7");
    let modules = code.size() + 2 * QUIET_ZONE;
    for scale in [1, 2, 3, 5, 7, 8, 13, MAX_SCALE] {
        let picture = Picture::from_png(&code.png(scale).unwrap());
        let scale = scale as usize;
        assert_eq!(
            (picture.width, picture.height()),
            (modules * scale, modules * scale)
        );
        let expected = Picture::new(modules * scale, modules * scale, |x, y| {
            let module = |at: usize| (at / scale).wrapping_sub(QUIET_ZONE);
            if code.is_dark(module(x), module(y)) {
                0
            } else {
                255
            }
        });
        assert!(picture == expected, "scale {scale}");
    }
}

#[test]
fn a_picture_has_one_bit_for_a_pixel_and_few_bytes() {
    let png = code("https://m.example.cn/table/?id=7")
        .png(DEFAULT_SCALE)
        .unwrap();
    // The bits and the colour type stand after the signature, the head of the chunk and the size.
    assert_eq!(png[24..26], [1, 0]);
    assert!(png.len() < 600, "{} bytes", png.len());
}

#[test]
fn a_scale_out_of_range_is_refused() {
    for scale in [0, MAX_SCALE + 1, u32::MAX] {
        let error = code("1").png(scale).unwrap_err();
        let finding = &error.violations()[0];
        assert_eq!(
            (&*finding.field, finding.code),
            ("scale", FindingCode::OutOfRange)
        );
        assert!(
            finding.message.starts_with(&format!("is {scale}:")),
            "{finding}"
        );
    }
}
