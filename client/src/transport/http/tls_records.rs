//! Whether a TLS server has sent a part of a record.

/// The length of a record's header: its type, the version in two bytes, and the length of the rest
/// in two bytes ([RFC 8446, section 5.1](https://www.rfc-editor.org/rfc/rfc8446#section-5.1)).
const HEADER: u8 = 5;

/// Follows the TLS records that a server sends.
///
/// rustls does not tell whether it holds a part of a record. If it did, the rest could come after
/// the next request, and the record would be taken for the response to it.
#[derive(Debug, Default)]
pub(super) struct TlsRecords {
    /// How many bytes of the current header were received.
    header: u8,
    /// The last two bytes of the current header.
    length: u16,
    /// How many bytes of the current record are missing.
    missing: usize,
}

impl TlsRecords {
    /// Counts the bytes that were received next.
    pub(super) fn follow(&mut self, mut received: &[u8]) {
        loop {
            let skipped = self.missing.min(received.len());
            self.missing -= skipped;
            received = received.get(skipped..).unwrap_or_default();
            let Some((byte, rest)) = received.split_first() else {
                return;
            };
            received = rest;
            self.length = self.length << 8 | u16::from(*byte);
            self.header += 1;
            if self.header == HEADER {
                self.header = 0;
                self.missing = usize::from(self.length);
            }
        }
    }

    /// Returns whether every record was received to its end.
    pub(super) fn are_complete(&self) -> bool {
        self.header == 0 && self.missing == 0
    }
}

#[cfg(test)]
mod tests {
    use super::TlsRecords;

    /// Two records, of 3 and of 256 bytes, and an empty one.
    fn records() -> (Vec<u8>, [usize; 3]) {
        let mut bytes = vec![23, 3, 3, 0, 3, 1, 1, 1, 23, 3, 3, 1, 0];
        bytes.resize(bytes.len() + 256, 9);
        let ends = [8, bytes.len(), bytes.len() + 5];
        bytes.extend([23, 3, 3, 0, 0]);
        (bytes, ends)
    }

    #[test]
    fn records_are_complete_only_at_their_ends() {
        let (bytes, ends) = records();
        for length in 1..=bytes.len() {
            let mut records = TlsRecords::default();
            records.follow(&bytes[..length]);
            assert_eq!(records.are_complete(), ends.contains(&length), "{length}");
        }
    }

    #[test]
    fn the_sizes_of_the_received_pieces_do_not_matter() {
        let (bytes, ends) = records();
        for size in [1, 2, 4, 7, 100] {
            let mut records = TlsRecords::default();
            let mut received = 0;
            for piece in bytes.chunks(size) {
                records.follow(piece);
                received += piece.len();
                assert_eq!(records.are_complete(), ends.contains(&received), "{size}");
            }
        }
    }
}
