//! Pictures of the codes of links.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr_qr::{Level, QrCode};

use crate::argument::{optional_text, text};
use crate::{jumpqr_bytes, jumpqr_error, jumpqr_status, jumpqr_string, produce};

/// Draws the QR code of `link` as an SVG picture. `link`, `level` and `caption` end with NUL.
///
/// `level` is the error-correction level: the code may be dirty or damaged by about 7 % (`L`), 15 %
/// (`M`), 25 % (`Q`) or 30 % (`H`). NULL is `M`. If a higher level makes the code no larger, it is
/// used. `caption` stands below the code; NULL is none.
///
/// The link is not checked: see `jumpqr_rule_set_match_url`. A link that is empty, or fits into no
/// code, fails with the kind `invalid`. The string is to be freed.
///
/// NULL is allowed for `level`, `caption` and `error`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_INVALID`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_qr_svg(
    link: *const c_char,
    level: *const c_char,
    caption: *const c_char,
    svg: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(svg, "svg", error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let code = unsafe { encode(link, level) }?;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let caption = unsafe { optional_text(caption, "caption") }?;
        Ok(code.svg(caption))
    })
}

/// Draws the QR code of `link` as a PNG picture, black on white. Its modules have `scale` × `scale`
/// pixels, 1 to 64; 8 is usual. `link` and `level` are as in `jumpqr_qr_svg`.
///
/// A link that is empty, or fits into no code, or another scale fails with the kind `invalid`. The
/// bytes are to be freed.
///
/// NULL is allowed for `level` and `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_INVALID`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_qr_png(
    link: *const c_char,
    level: *const c_char,
    scale: u32,
    png: Option<&mut MaybeUninit<*mut jumpqr_bytes>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(png, "png", error, || {
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let code = unsafe { encode(link, level) }?;
        Ok(code.png(scale)?)
    })
}

/// Encodes a link.
///
/// # Safety
///
/// Both are NULL, or end with NUL.
unsafe fn encode(link: *const c_char, level: *const c_char) -> Result<QrCode, jumpqr_error> {
    // SAFETY: as promised by the caller.
    let link = unsafe { text(link, "link") }?;
    // SAFETY: as promised by the caller.
    let level = unsafe { optional_text(level, "level") }?;
    let level = level.map_or(Ok(Level::default()), Level::from_name)?;
    Ok(QrCode::new(link, level)?)
}
