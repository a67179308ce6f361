use std::path::Path;

use jumpqr::preflight::ExpectedFile;

use crate::error::CommandError;
use crate::input::Input;

/// The longest file that is read. WeChat's have 32 bytes.
const MAX_FILE_BYTES: usize = 64 << 10;

/// Reads the verification file, with its name.
pub(super) fn read_file(path: &Path) -> Result<ExpectedFile, CommandError> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| {
        let path = path.display();
        CommandError::usage(format!(
            "{path} has no name of a verification file: give the file as it was downloaded"
        ))
    })?;
    let content = Input::File(path.to_owned()).read(MAX_FILE_BYTES)?;
    if content.len() > MAX_FILE_BYTES {
        let path = path.display();
        return Err(CommandError::usage(format!(
            "{path} has more than {MAX_FILE_BYTES} bytes: a verification file has 32"
        )));
    }
    Ok(ExpectedFile {
        name: name.to_owned(),
        content,
    })
}
