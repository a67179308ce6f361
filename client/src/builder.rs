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
use crate::drive::{Driver, Hosts};
use crate::platform::Platform;
use crate::setting::{check_appid, check_credential, check_duration, refuse};
use crate::store::{MemoryStore, TokenStore};
use crate::token_source::{FixedToken, TokenFunction, TokenRequest, TokenSource};
use crate::tokens::{AppIssuer, StoredTokens, TokenInterface};
use crate::transport::{HttpSettings, HttpTransport, IpVersion, ProxySetting, TlsRoots, Transport};

/// The default timeout of a call.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The first letters of every appid.
const APPID_PREFIX: &str = "wx";

/// The default number of retries.
const DEFAULT_MAX_RETRIES: usize = 3;

/// The most retries; more would not fit into any deadline.
const MOST_RETRIES: usize = 100;

/// Settings of a [`Client`], or of a [`Platform`] and the clients of its merchants. A client needs
/// a source of tokens; everything else has a default.
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
    /// Uses this access token, which is never renewed.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.credentials = Some(Credentials::Token(token.into()));
        self
    }

    /// Calls this function for a token before each call, and once more if WeChat rejects the token.
    ///
    /// It is called from many threads at once. If it fails, its error becomes the
    /// [source](StdError::source) of the call's error. An [`Error`] is returned unchanged.
    pub fn token_function<F>(self, function: F) -> Self
    where
        F: Fn(&TokenRequest<'_>) -> Result<Secret, Box<dyn StdError + Send + Sync>>
            + Send
            + Sync
            + 'static,
    {
        self.token_source(TokenFunction(function))
    }

    /// Uses any source of tokens.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.credentials = Some(Credentials::Source(Arc::new(source)));
        self
    }

    /// Fetches the tokens of the account `appid` with its appsecret, keeps them in the
    /// [store](Self::token_store), and renews them before they expire.
    pub fn app(mut self, appid: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.credentials = Some(Credentials::App {
            appid: appid.into(),
            secret: secret.into(),
        });
        self
    }

    /// Sets the interface that issues the tokens of [`app`](Self::app); `stable_token` by default.
    pub fn token_interface(mut self, interface: TokenInterface) -> Self {
        self.token_interface = interface;
        self
    }

    /// Sets the store that keeps the tokens of [`app`](Self::app), or of a platform and its
    /// merchants, so that other clients, processes and machines share them. By default, the client
    /// keeps them in its own memory. [`store::open`](crate::store::open) opens the store that a
    /// setting names.
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

    /// Sets the query parameter with a platform's own token in its token requests; `access_token`
    /// by default, as on WeChat's newer pages.
    pub fn component_token_field(mut self, field: ComponentTokenField) -> Self {
        self.component_token_field = field;
        self
    }

    /// Sets the host to call; [`DEFAULT_BASE_URL`] by default. It must be https, unless it is an
    /// address of this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Sets hosts that are tried, in order, if nothing could be sent to the ones before; none by
    /// default. For example `https://api2.weixin.qq.com`, WeChat's host for disaster recovery.
    pub fn alternate_base_urls(
        mut self,
        urls: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.alternate_base_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// Sets whether plain http to other machines is allowed; false by default. Use it only for a
    /// proxy in your own network that speaks https to WeChat.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Sets the timeout of a whole call, with tokens, retries and reading back; 30 s by default, at
    /// most a day. A token request takes at most three quarters of the remaining time, and at most
    /// 10 s. Waiting for a [slot](Self::pacing) does not count: it has a [timeout of its
    /// own](Self::queue_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long a call may wait for all its [slots](Self::pacing) together; 300 s by default,
    /// at most a day. WeChat accepts 5 calls a second, so 1,000 calls that begin at once take 220
    /// s. A call that would wait longer fails at once with the code `paced_out`.
    pub fn queue_timeout(mut self, timeout: Duration) -> Self {
        self.queue_timeout = timeout;
        self
    }

    /// Sets the timeout for resolving the host, and then for connecting, with TLS; 5 s each by
    /// default, at most a day.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = timeout;
        self
    }

    /// Sets how long the server may send nothing; 10 s by default, at most a day.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.http.read_timeout = timeout;
        self
    }

    /// Sets how often a call is retried after a transient failure; 3 by default, 0 to 100.
    pub fn max_retries(mut self, retries: usize) -> Self {
        self.max_retries = retries;
        self
    }

    /// Sets whether calls wait for slots, so that at most 5 calls a second are sent for each
    /// interface and account; true by default. WeChat refuses more calls with 44990.
    pub fn pacing(mut self, pacing: bool) -> Self {
        self.pacing = pacing;
        self
    }

    /// Sets whether a request is checked before it is sent, and a rule is looked up before it is
    /// published or deleted; true by default.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = validate;
        self
    }

    /// Sets the longest response, in bytes; 4 MiB by default, more than a list of 10,000 rules has.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.http.body_limit = bytes;
        self
    }

    /// Sets the proxy; the environment's proxy by default.
    pub fn proxy(mut self, proxy: ProxySetting) -> Self {
        self.http.proxy = proxy;
        self
    }

    /// Sets the certificates to trust; the bundled ones by default.
    pub fn tls_roots(mut self, roots: TlsRoots) -> Self {
        self.http.tls_roots = roots;
        self
    }

    /// Sets further certificates to trust besides [`tls_roots`](Self::tls_roots), in PEM; none by
    /// default. For example the authority of a company whose proxy decrypts TLS.
    pub fn extra_tls_roots(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.extra_tls_roots = Some(pem.into());
        self
    }

    /// Sets the version of the Internet Protocol to connect with, also to a proxy; any by default.
    pub fn ip_version(mut self, version: IpVersion) -> Self {
        self.http.ip_version = version;
        self
    }

    /// Sets another transport than blocking HTTP. The settings of HTTP then have no effect.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Sets another clock than the machine's, for tests. A store that is not set keeps its leases
    /// by this clock, too.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Builds the client. Nothing is sent yet. A setting that makes no sense is refused as
    /// `invalid_config`, a missing source of tokens as `no_credentials`.
    pub fn build(self) -> Result<Client> {
        let driver = Arc::new(self.driver()?);
        let tokens: Arc<dyn TokenSource> = match self.credentials {
            None => {
                return Err(Error::new(
                    OwnCode::NoCredentials,
                    "there is no access token, no token source, and no appid and secret",
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
                    return Err(refuse(
                        "appid, secret: each has the value of the other; swap them",
                    ));
                }
                let app = AppIssuer {
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

    /// Builds a third-party platform instead of a client. Credentials of a single account must not
    /// be set. The clients of its merchants come from [`Platform::merchant`]. Nothing is sent yet.
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

    /// Checks every setting except the credentials, and makes what the calls need.
    fn driver(&self) -> Result<Driver> {
        let parse = |setting, url: &String| BaseUrl::parse(setting, url, self.allow_http);
        let further = self.alternate_base_urls.iter();
        let hosts = Hosts {
            first: Arc::new(parse("base_url", &self.base_url)?),
            further: further
                .map(|url| parse("alternate_base_urls", url))
                .collect::<Result<_>>()?,
        };
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

    /// Makes the transport over HTTP, if it can call all of these hosts.
    fn http_transport(&self, hosts: &Hosts) -> Result<Arc<dyn Transport>> {
        let transport = HttpTransport::new(&self.http)?;
        for host in hosts.iter() {
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
