mod platforms;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::interface::LinkStatus;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::account::{Account, AccountChange, Credentials};
use crate::control;
use crate::error::SandboxError;
use crate::fault::Fault;
use crate::file_fetch::FileFetch;
use crate::limits::Limits;
use crate::push;
use crate::server::{self, Host, Hosts};
use crate::state::State;
use crate::state::journal::{Counters, RecordedRequest};
use crate::state::rules::StoredRule;
use crate::state::web::Web;
use crate::wechat::{Shared, WeChat};
use crate::well_known::{
    MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, SERVICE_ACCOUNT_APPID, SERVICE_ACCOUNT_SECRET,
};

/// A running local WeChat.
///
/// It serves on its own thread until it is stopped or dropped. All methods may be called from any
/// thread, at any time. No method waits for a request.
pub struct Sandbox {
    address: SocketAddr,
    base_url: String,
    #[cfg(feature = "proxy")]
    identity: Option<std::sync::Arc<server::Identity>>,
    wechat: Shared,
    server: Mutex<Option<Server>>,
}

struct Server {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Sandbox {
    pub(crate) fn listen(
        address: SocketAddr,
        allowed_hosts: Vec<Host>,
        start: State,
        #[cfg(feature = "proxy")] identity: Option<std::sync::Arc<server::Identity>>,
    ) -> Result<Self, SandboxError> {
        let bind = |source| SandboxError::Bind {
            port: address.port(),
            source,
        };
        let listener = TcpListener::bind(address).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let wechat = Shared::new(WeChat::new(start));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(SandboxError::Start)?;
        let listener = {
            let _guard = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(SandboxError::Start)?
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let hosts = Hosts::new(address.port(), allowed_hosts);
        let serving = server::serve(
            listener,
            hosts,
            wechat.clone(),
            #[cfg(feature = "proxy")]
            identity.clone(),
        );
        let pushing = push::run(wechat.clone());
        let thread = std::thread::Builder::new()
            .name("jumpqr-sandbox".to_owned())
            .spawn(move || {
                // Dropping the runtime at the end closes every connection.
                runtime.block_on(async {
                    tokio::select! {
                        _ = serving => {}
                        () = pushing => {}
                        _ = stopped => {}
                    }
                });
            })
            .map_err(SandboxError::Start)?;
        Ok(Self {
            address,
            base_url: format!("http://{address}"),
            #[cfg(feature = "proxy")]
            identity,
            wechat,
            server: Mutex::new(Some(Server { stop, thread })),
        })
    }

    /// Returns the base URL to use instead of `https://api.weixin.qq.com`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the CA certificate, in PEM, that clients of the
    /// [proxy](crate::SandboxBuilder::proxy) must trust. It is made for this sandbox only. Without
    /// the proxy, it is `None`.
    #[cfg(feature = "proxy")]
    #[must_use]
    pub fn proxy_ca(&self) -> Option<&str> {
        Some(self.identity.as_ref()?.ca_pem.as_str())
    }

    /// Returns the port of the sandbox.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the initial credentials of the Mini Program of every sandbox.
    #[must_use]
    pub fn mini_program(&self) -> Credentials {
        Credentials {
            appid: MINI_PROGRAM_APPID.to_owned(),
            secret: Secret::new(MINI_PROGRAM_SECRET),
        }
    }

    /// Returns the initial credentials of the service account of every sandbox.
    #[must_use]
    pub fn service_account(&self) -> Credentials {
        Credentials {
            appid: SERVICE_ACCOUNT_APPID.to_owned(),
            secret: Secret::new(SERVICE_ACCOUNT_SECRET),
        }
    }

    /// Issues a token of the account without a request. No counter changes, and no other token is
    /// superseded.
    pub fn access_token(&self, appid: &str) -> Result<Secret, SandboxError> {
        let grant = self.wechat.lock().state.issue_token(appid)?;
        Ok(Secret::new(grant.access_token))
    }

    /// Kills all tokens of the account (40001). Returns how many of them were still valid.
    pub fn kill_tokens(&self, appid: &str) -> Result<usize, SandboxError> {
        self.wechat.lock().state.kill_tokens(appid)
    }

    /// Returns the account with this appid.
    pub fn account(&self, appid: &str) -> Result<Account, SandboxError> {
        Ok(self.wechat.lock().state.account(appid)?.clone())
    }

    /// Adds an account (`kind` and `secret`), or changes the given fields of the account. This is
    /// `put_account` in Python and Node.
    pub fn change_account(&self, appid: &str, change: AccountChange) -> Result<(), SandboxError> {
        control::accounts::put(&mut self.wechat.lock().state, appid, change)
    }

    /// Adds an account, or replaces the account with the same appid.
    pub fn put_account(&self, account: Account) {
        self.wechat.lock().state.put_account(account);
    }

    /// Returns the rules of the account whose token added them, in the order of adding.
    pub fn rules(&self, appid: &str) -> Result<Vec<StoredRule>, SandboxError> {
        let state = &self.wechat.lock().state;
        state.account(appid)?;
        Ok(state.rules.list(appid).cloned().collect())
    }

    /// Adds a rule to the account, or replaces the rule with the same prefix. The rule is not
    /// checked.
    pub fn put_rule(&self, appid: &str, rule: StoredRule) -> Result<(), SandboxError> {
        self.wechat.lock().state.put_rule(appid, rule)
    }

    /// Returns the status of the link between a service account and a Mini Program.
    #[must_use]
    pub fn link(&self, service_account: &str, mini_program: &str) -> Option<LinkStatus> {
        self.wechat
            .lock()
            .state
            .links
            .get(service_account, mini_program)
    }

    /// Sets the status of the link between a service account and a Mini Program. `None` removes the
    /// link.
    pub fn put_link(
        &self,
        service_account: &str,
        mini_program: &str,
        status: Option<LinkStatus>,
    ) -> Result<(), SandboxError> {
        self.wechat
            .lock()
            .state
            .put_link(service_account, mini_program, status)
    }

    /// Confirms a link that wxamplink has requested, as the administrator who decides next. The
    /// service account's administrator decides first, then the Mini Program's. Or confirms the end
    /// of a link that wxampunlink has requested, as the service account's administrator. Returns
    /// the new status.
    pub fn confirm_link(
        &self,
        service_account: &str,
        mini_program: &str,
    ) -> Result<Option<LinkStatus>, SandboxError> {
        let state = &mut self.wechat.lock().state;
        state.links.decide(service_account, mini_program, true)
    }

    /// Refuses a requested link, or a requested end of a link, as the administrator who decides
    /// next. Returns the new status.
    pub fn refuse_link(
        &self,
        service_account: &str,
        mini_program: &str,
    ) -> Result<Option<LinkStatus>, SandboxError> {
        let state = &mut self.wechat.lock().state;
        state.links.decide(service_account, mini_program, false)
    }

    /// Sets which domains have no ICP filing, and which prefixes are on the blacklist.
    pub fn put_web(&self, web: Web) {
        self.wechat.lock().state.web = web;
    }

    /// Sets where the account's verification files are, as URL → content. With `None`, as at the
    /// start, every URL has the right file. Nothing is fetched.
    pub fn put_verification_files(
        &self,
        appid: &str,
        files: Option<BTreeMap<String, String>>,
    ) -> Result<(), SandboxError> {
        self.wechat
            .lock()
            .state
            .put_verification_files(appid, files)
    }

    /// Really fetches the account's verification file from the web server of the prefix when a rule
    /// is added, as WeChat does. Without the file, the rule is refused with 85069, and the recorded
    /// request has the [reason](crate::Reason).
    ///
    /// It lasts until [`put_verification_files`](Self::put_verification_files) or a reset.
    pub fn fetch_file(&self, appid: &str, fetch: FileFetch) -> Result<(), SandboxError> {
        self.wechat.lock().state.put_file_fetch(appid, fetch)
    }

    /// Sets the limits of every account.
    pub fn put_limits(&self, limits: Limits) {
        self.wechat.lock().state.limits = limits;
    }

    /// Moves the sandbox's clock forward. Tokens expire, and limits of a second, a day or a month
    /// start again.
    pub fn advance(&self, by: Duration) {
        self.wechat.lock().state.clock.advance(by);
    }

    /// Moves the sandbox's clock forward, as [`advance`](Self::advance) does. A number that is
    /// negative or not finite is refused.
    pub fn advance_seconds(&self, seconds: f64) -> Result<(), SandboxError> {
        control::clock::advance(&mut self.wechat.lock().state, seconds)
    }

    /// Adds a fault to the queue. Returns its id for `DELETE /sandbox/faults/{id}`.
    pub fn inject(&self, fault: Fault) -> Result<u64, SandboxError> {
        self.wechat.lock().inject(fault)
    }

    /// Removes all faults from the queue.
    pub fn clear_faults(&self) {
        self.wechat.lock().faults.clear();
    }

    /// Returns the latest requests, up to 10,000 requests or 64 MiB, without tokens and secrets,
    /// and what was answered. Control requests are not recorded.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.wechat
            .lock()
            .state
            .journal
            .requests
            .iter()
            .cloned()
            .collect()
    }

    /// Returns how many requests the sandbox has received.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.wechat.lock().state.journal.counters.clone()
    }

    /// Resets the sandbox to its initial state. Accounts, platforms, tickets, authorisations,
    /// links, limits, token succession and the clock are as built. There are no rules, tokens,
    /// faults, requests or pushes. If a platform has an address, its first ticket is pushed again.
    pub fn reset(&self) {
        self.wechat.lock().reset();
    }

    /// Calls a control endpoint without a socket. `GET /sandbox` lists the endpoints.
    ///
    /// ```
    /// # fn main() -> Result<(), jumpqr_sandbox::SandboxError> {
    /// use serde_json::json;
    ///
    /// let sandbox = jumpqr_sandbox::Sandbox::start()?;
    /// sandbox.control("POST", "/sandbox/faults", json!({"fault": "reset"}))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn control(&self, method: &str, path: &str, body: Value) -> Result<Value, SandboxError> {
        control::dispatch(&mut self.wechat.lock(), method, path, body)
    }

    /// Closes every connection and the port, and waits for the thread to end. A second call does
    /// nothing.
    pub fn stop(&self) {
        let server = self
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(server) = server {
            // Both fail only if the thread has ended already.
            let _ = server.stop.send(());
            let _ = server.thread.join();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
