use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::Picture;

impl Picture {
    /// Draws an SVG picture, `zoom` times as large as it says. What it leaves transparent is grey.
    #[must_use]
    pub fn from_svg(svg: &str, zoom: f32) -> Self {
        let tree = Tree::from_str(svg, &Options::default()).expect("an SVG picture");
        let size = tree.size().to_int_size().scale_by(zoom).expect("a size");
        let mut pixmap = Pixmap::new(size.width(), size.height()).expect("a size");
        resvg::render(
            &tree,
            Transform::from_scale(zoom, zoom),
            &mut pixmap.as_mut(),
        );
        let grey = |pixel: &resvg::tiny_skia::PremultipliedColorU8| {
            if pixel.alpha() == 255 {
                pixel.green()
            } else {
                128
            }
        };
        Self {
            width: usize::try_from(size.width()).expect("a width"),
            pixels: pixmap.pixels().iter().map(grey).collect(),
        }
    }
}
