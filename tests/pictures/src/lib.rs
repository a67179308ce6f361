//! Reads pictures of QR codes: PNG, SVG and the text of a terminal become pixels, in which the codes
//! are found and decoded. For tests only: what cannot be read is a panic.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod png;
mod svg;
mod terminal;

use rqrr::PreparedImage;

/// A picture in shades of grey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The number of pixels in a row.
    pub width: usize,
    /// The pixels, row by row, from 0 for black to 255 for white.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// Makes a picture whose pixels are given by their column and row.
    pub fn new(width: usize, height: usize, pixel: impl Fn(usize, usize) -> u8) -> Self {
        let rows = 0..height;
        let pixels = rows.flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = pixels.map(|(x, y)| pixel(x, y)).collect();
        Self { width, pixels }
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    /// Returns a pixel.
    #[must_use]
    pub fn pixel(&self, x: usize, y: usize) -> u8 {
        let pixel = self.pixels.get(y * self.width + x);
        *pixel.expect("a pixel outside of the picture")
    }

    /// Returns the picture with black and white exchanged.
    #[must_use]
    pub fn inverted(&self) -> Self {
        let pixels = self.pixels.iter().map(|pixel| 255 - pixel);
        Self {
            width: self.width,
            pixels: pixels.collect(),
        }
    }

    /// Cuts the picture into a grid, row by row, without a margin.
    #[must_use]
    pub fn cut(&self, columns: usize, rows: usize, margin: usize) -> Vec<Self> {
        let [width, height] = [(self.width, columns), (self.height(), rows)]
            .map(|(all, count)| (all - 2 * margin) / count);
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        cells
            .map(|(column, row)| {
                Self::new(width, height, |x, y| {
                    self.pixel(margin + column * width + x, margin + row * height + y)
                })
            })
            .collect()
    }

    /// Decodes every code that is found, each as its bytes.
    #[must_use]
    pub fn codes(&self) -> Vec<Vec<u8>> {
        let pixel = |x, y| self.pixel(x, y);
        let mut prepared = PreparedImage::prepare_from_greyscale(self.width, self.height(), pixel);
        let decode = |grid: rqrr::Grid<_>| {
            let mut bytes = Vec::new();
            grid.decode_to(&mut bytes).expect("a code is not readable");
            bytes
        };
        prepared.detect_grids().into_iter().map(decode).collect()
    }

    /// Decodes every code that is found, as text.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let text = |bytes| String::from_utf8(bytes).expect("a code is not UTF-8");
        self.codes().into_iter().map(text).collect()
    }
}
