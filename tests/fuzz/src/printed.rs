//! What an error shows of itself.

use std::error::Error as _;

use jumpqr_core::Error;
use jumpqr_core::error::OwnCode;

/// Everything that an error prints, its sources included.
pub(crate) fn printed(error: &Error) -> String {
    let chain = std::iter::successors(Some(error as &dyn std::error::Error), |error| {
        (*error).source()
    });
    let texts: Vec<_> = chain.map(|error| format!("{error}\n{error:?}\n")).collect();
    let mut text = texts.concat();
    text.push_str(&serde_json::to_string(error).unwrap_or_default());
    text.push_str(&serde_json::to_string(error.message()).unwrap_or_default());
    text
}

/// Holds an error to what every error promises: it says what to do, and it shows none of `secrets`, as they are or as they stand
/// in a query.
pub(crate) fn assert_sound(error: &Error, secrets: &[&str]) {
    assert!(!error.message().is_empty(), "nothing is said: {error:?}");
    assert!(!error.advice().is_empty(), "no advice: {error:?}");
    assert_ne!(error.code(), OwnCode::Internal, "{error:?}");
    assert_eq!(
        error.code() == OwnCode::InvalidRequest,
        !error.violations().is_empty(),
        "violations belong to a request that was refused: {error:?}"
    );
    let own = error
        .source()
        .and_then(|source| source.downcast_ref::<Error>());
    if let Some(source) = own {
        assert!(source.interface().is_some(), "of which call? {source:?}");
    }
    let printed = printed(error);
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
