//! An SVG picture has the link, and its caption as given.

use jumpqr_pictures::Picture;

use crate::{code, links};

#[test]
fn every_link_is_read_again() {
    for link in links() {
        for caption in [None, Some("Table 7")] {
            let picture = Picture::from_svg(&code(&link).svg(caption), 0.5);
            assert_eq!(picture.codes(), [link.as_bytes()], "{link:?}");
        }
    }
}

#[test]
fn the_picture_is_black_on_white_at_any_size() {
    let code = code("https://m.example.cn/table/?id=7");
    // With the zoom of 1.7, pixels at the edges of modules are grey.
    for (zoom, has_grey) in [(0.25, false), (1.0, false), (1.7, true), (3.0, false)] {
        let picture = Picture::from_svg(&code.svg(None), zoom);
        let is_grey = |pixel: &u8| !matches!(*pixel, 0 | 255);
        assert_eq!(picture.pixels.iter().any(is_grey), has_grey, "{zoom}");
        assert_eq!(picture.links(), [code.link()], "{zoom}");
    }
}

#[test]
fn a_caption_stands_below_the_quiet_zone() {
    let code = code("https://m.example.cn/table/?id=7");
    let plain = code.svg(None);
    assert!(plain.contains("viewBox=\"0 0 37 37\""), "{plain}");
    assert_eq!(plain, code.svg(Some("")));
    let svg = code.svg(Some("桌 7"));
    assert!(svg.contains("viewBox=\"0 0 37 41\""), "{svg}");
    assert!(
        svg.contains("y=\"39.5\"") && svg.contains(">桌 7</text>"),
        "{svg}"
    );
}

#[test]
fn a_caption_cannot_break_the_picture() {
    let code = code("1");
    for (caption, text) in [
        ("<b>&amp;\"'", "&lt;b&gt;&amp;amp;\"'"),
        ("]]></svg><script>", "]]&gt;&lt;/svg&gt;&lt;script&gt;"),
        ("a\nb\tc\rd", "a b c d"),
        ("a\0b\u{1b}c\u{ffff}d", "a\u{fffd}b\u{fffd}c\u{fffd}d"),
    ] {
        let svg = code.svg(Some(caption));
        assert!(svg.contains(&format!(">{text}</text></svg>")), "{svg}");
        assert_eq!(Picture::from_svg(&svg, 1.0).links(), ["1"]);
    }
}

#[test]
fn a_long_caption_has_smaller_letters() {
    let size_of = |caption: &str| -> f32 {
        let svg = code("1").svg(Some(caption));
        let (_, after) = svg.split_once("font-size=\"").unwrap();
        after.split_once('"').unwrap().0.parse().unwrap()
    };
    assert_eq!(size_of("Table 7").to_string(), "3");
    assert!(size_of(&"W".repeat(40)) * 24.0 <= 27.3);
    assert!(size_of(&"桌".repeat(40)) * 40.0 <= 27.3);
}
