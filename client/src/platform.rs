use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::Result;
use jumpqr_core::interface::ApiGetAuthorizerList;
use jumpqr_core::{PlatformCredential, Secret};

use crate::checks::{check_appid, check_platform_credential, refuse};
use crate::client::Client;
use crate::drive::Driver;
use crate::mutex::Mutex;
use crate::settings::Settings;
use crate::store::{Key, TokenStore};
use crate::token_status::TokenStatus;
use crate::tokens::{
    AuthorizerList, Entry, MerchantIssuer, PlatformAccount, PlatformIssuer, StoredTokens, Ticket,
};

/// A third-party platform, which calls for the merchants that have authorised it. It comes from
/// [`ClientBuilder::build_platform`](crate::ClientBuilder::build_platform).
///
/// The platform's own token is requested with its appsecret and the component_verify_ticket that
/// WeChat pushes. A merchant's token is requested with the platform's token and the merchant's
/// refresh token. Each answer may bring the next refresh token, and kill the former one. The next
/// one is saved in the [store](crate::store) before its access token is used. If a process dies
/// between the answer and the store, the refresh token is taken from WeChat's list of the
/// platform's merchants.
///
/// It is cheap to clone, and clones share everything. It may be used from any number of threads at
/// once, but not in a forked child. What it knows of a merchant, about 2 KB, is dropped 10 minutes
/// after the last use, at the next use of the platform. It stays while a client of the merchant is
/// held, or a refresh token is not stored yet. A store in memory keeps its records.
///
/// ```no_run
/// use jumpqr::{Client, Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, store};
///
/// # fn main() -> jumpqr::Result<()> {
/// let platform = Client::builder()
///     .token_store(store::open("dir:/var/lib/jumpqr")?)
///     .build_platform("wxplatform00000000", "appsecret")?;
/// // In the handler of what WeChat pushes, every 10 minutes:
/// platform.set_verify_ticket("ticket@@@T1")?;
/// // When a merchant has authorised the platform:
/// platform.set_authorizer_refresh_token("wx1234567890abcdef", "refreshtoken@@@R1")?;
/// // Whenever there is something to do for that merchant:
/// let client = platform.merchant("wx1234567890abcdef")?;
/// client.publish_jump_qr_code("https://m.example.cn/table/")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Platform {
    account: Arc<PlatformAccount>,
    store: Arc<dyn TokenStore>,
    merchants: Arc<Mutex<Merchants>>,
    timeout: Duration,
    /// How long the next call has waited for a free thread.
    pub(crate) waited: Duration,
    validate: bool,
}

/// What all clients of one merchant share.
#[derive(Clone)]
struct Merchant {
    driver: Arc<Driver>,
    tokens: Arc<StoredTokens>,
    last_used_at: Duration,
}

/// How long a merchant is kept in memory after the last use. The store keeps its tokens; the pacing
/// of its calls looks back a few seconds at most.
const LONGEST_IDLE: Duration = Duration::from_secs(10 * 60);

/// The pause between two sweeps. Each one looks at every merchant.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(60);

/// The merchants in memory.
#[derive(Default)]
struct Merchants {
    by_appid: HashMap<String, Merchant>,
    swept_at: Duration,
}

impl Merchants {
    /// Drops the merchants that nobody has used for some time, except those with a refresh token
    /// that is not stored yet.
    fn sweep(&mut self, now: Duration) {
        if now < self.swept_at.saturating_add(BETWEEN_SWEEPS) {
            return;
        }
        self.swept_at = now;
        self.by_appid.retain(|_, merchant| {
            let tokens = &merchant.tokens;
            // A client, or a renewal that goes on without one, has it, too.
            if Arc::strong_count(tokens) > 1 || tokens.has_unsaved() {
                merchant.last_used_at = now;
            }
            now < merchant.last_used_at.saturating_add(LONGEST_IDLE)
        });
        if self.by_appid.len() < self.by_appid.capacity() / 4 {
            self.by_appid.shrink_to_fit();
        }
    }
}

impl Platform {
    /// Makes a platform. Its appid and appsecret are set and checked.
    pub(crate) fn new(
        settings: &Settings,
        store: Arc<dyn TokenStore>,
        driver: Driver,
    ) -> Result<Self> {
        let appid = settings.component_appid.clone().unwrap_or_default();
        let appsecret = settings.component_appsecret.clone();
        let token_field = settings.component_token_field();
        let first_page = ApiGetAuthorizerList::first_page(&appid, token_field);
        let driver = Arc::new(driver);
        let custom_host = driver.custom_host();
        let ticket = Arc::new(Ticket {
            entry: Entry {
                key: Key::new(Ticket::KIND, &appid, custom_host.as_slice())?,
                store: Arc::clone(&store),
                clock: Arc::clone(&driver.clock),
            },
        });
        let issuer = PlatformIssuer {
            appid: appid.clone(),
            appsecret: appsecret.unwrap_or_else(|| Secret::new("")),
            ticket: Arc::clone(&ticket),
            driver: Arc::clone(&driver),
        };
        let tokens = StoredTokens::new(
            issuer,
            custom_host.as_slice(),
            Arc::clone(&store),
            Arc::clone(&driver.clock),
        )?;
        Ok(Self {
            account: Arc::new(PlatformAccount {
                list: AuthorizerList::new(first_page, Arc::clone(&driver.clock)),
                appid,
                token_field,
                tokens,
                ticket,
                driver,
            }),
            store,
            merchants: Arc::default(),
            timeout: settings.timeout(),
            waited: Duration::ZERO,
            validate: settings.validate(),
        })
    }

