use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use jumpqr_core::interface::LinkStatus;

use crate::account::Account;
use crate::error::SandboxError;
use crate::limits::Limits;
use crate::platform::Platform;
use crate::sandbox::Sandbox;
use crate::server::AllowedHost;
#[cfg(feature = "proxy")]
use crate::server::Identity;
use crate::state::{InitialAuthorization, InitialState, InitialTicket, links};
use crate::succession::TokenSuccession;

/// The appid of the Mini Program of every sandbox.
pub const MINI_PROGRAM_APPID: &str = "wx5a6b7c8d9e0f1a2b";
/// Its secret.
pub const MINI_PROGRAM_SECRET: &str = "5a6d696e6970726f6772616d73656372";
/// The appid of the service account of every sandbox. It is linked to the Mini Program.
pub const SERVICE_ACCOUNT_APPID: &str = "wx0f1e2d3c4b5a6978";
/// Its secret.
pub const SERVICE_ACCOUNT_SECRET: &str = "73657276696365616363746f66736563";

/// The component_appid of the third-party platform of every sandbox. The Mini Program has
/// authorised it.
pub const COMPONENT_APPID: &str = "wx7c0d1e2f3a4b5c6d";
/// Its component_appsecret.
pub const COMPONENT_APPSECRET: &str = "636f6d706f6e656e746170707365637e";

/// The ticket that is pushed to the platform when the sandbox starts.
pub const COMPONENT_VERIFY_TICKET: &str = "ticket@@@yvok56yK5SsJry2UWKaXpQ1bC8jj\
    UukqPSNLdhYLcB3s1VneUxUEiJQbhg6jS5ldruoNbMKlB4Y2dtzjgQfAbQ";
/// The first authorizer_refresh_token of the Mini Program.
pub const AUTHORIZER_REFRESH_TOKEN: &str =
    "refreshtoken@@@QF3zobfieD8UzBIVrIb4aPDuliZeTcU3R32W1gQTi54";

/// The settings of a sandbox that has not started yet.
#[derive(Debug, Clone)]
#[must_use = "a builder starts nothing before `start`"]
pub struct SandboxBuilder {
    address: IpAddr,
    port: u16,
    allowed_hosts: Vec<String>,
    #[cfg(feature = "proxy")]
    proxy: bool,
    start: InitialState,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        let mut start = InitialState::default();
        start.links.put(
            SERVICE_ACCOUNT_APPID,
            MINI_PROGRAM_APPID,
            LinkStatus::Linked,
        );
        start.tickets.push(InitialTicket {
            component_appid: COMPONENT_APPID,
            component_verify_ticket: COMPONENT_VERIFY_TICKET,
        });
        start.authorizations.push(InitialAuthorization {
            component_appid: COMPONENT_APPID,
            appid: MINI_PROGRAM_APPID,
            refresh_token: AUTHORIZER_REFRESH_TOKEN,
        });
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            allowed_hosts: Vec::new(),
            #[cfg(feature = "proxy")]
            proxy: false,
            start,
        }
        .account(Account::mini_program(
            MINI_PROGRAM_APPID,
            MINI_PROGRAM_SECRET,
        ))
        .account(Account::service_account(
            SERVICE_ACCOUNT_APPID,
            SERVICE_ACCOUNT_SECRET,
        ))
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
        self.start.accounts.insert(account.appid.clone(), account);
        self
    }

    /// Adds a platform, or replaces the platform with the same component_appid.
    pub fn platform(mut self, platform: Platform) -> Self {
        self.start
            .platforms
            .insert(platform.component_appid.clone(), platform);
        self
    }

    /// Links a service account to a Mini Program, as if both administrators had confirmed.
    pub fn link(mut self, service_account: &str, mini_program: &str) -> Self {
        self.start
            .links
            .put(service_account, mini_program, LinkStatus::Linked);
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
        self.start.frozen_at = Some(Duration::from_secs(unix_seconds));
        self
    }

    /// Starts the server, on a thread of its own.
    pub fn start(self) -> Result<Sandbox, SandboxError> {
        if !self.address.is_loopback() {
            return Err(SandboxError::NotLoopback(self.address));
        }
        for (service_account, mini_program, _) in self.start.links.all() {
            links::check(&self.start.accounts, service_account, mini_program)?;
        }
        let allowed_hosts = self
            .allowed_hosts
            .iter()
            .map(|host| AllowedHost::parse(host))
            .collect::<Result<_, _>>()?;
        let address = SocketAddr::new(self.address, self.port);
        Sandbox::listen(
            address,
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
