//! All servers, in the order of the page.

mod address;
mod connection;
mod content;
mod place;
mod prefix;
mod right;
mod status;
mod time;
mod tls;

use rustls::ALL_VERSIONS;

use crate::case::{Case, Running};
use crate::certificates;

/// Starts a server with TLS and a valid certificate, which has the file in each directory.
pub(crate) fn serve_tls() -> Running {
    tls::serve(&certificates::valid(), ALL_VERSIONS)
}

pub(crate) fn list() -> Vec<Case> {
    let mut cases = place::list();
    cases.extend(content::list());
    cases.extend(status::list());
    cases.extend(time::list());
    cases.extend(connection::list());
    cases.extend(tls::list());
    cases.extend(address::list());
    cases.extend(prefix::list());
    cases.extend(right::list());
    cases
}
