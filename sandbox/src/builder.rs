use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use jumpqr_core::interface::LinkStatus;

use crate::account::Account;
use crate::clock::Clock;
use crate::error::SandboxError;
use crate::file_fetch::FileFetch;
use crate::limits::Limits;
use crate::platform::Platform;
use crate::sandbox::Sandbox;
use crate::server::Host;
#[cfg(feature = "proxy")]
use crate::server::Identity;
use crate::state::{State, links};
use crate::succession::TokenSuccession;
use crate::well_known::{
    COMPONENT_APPID, COMPONENT_APPSECRET, ENCODING_AES_KEY, MESSAGE_TOKEN, MINI_PROGRAM_APPID,
    MINI_PROGRAM_SECRET, SERVICE_ACCOUNT_APPID, SERVICE_ACCOUNT_SECRET,
};

/// The settings of a sandbox that has not started yet.
#[derive(Debug, Clone)]
#[must_use = "a builder starts nothing before `start`"]
pub struct SandboxBuilder {
    address: IpAddr,
    port: u16,
    allowed_hosts: Vec<String>,
    #[cfg(feature = "proxy")]
    proxy: bool,
    push_url: Option<String>,
    file_fetches: Vec<(String, FileFetch)>,
    start: State,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            allowed_hosts: Vec::new(),
            #[cfg(feature = "proxy")]
            proxy: false,
            push_url: None,
            file_fetches: Vec::new(),
            start: State::default(),
        }
        .account(Account::mini_program(
            MINI_PROGRAM_APPID,
            MINI_PROGRAM_SECRET,
        ))
        .account(Account::service_account(
            SERVICE_ACCOUNT_APPID,
            SERVICE_ACCOUNT_SECRET,
        ))
        .link(SERVICE_ACCOUNT_APPID, MINI_PROGRAM_APPID)
        .platform(Platform::new(COMPONENT_APPID, COMPONENT_APPSECRET))
    }
}

impl SandboxBuilder {
    /// Sets the loopback address to listen on; 127.0.0.1 by default. [`start`](Self::start) refuses
    /// any other address.
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the port to listen on. The default, 0, means any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Allows a further host in the `Host` header: `NAME`, with any port, or `NAME:PORT`.
    ///
    /// By default the sandbox accepts `127.0.0.1`, `localhost` and `[::1]` with its own port. It
    /// refuses other names (403), because a web page could have chosen them. Allow a name of
    /// `/etc/hosts`, or a name that a proxy forwards to the sandbox. [`start`](Self::start) refuses
    /// an invalid name.
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.push(host.into());
        self
    }

    /// Adds an HTTPS proxy on the same port, for clients that have `https://api.weixin.qq.com`
    /// built in.
    ///
    /// Such a client needs no change: set its `HTTPS_PROXY` to the base URL, and make it trust
    /// [`Sandbox::proxy_ca`]. The proxy routes WeChat's API hosts to the sandbox and refuses all
    /// other hosts, so nothing leaves this machine through it.
    #[cfg(feature = "proxy")]
    pub fn proxy(mut self) -> Self {
        self.proxy = true;
        self
    }

    /// Adds an account, or replaces the account with the same appid.
    pub fn account(mut self, account: Account) -> Self {
        self.start.put_account(account);
        self
    }

    /// Adds a platform, or replaces the platform with the same component_appid.
    pub fn platform(mut self, platform: Platform) -> Self {
        self.start.insert_platform(platform);
        self
    }

    /// Makes the sandbox push tickets and authorisations of its own platform to this URL, encrypted
    /// with [`MESSAGE_TOKEN`] and [`ENCODING_AES_KEY`]. For other platforms, there is
    /// [`Platform::push_to`]. [`start`](Self::start) refuses a URL that is not `http` on loopback.
    pub fn push_url(mut self, push_url: impl Into<String>) -> Self {
        self.push_url = Some(push_url.into());
        self
    }

    /// Really fetches the account's verification file when a rule is added, see
    /// [`Sandbox::fetch_file`]. [`start`](Self::start) refuses an account that the sandbox does not
    /// have.
    pub fn fetch_file(mut self, appid: impl Into<String>, fetch: FileFetch) -> Self {
        self.file_fetches.push((appid.into(), fetch));
        self
    }

    /// Links a service account to a Mini Program, as if both administrators had confirmed.
    pub fn link(mut self, service_account: &str, mini_program: &str) -> Self {
        self.start
            .links
            .put(service_account, mini_program, Some(LinkStatus::Linked));
        self
    }

    /// Sets the limits of every account.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.start.limits = limits;
        self
    }

    /// Sets what happens to a token when the next one is issued.
    pub fn token_succession(mut self, succession: TokenSuccession) -> Self {
        self.start.succession = succession;
        self
    }

    /// Freezes the sandbox's clock at this time, in seconds since the UNIX epoch. The clock then
    /// moves only by [`Sandbox::advance`].
    pub fn frozen_at(mut self, unix_seconds: u64) -> Self {
        self.start.clock = Clock::new(Some(Duration::from_secs(unix_seconds)));
        self
    }

    /// Sets what the bindings have settings for. Their numbers may be out of range.
    #[doc(hidden)]
    pub fn settings(
        mut self,
        port: Option<i64>,
        frozen_at: Option<i64>,
        allow_hosts: Vec<String>,
    ) -> Result<Self, SandboxError> {
        fn fit<T: TryFrom<i64>>(name: &str, number: i64, range: &str) -> Result<T, SandboxError> {
            T::try_from(number)
                .map_err(|_| SandboxError::Invalid(format!("{name} is {number}; give {range}")))
        }
        if let Some(port) = port {
            self = self.port(fit("port", port, "0 to 65535")?);
        }
        if let Some(seconds) = frozen_at {
            self = self.frozen_at(fit("frozen_at", seconds, "UNIX seconds")?);
        }
        self.allowed_hosts.extend(allow_hosts);
        Ok(self)
    }

    /// Starts the server, on a thread of its own.
    pub fn start(mut self) -> Result<Sandbox, SandboxError> {
        if !self.address.is_loopback() {
            return Err(SandboxError::NotLoopback(self.address));
        }
        for (service_account, mini_program, _) in self.start.links.all() {
            links::check(&self.start.accounts, service_account, mini_program)?;
        }
        if let Some(push_url) = self.push_url.take() {
            let platform = self.start.platform(COMPONENT_APPID)?.clone();
            let platform = platform.push_to(&push_url, MESSAGE_TOKEN, ENCODING_AES_KEY)?;
            self.start.insert_platform(platform);
        }
        for (appid, fetch) in self.file_fetches.drain(..) {
            self.start.put_file_fetch(&appid, fetch)?;
        }
        let allowed_hosts = self
            .allowed_hosts
            .iter()
            .map(|host| Host::parse_allowed(host))
            .collect::<Result<_, _>>()?;
        Sandbox::listen(
            SocketAddr::new(self.address, self.port),
            allowed_hosts,
            self.start,
            #[cfg(feature = "proxy")]
            self.proxy
                .then(Identity::new)
                .transpose()?
                .map(std::sync::Arc::new),
        )
    }
}

impl Sandbox {
    /// Starts a sandbox on any free port of 127.0.0.1. It has one Mini Program, one service account
    /// linked to it, and one third-party platform that the Mini Program has authorised.
    pub fn start() -> Result<Self, SandboxError> {
        Self::builder().start()
    }

    /// Returns a builder with the default settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }
}
