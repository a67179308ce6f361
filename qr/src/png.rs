use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::{Error, Result};
use miniz_oxide::deflate::compress_to_vec_zlib;

use crate::QrCode;

/// The usual number of pixels for the side of a module.
pub const DEFAULT_SCALE: u32 = 8;

/// The largest number of pixels for the side of a module.
pub const MAX_SCALE: u32 = 64;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// One bit for a pixel, shades of grey; the usual compression and filters; not interlaced.
const FORMAT: [u8; 5] = [1, 0, 0, 0, 0];

/// The filters of a row of pixels: the row as it is, or its difference from the row above.
const AS_IT_IS: u8 = 0;
const FROM_ABOVE: u8 = 2;

/// The usual effort. More does not make these pictures smaller.
const COMPRESSION_LEVEL: u8 = 6;

impl QrCode {
    /// Returns a PNG picture, black on white, whose modules have `scale` × `scale` pixels.
    ///
    /// A scale of 0 or more than [`MAX_SCALE`] is refused.
    pub fn png(&self, scale: u32) -> Result<Vec<u8>> {
        if !(1..=MAX_SCALE).contains(&scale) {
            return Err(Error::invalid(vec![Finding::new(
                "scale",
                FindingCode::OutOfRange,
                format!("is {scale}: give the pixels for the side of a module, 1 to {MAX_SCALE}"),
            )]));
        }
        let modules = u32::try_from(self.picture_size()).unwrap_or_default();
        let side = (modules * scale).to_be_bytes();
        let header = [&side, &side, &FORMAT[..]].concat();
        let pixels = compress_to_vec_zlib(&self.filtered_pixels(scale), COMPRESSION_LEVEL);
        let mut png = SIGNATURE.to_vec();
        for (kind, content) in [
            (*b"IHDR", &header),
            (*b"IDAT", &pixels),
            (*b"IEND", &vec![]),
        ] {
            png.extend(chunk(kind, content));
        }
        Ok(png)
    }

    /// Returns the rows of pixels, each after its filter.
    fn filtered_pixels(&self, scale: u32) -> Vec<u8> {
        let scale = scale as usize;
        let mut rows = Vec::new();
        for y in 0..self.picture_size() {
            let row = self.pixel_row(y, scale);
            let same = vec![0; row.len()];
            rows.push(AS_IT_IS);
            rows.extend(row);
            for _ in 1..scale {
                rows.push(FROM_ABOVE);
                rows.extend(&same);
            }
        }
        rows
    }

    /// Returns a row of pixels, 8 in a byte. A light pixel is a 1.
    fn pixel_row(&self, y: usize, scale: usize) -> Vec<u8> {
        let width = self.picture_size() * scale;
        let byte = |begin| {
            let pixels = begin..begin + 8;
            pixels.fold(0, |byte, x| {
                let is_light = x < width && !self.is_dark_in_picture(x / scale, y);
                byte << 1 | u8::from(is_light)
            })
        };
        (0..width).step_by(8).map(byte).collect()
    }
}

/// Makes a chunk: its length, its kind, its content and their check sum.
fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let checked = [&kind, content].concat();
    let length = u32::try_from(content.len()).unwrap_or_default();
    [
        &length.to_be_bytes(),
        &*checked,
        &crc32(&checked).to_be_bytes(),
    ]
    .concat()
}

/// Computes the CRC-32 of ISO 3309, bit by bit: the compressed pixels are few.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            sum >> 1 ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}
