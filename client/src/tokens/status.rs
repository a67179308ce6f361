use std::time::Duration;

use jumpqr_core::error::Result;
use jumpqr_core::renewal::TokenRecord;

use super::issuer::Issuer;
use super::lease::Entry;
use crate::token_status::{TokenState, TokenStatus};

/// Returns the state of the token in `entry`, without asking WeChat.
pub(super) fn status(issuer: &dyn Issuer, entry: &Entry, timeout: Duration) -> Result<TokenStatus> {
    let deadline = entry.clock.now().saturating_add(timeout);
    let time_left = || deadline.saturating_sub(entry.clock.now());
    let record = match entry.load(timeout)? {
        Some(stored) => TokenRecord::parse(&stored.bytes, entry.key.name())?,
        None => TokenRecord::default(),
    };
    let now = entry.clock.time_of_day();
    let token = record.access_token(now);
    let expires_in = token
        .as_ref()
        .map(|(response, age)| response.expires_in.saturating_sub(*age));
    let refused = record.refusal().and_then(|refusal| {
        // Without a credential, none was refused.
        let credential = issuer
            .credential(record.refresh_token(), record.pushed_code(), time_left())
            .ok()?;
        Some((refusal, refusal.again_in(&credential.digest, now)?))
    });
    Ok(TokenStatus {
        store: entry.store.name(),
        interface: issuer.interface(),
        appid: issuer.appid().to_owned(),
        state: match expires_in {
            _ if record.unauthorised_at().is_some() => TokenState::Unauthorized,
            None => TokenState::Missing,
            Some(Duration::ZERO) => TokenState::Expired,
            Some(_) => TokenState::Valid,
        },
        age: token.map(|(_, age)| age),
        expires_in,
        has_refresh_token: issuer
            .platform()
            .is_some()
            .then(|| record.refresh_token().is_some()),
        verify_ticket_age: issuer.verify_ticket_age(time_left())?,
        refused_errcode: refused.and_then(|(refusal, _)| refusal.errcode()),
        refused_for: refused.map(|(_, again_in)| again_in),
    })
}
