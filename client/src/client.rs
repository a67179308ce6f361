use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::error::Result;
use jumpqr_core::interface::{
    AddJumpQRCode, ApiQuota, ClearQuota, ClearQuotaByAppSecret, Confirmation, DeleteJumpQRCode,
    DownloadQRCodeText, GetApiDomainIp, GetApiQuota, GetCallbackIp, GetJumpQRCode, GetRidInfo,
    Interface, IpList, JumpQRCodeList, LinkMiniprogram, LinkedMiniprogram, PublishJumpQRCode,
    RawCall, RidInfo, UnlinkMiniprogram, VerificationFile, WxaMpLinkGet,
};
use jumpqr_core::listing::Listing;
use jumpqr_core::{Edit, Rule, RuleKey, Secret};

use crate::builder::ClientBuilder;
use crate::cancel::Cancel;
use crate::checks::{check_duration, refuse};
#[cfg(target_os = "linux")]
use crate::drive::BegunCall;
use crate::drive::{CallOptions, Driver};
use crate::rules::Rules;
use crate::token_source::{CancellableSource, TokenSource};
use crate::token_status::TokenStatus;

/// Calls WeChat's QR jump-rule interfaces for one account.
///
/// It is cheap to clone, and clones share connections, tokens and pacing. It may be used from any
/// number of threads at once. Every method blocks until the call is done, at most for its timeout
/// and the queue timeout together. A forked child must build a client of its own: the connections
/// and locks of this one belong to the parent. Every failure is an [`Error`](jumpqr_core::Error).
///
/// ```
/// use jumpqr::transport::MemoryTransport;
/// use jumpqr::{Client, Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, response::Response};
///
/// // In a test, a function can take the place of WeChat.
/// let wechat = MemoryTransport::new(|_| Ok(Response::ok(r#"{"errcode":0,"errmsg":"ok"}"#)));
/// let client = Client::builder()
///     .access_token("TOKEN")
///     .transport(std::sync::Arc::new(wechat))
///     .build()?;
/// let rule = OrdinaryLinkRule::new(
///     "https://m.example.cn/table/",
///     "pages/index/index",
///     OpenVersion::Development,
///     PermitSubRule::NotOccupied,
/// );
/// client.add_jump_qr_code(rule, Edit::Add)?;
/// # Ok::<(), jumpqr::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    driver: Arc<Driver>,
    tokens: Arc<dyn TokenSource>,
    app: Option<Arc<App>>,
    pub(crate) options: CallOptions,
}

/// The appid and the appsecret of an account.
struct App {
    appid: String,
    secret: Secret,
}

