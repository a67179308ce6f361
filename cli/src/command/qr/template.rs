//! Texts with the values of a row in them: links, captions and names of files.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::table::Row;

/// What a value in a link must not contain as it is: everything but RFC 3986's unreserved
/// characters.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a part of a link must not contain as it is: RFC 3986's reserved characters may.
const PART: &AsciiSet = &VALUE
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'#')
    .remove(b'[')
    .remove(b']')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// How a value becomes a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// As it is.
    Plain,
    /// `{name}` in a link.
    Value,
    /// `{+name}` in a link.
    Part,
}

/// A text in which `{name}` stands for the value of a column, as in RFC 6570.
#[derive(Debug)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Column { index: usize, encoding: Encoding },
}

impl Template {
    /// Parses a text in which values stand as they are. The error says what is wrong.
    pub(super) fn text(text: &str, columns: &[String]) -> Result<Self, String> {
        Self::parse(text, columns, |_| None)
    }

    /// Parses a link, in which values are encoded.
    pub(super) fn link(text: &str, columns: &[String]) -> Result<Self, String> {
        let template = Self::parse(text, columns, |name| match name.strip_prefix('+') {
            Some(name) => Some((name, Encoding::Part)),
            None => Some((name, Encoding::Value)),
        })?;
        if template.columns().next().is_none() {
            return Err(format!(
                "names no column, such as {{{}}}",
                columns.join("}, {")
            ));
        }
        Ok(template)
    }

    /// Makes the text that is the value of the first column.
    pub(super) fn first_column() -> Self {
        let encoding = Encoding::Plain;
        Self {
            parts: vec![Part::Column { index: 0, encoding }],
        }
    }

    fn parse(
        text: &str,
        columns: &[String],
        read_name: impl Fn(&str) -> Option<(&str, Encoding)>,
    ) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("has a { without a }")?;
            let (name, encoding) = read_name(name).unwrap_or((name, Encoding::Plain));
            let index = find_column(name, columns)?;
            parts.push(literal(before)?);
            parts.push(Part::Column { index, encoding });
            rest = after;
        }
        parts.push(literal(rest)?);
        Ok(Self { parts })
    }

    fn columns(&self) -> impl Iterator<Item = (usize, Encoding)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Column { index, encoding } => Some((*index, *encoding)),
        })
    }

    /// Returns the columns of the text that have no value in this row.
    pub(super) fn missing(&self, row: &Row) -> Vec<usize> {
        let columns = self.columns().map(|(index, _)| index);
        columns
            .filter(|index| value(row, *index).is_empty())
            .collect()
    }

    /// Returns whether a value of the row looks as if it were encoded already, and is encoded again.
    pub(super) fn encodes_again(&self, row: &Row) -> bool {
        self.columns().any(|(index, encoding)| {
            encoding == Encoding::Value && encoded_bytes(value(row, index)).next().is_some()
        })
    }

    /// Returns the text of a row.
    pub(super) fn expand(&self, row: &Row) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Column { index, encoding } => encode(value(row, *index), *encoding),
        });
        parts.collect()
    }
}

fn literal(text: &str) -> Result<Part, String> {
    if text.contains('}') {
        return Err("has a } without a {".to_owned());
    }
    Ok(Part::Text(text.to_owned()))
}

fn find_column(name: &str, columns: &[String]) -> Result<usize, String> {
    let mut found = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| *column == name);
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Ok(index),
        (Some(_), Some(_)) => Err(format!("names {{{name}}}, and two columns have this name")),
        (None, _) => Err(format!(
            "names {{{name}}}, but the columns are {{{}}}",
            columns.join("}, {")
        )),
    }
}

fn value(row: &Row, index: usize) -> &str {
    row.values.get(index).map_or("", String::as_str)
}

