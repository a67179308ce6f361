use std::fmt::Write;

use crate::QrCode;
use crate::caption::fitting_size;

/// The size of a module if nothing else sets the size of the picture, in pixels.
const PIXELS: usize = 8;

/// The size of the caption's letters and the height of its line, in modules.
const LETTER: f32 = 3.0;
const LINE: usize = 4;

/// The distance of the caption from the top of its line to the base of its letters, in modules.
const BASELINE: f32 = 2.5;

impl QrCode {
    /// Returns an SVG picture: the dark modules as one path on white, and below it the caption.
    ///
    /// The fonts of the caption are those of the program that shows the picture.
    #[must_use]
    pub fn svg(&self, caption: Option<&str>) -> String {
        let caption = caption.unwrap_or_default();
        let width = self.picture_size();
        let height = width + if caption.is_empty() { 0 } else { LINE };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" \
             viewBox=\"0 0 {width} {height}\">\
             <path fill=\"#fff\" d=\"M0 0h{width}v{height}H0z\"/><path d=\"",
            width * PIXELS,
            height * PIXELS,
        );
        for bar in self.bars() {
            // Writing to a text cannot fail.
            let _ = write!(svg, "M{} {}h{}v1h-{2}z", bar.x, bar.y, bar.length);
        }
        svg.push_str("\"/>");
        if !caption.is_empty() {
            svg.push_str(&format_caption(caption, width));
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// Formats the caption, in the middle below the code. If it is too long for the width, its letters
/// are smaller.
fn format_caption(caption: &str, width: usize) -> String {
    let columns = f32::from(u16::try_from(width).unwrap_or(u16::MAX));
    let size = fitting_size(caption, LETTER, columns - 2.0);
    let middle = columns / 2.0;
    let base = columns + BASELINE;
    format!(
        "<text x=\"{middle}\" y=\"{base}\" font-family=\"sans-serif\" font-size=\"{size:.2}\" \
         text-anchor=\"middle\">{}</text>",
        escape(caption)
    )
}

/// Escapes a text for XML. A character that XML does not allow is replaced by U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}
