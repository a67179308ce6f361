use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::call::CallEvent;
use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::ComponentTokenField;

use crate::base_url::BaseUrl;
use crate::checks::{Findings, check_appid, check_credential, check_duration};
use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::drive::{Driver, Hosts};
use crate::listener::{CallListener, Listen};
use crate::platform::{Platform, receiver};
use crate::settings::{IpVersion, Owner, ProxySetting, Settings, TlsRoots, TokenInterface};
use crate::store::{self, TokenStore};
use crate::token_source::{FixedToken, TokenFunction, TokenRequest, TokenSource};
use crate::tokens::{AppIssuer, StoredTokens};
use crate::transport::{HttpTransport, Transport};

/// The first letters of every appid.
const APPID_PREFIX: &str = "wx";

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
#[derive(Default)]
pub struct ClientBuilder {
    settings: Settings,
    token_source: Option<Arc<dyn TokenSource>>,
    token_store: Option<Arc<dyn TokenStore>>,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    listener: CallListener,
}

/// Defines a method for each setting that is not set by hand.
macro_rules! setting_methods {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $type:ty $(= $default:expr)?, $owner:ident, $form:ident $($into:ident)?;
    )+) => {
        /// The settings that have a default.
        impl ClientBuilder {
            $(setting_methods! {
                @$form $($into)? $name: $type,
                $($doc)+ $("" concat!("Default: `", stringify!($default), "`."))?
            })+
        }
    };
    (@builder $name:ident: $type:ty, $($doc:expr)+) => {
        $(#[doc = $doc])+
        pub fn $name(mut self, value: $type) -> Self {
            self.settings.$name = Some(value);
            self
        }
    };
    (@builder into $name:ident: $type:ty, $($doc:expr)+) => {
        $(#[doc = $doc])+
        pub fn $name(mut self, value: impl Into<$type>) -> Self {
            self.settings.$name = Some(value.into());
            self
        }
    };
    (@by_hand $name:ident: $type:ty, $($doc:expr)+) => {};
}

for_each_setting!(setting_methods);

impl ClientBuilder {
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
        self.token_source = Some(Arc::new(source));
        self
    }

    /// Fetches the tokens of the account `appid` with its appsecret, keeps them in the
    /// [store](Self::token_store), and renews them before they expire.
    pub fn app(mut self, appid: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.settings.appid = Some(appid.into());
        self.settings.secret = Some(secret.into());
        self
    }

    /// Sets the store that keeps the tokens of [`app`](Self::app), or of a platform and its
    /// merchants, so that other clients, processes and machines share them. By default, the client
    /// keeps them in its own memory. [`store::open`] opens the store that a setting names.
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

    /// Sets hosts that are tried, in order, if nothing could be sent to the ones before; none by
    /// default. For example `https://api2.weixin.qq.com`, WeChat's host for disaster recovery.
    pub fn alternate_base_urls(
        mut self,
        urls: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.settings.alternate_base_urls = Some(urls.into_iter().map(Into::into).collect());
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

    /// Calls this function with an [event](CallEvent) for each call, when the call is done.
    ///
    /// It is called on the thread of the call, before the call returns, from many threads at once.
    /// The events of a renewed token come before the event of the call that needed it. A call that
    /// is refused before anything is sent has an event, too. If the function panics, the panic is
    /// logged, and the call returns what it would have returned.
    ///
    /// ```
    /// let client = jumpqr::Client::builder()
    ///     .access_token("TOKEN")
    ///     .on_call(|event| println!("{event}"))
    ///     .build()?;
    /// # Ok::<(), jumpqr::Error>(())
    /// ```
    pub fn on_call(self, listener: impl Fn(&CallEvent) + Send + Sync + 'static) -> Self {
        self.listener(listener)
    }

    pub(crate) fn listener(mut self, listener: impl Listen) -> Self {
        self.listener = CallListener::new(listener);
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// Settings that make no sense are refused as `invalid_config`, with a
    /// [finding](Error::violations) for each; a missing source of tokens as `no_credentials`.
    pub fn build(self) -> Result<Client> {
        let mut findings = self.check(Owner::Client);
        self.check_credentials(&mut findings);
        let settings = &self.settings;
        let mut driver = self.driver(findings)?;
        let is_app = self.token_source.is_none() && settings.access_token.is_none();
        let store = match settings.appid.as_deref().filter(|_| is_app) {
            Some(appid) => Some(self.open_store(&mut driver, appid)?),
            None => None,
        };
        let driver = Arc::new(driver);
        let tokens: Arc<dyn TokenSource> = match (&self.token_source, &settings.access_token, store)
        {
            (Some(source), ..) => Arc::clone(source),
            (_, Some(token), _) => Arc::new(FixedToken(token.clone())),
            (_, _, Some(store)) => Arc::new(StoredTokens::new(
                AppIssuer {
                    appid: settings.appid.clone().unwrap_or_default(),
                    secret: settings.secret.clone().unwrap_or_else(|| Secret::new("")),
                    interface: settings.token_interface(),
                    driver: Arc::clone(&driver),
                },
                driver.custom_host().as_slice(),
                store,
                Arc::clone(&driver.clock),
            )?),
            (None, None, None) => {
                return Err(Error::new(
                    OwnCode::NoCredentials,
                    "there is no access token, no token source, and no appid and secret",
                ));
            }
        };
        let client = Client::new(driver, tokens, settings.timeout(), settings.validate());
        Ok(match (self.settings.appid, self.settings.secret) {
            (Some(appid), Some(secret)) => client.with_app(appid, secret),
            _ => client,
        })
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
        mut self,
        component_appid: impl Into<String>,
        component_appsecret: impl Into<Secret>,
    ) -> Result<Platform> {
        self.settings.component_appid = Some(component_appid.into());
        self.settings.component_appsecret = Some(component_appsecret.into());
        self.platform()
    }

    /// Builds the third-party platform whose credentials are set.
    pub(crate) fn platform(self) -> Result<Platform> {
        let mut findings = self.check(Owner::Platform);
        if self.token_source.is_some() {
            findings.add("access_token", FindingCode::UnknownField, NOT_OF_PLATFORM);
        }
        let appid = self.settings.component_appid.as_deref();
        let appsecret = self.settings.component_appsecret.as_ref();
        let appid = findings.keep(require("component_appid", appid));
        let appsecret = findings.keep(require("component_appsecret", appsecret));
        if let Some(appid) = appid {
            findings.keep(check_appid("component_appid", appid));
        }
        if let Some(appsecret) = appsecret {
            findings.keep(check_credential("component_appsecret", appsecret.expose()));
        }
        let receiver = receiver(&self.settings, appid, &mut findings)?;
        let appid = appid.unwrap_or_default();
        let mut driver = self.driver(findings)?;
        let store = self.open_store(&mut driver, appid)?;
        Platform::new(&self.settings, store, driver, receiver)
    }

    /// Checks every setting except the credentials, as [`build`](Self::build) does. Sends nothing,
    /// and opens no store.
    pub fn check_settings(&self) -> Result<()> {
        self.driver(self.check(Owner::Both)).map(drop)
    }

    /// Checks what needs no other part of the machine: neither the environment nor files.
    fn check(&self, owner: Owner) -> Findings {
        let mut findings = Findings::default();
        let settings = &self.settings;
        for setting in settings.given() {
            let reason = match (setting.owner, owner) {
                (Owner::Client, Owner::Platform) => NOT_OF_PLATFORM,
                (Owner::Platform, Owner::Client) => NOT_OF_CLIENT,
                _ => continue,
            };
            findings.add(setting.name, FindingCode::UnknownField, reason);
        }
        for (name, duration) in [
            ("timeout", settings.timeout()),
            ("queue_timeout", settings.queue_timeout()),
            ("connect_timeout", settings.connect_timeout()),
            ("read_timeout", settings.read_timeout()),
        ] {
            findings.keep(check_duration(name, duration));
        }
        let mut refuse = |name, is_wrong, message| {
            if is_wrong {
                findings.add(name, FindingCode::OutOfRange, message);
            }
        };
        refuse(
            "body_limit",
            settings.body_limit() == 0,
            "give 1 byte or more",
        );
        refuse(
            "max_retries",
            settings.max_retries() > MOST_RETRIES,
            "give at most 100",
        );
        refuse(
            "max_concurrency",
            settings.max_concurrency() == 0,
            "give 1 or more",
        );
        findings
    }

    fn check_credentials(&self, findings: &mut Findings) {
        let Settings {
            access_token,
            appid,
            secret,
            ..
        } = &self.settings;
        let sources = [
            self.token_source.is_some(),
            access_token.is_some(),
            appid.is_some() || secret.is_some(),
        ];
        if sources.iter().filter(|is_given| **is_given).count() > 1 {
            let message = "is given besides another source of tokens; give one";
            findings.add("access_token", FindingCode::Conflict, message);
        }
        if let Some(token) = access_token {
            findings.keep(check_credential("access_token", token.expose()));
        }
        if appid.is_none() && secret.is_none() {
            return;
        }
        let appid = findings.keep(require("appid", appid.as_deref()));
        let secret = findings.keep(require("secret", secret.as_ref().map(Secret::expose)));
        let is_appid = |text: &&str| text.starts_with(APPID_PREFIX);
        if secret.is_some_and(|secret| is_appid(&secret))
            && !appid.is_none_or(|appid| is_appid(&appid))
        {
            for name in ["appid", "secret"] {
                let message = "has the value of the other; swap the two";
                findings.add(name, FindingCode::WrongCredential, message);
            }
            return;
        }
        for (name, credential) in [("appid", appid), ("secret", secret)] {
            if let Some(credential) = credential {
                findings.keep(check_credential(name, credential));
            }
        }
    }

    /// Makes what the calls need, if there are no findings.
    fn driver(&self, mut findings: Findings) -> Result<Driver> {
        let settings = &self.settings;
        let allow_http = settings.allow_http();
        let mut parse =
            |name: &str, url: &str| findings.keep(BaseUrl::parse(name, url, allow_http));
        let first = parse("base_url", &settings.base_url());
        let alternate = settings.alternate_base_urls();
        let further: Option<Arc<[_]>> = (0..)
            .zip(&alternate)
            .map(|(place, url)| parse(&format!("alternate_base_urls[{place}]"), url))
            .collect();
        let hosts = first.zip(further).map(|(first, further)| Hosts {
            first: Arc::new(first),
            further,
        });
        let transport = match &self.transport {
            Some(transport) => Some(Arc::clone(transport)),
            None => findings.keep_invalid(self.http_transport(hosts.as_ref()))?,
        };
        findings.into_result()?;
        let (Some(hosts), Some(transport)) = (hosts, transport) else {
            return Err(Error::new(
                OwnCode::Internal,
                "a wrong setting has no finding",
            ));
        };
        let clock = match &self.clock {
            Some(clock) => Arc::clone(clock),
            None => Arc::new(SystemClock::default()),
        };
        Ok(Driver {
            transport,
            clock,
            hosts,
            max_retries: settings.max_retries(),
            pacer: settings.pacing().then(Arc::default),
            shared_pace: None,
            queue_timeout: settings.queue_timeout(),
            appid: settings
                .appid
                .as_deref()
                .or(settings.component_appid.as_deref())
                .map(Arc::from),
            listener: self.listener.clone(),
        })
    }

    /// Makes the transport over HTTP, if it can call all of these hosts.
    fn http_transport(&self, hosts: Option<&Hosts>) -> Result<Arc<dyn Transport>> {
        let transport = HttpTransport::new(&self.settings)?;
        for host in hosts.into_iter().flat_map(Hosts::iter) {
            transport.check(host.as_str())?;
        }
        Ok(Arc::new(transport))
    }

    /// Returns the store, or opens the one that the settings name. The driver shares the pace of the
    /// account with the other clients of the store, unless there can be no others.
    fn open_store(&self, driver: &mut Driver, appid: &str) -> Result<Arc<dyn TokenStore>> {
        let store = if let Some(store) = &self.token_store {
            Arc::clone(store)
        } else {
            let setting = self.settings.token_store();
            store::open_with_clock(setting.expose(), Arc::clone(&driver.clock))?
        };
        if self.token_store.is_some() || store.is_persistent() {
            driver.share_pace(&store, appid)?;
        }
        Ok(store)
    }
}

/// Refuses a credential that is missing although the other of its pair is given.
fn require<T>(name: &str, value: Option<T>) -> Result<T, Finding> {
    let message = "is missing; give it together with the other credential of the account";
    value.ok_or_else(|| Finding::new(name, FindingCode::MissingField, message))
}

const NOT_OF_PLATFORM: &str = "is a setting of a client, not of a platform; leave it out";
const NOT_OF_CLIENT: &str = "is a setting of a platform, not of a client; leave it out";

impl From<Settings> for ClientBuilder {
    fn from(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
