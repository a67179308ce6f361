use std::io::Cursor;

use png::{ColorType, Decoder, Transformations};

use crate::Picture;

impl Picture {
    /// Reads a PNG picture without colours.
    #[must_use]
    pub fn from_png(bytes: &[u8]) -> Self {
        let mut decoder = Decoder::new(Cursor::new(bytes));
        // Fewer than 8 bits for a pixel become 8.
        decoder.set_transformations(Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("the head of a PNG");
        let size = reader.output_buffer_size().expect("the size of a PNG");
        let mut pixels = vec![0; size];
        let frame = reader.next_frame(&mut pixels).expect("the pixels of a PNG");
        pixels.truncate(frame.buffer_size());
        match frame.color_type {
            ColorType::Grayscale => {}
            // In a picture without colours, each of the three is the grey.
            ColorType::Rgb => pixels = pixels.into_iter().step_by(3).collect(),
            other => panic!("{other:?} has colours"),
        }
        let width = usize::try_from(frame.width).expect("a width");
        Self { width, pixels }
    }
}