impl Client {
    /// Returns a builder for a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    pub(crate) fn new(
        driver: Arc<Driver>,
        tokens: Arc<dyn TokenSource>,
        timeout: Duration,
        validate: bool,
    ) -> Self {
        Self {
            driver,
            tokens,
            app: None,
            options: CallOptions {
                validate,
                ..CallOptions::new(timeout)
            },
        }
    }

    /// Returns the same client with the appid and the appsecret of its account, for the interface
    /// that sends them.
    pub(crate) fn with_app(mut self, appid: String, secret: Secret) -> Self {
        self.app = Some(Arc::new(App { appid, secret }));
        self
    }

    /// Returns the timeout of a whole call, without waiting for its slots.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.options.timeout
    }

    /// Returns the same client with another timeout for a whole call: more than 0 s, and at most a
    /// day. Any other is refused as `invalid_config`.
    pub fn with_timeout(&self, timeout: Duration) -> Result<Self> {
        check_duration("timeout", timeout).map_err(refuse)?;
        let mut client = self.clone();
        client.options.timeout = timeout;
        Ok(client)
    }

    /// Returns how long a call may wait for its slots and for a free thread, see
    /// [`ClientBuilder::queue_timeout`].
    #[must_use]
    pub fn queue_timeout(&self) -> Duration {
        self.driver.queue_timeout
    }

    /// Returns the same client, whose calls can be cancelled. Once `cancel` is set, they send
    /// nothing more, and end with the code `cancelled` within 50 ms. Without a
    /// [check](Cancel::with_check), a call that waits for a response or a token ends after it. A
    /// token request that is in progress is not cancelled, because other calls may need the token.
    #[must_use]
    pub fn with_cancel(&self, cancel: &Cancel) -> Self {
        let mut client = self.clone();
        client.options.cancel = cancel.clone();
        client
    }

    /// Returns the same client with the setting [`validate`](ClientBuilder::validate) changed.
    #[must_use]
    pub fn with_validate(&self, validate: bool) -> Self {
        let mut client = self.clone();
        client.options.validate = validate;
        client
    }

    /// Returns the state of this client's token in its [store](crate::store), without asking
    /// WeChat; `None` if the tokens come from the caller.
    pub fn token_status(&self) -> Result<Option<TokenStatus>> {
        self.driver.queue_left(self.options.waited)?;
        self.tokens.status(self.options.timeout)
    }

    /// Adds or modifies a rule. The [verification file](crate::verification_file) must be in place
    /// before.
    ///
    /// A rule with violations is refused, and nothing is sent. A rule with warnings is sent.
    pub fn add_jump_qr_code(&self, rule: impl Into<Rule>, is_edit: Edit) -> Result<Confirmation> {
        let rule = rule.into();
        self.call(AddJumpQRCode { rule, is_edit })
    }

    /// Lists rules, with the rest of the quotas.
    pub fn get_jump_qr_code(&self, call: GetJumpQRCode) -> Result<JumpQRCodeList> {
        self.call(call)
    }

    /// Iterates over all ordinary-link rules of the Mini Program, which come in one response. Each
    /// may be deleted when the iterator has returned it.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules::new(self, Listing::ordinary_link())
    }

    /// Iterates over all rules of the service account that open the Mini Program `appid`. Up to
    /// 10,000 come in one response, more come in pages, which are fetched when they are needed.
    /// Each rule may be deleted when the iterator has returned it: no other rule is skipped then.
    #[must_use]
    pub fn service_account_rules(&self, appid: impl Into<String>) -> Rules {
        Rules::new(self, Listing::service_account(appid))
    }

    /// Makes a rule effective for everybody. The only way back is to delete it.
    ///
    /// The rule is looked up first. If it does not exist, the call fails with the code
    /// `no_such_rule`, and the message names the nearest listed prefix. If it is already published,
    /// the result is [`Confirmation::AlreadyPublished`]. In both cases nothing is sent.
    pub fn publish_jump_qr_code(&self, key: impl Into<RuleKey>) -> Result<Confirmation> {
        self.call(PublishJumpQRCode { key: key.into() })
    }

    /// Deletes a rule, published or not. This takes effect at once.
    ///
    /// The rule is looked up first. If it does not exist, nothing is sent, and the result is
    /// [`Confirmation::NotThere`]. Check then whether the prefix is the listed one, see
    /// [`nearest_prefix`](crate::matching::nearest_prefix).
    pub fn delete_jump_qr_code(&self, key: impl Into<RuleKey>) -> Result<Confirmation> {
        self.call(DeleteJumpQRCode { key: key.into() })
    }

    /// Downloads the account's verification file for the ownership of a domain.
    pub fn download_qr_code_text(&self) -> Result<VerificationFile> {
        self.call(DownloadQRCodeText)
    }

    /// Asks WeChat to link the service account to a Mini Program. An administrator of each side
    /// must confirm.
    pub fn link_miniprogram(&self, call: LinkMiniprogram) -> Result<Confirmation> {
        self.call(call)
    }

    /// Lists the Mini Programs that the service account is linked to, or will be after
    /// confirmation.
    pub fn wxamplinkget(&self) -> Result<Vec<LinkedMiniprogram>> {
        self.call(WxaMpLinkGet)
    }

    /// Asks WeChat to remove the link between the service account and the Mini Program `appid`. An
    /// administrator of the service account must confirm.
    pub fn unlink_miniprogram(&self, appid: impl Into<String>) -> Result<Confirmation> {
        self.call(UnlinkMiniprogram {
            appid: appid.into(),
        })
    }

    /// Lists the addresses from which WeChat sends its pushes. Read them once a day.
    pub fn get_callback_ip(&self) -> Result<IpList> {
        self.call(GetCallbackIp)
    }

    /// Lists the addresses of WeChat's interfaces, for a firewall. Read them once a day.
    pub fn get_api_domain_ip(&self) -> Result<IpList> {
        self.call(GetApiDomainIp)
    }

    /// Returns how often the account may call the interface with this path, for example
    /// `/cgi-bin/wxopen/qrcodejumpadd`, and how often it has called it today.
    pub fn get_api_quota(&self, cgi_path: impl Into<String>) -> Result<ApiQuota> {
        self.call(GetApiQuota {
            cgi_path: cgi_path.into(),
        })
    }

    /// Returns what WeChat keeps for 7 days about a call of this account. An error has its
    /// [`rid`](jumpqr_core::Error::rid). Stars stand for the tokens and secrets.
    pub fn get_rid_info(&self, rid: impl Into<String>) -> Result<RidInfo> {
        self.call(GetRidInfo { rid: rid.into() })
    }

    /// Clears the account's counts of the calls of the day, for all interfaces. `appid` is the
    /// account that the token belongs to. An account has 10 clearings a month.
    ///
    /// If the response is lost, the call fails with an unknown outcome, and is not sent again: two
    /// clearings might be used.
    pub fn clear_quota(&self, appid: impl Into<String>) -> Result<Confirmation> {
        self.call(ClearQuota {
            appid: appid.into(),
        })
    }

    /// Clears the counts as [`clear_quota`](Self::clear_quota) does, with the client's appid and
    /// appsecret instead of a token: also if the calls for tokens are used up. A client without
    /// them fails with the code `no_credentials`.
    pub fn clear_quota_by_app_secret(&self) -> Result<Confirmation> {
        self.call(ClearQuotaByAppSecret::default())
    }

    /// Calls any interface of WeChat's, also one that this library does not have, with this
    /// client's token. Returns the whole JSON text of the response, which may contain secrets.
    ///
    /// ```no_run
    /// use jumpqr::interface::RawCall;
    ///
    /// # fn call(client: &jumpqr::Client) -> jumpqr::Result<()> {
    /// let call = RawCall::post("/wxa/business/getuserphonenumber", r#"{"code":"x"}"#);
    /// let json = client.call_raw(call)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// After a lost response, the call is not sent again unless it is
    /// [repeatable](RawCall::repeatable).
    pub fn call_raw(&self, call: RawCall) -> Result<String> {
        self.call(call)
    }

    /// Calls any interface that this library has.
    pub fn call<I: Interface>(&self, mut call: I) -> Result<I::Response> {
        self.complete(&mut call)?;
        let cancel = &self.options.cancel;
        if cancel.check_interval().is_none() {
            return self.driver.run(call, Some(&*self.tokens), &self.options);
        }
        let tokens = CancellableSource {
            source: Arc::clone(&self.tokens),
            cancel: cancel.clone(),
        };
        self.driver.run(call, Some(&tokens), &self.options)
    }

    /// Begins a call that never blocks its caller.
    #[cfg(target_os = "linux")]
    pub(crate) fn begin<I: Interface>(&self, mut call: I) -> Result<BegunCall<I>> {
        self.complete(&mut call)?;
        BegunCall::new(call, &self.driver, &self.tokens, &self.options)
    }

    /// Gives the call what it needs of the client, and checks it.
    fn complete<I: Interface>(&self, call: &mut I) -> Result<()> {
        if let Some(app) = &self.app {
            call.set_app(&app.appid, &app.secret);
        }
        if !self.options.validate {
            return Ok(());
        }
        let checked = call.check().into_result().map(drop);
        checked.map_err(|error| {
            let error = error.in_interface(call.name());
            self.driver.emit_refused(call, self.options.waited, &error);
            error
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("driver", &self.driver)
            .field("timeout", &self.options.timeout)
            .field("validate", &self.options.validate)
            .finish_non_exhaustive()
    }
}
