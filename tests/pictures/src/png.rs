use std::io::Cursor;

use png::{ColorType, Decoder, Transformations};

use crate::Picture;

impl Picture {
    /// Reads a PNG picture in shades of grey.
    #[must_use]
    pub fn from_png(bytes: &[u8]) -> Self {
        let mut decoder = Decoder::new(Cursor::new(bytes));
        // Fewer than 8 bits for a pixel become 8.
        decoder.set_transformations(Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("the head of a PNG");
        let size = reader.output_buffer_size().expect("the size of a PNG");
        let mut pixels = vec![0; size];
        let frame = reader.next_frame(&mut pixels).expect("the pixels of a PNG");
        assert_eq!(frame.color_type, ColorType::Grayscale);
        pixels.truncate(frame.buffer_size());
        let width = usize::try_from(frame.width).expect("a width");
        Self { width, pixels }
    }
}
