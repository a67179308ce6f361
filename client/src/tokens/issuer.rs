use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::renewal::{
    Credential, CredentialDigest, Issued, Listed, MerchantTokens, Recalled,
};
use ring::digest::{Context, SHA256};

/// Asks WeChat for the tokens of one account.
pub(crate) trait Issuer: Send + Sync + 'static {
    /// The interface that issues the tokens.
    fn interface(&self) -> &'static str;

    /// Whose tokens they are.
    fn appid(&self) -> &str;

    /// The platform, if this is one of its merchants.
    fn platform(&self) -> Option<&str> {
        None
    }

    /// Returns what the next token is asked for with. It may be read from a store.
    fn credential(
        &self,
        refresh_token: Option<Secret>,
        pushed_code: Option<Secret>,
        timeout: Duration,
    ) -> Result<Credential>;

    /// Asks for a token.
    fn ask(&self, credential: &Secret, force: bool, timeout: Duration) -> Result<Issued>;

    /// Exchanges the code of a push for the merchant's tokens.
    fn exchange(&self, _code: Secret, _timeout: Duration) -> Result<MerchantTokens> {
        Err(Error::new(
            OwnCode::Internal,
            "only a platform's merchant has a code to exchange",
        ))
    }

    /// Returns what the pages of WeChat's list that were read lately say of the merchant.
    fn recall(&self) -> Recalled {
        Recalled::default()
    }

    /// Searches WeChat's list for the merchant, and returns whether another page was read.
    fn search(&self, _refused: Option<&Secret>, _deadline: Duration) -> (Result<Listed>, bool) {
        (Ok(Listed::Absent), false)
    }

    /// Returns how long ago WeChat last pushed a ticket; `None` if it never did, or if the tokens
    /// need none.
    fn verify_ticket_age(&self, _timeout: Duration) -> Result<Option<Duration>> {
        Ok(None)
    }
}

/// Returns half of a SHA-256 of these secrets.
pub(crate) fn digest<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> CredentialDigest {
    let mut context = Context::new(&SHA256);
    for secret in secrets {
        let bytes = secret.expose().as_bytes();
        context.update(&bytes.len().to_be_bytes());
        context.update(bytes);
    }
    let digest = context.finish();
    let half = digest.as_ref().first_chunk().copied();
    CredentialDigest::new(half.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn credentials_are_told_apart() {
        assert_ne!(
            digest([&"a".into(), &"bc".into()]),
            digest([&"ab".into(), &"c".into()])
        );
        assert_ne!(digest([]), digest([&"".into()]));
        assert_eq!(digest([&"a".into()]), digest([&"a".into()]));
    }
}
