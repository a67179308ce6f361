//! Cuts a stream of bytes into lines of a limited length.

use alloc::vec::Vec;
use core::mem;

/// The longest line that is read. nginx and Apache accept heads of 8 KiB by default; Caddy's lines
/// hold a head twice.
const MAX_LINE_BYTES: usize = 64 << 10;

/// A line of the log, without its end.
#[derive(Clone, Copy)]
pub(super) enum Line<'a> {
    Whole(&'a [u8]),
    /// It is longer than [`MAX_LINE_BYTES`].
    TooLong,
}

/// The beginning of a line whose end has not come yet.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
    is_too_long: bool,
}

impl Lines {
    /// Calls `read` with each line that ends in `bytes`, and keeps the rest.
    pub(super) fn push(&mut self, bytes: &[u8], mut read: impl FnMut(Line<'_>)) {
        let mut parts = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            let is_end = parts.peek().is_some();
            if is_end && self.begun.is_empty() && !self.is_too_long {
                read(cut(part));
                continue;
            }
            self.keep(part);
            if is_end {
                self.end(&mut read);
            }
        }
    }

    /// Calls `read` with the last line, if it does not end with a line break.
    pub(super) fn finish(&mut self, mut read: impl FnMut(Line<'_>)) {
        if !self.begun.is_empty() || self.is_too_long {
            self.end(&mut read);
        }
    }

    fn keep(&mut self, part: &[u8]) {
        self.is_too_long |= self.begun.len() + part.len() > MAX_LINE_BYTES;
        if self.is_too_long {
            self.begun.clear();
        } else {
            self.begun.extend_from_slice(part);
        }
    }

    fn end(&mut self, read: &mut impl FnMut(Line<'_>)) {
        if mem::take(&mut self.is_too_long) {
            read(Line::TooLong);
        } else {
            read(cut(&self.begun));
        }
        self.begun.clear();
    }
}

fn cut(line: &[u8]) -> Line<'_> {
    if line.len() > MAX_LINE_BYTES {
        Line::TooLong
    } else {
        Line::Whole(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Line, Lines, MAX_LINE_BYTES};

    /// Reads `text` in parts that end at `cuts`. A line that is too long is `None`.
    fn read_lines(text: &[u8], cuts: &[usize]) -> Vec<Option<Vec<u8>>> {
        let mut found = Vec::new();
        let mut read = |line: Line<'_>| {
            found.push(match line {
                Line::Whole(line) => Some(line.to_vec()),
                Line::TooLong => None,
            });
        };
        let mut lines = Lines::default();
        let mut rest = text;
        for cut in cuts {
            let (part, after) = rest.split_at((*cut).min(rest.len()));
            lines.push(part, &mut read);
            rest = after;
        }
        lines.push(rest, &mut read);
        lines.finish(&mut read);
        found
    }

    #[test]
    fn a_giant_line_is_not_kept_and_the_next_one_is_read() {
        let longest = vec![b'a'; MAX_LINE_BYTES];
        let text = [&*longest, b"\n", &*longest, b"a\nb\r\n\nc"].concat();
        let expected = [
            Some(longest.clone()),
            None,
            Some(b"b".to_vec()),
            Some(Vec::new()),
            Some(b"c".to_vec()),
        ];
        for cuts in [
            &[][..],
            &[1],
            &[MAX_LINE_BYTES, 1],
            &[2 * MAX_LINE_BYTES + 1, 1, 1],
        ] {
            assert_eq!(read_lines(&text, cuts), expected, "{cuts:?}");
        }
        let mut lines = Lines::default();
        for _ in 0..10 {
            lines.push(&longest, |_| unreachable!("no line ends"));
        }
        assert!(lines.begun.capacity() <= 2 * MAX_LINE_BYTES);
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_the_parts_in_which_they_come(
            text in "[a-c\\r\\n]{0,30}",
            cuts in prop::collection::vec(0..9_usize, 0..9),
        ) {
            let mut expected: Vec<_> = text
                .split('\n')
                .map(|line| Some(line.strip_suffix('\r').unwrap_or(line).as_bytes().to_vec()))
                .collect();
            if text.is_empty() || text.ends_with('\n') {
                expected.pop();
            }
            prop_assert_eq!(read_lines(text.as_bytes(), &cuts), expected);
        }
    }
}
