use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::call::DEFAULT_QUEUE_TIMEOUT;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{ComponentTokenField, DEFAULT_BASE_URL};

use crate::base_url::BaseUrl;
use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::drive::Driver;
use crate::platform::Platform;
use crate::setting::{check_appid, check_credential, check_duration, refuse};
use crate::store::{MemoryStore, TokenStore};
use crate::token::{
    App, FixedToken, StoredTokens, TokenFunction, TokenInterface, TokenRequest, TokenSource,
};
use crate::transport::{HttpSettings, HttpTransport, IpVersion, ProxySetting, TlsRoots, Transport};

/// The most time that a call takes, where nothing else is said.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// What every appid begins with.
const APPID_PREFIX: &str = "wx";

/// How often a call is tried again, where nothing else is said.
const DEFAULT_MAX_RETRIES: usize = 3;

/// More retries than this would not fit into any deadline.
const MOST_RETRIES: usize = 100;

/// Settings for a [`Client`], or for a [`Platform`] and the clients of its merchants. Where the
/// tokens come from must be said; everything else has a default.
///
/// ```
/// use std::time::Duration;
///
/// let client = jumpqr::Client::builder()
///     .app("wx1234567890abcdef", "appsecret")
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok::<(), jumpqr::Error>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    token_interface: TokenInterface,
    token_store: Option<Arc<dyn TokenStore>>,
    component_token_field: ComponentTokenField,
    base_url: String,
    alternate_base_urls: Vec<String>,
    allow_http: bool,
    timeout: Duration,
    queue_timeout: Duration,
    max_retries: usize,
    pacing: bool,
    validate: bool,
    http: HttpSettings,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
}

enum Credentials {
    Token(Secret),
    App { appid: String, secret: Secret },
    Source(Arc<dyn TokenSource>),
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            credentials: None,
            token_interface: TokenInterface::default(),
            token_store: None,
            component_token_field: ComponentTokenField::default(),
            base_url: DEFAULT_BASE_URL.to_owned(),
            alternate_base_urls: Vec::new(),
            allow_http: false,
            timeout: DEFAULT_TIMEOUT,
            queue_timeout: DEFAULT_QUEUE_TIMEOUT,
            max_retries: DEFAULT_MAX_RETRIES,
            pacing: true,
            validate: true,
            http: HttpSettings::default(),
            transport: None,
            clock: None,
        }
    }
}

