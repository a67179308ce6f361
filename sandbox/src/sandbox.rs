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

use crate::account::{Account, Credentials};
use crate::builder::{
    MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, SERVICE_ACCOUNT_APPID, SERVICE_ACCOUNT_SECRET,
    SandboxBuilder,
};
use crate::control;
use crate::error::SandboxError;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::server::{self, AllowedHost, Hosts};
use crate::state::journal::{Counters, RecordedRequest};
use crate::state::rules::StoredRule;
use crate::state::web::Web;
use crate::state::{Shared, Start, State};

/// A local WeChat that is running.
///
/// It serves on a thread of its own until it is stopped or dropped. All methods may be called from any thread, at any time;
/// none waits for a request.
pub struct Sandbox {
    address: SocketAddr,
    base_url: String,
    #[cfg(feature = "proxy")]
    identity: Option<std::sync::Arc<server::Identity>>,
    state: Shared,
    server: Mutex<Option<Server>>,
}

struct Server {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox on any free port of 127.0.0.1, with one Mini Program, one service account linked to it, and one
    /// third-party platform that the Mini Program has authorised.
    pub fn start() -> Result<Self, SandboxError> {
        Self::builder().start()
    }

    /// Says what it is to be like.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    pub(crate) fn listen(
        address: SocketAddr,
        allowed_hosts: Vec<AllowedHost>,
        start: Start,
        #[cfg(feature = "proxy")] identity: Option<std::sync::Arc<server::Identity>>,
    ) -> Result<Self, SandboxError> {
        let bind = |source| SandboxError::Bind {
            port: address.port(),
            source,
        };
        let listener = TcpListener::bind(address).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let state = Shared::new(State::new(start));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(SandboxError::Start)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(SandboxError::Start)?
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let hosts = Hosts::new(address.port(), allowed_hosts);
        let serving = server::serve(
            listener,
            hosts,
            state.clone(),
            #[cfg(feature = "proxy")]
            identity.clone(),
        );
        let thread = std::thread::Builder::new()
            .name("jumpqr-sandbox".to_owned())
            .spawn(move || {
                // Dropping the runtime at the end closes every connection.
                runtime.block_on(async {
                    tokio::select! {
                        _ = serving => {}
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
            state,
            server: Mutex::new(Some(Server { stop, thread })),
        })
    }

    /// Where it is, in the place of `https://api.weixin.qq.com`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The certificate, in PEM, of the authority that clients must trust to come through the
    /// [proxy](SandboxBuilder::proxy); `None` without the proxy. It is made for this sandbox alone.
    #[cfg(feature = "proxy")]
    #[must_use]
    pub fn proxy_ca(&self) -> Option<&str> {
        Some(self.identity.as_ref()?.ca_pem.as_str())
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The credentials of the Mini Program that every sandbox has at its start.
    #[must_use]
    pub fn mini_program(&self) -> Credentials {
        Credentials {
            appid: MINI_PROGRAM_APPID.to_owned(),
            secret: Secret::new(MINI_PROGRAM_SECRET),
        }
    }

    /// The credentials of the service account that every sandbox has at its start.
    #[must_use]
    pub fn service_account(&self) -> Credentials {
        Credentials {
            appid: SERVICE_ACCOUNT_APPID.to_owned(),
            secret: Secret::new(SERVICE_ACCOUNT_SECRET),
        }
    }

    /// A token of the account, without a request: nothing is counted, and no other token is superseded.
    pub fn access_token(&self, appid: &str) -> Result<Secret, SandboxError> {
        let grant = self.state.lock().mint_token(appid)?;
        Ok(Secret::new(grant.access_token))
    }

    /// Kills all tokens of the account (40001); returns how many lived.
    pub fn kill_tokens(&self, appid: &str) -> Result<usize, SandboxError> {
        self.state.lock().kill_tokens(appid)
    }

    /// The account with this appid, as it is now.
    pub fn account(&self, appid: &str) -> Result<Account, SandboxError> {
        Ok(self.state.lock().account(appid)?.clone())
    }

    /// A further account, or one in the place of that with the same appid.
    pub fn put_account(&self, account: Account) {
        self.state.lock().put_account(account);
    }

    /// The rules of the account whose token added them, in the order in which they were added.
    pub fn rules(&self, appid: &str) -> Result<Vec<StoredRule>, SandboxError> {
        let state = self.state.lock();
        state.account(appid)?;
        Ok(state.rules.of(appid).cloned().collect())
    }

    /// A further rule of the account, or one in the place of that with the same prefix. Nothing is checked.
    pub fn put_rule(&self, appid: &str, rule: StoredRule) -> Result<(), SandboxError> {
        self.state.lock().put_rule(appid, rule)
    }

    /// How far the link between a service account and a Mini Program is.
    #[must_use]
    pub fn link(&self, service_account: &str, mini_program: &str) -> Option<LinkStatus> {
        self.state.lock().links.get(service_account, mini_program)
    }

    /// Sets that; `None` parts them.
    pub fn put_link(
        &self,
        service_account: &str,
        mini_program: &str,
        status: Option<LinkStatus>,
    ) -> Result<(), SandboxError> {
        self.state
            .lock()
            .put_link(service_account, mini_program, status)
    }

    /// The administrator whose turn it is confirms a request made through wxamplink: the service account's first, then the
    /// Mini Program's. Returns the new status.
    pub fn confirm_link(
        &self,
        service_account: &str,
        mini_program: &str,
    ) -> Result<Option<LinkStatus>, SandboxError> {
        let mut state = self.state.lock();
        state.links.decide(service_account, mini_program, true)
    }

    /// The administrator whose turn it is refuses. Returns the new status.
    pub fn refuse_link(
        &self,
        service_account: &str,
        mini_program: &str,
    ) -> Result<Option<LinkStatus>, SandboxError> {
        let mut state = self.state.lock();
        state.links.decide(service_account, mini_program, false)
    }

    /// What is wrong with the web outside.
    pub fn put_web(&self, web: Web) {
        self.state.lock().web = web;
    }

    /// Where the account's verification files are, URL → content; `None`, as at the start, is everywhere.
    pub fn put_verification_files(
        &self,
        appid: &str,
        files: Option<BTreeMap<String, String>>,
    ) -> Result<(), SandboxError> {
        self.state.lock().put_verification_files(appid, files)
    }

    /// How much an account may do.
    pub fn put_limits(&self, limits: Limits) {
        self.state.lock().limits = limits;
    }

    /// Moves the sandbox's clock: tokens expire, seconds, days and months pass.
    pub fn advance(&self, by: Duration) {
        self.state.lock().clock.advance(by);
    }

    /// Asks for something to go wrong; returns the id with which it can be called off.
    pub fn inject(&self, fault: Fault) -> Result<u64, SandboxError> {
        self.state.lock().inject(fault)
    }

    /// Calls all faults off.
    pub fn clear_faults(&self) {
        self.state.lock().faults.clear();
    }

    /// The latest requests, at most 10,000 and 64 MiB of them, without tokens and secrets. Control
    /// requests are not among them.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.lock().journal.requests.iter().cloned().collect()
    }

    /// How many requests were received.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.state.lock().journal.counters.clone()
    }

    /// Back to the start: accounts, platforms, the ticket and the authorisation of the start, links, limits, succession of
    /// tokens and clock as built; no rules, tokens, faults or requests.
    pub fn reset(&self) {
        self.state.lock().reset();
    }

    /// Does what the control endpoint `method` `path` does, without a socket: any of those that `GET /sandbox` lists.
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
        control::dispatch(&mut self.state.lock(), method, path, body)
    }

    /// Closes every connection and the port, and waits for the thread to end. Does nothing the second time.
    pub fn stop(&self) {
        let server = self
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(server) = server {
            // Either may fail only because the thread has ended already.
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
