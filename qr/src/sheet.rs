//! Codes with captions on pages of A4, to print and cut.

use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::{Error, Result};
use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str};

use crate::QrCode;
use crate::caption::{fitting_size, width};

/// The points in a millimetre: a PDF has 72 points to the inch.
const MM: f32 = 72.0 / 25.4;

/// The size of A4, and the margin that printers leave white.
const PAGE: [f32; 2] = [210.0 * MM, 297.0 * MM];
const MARGIN: f32 = 10.0 * MM;

/// The height of a caption's line, the size of its letters, and the height of its base.
const LINE: f32 = 6.0 * MM;
const LETTER: f32 = 3.5 * MM;
const BASE: f32 = 2.0 * MM;

/// The free space around each label, in which the lines to cut along are.
const SPACE: f32 = 3.5 * MM;

const COMPRESSION_LEVEL: u8 = 6;

/// The fonts: one of the 14 that every reader of PDF has, and one of the Chinese fonts that readers
/// have or replace by one of theirs. The file contains neither.
const LATIN: Name<'_> = Name(b"Latin");
const CHINESE: Name<'_> = Name(b"Chinese");

/// A code with the caption below it.
#[derive(Debug, Clone, Copy)]
pub struct Label<'a> {
    /// The code.
    pub code: &'a QrCode,
    /// One line, or nothing.
    pub caption: &'a str,
}

/// Labels in a grid on pages of A4, with lines to cut along.
///
/// ```
/// use jumpqr_qr::{Label, Level, QrCode, Sheet};
///
/// let sheet = Sheet::new(40)?;
/// let code = QrCode::new("https://m.example.cn/table/?id=7", Level::Medium)?;
/// let label = Label { code: &code, caption: "桌 7" };
/// let page = sheet.page(&[label]);
/// assert!(Sheet::pdf(&[page]).starts_with(b"%PDF"));
/// # Ok::<(), jumpqr_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The width of a code with its quiet zone, in points.
    code: f32,
    columns: u16,
    rows: u16,
}

/// One page of a sheet. Pages can be drawn by several threads.
#[derive(Debug, Clone)]
pub struct SheetPage {
    compressed: Vec<u8>,
}

impl Sheet {
    /// The usual width of a code, in millimetres.
    pub const USUAL_WIDTH: u16 = 40;

