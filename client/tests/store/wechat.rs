//! A sandbox in the process of the test, and how child processes find it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::interface::GetJumpQRCode;
use jumpqr::store::TokenStore;
use jumpqr::{Client, ClientBuilder, Error, Platform};
use jumpqr_sandbox::{Account, Limits, OldRefreshToken, Sandbox, TokenSuccession};

use crate::shared_store::SharedStore;

pub(crate) const APPID: &str = "wx00000000000f1ee7";
pub(crate) const COMPONENT_APPID: &str = "wxplatform00000000";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Starts a sandbox without rate limits, in which a token ends as soon as the next one is issued.
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

/// Starts a sandbox that takes as many calls in a second as WeChat.
pub(crate) fn with_rate_limits() -> Sandbox {
    Sandbox::builder()
        .account(Account::mini_program(APPID, SECRET))
        .start()
        .unwrap()
}

/// Writes the base URL of the sandbox for the processes that share the store.
pub(crate) fn publish(sandbox: &Sandbox, shared: &SharedStore) {
    fs::write(shared.shared_file(), sandbox.base_url()).unwrap();
}

/// Reads the base URL of the sandbox.
pub(crate) fn base_url(shared_file: &Path) -> String {
    fs::read_to_string(shared_file).unwrap()
}

/// Writes the error of a child process for the test.
pub(crate) fn report(error: &Error, shared_file: &Path) {
    fs::write(shared_file.with_extension("error"), format!("{error:?}")).unwrap();
}

/// Reads the last error of a child process.
pub(crate) fn reported(shared: &SharedStore) -> String {
    fs::read_to_string(shared.shared_file().with_extension("error")).unwrap_or_default()
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

/// Makes a call that needs a token.
pub(crate) fn call(client: &Client) -> jumpqr::Result<()> {
    client
        .get_jump_qr_code(GetJumpQRCode::OrdinaryLink)
        .map(drop)
}