    /// Stores the component_verify_ticket that WeChat has just pushed. WeChat pushes one every 10
    /// minutes, each valid for 12 hours. Any process that shares the store may receive the pushes.
    ///
    /// Give the text of the element ComponentVerifyTicket of the decrypted push. It begins with
    /// `ticket@@@`. The ciphertext of the element Encrypt, or another credential, is refused as
    /// `invalid_config`, and the former ticket stays.
    ///
    /// It blocks for as long as the store takes, at most the platform's timeout. Source: the
    /// official page of `component_verify_ticket`.
    pub fn set_verify_ticket(&self, ticket: impl Into<Secret>) -> Result<()> {
        let ticket = ticket.into();
        check_platform_credential(PlatformCredential::VerifyTicket, ticket.expose())
            .map_err(refuse)?;
        self.check_waited()?;
        // A process that makes no calls any more still gets a push every 10 minutes.
        self.release();
        self.account.ticket.set(&ticket, self.timeout)
    }

    /// Stores the authorizer_refresh_token that a merchant's authorisation has just brought. It
    /// replaces any former one, and the access token that belongs to it.
    ///
    /// It begins with `refreshtoken@@@`. Another credential, such as the authorization_code, is
    /// refused as `invalid_config`, and the former refresh token stays.
    ///
    /// Only a new authorisation needs this: later refresh tokens are stored as they come. If the
    /// store has none, it is searched for in WeChat's list of the platform's merchants. This blocks
    /// for as long as the store takes, at most the platform's timeout.
    pub fn set_authorizer_refresh_token(
        &self,
        authorizer_appid: &str,
        authorizer_refresh_token: impl Into<Secret>,
    ) -> Result<()> {
        let token = authorizer_refresh_token.into();
        check_platform_credential(PlatformCredential::RefreshToken, token.expose())
            .map_err(refuse)?;
        self.check_waited()?;
        let merchant = self.merchant_of(authorizer_appid)?;
        self.account.list.expect_new_merchant();
        merchant.tokens.set_refresh_token(token, self.timeout)
    }

    /// Returns a client that calls for this merchant. Clients of the same merchant share its token
    /// and its pacing. Nothing is sent or
    /// looked up yet.
    pub fn merchant(&self, authorizer_appid: &str) -> Result<Client> {
        let merchant = self.merchant_of(authorizer_appid)?;
        Ok(Client::new(
            merchant.driver,
            merchant.tokens,
            self.timeout,
            self.validate,
        ))
    }

    /// Returns the state of the platform's own token in the store, without asking WeChat. For a
    /// merchant's, ask its client.
    pub fn token_status(&self) -> Result<TokenStatus> {
        self.check_waited()?;
        self.account.tokens.status_in_store(self.timeout)
    }

    /// Which token store it has, as the setting `token_store` has it, but for a password.
    #[must_use]
    pub fn store_name(&self) -> String {
        self.account.tokens.store_name()
    }

    /// The platform's own appid.
    #[must_use]
    pub fn component_appid(&self) -> &str {
        &self.account.appid
    }

    /// The most time that a whole call takes.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns how long a call may wait for its slots and for a free thread, see
    /// [`ClientBuilder::queue_timeout`](crate::ClientBuilder::queue_timeout).
    #[must_use]
    pub fn queue_timeout(&self) -> Duration {
        self.account.driver.queue_timeout
    }

    fn check_waited(&self) -> Result<()> {
        self.account.driver.queue_left(self.waited).map(drop)
    }

    fn merchant_of(&self, appid: &str) -> Result<Merchant> {
        check_appid("authorizer_appid", appid).map_err(refuse)?;
        if appid == self.component_appid() {
            return Err(refuse(Finding::new(
                "authorizer_appid",
                FindingCode::WrongCredential,
                "is the platform's own; give a merchant's",
            )));
        }
        let account = &self.account;
        let now = account.driver.clock.now();
        let mut merchants = self.merchants.lock();
        merchants.sweep(now);
        if let Some(merchant) = merchants.by_appid.get_mut(appid) {
            merchant.last_used_at = now;
            return Ok(merchant.clone());
        }
        let driver = Arc::new(account.driver.for_account(appid)?);
        let further: Vec<_> = std::iter::once(self.component_appid())
            .chain(driver.custom_host())
            .collect();
        let issuer = MerchantIssuer {
            appid: appid.to_owned(),
            platform: Arc::clone(account),
        };
        let merchant = Merchant {
            tokens: Arc::new(StoredTokens::new(
                issuer,
                &further,
                Arc::clone(&self.store),
                Arc::clone(&driver.clock),
            )?),
            driver: Arc::clone(&driver),
            last_used_at: now,
        };
        let kept = merchant.clone();
        merchants.by_appid.insert(appid.to_owned(), kept);
        drop(merchants);
        account.list.release();
        Ok(merchant)
    }

    /// Releases what was not used for some time.
    fn release(&self) {
        self.merchants.lock().sweep(self.account.driver.clock.now());
        self.account.list.release();
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform")
            .field("component_appid", &self.component_appid())
            .field("store", &self.store.name())
            .field("merchants", &self.merchants.lock().by_appid.len())
            .field("driver", &self.account.driver)
            .finish_non_exhaustive()
    }
}
