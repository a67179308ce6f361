//! The URLs to look at: where WeChat fetches the file, and where people put it by mistake.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::link::Link;
use crate::named;
use crate::verification_file::location;

named! {
    /// What is at a URL that a preflight looks at.
    pub enum Place {
        /// The place from which WeChat fetches the file.
        Right = "right",
        /// One directory too deep: the last segment of the prefix is taken for a directory.
        OneDeeper = "one_deeper",
        /// The root of the host.
        Root = "root",
        /// One directory too high.
        OneHigher = "one_higher",
        /// The right place, with the file name or the directory in upper or lower case.
        OtherCase = "other_case",
        /// The right directory, and a file name in which one letter is taken for another: `l` and
        /// `I`, or `O` and `0`.
        LookAlike = "look_alike",
        /// The page of the prefix itself.
        Page = "page",
    }
}

impl Place {
    /// Returns the place in the order of [`places`], for sorting.
    #[must_use]
    pub fn order(self) -> usize {
        let mut all = Self::ALL.iter();
        all.position(|place| *place == self).unwrap_or_default()
    }
}

/// One URL to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlacedUrl {
    /// What is there.
    pub place: Place,
    /// The URL, as written in the prefix.
    pub url: String,
    /// Path and query as they are sent: ASCII without white space and control characters.
    pub request_target: String,
}

/// What must not be in the request line of HTTP. What is encoded already stays as it is.
const NOT_SENT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// The most variants of a file name with another letter.
const MOST_LOOK_ALIKES: usize = 6;

/// Returns the URLs to look at for a rule with this `prefix`: first the right one, then the wrong
/// ones, then the page of the prefix. No URL comes twice. Returns nothing if `prefix` is not a
/// link.
///
/// The fragment of the prefix is left out.
#[must_use]
pub fn places(prefix: &str, file_name: &str) -> Vec<PlacedUrl> {
    let mut places = Places::default();
    if let (Some(right), Some(link)) = (location(prefix, file_name), Link::cut(prefix)) {
        places.add(Place::Right, right);
        places.add_wrong(&link, file_name);
        let query = link.query.map(|query| format!("?{query}"));
        places.add(
            Place::Page,
            format!("{}{}", link.base, query.unwrap_or_default()),
        );
    }
    places.0
}

#[derive(Default)]
struct Places(Vec<PlacedUrl>);

impl Places {
    fn add(&mut self, place: Place, url: String) {
        let Some(link) = Link::cut(&url) else {
            return;
        };
        if self.0.iter().any(|known| known.url == url) {
            return;
        }
        let path = if link.path.is_empty() { "/" } else { link.path };
        let mut request_target = utf8_percent_encode(path, NOT_SENT).to_string();
        if let Some(query) = link.query {
            request_target.push('?');
            request_target.extend(utf8_percent_encode(query, NOT_SENT));
        }
        self.0.push(PlacedUrl {
            place,
            url,
            request_target,
        });
    }

    fn add_wrong(&mut self, link: &Link<'_>, file_name: &str) {
        let host = format!("{}://{}", link.scheme, link.authority);
        let (directory, last) = link.path.rsplit_once('/').unwrap_or_default();
        if !last.is_empty() {
            self.add(
                Place::OneDeeper,
                format!("{host}{directory}/{last}/{file_name}"),
            );
        }
        self.add(Place::Root, format!("{host}/{file_name}"));
        if let Some((higher, _)) = directory.rsplit_once('/') {
            self.add(Place::OneHigher, format!("{host}{higher}/{file_name}"));
        }
        let (stem, extension) = file_name.split_at(file_name.rfind('.').unwrap_or(file_name.len()));
        for stem in [stem.to_ascii_lowercase(), stem.to_ascii_uppercase()] {
            self.add(
                Place::OtherCase,
                format!("{host}{directory}/{stem}{extension}"),
            );
        }
        let directory_in_lower_case = directory.to_ascii_lowercase();
        self.add(
            Place::OtherCase,
            format!("{host}{directory_in_lower_case}/{file_name}"),
        );
        for stem in look_alikes(stem).take(MOST_LOOK_ALIKES) {
            self.add(
                Place::LookAlike,
                format!("{host}{directory}/{stem}{extension}"),
            );
        }
    }
}

/// Returns the name with one letter taken for another.
fn look_alikes(name: &str) -> impl Iterator<Item = String> + '_ {
    name.char_indices().filter_map(|(at, letter)| {
        let other = match letter {
            'l' => 'I',
            'I' | '1' => 'l',
            'O' => '0',
            '0' => 'O',
            _ => return None,
        };
        let (before, after) = (name.get(..at)?, name.get(at + 1..)?);
        Some(format!("{before}{other}{after}"))
    })
}
