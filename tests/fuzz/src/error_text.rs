//! Checks of everything that an error prints.

use std::error::Error as _;

use jumpqr_core::Error;
use jumpqr_core::error::OwnCode;

/// Returns everything that an error prints, including its sources.
pub(crate) fn print_error(error: &Error) -> String {
    let chain = std::iter::successors(Some(error as &dyn std::error::Error), |error| {
        (*error).source()
    });
    let texts: Vec<_> = chain.map(|error| format!("{error}\n{error:?}\n")).collect();
    let mut text = texts.concat();
    text.push_str(&serde_json::to_string(error).unwrap_or_default());
    text.push_str(&serde_json::to_string(error.message()).unwrap_or_default());
    text
}

/// Checks the promises of every error: it says what to do, and it prints none of `secrets`, either
/// raw or percent-encoded.
pub(crate) fn assert_sound(error: &Error, secrets: &[&str]) {
    assert!(!error.message().is_empty(), "no message: {error:?}");
    assert!(!error.advice().is_empty(), "no advice: {error:?}");
    assert_ne!(error.code(), OwnCode::Internal, "{error:?}");
    assert_eq!(
        error.code() == OwnCode::InvalidRequest,
        !error.violations().is_empty(),
        "exactly an invalid request has violations: {error:?}"
    );
    let own = error
        .source()
        .and_then(|source| source.downcast_ref::<Error>());
    if let Some(source) = own {
        assert!(source.interface().is_some(), "no interface: {source:?}");
    }
    let printed = print_error(error);
    for secret in secrets {
        let encoded =
            percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
        assert!(!printed.contains(secret), "{secret} in {printed}");
        assert!(
            !printed.contains(&encoded.to_string()),
            "{encoded} in {printed}"
        );
    }
}
