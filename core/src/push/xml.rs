//! A reader of the XML that pushes have: a root element `xml` with elements in it, and their texts.
//!
//! It accepts a part of XML only. A DOCTYPE, an entity that is not predefined, a comment, a
//! processing instruction, an attribute, a namespace and deep nesting are refused: pushes do not
//! have them. The time of reading is proportional to the length of the text. Parsers of all of XML
//! do not promise this: for example, they compare each attribute of an element with the others.

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The most elements around a text. Messages have up to 5.
const MAX_DEPTH: usize = 8;

/// The most elements in the root element. Messages have about 20.
const MAX_FIELDS: usize = 256;

/// The longest name of an element, in bytes.
const LONGEST_NAME: usize = 64;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The white space of XML.
const WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// The predefined entities, without their `&`.
const ENTITIES: [(&str, &str); 5] = [
    ("amp;", "&"),
    ("lt;", "<"),
    ("gt;", ">"),
    ("quot;", "\""),
    ("apos;", "'"),
];

/// The elements in the root element.
pub(super) struct Fields<'a>(Vec<Field<'a>>);

struct Field<'a> {
    name: &'a str,
    /// The text; `None` if there are elements in the element.
    text: Option<Cow<'a, str>>,
}

impl<'a> Fields<'a> {
    /// Reads a document. Returns `None` if it is not of the accepted part of XML.
    pub(super) fn parse(document: &'a str) -> Option<Self> {
        if !document.chars().all(is_xml_character) {
            return None;
        }
        let mut rest = skip_prolog(document)?;
        if next_token(&mut rest)? != Token::Start("xml") {
            return None;
        }
        let mut fields: Vec<Field<'a>> = Vec::new();
        let mut open = Vec::from(["xml"]);
        while !open.is_empty() {
            match (next_token(&mut rest)?, open.len()) {
                (Token::Start(name), depth) if depth < MAX_DEPTH => {
                    add_element(&mut fields, name, depth)?;
                    open.push(name);
                }
                (Token::Empty(name), depth) if depth < MAX_DEPTH => {
                    add_element(&mut fields, name, depth)?;
                }
                (Token::End(name), _) if open.last() == Some(&name) => {
                    open.pop();
                }
                // Between the elements of the root, there is only white space.
                (Token::Text(text), 1) if is_white_space(&text) => {}
                (Token::Text(text), 2) => add_text(fields.last_mut()?, text),
                (Token::Text(_), depth) if depth > 2 => {}
                _ => return None,
            }
        }
        is_white_space(rest).then_some(Self(fields))
    }

    /// Returns the text of the only element with this name.
    pub(super) fn only(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|field| field.name == name);
        match (named.next(), named.next()) {
            (Some(field), None) => field.text.as_deref(),
            _ => None,
        }
    }

    /// Returns whether there is an element with this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|field| field.name == name)
    }
}

/// Adds an element that is below `depth` others.
fn add_element<'a>(fields: &mut Vec<Field<'a>>, name: &'a str, depth: usize) -> Option<()> {
    if depth > 1 {
        fields.last_mut()?.text = None;
    } else if fields.len() < MAX_FIELDS {
        fields.push(Field {
            name,
            text: Some(Cow::Borrowed("")),
        });
    } else {
        return None;
    }
    Some(())
}

/// Adds a piece of text to an element, unless there are elements in it.
fn add_text<'a>(field: &mut Field<'a>, piece: Cow<'a, str>) {
    match &mut field.text {
        Some(text) if text.is_empty() => *text = piece,
        Some(text) => text.to_mut().push_str(&piece),
        None => {}
    }
}

