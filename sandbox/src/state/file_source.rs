//! Where the verification file of an account is.

use std::collections::BTreeMap;

use crate::file_fetch::FileFetch;

/// Where WeChat finds the verification file of an account. Without it, every URL has the file.
#[derive(Debug, Clone)]
pub(crate) enum FileSource {
    /// At the listed URLs, with their content.
    Listed(BTreeMap<String, String>),
    /// On the web server that the prefix names.
    Fetched(FileFetch),
}
