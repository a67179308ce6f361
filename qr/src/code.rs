use std::fmt;

use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::{Error, Result};

use crate::Level;

/// The width of the light border that scanners need around a code, in modules. Every picture has
/// it; the matrix does not.
pub const QUIET_ZONE: usize = 4;

/// The QR code of a link.
#[derive(Clone, PartialEq, Eq)]
pub struct QrCode {
    link: String,
    matrix: qrcodegen::QrCode,
}

impl QrCode {
    /// Encodes `link` with at least this error-correction level: if a higher level fits into a code
    /// of the same size, it is used.
    ///
    /// The code contains the bytes of the link as they are, and nothing else. Characters outside
    /// ASCII are encoded as UTF-8, without a mark that says so, as other makers of QR codes do.
    ///
    /// Any text can be encoded. An empty text, and a text that fits into no code, is refused.
    pub fn new(link: impl Into<String>, level: Level) -> Result<Self> {
        let link = link.into();
        if link.is_empty() {
            return Err(refuse(
                FindingCode::Empty,
                "is empty: give the link that the code opens",
            ));
        }
        // A text of any length is refused before its bits are laid out.
        if link.len() > level.capacity(&link) {
            return Err(too_large(&link, level));
        }
        match qrcodegen::QrCode::encode_text(&link, level.ecc()) {
            Ok(matrix) => Ok(Self { link, matrix }),
            Err(_) => Err(too_large(&link, level)),
        }
    }

    /// Returns the link.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Returns the error-correction level that the code has.
    #[must_use]
    pub fn level(&self) -> Level {
        Level::from_ecc(self.matrix.error_correction_level())
    }

    /// Returns the version, from 1 to 40, which is the size by another name.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.matrix.version().value()
    }

    /// Returns the number of modules in a row and in a column, without the quiet zone.
    #[must_use]
    pub fn size(&self) -> usize {
        usize::try_from(self.matrix.size()).unwrap_or_default()
    }

    /// Returns the rows of the matrix from top to bottom, without the quiet zone. A dark module is
    /// `true`.
    #[must_use]
    pub fn matrix(&self) -> Vec<Vec<bool>> {
        let rows = 0..self.size();
        rows.map(|y| (0..self.size()).map(|x| self.is_dark(x, y)).collect())
            .collect()
    }

    /// Returns whether the module in this column and row is dark. Outside of the code, every module
    /// is light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        match (i32::try_from(x), i32::try_from(y)) {
            (Ok(x), Ok(y)) => self.matrix.get_module(x, y),
            _ => false,
        }
    }

    /// Returns the number of modules in a row of a picture, with the quiet zone.
    pub(crate) fn picture_size(&self) -> usize {
        self.size() + 2 * QUIET_ZONE
    }

    /// Returns whether a module of the picture is dark. Its corner is the one of the quiet zone.
    pub(crate) fn is_dark_in_picture(&self, x: usize, y: usize) -> bool {
        match (x.checked_sub(QUIET_ZONE), y.checked_sub(QUIET_ZONE)) {
            (Some(x), Some(y)) => self.is_dark(x, y),
            _ => false,
        }
    }

    /// Returns the dark modules of the picture as horizontal bars, from top to bottom.
    pub(crate) fn bars(&self) -> Vec<Bar> {
        let mut bars: Vec<Bar> = Vec::new();
        for y in 0..self.picture_size() {
            let mut was_dark = false;
            for x in 0..self.picture_size() {
                let is_dark = self.is_dark_in_picture(x, y);
                match bars.last_mut() {
                    Some(bar) if is_dark && was_dark => bar.length += 1,
                    _ if is_dark => bars.push(Bar { x, y, length: 1 }),
                    _ => {}
                }
                was_dark = is_dark;
            }
        }
        bars
    }
}

/// Dark modules beside each other in one row of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) length: usize,
}

impl fmt::Debug for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrCode")
            .field("link", &self.link)
            .field("level", &self.level())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

/// Makes the error for a link that fits into no code. It says what fits.
fn too_large(link: &str, level: Level) -> Error {
    let most = level.capacity(link);
    let lowest = Level::Low.capacity(link);
    let remedy = if link.len() <= lowest {
        format!("shorten it, or choose the level {}", Level::Low)
    } else {
        "shorten it".to_owned()
    };
    refuse(
        FindingCode::TooLarge,
        format!(
            "has {} bytes, but {most} is the most for a QR code of such characters with the \
             error-correction level {level}: {remedy}",
            link.len(),
        ),
    )
}

fn refuse(code: FindingCode, message: impl Into<String>) -> Error {
    Error::invalid(vec![Finding::new("link", code, message)])
}
