//! Thousands of merchants of one platform.

use std::fs;
use std::path::Path;
use std::time::Duration;

use jumpqr::store;
use jumpqr_sandbox::{Interface, OldRefreshToken, Sandbox};

use crate::process::ChildProcess;
use crate::shared_store::SharedStore;
use crate::wechat::{self, COMPONENT_APPID};

const MERCHANTS: u64 = 2000;
const AT_ONCE: usize = 500;

fn appid(number: u64) -> String {
    format!("wx{number:016x}")
}

/// Returns the memory of this process, in KiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let words = line.and_then(|line| line.split_whitespace().next());
    words.map_or(0, |number| number.parse().unwrap())
}

/// Makes two calls for each merchant, and reports the memory after each group of merchants.
pub(crate) fn serve(shared_file: &Path, tell: impl Fn(u64)) {
    let store = store::open("memory:").unwrap();
    let platform = wechat::platform(wechat::settings(&wechat::base_url(shared_file), &store));
    let given = fs::read_to_string(shared_file.with_extension("given")).unwrap();
    let (ticket, refresh_tokens) = given.split_once('\n').unwrap();
    platform.set_verify_ticket(ticket).unwrap();
    let refresh_tokens: Vec<_> = refresh_tokens.lines().collect();
    let mut numbers = 0..MERCHANTS;
    for refresh_tokens in refresh_tokens.chunks(AT_ONCE) {
        for (refresh_token, number) in refresh_tokens.iter().zip(&mut numbers) {
            let appid = appid(number);
            platform
                .set_authorizer_refresh_token(&appid, *refresh_token)
                .unwrap();
            for _ in 0..2 {
                wechat::call(&platform.merchant(&appid).unwrap()).unwrap();
            }
        }
        tell(resident());
    }
}

/// Makes all merchants authorise the platform, and passes their refresh tokens to the child
/// process.
fn authorise_all(sandbox: &Sandbox, shared: &SharedStore) {
    let ticket = sandbox.verify_ticket(COMPONENT_APPID).unwrap();
    let mut given = ticket.expose().to_owned();
    for number in 0..MERCHANTS {
        let mut account = sandbox.account(wechat::APPID).unwrap();
        account.appid = appid(number);
        sandbox.put_account(account);
        let token = sandbox.authorize(COMPONENT_APPID, &appid(number), None);
        given.push('\n');
        given.push_str(token.unwrap().expose());
    }
    fs::write(shared.shared_file().with_extension("given"), given).unwrap();
}

fn check_that_each_token_is_fetched_once(shared: &SharedStore) -> String {
    let sandbox = wechat::strict(Duration::from_secs(7200), OldRefreshToken::DiesAtOnce);
    wechat::publish(&sandbox, shared);
    authorise_all(&sandbox, shared);
    let mut other = ChildProcess::start("serve", shared);
    let memory: Vec<_> = std::iter::from_fn(|| other.next_number()).collect();
    let merchants = (1..).map(|chunk| chunk * AT_ONCE);
    let figures: Vec<_> = merchants
        .zip(memory)
        .map(|(merchants, memory)| format!("{merchants} merchants {memory} KiB"))
        .collect();
    let counters = sandbox.counters();
    let requests = &counters.authorizer_token_calls[COMPONENT_APPID];
    for number in 0..MERCHANTS {
        let appid = appid(number);
        assert_eq!(requests.get(&appid), Some(&1), "{appid}");
    }
    assert_eq!(counters.calls_of(Interface::ApiComponentToken), 1);
    assert_eq!(counters.calls_of(Interface::GetJumpQRCode), 2 * MERCHANTS);
    format!("{}; {MERCHANTS} + 1 token requests", figures.join(", "))
}

#[test]
fn each_of_two_thousand_merchants_has_its_token_fetched_once() {
    println!(
        "merchants: {}",
        check_that_each_token_is_fetched_once(&SharedStore::directory())
    );
}
