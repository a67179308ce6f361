use std::fs;
use std::path::Path;

use jumpqr_pictures::Picture;

/// Returns the links of all codes in an SVG or PNG picture.
pub(crate) fn read_picture(file: &Path) -> Vec<String> {
    let is_svg = file.extension().is_some_and(|end| end == "svg");
    let picture = if is_svg {
        Picture::from_svg(&fs::read_to_string(file).unwrap(), 0.5)
    } else {
        Picture::from_png(&fs::read(file).unwrap())
    };
    picture.links()
}
