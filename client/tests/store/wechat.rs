//! The sandbox in the test's own process, and how the processes that it starts find it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::interface::GetJumpQRCode;
use jumpqr::store::TokenStore;
use jumpqr::{Client, ClientBuilder, Error, Platform};
use jumpqr_sandbox::{Account, Limits, OldRefreshToken, Sandbox, TokenSuccession};

use crate::place::Place;

pub(crate) const APPID: &str = "wx00000000000f1ee7";
pub(crate) const COMPONENT_APPID: &str = "wxplatform00000000";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A sandbox that takes any number of calls, and that kills a token as soon as it issues the next.
pub(crate) fn strict(token_lifetime: Duration, old_refresh_token: OldRefreshToken) -> Sandbox {
    let mut account = Account::mini_program(APPID, SECRET);
    account.token_lifetime = token_lifetime;
    let mut limits = Limits::default();
    limits.calls_per_second = usize::MAX;
    limits.stable_token_calls_per_minute = usize::MAX;
    let mut succession = TokenSuccession::default();
    succession.kill_old_at_once = true;
    succession.old_refresh_token = old_refresh_token;
    Sandbox::builder()
        .account(account)
        .platform(jumpqr_sandbox::Platform::new(COMPONENT_APPID, SECRET))
        .limits(limits)
        .token_succession(succession)
        .start()
        .unwrap()
}

/// Tells the processes that share this place where the sandbox is.
pub(crate) fn publish(sandbox: &Sandbox, place: &Place) {
    fs::write(place.shared_file(), sandbox.base_url()).unwrap();
}

/// The base URL of the sandbox.
pub(crate) fn base_url(shared_file: &Path) -> String {
    fs::read_to_string(shared_file).unwrap()
}

/// Lets the test know what went wrong in a process of its own.
pub(crate) fn report(error: &Error, shared_file: &Path) {
    fs::write(shared_file.with_extension("error"), format!("{error:?}")).unwrap();
}

/// The last thing that went wrong in such a process.
pub(crate) fn reported(place: &Place) -> String {
    fs::read_to_string(place.shared_file().with_extension("error")).unwrap_or_default()
}

pub(crate) fn settings(base_url: &str, store: &Arc<dyn TokenStore>) -> ClientBuilder {
    Client::builder()
        .base_url(base_url)
        .token_store(Arc::clone(store))
        .pacing(false)
}

pub(crate) fn app(base_url: &str, store: &Arc<dyn TokenStore>) -> Client {
    settings(base_url, store)
        .app(APPID, SECRET)
        .build()
        .unwrap()
}

pub(crate) fn platform(settings: ClientBuilder) -> Platform {
    settings.build_platform(COMPONENT_APPID, SECRET).unwrap()
}

/// Any call that needs a token.
pub(crate) fn call(client: &Client) -> jumpqr::Result<()> {
    client
        .get_jump_qr_code(GetJumpQRCode::OrdinaryLink)
        .map(drop)
}