/// The next piece of a document.
#[derive(PartialEq)]
enum Token<'a> {
    Start(&'a str),
    /// An element without content: `<a/>`.
    Empty(&'a str),
    End(&'a str),
    Text(Cow<'a, str>),
}

/// Reads a token. Returns `None` at the end of the document, and for everything that is not
/// accepted.
fn next_token<'a>(rest: &mut &'a str) -> Option<Token<'a>> {
    let (token, after) = if let Some(data) = rest.strip_prefix("<![CDATA[") {
        let (text, after) = data.split_once("]]>")?;
        (Token::Text(Cow::Borrowed(text)), after)
    } else if let Some(tag) = rest.strip_prefix("</") {
        let (name, after) = tag.split_once('>')?;
        (Token::End(element_name(name)?), after)
    } else if let Some(tag) = rest.strip_prefix('<') {
        let (tag, after) = tag.split_once('>')?;
        let token = match tag.strip_suffix('/') {
            Some(name) => Token::Empty(element_name(name)?),
            None => Token::Start(element_name(tag)?),
        };
        (token, after)
    } else {
        let end = rest.find('<')?;
        let (text, after) = rest.split_at_checked(end)?;
        (Token::Text(unescape(text)?), after)
    };
    *rest = after;
    Some(token)
}

/// Returns the name in a tag. Everything else that a tag can have is refused.
fn element_name(tag: &str) -> Option<&str> {
    let name = tag.trim_end_matches(WHITE_SPACE);
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_name = name.len() <= LONGEST_NAME
        && name.bytes().next().is_some_and(is_letter)
        && name
            .bytes()
            .all(|byte| is_letter(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    is_name.then_some(name)
}

/// Replaces the predefined entities.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if text.contains("]]>") {
        return None;
    }
    let mut pieces = text.split('&');
    let mut unescaped = Cow::Borrowed(pieces.next()?);
    for piece in pieces {
        let (character, after) = ENTITIES
            .iter()
            .find_map(|(entity, character)| Some((character, piece.strip_prefix(entity)?)))?;
        unescaped.to_mut().push_str(character);
        unescaped.to_mut().push_str(after);
    }
    Some(unescaped)
}

/// Skips a byte order mark, an XML declaration, and white space.
fn skip_prolog(document: &str) -> Option<&str> {
    let document = document.strip_prefix(BYTE_ORDER_MARK).unwrap_or(document);
    let rest = match document.strip_prefix("<?xml ") {
        Some(declaration) => {
            let (declaration, rest) = declaration.split_once("?>")?;
            if declaration.contains(['<', '>']) {
                return None;
            }
            rest
        }
        None => document,
    };
    Some(rest.trim_start_matches(WHITE_SPACE))
}

fn is_white_space(text: &str) -> bool {
    text.chars().all(|letter| WHITE_SPACE.contains(&letter))
}

/// Returns whether a character may stand in XML.
fn is_xml_character(letter: char) -> bool {
    WHITE_SPACE.contains(&letter) || !(letter < ' ' || matches!(letter, '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::{Fields, MAX_DEPTH, MAX_FIELDS};

    fn only(document: &str, name: &str) -> Option<String> {
        Fields::parse(document)?.only(name).map(str::to_owned)
    }

    #[test]
    fn the_text_of_an_element_is_found() {
        for document in [
            "<xml><a>1&lt;2</a></xml>",
            "<xml><a><![CDATA[1<2]]></a></xml>",
            "<xml><a>1<![CDATA[<]]>2</a></xml>",
            "\u{feff}<?xml version=\"1.0\"?>\n<xml >\n<b/>\n<a >1&lt;2</a\n>\n</xml>\n",
            "<xml><b><a>0</a></b><a>1&lt;2</a><c>0</c></xml>",
        ] {
            assert_eq!(only(document, "a").as_deref(), Some("1<2"), "{document}");
        }
        let document = "<xml><a>&amp;lt;&quot;&apos;&gt;</a></xml>";
        assert_eq!(only(document, "a").as_deref(), Some("&lt;\"'>"));
        assert_eq!(only("<xml><a/></xml>", "a").as_deref(), Some(""));
        assert_eq!(only("<xml><a></a></xml>", "a").as_deref(), Some(""));
    }

    #[test]
    fn an_element_that_is_missing_doubled_or_nested_has_no_text() {
        for document in [
            "<xml></xml>",
            "<xml><A>1</A></xml>",
            "<xml><b><a>1</a></b></xml>",
            "<xml><a>1</a><a>1</a></xml>",
            "<xml><a>1<b/></a></xml>",
            "<xml><a><b/>1</a></xml>",
        ] {
            assert!(Fields::parse(document).is_some(), "{document}");
            assert_eq!(only(document, "a"), None, "{document}");
        }
    }

    #[test]
    fn what_pushes_do_not_have_is_refused() {
        for document in [
            "",
            "xml",
            "{}",
            "<xml>",
            "<xml/>",
            "<xml><xml>",
            "<xml><a></xml></a>",
            "<xml></xml><xml></xml>",
            "<xml></xml>x",
            "<xml>x</xml>",
            "<XML></XML>",
            "<x:xml></x:xml>",
            "<xml a=\"1\"></xml>",
            "<xml a=\"1\" a=\"2\"></xml>",
            "<xml><a b='1' b='2'>1</a></xml>",
            "<xml xmlns=\"u\"></xml>",
            "<!DOCTYPE xml><xml></xml>",
            "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><a>&a;</a></xml>",
            "<!doctype xml SYSTEM \"file:///etc/passwd\"><xml></xml>",
            "<?xml version=\"1.0\"?><!DOCTYPE xml><xml></xml>",
            "<?xml version=\"1.0\" <!DOCTYPE xml> ?><xml></xml>",
            "<xml><!DOCTYPE xml></xml>",
            "<xml><!-- a --></xml>",
            "<xml><?a b?></xml>",
            "<xml><a>&a;</a></xml>",
            "<xml><a>&#65;</a></xml>",
            "<xml><a>&</a></xml>",
            "<xml><a>]]></a></xml>",
            "<xml><a><![CDATA[1</a></xml>",
            "<xml><![CDATA[1]]></xml>",
            "<xml><a>\u{0}</a></xml>",
            "<xml><a>\u{ffff}</a></xml>",
            "<xml><é>1</é></xml>",
            "<xml>< a>1</a></xml>",
            "<xml><1>1</1></xml>",
        ] {
            assert!(Fields::parse(document).is_none(), "{document}");
        }
        let long = "a".repeat(65);
        assert!(Fields::parse(&format!("<xml><{long}></{long}></xml>")).is_none());
    }

    #[test]
    fn depth_and_number_of_elements_have_limits() {
        let nested = |depth: usize| {
            let (start, end) = ("<a>".repeat(depth), "</a>".repeat(depth));
            format!("<xml>{start}1{end}</xml>")
        };
        assert!(Fields::parse(&nested(MAX_DEPTH - 1)).is_some());
        for depth in [MAX_DEPTH, 100_000] {
            assert!(Fields::parse(&nested(depth)).is_none());
        }
        let many = |count: usize| format!("<xml>{}</xml>", "<a/>".repeat(count));
        assert!(Fields::parse(&many(MAX_FIELDS)).is_some());
        assert!(Fields::parse(&many(MAX_FIELDS + 1)).is_none());
    }
}
