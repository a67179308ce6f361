//! Whether WeChat will find the verification file.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::binding::{self, NameStyle};
use jumpqr::mapping::parse_document;

use crate::argument::text;
use crate::{jumpqr_client, jumpqr_error, jumpqr_status, jumpqr_string, present, produce};

/// Looks whether WeChat will find the verification file of a rule, and says why not, as after
/// errcode 85069. It looks as WeChat does: at each address of the host, three times, without
/// following a redirect. If the file is not in the right place, it also looks where people put it by
/// mistake. Nothing is changed. Whether a firewall refuses WeChat's own servers cannot be seen from
/// here.
///
/// `arguments` is a JSON object, which ends with NUL, with `prefix`, the rule's, and any of these:
///
/// - `appid`: the Mini Program's, for a rule of a service account
/// - `file`: the file, if it is at hand, an object with `file_name` and `file_content`; then nothing
///   is sent to WeChat. Without it, the file is downloaded first, with the timeout of the client
/// - `timeout_ms`: the timeout of the look, by default 20000
/// - `fetch_timeout_ms`: the timeout of each fetch, by default 6000
/// - `allow_private`, `allow_port`: whether addresses that are not public are looked at, and a port
///   other than that of http or https. Do not allow them for prefixes of strangers
/// - `connect_to`: the addresses to connect to instead of those that DNS gives, an array of texts
///   such as `127.0.0.1:8080`, for a rehearsal
/// - `extra_tls_roots`: certificates in PEM to trust too, with `connect_to`
///
/// `report` receives a JSON object, which is to be freed. Its `verdict` is `will_fail`, `may_fail`,
/// `no_cause_found` or `no_file_needed`. Each object in `findings` has `code`, `severity` (`blocks`,
/// `warns` or `unknown`), `message`, `url`, `addresses`, `extent`, `share`, `seen`, `why` and
/// `remedy`. `unseen` says where it was looked from, and `fetches` has everything that was seen. What
/// the server of the domain does is a finding, not an error.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, `JUMPQR_STATUS_INVALID_CONFIG`, and
/// the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_preflight(
    client: Option<&jumpqr_client>,
    arguments: *const c_char,
    report: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(report, "report", error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let arguments = unsafe { text(arguments, "arguments") }?;
        let arguments = parse_document(arguments.as_bytes())?;
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let report = binding::preflight(client, arguments, NameStyle::SnakeMs)?;
        Ok(report.to_string())
    })
}