    /// Lays out a sheet whose codes are as wide as this, with their quiet zone, in millimetres. A
    /// width of less than 10 or more than 180 is refused.
    pub fn new(width: u16) -> Result<Self> {
        if !(10..=180).contains(&width) {
            return Err(Error::invalid(vec![Finding::new(
                "width",
                FindingCode::OutOfRange,
                format!("is {width}: give the width of a code on paper, 10 to 180 mm"),
            )]));
        }
        let code = f32::from(width) * MM;
        let [columns, rows] = [[code, PAGE[0]], [code + LINE, PAGE[1]]].map(|[label, page]| {
            let fitting = (page - 2.0 * MARGIN) / (label + 2.0 * SPACE);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "at least 1, at most 30"
            )]
            let fitting = fitting.max(1.0) as u16;
            fitting
        });
        Ok(Self {
            code,
            columns,
            rows,
        })
    }

    /// Returns the number of labels on a page.
    #[must_use]
    pub fn labels_per_page(&self) -> usize {
        usize::from(self.columns) * usize::from(self.rows)
    }

    /// Draws a page, row by row. Labels that do not fit on it are left out.
    #[must_use]
    pub fn page(&self, labels: &[Label<'_>]) -> SheetPage {
        let mut content = Content::new();
        self.draw_lines(&mut content);
        let rows = 0..self.rows;
        let cells = rows.flat_map(|row| (0..self.columns).map(move |column| (column, row)));
        for ((column, row), label) in cells.zip(labels) {
            let [width, height] = self.cell();
            let left = MARGIN + f32::from(column) * width + (width - self.code) / 2.0;
            let space = (height - self.code - LINE) / 2.0;
            let top = PAGE[1] - MARGIN - f32::from(row) * height - space;
            self.draw_code(&mut content, label.code, left, top);
            let base = top - self.code - LINE + BASE;
            let middle = left + self.code / 2.0;
            draw_caption(&mut content, label.caption, middle, base, self.code);
        }
        let content = content.finish();
        SheetPage {
            compressed: compress_to_vec_zlib(&content, COMPRESSION_LEVEL),
        }
    }

    /// Returns the width and the height of a label with the space around it.
    fn cell(&self) -> [f32; 2] {
        [
            (PAGE[0] - 2.0 * MARGIN) / f32::from(self.columns),
            (PAGE[1] - 2.0 * MARGIN) / f32::from(self.rows),
        ]
    }

    /// Draws the thin lines to cut along.
    fn draw_lines(&self, content: &mut Content) {
        let [width, height] = self.cell();
        content.set_line_width(0.25).set_stroke_gray(0.6);
        content.set_dash_pattern([4.0, 4.0], 0.0);
        for column in 0..=self.columns {
            let x = MARGIN + f32::from(column) * width;
            content.move_to(x, MARGIN).line_to(x, PAGE[1] - MARGIN);
        }
        for row in 0..=self.rows {
            let y = MARGIN + f32::from(row) * height;
            content.move_to(MARGIN, y).line_to(PAGE[0] - MARGIN, y);
        }
        content.stroke();
    }

    /// Draws a code below and right of this corner, as one path. It is measured in modules.
    fn draw_code(&self, content: &mut Content, code: &QrCode, left: f32, top: f32) {
        let module = self.code / real(code.picture_size());
        content.save_state();
        content.transform([module, 0.0, 0.0, -module, left, top]);
        for bar in code.bars() {
            content.rect(real(bar.x), real(bar.y), real(bar.length), 1.0);
        }
        content.fill_nonzero().restore_state();
    }

    /// Joins pages to a file.
    #[must_use]
    pub fn pdf(pages: &[SheetPage]) -> Vec<u8> {
        let [catalog, tree, latin, chinese] = [1, 2, 3, 4].map(Ref::new);
        let mut next = 7..;
        let refs: Vec<_> = std::iter::from_fn(|| Some([next.next()?, next.next()?].map(Ref::new)))
            .take(pages.len())
            .collect();
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree);
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        let kids = refs.iter().map(|[page, _]| *page);
        pdf.pages(tree).kids(kids).count(count);
        pdf.type1_font(latin)
            .base_font(Name(b"Helvetica"))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
        write_chinese_font(&mut pdf, chinese);
        for ([page, content], drawn) in refs.iter().zip(pages) {
            let mut dictionary = pdf.page(*page);
            dictionary.parent(tree).contents(*content);
            dictionary.media_box(Rect::new(0.0, 0.0, PAGE[0], PAGE[1]));
            let mut resources = dictionary.resources();
            let mut fonts = resources.fonts();
            fonts.pair(LATIN, latin).pair(CHINESE, chinese);
            fonts.finish();
            resources.finish();
            dictionary.finish();
            pdf.stream(*content, &drawn.compressed)
                .filter(Filter::FlateDecode);
        }
        pdf.finish()
    }
}

/// Returns a small number as PDF measures it.
fn real(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// Writes the font of the characters outside ASCII, which are given as UTF-16.
fn write_chinese_font(pdf: &mut Pdf, font: Ref) {
    const FONT: Name<'_> = Name(b"STSong-Light");
    let [cid_font, descriptor] = [5, 6].map(Ref::new);
    pdf.type0_font(font)
        .base_font(Name(b"STSong-Light-UniGB-UTF16-H"))
        .encoding_predefined(Name(b"UniGB-UTF16-H"))
        .descendant_font(cid_font);
    pdf.cid_font(cid_font)
        .subtype(CidFontType::Type0)
        .base_font(FONT)
        .system_info(SystemInfo {
            registry: Str(b"Adobe"),
            ordering: Str(b"GB1"),
            supplement: 5,
        })
        .font_descriptor(descriptor)
        .default_width(1000.0);
    pdf.font_descriptor(descriptor)
        .name(FONT)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(-25.0, -254.0, 1000.0, 880.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(880.0)
        .stem_v(93.0);
}

/// Draws a caption around `middle`, as wide as `room` at most.
fn draw_caption(content: &mut Content, caption: &str, middle: f32, base: f32, room: f32) {
    let caption = caption.replace(char::is_control, " ");
    if caption.is_empty() {
        return;
    }
    let size = fitting_size(&caption, LETTER, room);
    content.begin_text();
    content.next_line(middle - width(&caption) * size / 2.0, base);
    for run in caption
        .chars()
        .collect::<Vec<_>>()
        .chunk_by(|one, other| one.is_ascii() == other.is_ascii())
    {
        let text: String = run.iter().collect();
        if text.is_ascii() {
            content.set_font(LATIN, size).show(Str(text.as_bytes()));
        } else {
            let utf_16: Vec<_> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            content.set_font(CHINESE, size).show(Str(&utf_16));
        }
    }
    content.end_text();
}
