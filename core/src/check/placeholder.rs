//! Finds placeholders: what people write for the part of a link that differs from code to code.

/// A placeholder in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placeholder<'a> {
    /// The text before it.
    pub(super) before: &'a str,
    /// The placeholder, e.g. `{id}`.
    pub(super) text: &'a str,
}

/// Finds the first placeholder in the path and query of a link.
///
/// Known are `*`, `{id}`, `${id}`, `%7Bid%7D`, `<id>`, regular expressions with a `\`, and the
/// formats `%s`, `%d` and `%(id)s`. At the beginning of a segment or a value, `:id` and `[id]` are
/// placeholders too.
pub(super) fn find_placeholder(text: &str) -> Option<Placeholder<'_>> {
    let mut previous = None;
    text.bytes().enumerate().find_map(|(start, byte)| {
        let begins_value = matches!(previous, Some(b'/' | b'='));
        previous = Some(byte);
        let (before, rest) = match byte {
            b'*' | b'{' | b'<' | b'\\' | b'%' | b':' | b'[' => text.split_at_checked(start)?,
            _ => return None,
        };
        let length = placeholder_length(rest, begins_value)?;
        let opening = before.len() - before.trim_end_matches(OPENING).len();
        let (before, _) = text.split_at_checked(start - opening)?;
        let text = text.get(before.len()..start + length)?;
        Some(Placeholder { before, text })
    })
}

/// What belongs to a placeholder if it is before it: `${id}`, `(.*)`.
const OPENING: [char; 3] = ['$', '(', '.'];

/// Returns the length of the placeholder with which `text` begins, if it does.
fn placeholder_length(text: &str, begins_value: bool) -> Option<usize> {
    let mut bytes = text.bytes();
    let (mark, second, third) = (bytes.next()?, bytes.next(), bytes.next());
    let is_whole_segment = match (mark, second) {
        (b'{', _) => return Some(closed_length(text, '}')),
        (b'<', _) => return Some(closed_length(text, '>')),
        (b'[', _) if begins_value => return Some(closed_length(text, ']')),
        (b'%', Some(b'd')) if !third.is_some_and(|byte| byte.is_ascii_hexdigit()) => {
            return Some("%d".len());
        }
        (b'%', Some(b'7')) => matches!(third, Some(b'b' | b'B')),
        (b'%', second) => matches!(second, Some(b's' | b'(')),
        (b':', second) => {
            begins_value && second.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        }
        (mark, _) => matches!(mark, b'*' | b'\\'),
    };
    is_whole_segment.then(|| segment_length(text))
}

/// Returns the length up to the end of the first run of `close`, or of the segment if there is no
/// `close`.
fn closed_length(text: &str, close: char) -> usize {
    text.find(close).map_or_else(
        || segment_length(text),
        |end| {
            let after = text.get(end..).unwrap_or_default();
            end + after.len() - after.trim_start_matches(close).len()
        },
    )
}

/// Returns the length up to the end of the segment of a path, or of the field of a query.
fn segment_length(text: &str) -> usize {
    text.find(['/', '?', '&', '=', '#']).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::find_placeholder;

    #[test]
    fn every_notation_is_found() {
        for (text, before, placeholder) in [
            ("/t/*", "/t/", "*"),
            ("/t/**/a", "/t/", "**"),
            ("/t/(.*)", "/t/", "(.*)"),
            ("/t/{id}", "/t/", "{id}"),
            ("/t/{id}/seat", "/t/", "{id}"),
            ("/t/no{id}.html", "/t/no", "{id}"),
            ("?id={id}&b=1", "?id=", "{id}"),
            ("?id={{id}}", "?id=", "{{id}}"),
            ("?id=${id}", "?id=", "${id}"),
            ("?id={id", "?id=", "{id"),
            ("/t/%7Bid%7D?a", "/t/", "%7Bid%7D"),
            ("/t/%7bid%7d", "/t/", "%7bid%7d"),
            ("/t/:id", "/t/", ":id"),
            ("/t/:id/seat", "/t/", ":id"),
            ("?id=:id&b=1", "?id=", ":id"),
            ("/t/<id>", "/t/", "<id>"),
            ("/t/[id]", "/t/", "[id]"),
            ("/t/[...slug]", "/t/", "[...slug]"),
            ("?id=[0-9]+", "?id=", "[0-9]"),
            (r"/t/\d+", "/t/", r"\d+"),
            (r"/t/(\d+)/a", "/t/", r"(\d+)"),
            ("?id=%s", "?id=", "%s"),
            ("?id=%d&b", "?id=", "%d"),
            ("?id=%(id)s", "?id=", "%(id)s"),
            ("/食/{桌}", "/食/", "{桌}"),
        ] {
            let found = find_placeholder(text).map(|found| (found.before, found.text));
            assert_eq!(found, Some((before, placeholder)), "{text}");
        }
    }

    #[test]
    fn other_signs_are_not_placeholders() {
        for text in [
            "",
            "/t/a:b",
            "/t/12:30",
            "/t/:30",
            "?to=https://h.cn/a",
            "?to=%E6%A1%8C",
            "?n=%de%d0",
            "?n=100%",
            "?n=%7C",
            "?ids[]=1",
            "?filter[id]=1",
            "?n=(a)$.",
        ] {
            assert_eq!(find_placeholder(text), None, "{text}");
        }
    }
}