impl ClientBuilder {
    /// This token, for as long as it lives.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.credentials = Some(Credentials::Token(token.into()));
        self
    }

    /// The caller's function is asked for a token before each call, and once more when WeChat calls
    /// the token stale.
    ///
    /// It is called from many threads at once. What it fails with is the [source](StdError::source)
    /// of the error; an [`Error`](jumpqr_core::Error) comes out as it is.
    pub fn token_function<F>(self, function: F) -> Self
    where
        F: Fn(&TokenRequest<'_>) -> Result<Secret, Box<dyn StdError + Send + Sync>>
            + Send
            + Sync
            + 'static,
    {
        self.token_source(TokenFunction(function))
    }

    /// Any source of tokens.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.credentials = Some(Credentials::Source(Arc::new(source)));
        self
    }

    /// The tokens of the account `appid`, fetched with its appsecret, kept in the
    /// [store](Self::token_store) and renewed before they expire.
    pub fn app(mut self, appid: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.credentials = Some(Credentials::App {
            appid: appid.into(),
            secret: secret.into(),
        });
        self
    }

    /// Which interface issues the tokens of [`app`](Self::app); `stable_token` by default.
    pub fn token_interface(mut self, interface: TokenInterface) -> Self {
        self.token_interface = interface;
        self
    }

    /// Where the tokens of [`app`](Self::app), or of a platform and its merchants, are kept, so
    /// that other clients, processes and machines share them; in this client's own memory by
    /// default. [`store::open`](crate::store::open) makes one of a setting.
    ///
    /// ```
    /// let store = jumpqr::store::open("memory:")?;
    /// let client = jumpqr::Client::builder()
    ///     .app("wx1234567890abcdef", "appsecret")
    ///     .token_store(store)
    ///     .build()?;
    /// # Ok::<(), jumpqr::Error>(())
    /// ```
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// What a platform's own token is called in the query of its token requests; `access_token` by
    /// default, as on WeChat's newer pages.
    pub fn component_token_field(mut self, field: ComponentTokenField) -> Self {
        self.component_token_field = field;
        self
    }

    /// The host to call; [`DEFAULT_BASE_URL`] by default. It must be https, but for this machine's
    /// own addresses.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Hosts that are tried, in order, when nothing could be sent to the ones before; none by
    /// default. For example `https://api2.weixin.qq.com`, WeChat's host for disaster recovery.
    pub fn alternate_base_urls(
        mut self,
        urls: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.alternate_base_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// Whether plain http is allowed to other machines: only for a proxy in your own network that
    /// speaks https to WeChat.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// The most time that a whole call takes, with tokens, retries and reading back; 30 s by
    /// default, at most a day. A request for a token takes at most three quarters of what is left
    /// of it, and 10 s. While a call waits for a [slot](Self::pacing), its time stands still: that
    /// wait has a [bound of its own](Self::queue_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a call may wait for all its [slots](Self::pacing) together; 300 s by default, at
    /// most a day. WeChat takes 5 calls a second, so 1,000 calls that begin at once take 220 s. A
    /// call that would wait longer fails at once with the code `paced_out`.
    pub fn queue_timeout(mut self, timeout: Duration) -> Self {
        self.queue_timeout = timeout;
        self
    }

    /// How long looking up the host's name may take, and then connecting, TLS included; 5 s each by
    /// default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = timeout;
        self
    }

    /// How long the server may say nothing; 10 s by default.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.http.read_timeout = timeout;
        self
    }

    /// How often a call is tried again after a transient failure; 3 by default, 0 to 100.
    pub fn max_retries(mut self, retries: usize) -> Self {
        self.max_retries = retries;
        self
    }

    /// Whether calls wait for slots, so that no more than 5 calls a second are sent of each
    /// interface and account; true by default. WeChat answers more calls with 44990.
    pub fn pacing(mut self, pacing: bool) -> Self {
        self.pacing = pacing;
        self
    }

    /// Whether a request is checked before it is sent, and a rule is looked up before it is
    /// published or deleted; true by default.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = validate;
        self
    }

    /// The longest answer that is taken, in bytes; 4 MiB by default, more than a list of 10,000
    /// rules takes.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.http.body_limit = bytes;
        self
    }

    /// The proxy; the environment's by default.
    pub fn proxy(mut self, proxy: ProxySetting) -> Self {
        self.http.proxy = proxy;
        self
    }

    /// Whose certificates are trusted; the bundled authorities' by default.
    pub fn tls_roots(mut self, roots: TlsRoots) -> Self {
        self.http.tls_roots = roots;
        self
    }

    /// Certificates that are trusted besides those of [`tls_roots`](Self::tls_roots), in PEM; none
    /// by default. For example the authority of a company whose proxy opens TLS.
    pub fn extra_tls_roots(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.extra_tls_roots = Some(pem.into());
        self
    }

    /// The version of the Internet Protocol to connect with, to a proxy too; any by default.
    pub fn ip_version(mut self, version: IpVersion) -> Self {
        self.http.ip_version = version;
        self
    }

    /// Another transport than blocking HTTP; the settings of HTTP are then without effect.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Another clock than the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The client; nothing is sent yet. A setting that makes no sense is refused by name.
    pub fn build(self) -> Result<Client> {
        let driver = Arc::new(self.driver()?);
        let tokens: Arc<dyn TokenSource> = match self.credentials {
            None => {
                return Err(Error::new(
                    OwnCode::NoCredentials,
                    "there is nothing to get an access token with",
                ));
            }
            Some(Credentials::Source(source)) => source,
            Some(Credentials::Token(token)) => {
                check_credential("access_token", token.expose())?;
                Arc::new(FixedToken(token))
            }
            Some(Credentials::App { appid, secret }) => {
                if appid.trim().is_empty() || secret.expose().trim().is_empty() {
                    return Err(refuse("appid, secret: give both"));
                }
                check_credential("appid", &appid)?;
                check_credential("secret", secret.expose())?;
                if secret.expose().starts_with(APPID_PREFIX) && !appid.starts_with(APPID_PREFIX) {
                    return Err(refuse("appid, secret: give each in the place of the other"));
                }
                let app = App {
                    appid,
                    secret,
                    interface: self.token_interface,
                    driver: Arc::clone(&driver),
                };
                Arc::new(StoredTokens::new(
                    app,
                    driver.custom_host().as_slice(),
                    store_or_memory(self.token_store, &driver.clock),
                    Arc::clone(&driver.clock),
                )?)
            }
        };
        Ok(Client::new(driver, tokens, self.timeout, self.validate))
    }

    /// Checks every setting except the credentials, as [`build`](Self::build) does. Sends nothing.
    pub fn check_settings(&self) -> Result<()> {
        self.driver().map(drop)
    }

    /// A third-party platform in the place of a client, with the same settings but for those of one
    /// account: its merchants' clients come from [`Platform::merchant`]. Nothing is sent yet.
    ///
    /// ```
    /// let platform = jumpqr::Client::builder()
    ///     .token_store(jumpqr::store::open("memory:")?)
    ///     .build_platform("wxplatform00000000", "appsecret")?;
    /// let client = platform.merchant("wx1234567890abcdef")?;
    /// # Ok::<(), jumpqr::Error>(())
    /// ```
    pub fn build_platform(
        self,
        component_appid: impl Into<String>,
        component_appsecret: impl Into<Secret>,
    ) -> Result<Platform> {
        let (component_appid, component_appsecret) =
            (component_appid.into(), component_appsecret.into());
        if self.credentials.is_some() {
            return Err(refuse(
                "component_appid: a platform takes no access token, and no appid and secret of an \
                 account besides its own",
            ));
        }
        check_appid("component_appid", &component_appid)?;
        check_credential("component_appsecret", component_appsecret.expose())?;
        let driver = self.driver()?;
        Platform::new(
            component_appid,
            component_appsecret,
            self.component_token_field,
            store_or_memory(self.token_store, &driver.clock),
            driver,
            self.timeout,
            self.validate,
        )
    }

    /// What calls are made with, once every setting is checked.
    fn driver(&self) -> Result<Driver> {
        let alternates = self.alternate_base_urls.iter();
        let hosts = std::iter::once(("base_url", &self.base_url))
            .chain(alternates.map(|url| ("alternate_base_urls", url)))
            .map(|(setting, url)| BaseUrl::parse(setting, url, self.allow_http))
            .collect::<Result<Arc<[_]>>>()?;
        self.check_durations()?;
        if self.http.body_limit == 0 {
            return Err(refuse("body_limit: give 1 byte or more"));
        }
        if self.max_retries > MOST_RETRIES {
            return Err(refuse(&format!("max_retries: give at most {MOST_RETRIES}")));
        }
        let transport = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => self.http_transport(&hosts)?,
        };
        let clock = match &self.clock {
            Some(clock) => Arc::clone(clock),
            None => Arc::new(SystemClock::default()),
        };
        Ok(Driver {
            transport,
            clock,
            hosts,
            max_retries: self.max_retries,
            pacer: self.pacing.then(Mutex::default),
            queue_timeout: self.queue_timeout,
        })
    }

    /// The transport over HTTP, if it leads to all of these hosts.
    fn http_transport(&self, hosts: &[BaseUrl]) -> Result<Arc<dyn Transport>> {
        let transport = HttpTransport::new(&self.http)?;
        for host in hosts {
            transport.check(host.as_str())?;
        }
        Ok(Arc::new(transport))
    }

    fn check_durations(&self) -> Result<()> {
        for (name, duration) in [
            ("timeout", self.timeout),
            ("queue_timeout", self.queue_timeout),
            ("connect_timeout", self.http.connect_timeout),
            ("read_timeout", self.http.read_timeout),
        ] {
            check_duration(name, duration)?;
        }
        Ok(())
    }
}

/// Returns the store of the settings, or else a new one in memory with the client's clock.
fn store_or_memory(
    store: Option<Arc<dyn TokenStore>>,
    clock: &Arc<dyn Clock>,
) -> Arc<dyn TokenStore> {
    store.unwrap_or_else(|| Arc::new(MemoryStore::with_clock(Arc::clone(clock))))
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}
