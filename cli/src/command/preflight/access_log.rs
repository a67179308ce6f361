use std::io::{BufRead, BufReader, ErrorKind, Read};

use jumpqr::access_log::{AccessLogReader, AccessLogReport};
use jumpqr::preflight::Observations;

use crate::error::CommandError;
use crate::input::Input;

/// How many bytes are read at once.
const PART_BYTES: usize = 256 << 10;

/// What compressed files begin with, how they are compressed, and the command that unpacks them.
const COMPRESSIONS: [(&[u8], &str, &str); 4] = [
    (b"\x1f\x8b", "gzip", "zcat"),
    (b"\x28\xb5\x2f\xfd", "zstd", "zstdcat"),
    (b"\xfd7zXZ", "xz", "xzcat"),
    (b"BZh", "bzip2", "bzcat"),
];

/// Access logs that are open.
pub(super) struct AccessLogs<'a>(Vec<(&'a Input, BufReader<Box<dyn Read>>)>);

impl<'a> AccessLogs<'a> {
    /// Opens the logs, and refuses compressed ones.
    pub(super) fn open(files: &'a [Input]) -> Result<Self, CommandError> {
        let opened = files.iter().map(|file| {
            let mut log = BufReader::with_capacity(PART_BYTES, file.open()?);
            let begin = read_part(&mut log, file)?;
            let mut compressions = COMPRESSIONS.into_iter();
            match compressions.find(|(mark, ..)| begin.starts_with(mark)) {
                Some((_, name, command)) => Err(CommandError::file(
                    "compressed_file",
                    format!("{file} is compressed with {name}"),
                    &format!("Unpack it: `{command} FILE | jumpqr preflight … --access-log -`"),
                )),
                None => Ok((file, log)),
            }
        });
        opened.collect::<Result<_, _>>().map(Self)
    }

    /// Reads the logs as one. Returns `None` if there are none, or if the file that was looked for
    /// is not known.
    pub(super) fn read(self, seen: &Observations) -> Result<Option<AccessLogReport>, CommandError> {
        let (name, size) = (&seen.file.name, seen.file.content.len());
        if self.0.is_empty() || size == 0 {
            return Ok(None);
        }
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        let Some(mut reader) = AccessLogReader::new(&seen.key.prefix, name, size) else {
            return Ok(None);
        };
        for (file, mut log) in self.0 {
            loop {
                let part = read_part(&mut log, file)?;
                let length = part.len();
                if length == 0 {
                    break;
                }
                reader.push(part);
                log.consume(length);
            }
            reader.end_file();
        }
        Ok(Some(reader.finish()))
    }
}

/// Returns the bytes that come next; none at the end of the file.
fn read_part<'l>(log: &'l mut impl BufRead, file: &Input) -> Result<&'l [u8], CommandError> {
    loop {
        match log.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(CommandError::unreadable(file, &error)),
        }
    }
    // What was read is still there.
    log.fill_buf()
        .map_err(|error| CommandError::unreadable(file, &error))
}