fn encode(value: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Plain => value.to_owned(),
        Encoding::Value => utf8_percent_encode(value, VALUE).to_string(),
        Encoding::Part => {
            let mut encoded = String::with_capacity(value.len());
            let mut begin = 0;
            for at in encoded_bytes(value) {
                let (before, byte) = (value.get(begin..at), value.get(at..at + 3));
                encoded.extend(utf8_percent_encode(before.unwrap_or_default(), PART));
                encoded.push_str(byte.unwrap_or_default());
                begin = at + 3;
            }
            let rest = value.get(begin..).unwrap_or_default();
            encoded.extend(utf8_percent_encode(rest, PART));
            encoded
        }
    }
}

/// Returns the places of encoded bytes in a text: `%` and two digits of base 16.
fn encoded_bytes(text: &str) -> impl Iterator<Item = usize> {
    let windows = text.as_bytes().windows(3).enumerate();
    windows.filter_map(|(at, window)| match window {
        [b'%', one, two] if one.is_ascii_hexdigit() && two.is_ascii_hexdigit() => Some(at),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Row, Template};

    fn columns() -> Vec<String> {
        ["id", "桌号", "twice", "twice"].map(str::to_owned).to_vec()
    }

    fn row(id: &str) -> Row {
        Row {
            line: 2,
            values: [id, "桌 7", "a", ""].map(str::to_owned).to_vec(),
        }
    }

    fn expand(text: &str, id: &str) -> String {
        Template::link(text, &columns()).unwrap().expand(&row(id))
    }

    #[test]
    fn a_value_in_a_link_is_encoded_and_the_rest_is_kept() {
        for (template, id, link) in [
            (
                "https://h.cn/{id}?n={桌号}#é",
                "7",
                "https://h.cn/7?n=%E6%A1%8C%207#é",
            ),
            ("{id}", "a-z_A.Z~0", "a-z_A.Z~0"),
            ("{id}", "/?#&=+%", "%2F%3F%23%26%3D%2B%25"),
            ("{id}", "%41", "%2541"),
            ("{id}{id}", "7", "77"),
        ] {
            assert_eq!(expand(template, id), link);
        }
    }

    #[test]
    fn with_a_plus_a_value_is_a_part_of_the_link() {
        for (value, link) in [
            ("https://h.cn/a?b=c&d=[1]#e", "https://h.cn/a?b=c&d=[1]#e"),
            ("%E6%a1%8c%", "%E6%a1%8c%25"),
            ("%%41%4", "%25%41%254"),
            ("桌 7\"", "%E6%A1%8C%207%22"),
        ] {
            assert_eq!(expand("{+id}", value), link);
        }
    }

    #[test]
    fn a_value_in_another_text_is_kept() {
        let template = Template::text("Table {桌号}/{id}%", &columns()).unwrap();
        assert_eq!(template.expand(&row("a&b")), "Table 桌 7/a&b%");
        assert_eq!(Template::first_column().expand(&row("x y")), "x y");
        assert!(Template::text("+ no column", &columns()).is_ok());
    }

    #[test]
    fn columns_without_a_value_are_found() {
        let template = Template::link("https://h.cn/{id}/{桌号}", &columns()).unwrap();
        assert_eq!(template.missing(&row("")), [0]);
        assert!(template.missing(&row("7")).is_empty());
    }

    #[test]
    fn a_value_that_is_encoded_again_is_found() {
        for (template, id, again) in [
            ("{id}", "%e6", true),
            ("{id}", "100 %", false),
            ("{id}", "%4", false),
            ("{+id}", "%e6", false),
        ] {
            let template = Template::link(template, &columns()).unwrap();
            assert_eq!(template.encodes_again(&row(id)), again, "{id}");
        }
    }

    #[test]
    fn a_wrong_template_is_explained() {
        for (template, says) in [
            (
                "https://h.cn/",
                "names no column, such as {id}, {桌号}, {twice}, {twice}",
            ),
            ("https://h.cn/{ID}", "names {ID}, but the columns are {id}"),
            ("{+}", "names {}, but the columns are"),
            ("{twice}", "two columns have this name"),
            ("{id", "has a { without a }"),
            ("{id}}", "has a } without a {"),
        ] {
            let error = Template::link(template, &columns()).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
