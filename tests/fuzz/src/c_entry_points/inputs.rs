//! The inputs of a C program: texts of any bytes, lists of texts, and NULL.

use std::ffi::c_char;
use std::ptr::null;

use arbitrary::Arbitrary;
use jumpqr_fuzz_capi::jumpqr_status;

/// Pieces that make interesting texts.
const PIECES: [&str; 20] = [
    "https://",
    "http://weixin.qq.com/q/",
    "m.example.cn",
    "127.0.0.1:1",
    "/",
    "a",
    "?id=1",
    "#",
    "wx1",
    "pages/index/index",
    "中",
    "stable_token",
    "access_token",
    "memory:",
    "-----BEGIN CERTIFICATE-----\n",
    concat!(
        r#"{"prefix":"https://m.example.cn/a","permit_sub_rule":1,"#,
        r#""path":"pages/a","open_version":1}"#,
    ),
    r#"{"prefix":"http://weixin.qq.com/q/a","appid":"wx1","path":"pages/a","is_edit":1}"#,
    concat!(
        r#"[{"prefix":"https://m.example.cn/","state":2},"#,
        r#"{"prefix":"https://m.example.cn/a","state":1}]"#,
    ),
    "\u{feff}",
    "\"debug_url\":[\"",
];

#[derive(Debug, Arbitrary)]
enum Piece {
    Known(u8),
    Bytes([u8; 3]),
    Letter(u8),
}

/// Any bytes, without a NUL at the end.
#[derive(Debug, Arbitrary)]
pub(super) struct Bytes(Vec<Piece>);

impl Bytes {
    pub(super) fn get(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for piece in self.0.iter().take(12) {
            match piece {
                Piece::Known(index) => {
                    let known = PIECES.iter().cycle().nth((*index).into());
                    bytes.extend_from_slice(known.copied().unwrap_or_default().as_bytes());
                }
                Piece::Bytes(some) => bytes.extend_from_slice(some),
                Piece::Letter(one) => bytes.push(*one),
            }
        }
        bytes
    }
}

/// A text that ends with NUL, or NULL.
#[derive(Debug, Arbitrary)]
pub(super) struct InputText(Option<Bytes>);

/// An `InputText` in memory.
pub(super) struct Text(Option<Vec<u8>>);

impl InputText {
    pub(super) fn to_text(&self) -> Text {
        Text(self.0.as_ref().map(|bytes| {
            let mut bytes = bytes.get();
            bytes.push(0);
            bytes
        }))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Some([text.as_bytes(), b"\0"].concat()))
    }
}

impl Text {
    pub(super) fn null() -> Self {
        Self(None)
    }

    pub(super) fn pointer(&self) -> *const c_char {
        self.0
            .as_ref()
            .map_or(null(), |bytes| bytes.as_ptr().cast())
    }

    /// Returns the text up to its first NUL, or the status with which it is refused.
    pub(super) fn read(&self) -> Result<&str, jumpqr_status> {
        let bytes = self.0.as_ref().ok_or(jumpqr_status::NullArgument)?;
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(text).map_err(|_| jumpqr_status::NotUtf8)
    }

    /// Like `read`, but NULL means that there is no text.
    pub(super) fn read_optional(&self) -> Result<Option<&str>, jumpqr_status> {
        match self.0 {
            None => Ok(None),
            Some(_) => self.read().map(Some),
        }
    }
}

/// A list of texts and its length, or NULL with any length.
#[derive(Debug, Arbitrary)]
pub(super) struct InputTexts {
    texts: Option<Vec<InputText>>,
    count_of_null: u8,
}

/// `InputTexts` in memory.
pub(super) struct Texts {
    entries: Vec<Text>,
    pointers: Option<Vec<*const c_char>>,
    pub(super) count: usize,
}

impl InputTexts {
    pub(super) fn to_texts(&self) -> Texts {
        let given = self.texts.as_ref().map(|texts| {
            let texts = texts.iter().take(8).map(InputText::to_text);
            texts.collect::<Vec<_>>()
        });
        let pointers = given
            .as_ref()
            .map(|texts| texts.iter().map(Text::pointer).collect());
        let entries = given.unwrap_or_default();
        let count = match pointers {
            Some(_) => entries.len(),
            None => self.count_of_null.into(),
        };
        Texts {
            entries,
            pointers,
            count,
        }
    }
}

impl Texts {
    pub(super) fn pointer(&self) -> *const *const c_char {
        self.pointers.as_ref().map_or(null(), Vec::as_ptr)
    }

    pub(super) fn is_null(&self) -> bool {
        self.pointers.is_none()
    }

    pub(super) fn read(&self) -> Result<Vec<&str>, jumpqr_status> {
        if self.is_null() && self.count > 0 {
            return Err(jumpqr_status::NullArgument);
        }
        self.entries.iter().map(Text::read).collect()
    }
}
