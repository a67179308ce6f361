//! A third-party platform: one file for each of its duties.

mod authorization_url;
mod exchange;
mod handle;
mod merchants;
mod merchants_in_memory;
mod readiness;
mod receiver;

pub use exchange::AuthorizedMerchant;
pub use handle::Handled;
pub use merchants::Merchants;
pub(crate) use receiver::receiver;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{
    ApiGetAuthorizerList, ApiStartPushTicket, Interface, RawCall, TicketPushes,
};
use jumpqr_core::push::Receiver;
use jumpqr_core::{PlatformCredential, Secret};

use self::exchange::ExchangedCodes;
use self::merchants_in_memory::{Merchant, MerchantsInMemory};
use crate::checks::{check_appid, check_platform_credential, refuse};
use crate::client::Client;
use crate::drive::{CallOptions, Driver};
use crate::mutex::Mutex;
use crate::settings::Settings;
use crate::store::{Key, TokenStore};
use crate::token_status::TokenStatus;
use crate::tokens::{
    AuthorizerList, Entry, MerchantIssuer, PlatformAccount, PlatformIssuer, StoredTokens, Ticket,
    TokenRequest, TokenSource,
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
/// use jumpqr::{AuthorizationLink, Client, store};
///
/// # fn serve(query: &str, body: &[u8], auth_code: &str) -> jumpqr::Result<()> {
/// let platform = Client::builder()
///     .token_store(store::open("dir:/var/lib/jumpqr")?)
///     .message_token("messagetoken")
///     .encoding_aes_key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
///     .build_platform("wxplatform00000000", "appsecret")?;
/// // WeChat pushes a ticket every 10 minutes, and each authorisation. Answer with the reply first:
/// let handled = platform.handle(query, body)?;
/// println!("{}", handled.reply());
/// handled.finish()?;
/// // The link on which a merchant authorises the platform:
/// let link = AuthorizationLink::new("https://saas.example.cn/wechat/authorised");
/// println!("{}", platform.authorization_url(&link)?);
/// // The page to which the merchant comes back:
/// let merchant = platform.exchange(auth_code)?;
/// // Whenever there is something to do for that merchant:
/// let client = platform.merchant(&merchant.authorizer_appid)?;
/// client.publish_jump_qr_code("https://m.example.cn/table/")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Platform {
    account: Arc<PlatformAccount>,
    store: Arc<dyn TokenStore>,
    merchants: Arc<Mutex<MerchantsInMemory>>,
    /// Checks and decrypts pushes; `None` without a message token and a key.
    receiver: Option<Arc<Receiver>>,
    appsecret: Secret,
    exchanged: Arc<Mutex<ExchangedCodes>>,
    timeout: Duration,
    /// How long the next call has waited for a free thread.
    pub(crate) waited: Duration,
    validate: bool,
}

impl Platform {
    /// Makes a platform. Its appid and appsecret are set and checked.
    pub(crate) fn new(
        settings: &Settings,
        store: Arc<dyn TokenStore>,
        driver: Driver,
        receiver: Option<Receiver>,
    ) -> Result<Self> {
        let appid = settings.component_appid.clone().unwrap_or_default();
        let appsecret = settings.component_appsecret.clone();
        let appsecret = appsecret.unwrap_or_else(|| Secret::new(""));
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
            appsecret: appsecret.clone(),
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
            receiver: receiver.map(Arc::new),
            appsecret,
            exchanged: Arc::default(),
            timeout: settings.timeout(),
            waited: Duration::ZERO,
            validate: settings.validate(),
        })
    }

    /// Stores the component_verify_ticket that WeChat has just pushed, for programs that decrypt
    /// pushes by themselves: [`handle`](Self::handle) does both. WeChat pushes one every 10
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
    /// [`exchange`](Self::exchange) and [`handle`](Self::handle) do this by themselves. It is for a
    /// refresh token that another program got. Only a new authorisation needs it: later refresh
    /// tokens are stored as they come. If the store has none, it is searched for in WeChat's list
    /// of the platform's merchants. This blocks for as long as the store takes, at most the
    /// platform's timeout.
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
    /// and its pacing. Nothing is sent or looked up yet.
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

    /// Removes what the store has of a merchant: its tokens, and when it authorised the platform or
    /// ended that.
    ///
    /// WeChat is not told: only the merchant can end an authorisation. While it stands, a later
    /// call for the merchant finds the refresh token in WeChat's list again.
    pub fn forget(&self, authorizer_appid: &str) -> Result<()> {
        self.check_waited()?;
        let merchant = self.merchant_of(authorizer_appid)?;
        merchant.tokens.forget(self.timeout)
    }

    /// Returns the platform's own token, for an interface that this library does not have. It is
    /// renewed if it is due, and shared through the store, so that no other program of the platform
    /// needs to fetch one.
    pub fn component_access_token(&self) -> Result<Secret> {
        self.check_waited()?;
        let token = self.account.tokens.token(&TokenRequest {
            rejected: None,
            time_left: self.timeout,
        })?;
        token.ok_or_else(|| Error::new(OwnCode::Internal, "there is no token, and no error"))
    }

    /// Calls any interface of WeChat's, also one that this library does not have, with the
    /// platform's own token. Returns the whole JSON text of the response. It may contain secrets.
    ///
    /// The query field with the token has the name that the setting `component_token_field` says.
    /// For an interface that needs a merchant's token, use the merchant's
    /// [`Client::call_raw`]. After a lost response, the call is not sent again unless it is
    /// [repeatable](RawCall::repeatable).
    pub fn call_raw(&self, call: RawCall) -> Result<String> {
        self.call(call.token_field(self.account.token_field))
    }

    /// Asks WeChat to push tickets again. WeChat stops if the platform's address does not answer.
    /// This needs no token.
    pub fn start_push_ticket(&self) -> Result<TicketPushes> {
        let call = ApiStartPushTicket {
            component_appid: self.component_appid().to_owned(),
            component_secret: self.appsecret.clone(),
        };
        self.account.driver.run(call, None, &self.call_options())
    }

    fn call_options(&self) -> CallOptions {
        CallOptions {
            waited: self.waited,
            ..CallOptions::new(self.timeout)
        }
    }

    /// Makes a call with the platform's own token.
    fn call<I: Interface>(&self, call: I) -> Result<I::Response> {
        self.call_within(self.timeout, call)
    }

    fn call_within<I: Interface>(&self, timeout: Duration, call: I) -> Result<I::Response> {
        let PlatformAccount { driver, tokens, .. } = &*self.account;
        let checked = call.check().into_result();
        checked.map_err(|error| {
            let error = error.in_interface(call.name());
            driver.emit_refused(&call, self.waited, &error);
            error
        })?;
        let options = CallOptions {
            timeout,
            ..self.call_options()
        };
        driver.run(call, Some(tokens), &options)
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
