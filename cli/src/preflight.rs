//! Looks for the verification file of a rule that is added.

use jumpqr::preflight::{Preflight, PreflightVerdict};
use jumpqr::{Client, Error, RuleKey};

use crate::context::Context;
use crate::error::CommandError;

/// WeChat's answer if it does not find the verification file.
const FILE_NOT_FOUND: i64 = 85069;

/// Looks before the rule is sent. If WeChat will not find the file, this is an error.
pub(crate) fn look_before(
    key: &RuleKey,
    client: &Client,
    context: &Context<'_>,
) -> Result<Preflight, CommandError> {
    let preflight = client.preflight(key, &context.preflight_options());
    let preflight = preflight.map_err(|error| context.explain(error))?;
    if preflight.verdict == PreflightVerdict::WillFail {
        return Err(CommandError::preflight_failed(preflight));
    }
    Ok(preflight)
}

/// Looks why WeChat has not found the file, if that is what the error says. Against the embedded
/// sandbox, and for a service account's rule, no file is the reason.
pub(crate) fn look_after(
    error: &Error,
    key: &RuleKey,
    client: &Client,
    context: &Context<'_>,
) -> Option<Preflight> {
    let is_about_file = error.errcode() == Some(FILE_NOT_FOUND);
    if !is_about_file || key.is_service_account() || context.uses_sandbox() {
        return None;
    }
    context.print_note("WeChat has not found the verification file; looking for it as WeChat does");
    if let Some(base_url) = own_base_url(context) {
        context.print_note(&format!(
            "if {base_url} is a sandbox, it has looked elsewhere: GET {base_url}/sandbox/requests \
             has its reason"
        ));
    }
    match client.preflight(key, &context.preflight_options()) {
        Ok(preflight) => Some(preflight),
        Err(error) => {
            context.print_note(&format!("the look for the file failed: {error}"));
            None
        }
    }
}

/// Returns the base URL if it has no TLS. A sandbox has such a base URL.
fn own_base_url(context: &Context<'_>) -> Option<String> {
    let settings = context.settings().ok()?;
    let base_url = settings.text("base_url")?;
    let is_plain = base_url.starts_with("http://");
    is_plain.then(|| base_url.trim_end_matches('/').to_owned())
}
