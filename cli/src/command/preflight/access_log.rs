use std::io::Read;

use jumpqr::access_log::{AccessLogReader, AccessLogReport};
use jumpqr::preflight::Observations;

use crate::error::CommandError;
use crate::input::Input;

/// How many bytes are read at once.
const PART_BYTES: usize = 256 << 10;

/// Access logs that are open.
pub(super) struct AccessLogs<'a>(Vec<(&'a Input, Box<dyn Read>)>);

impl<'a> AccessLogs<'a> {
    pub(super) fn open(files: &'a [Input]) -> Result<Self, CommandError> {
        let opened = files.iter().map(|file| Ok((file, file.open()?)));
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
        let mut part = vec![0; PART_BYTES];
        for (file, mut log) in self.0 {
            loop {
                match log.read(&mut part) {
                    Ok(0) => break,
                    Ok(length) => reader.push(part.get(..length).unwrap_or_default()),
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(CommandError::unreadable(file, &error)),
                }
            }
            reader.end_file();
        }
        Ok(Some(reader.finish()))
    }
}
