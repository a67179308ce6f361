use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{
    AddJumpQRCode, CallVisitor, Confirmation, DeleteJumpQRCode, DownloadQRCodeText, GetJumpQRCode,
    Interface, JumpQRCodeList, LinkMiniprogram, LinkedMiniprogram, PublishJumpQRCode,
    VerificationFile, WxaMpLinkGet,
};
use jumpqr_core::mapping::parse_call;
use jumpqr_core::{Edit, Rule, RuleKey};
use serde::Serialize;
use serde_json::Value;

use crate::builder::ClientBuilder;
use crate::cancel::Cancel;
use crate::drive::{CallOptions, Driver};
use crate::rules::Rules;
use crate::setting::check_duration;
use crate::token::{TokenSource, TokenStatus, TokensAside};

/// Calls WeChat's QR jump-rule interfaces for one account.
///
/// It is cheap to clone, and clones share connections, tokens and pacing. It may be used from any
/// number of threads at once; every method blocks until the call is done, at most as long as its
/// timeout and the queue timeout. A forked child makes a client of its own: the connections and
/// locks of this one are its parent's. Errors are those of [`Error`](crate::Error).
#[derive(Clone)]
pub struct Client {
    driver: Arc<Driver>,
    tokens: Arc<dyn TokenSource>,
    options: CallOptions,
    validate: bool,
}

impl Client {
    /// Begins to build a client.
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
            options: CallOptions::new(timeout),
            validate,
        }
    }

    /// The most time that a whole call takes, without waiting for its slots.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.options.timeout
    }

    /// The same client with another timeout for a whole call: more than 0 s, and at most a day.
    pub fn with_timeout(&self, timeout: Duration) -> Result<Self> {
        check_duration("timeout", timeout)?;
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

    /// Returns the same client for calls that have already waited so long for a free thread. That
    /// counts towards their [queue timeout](ClientBuilder::queue_timeout), not towards their
    /// timeout.
    #[must_use]
    pub fn with_waited(&self, waited: Duration) -> Self {
        let mut client = self.clone();
        client.options.waited = waited;
        client
    }

    /// The same client, whose calls send nothing more once `cancelled` is set: a call in progress
    /// then ends within 50 ms, with the code `cancelled`, unless it is waiting for an answer or a
    /// token; with a [check](Cancel::with_check), it waits for neither. A token that is being
    /// fetched is fetched all the same: other calls may be waiting for it.
    #[must_use]
    pub fn with_cancel(&self, cancel: &Cancel) -> Self {
        let mut client = self.clone();
        client.options.cancel = cancel.clone();
        client
    }

    /// The same client, which checks requests before it sends them, or does not. If it does, it
    /// also looks a rule up before it publishes or deletes it.
    #[must_use]
    pub fn with_validate(&self, validate: bool) -> Self {
        Self {
            validate,
            ..self.clone()
        }
    }

    /// How the token of this client stands in its [store](crate::store), without asking WeChat;
    /// `None` where the tokens are the caller's own.
    pub fn token_status(&self) -> Result<Option<TokenStatus>> {
        self.driver.queue_left(self.options.waited)?;
        self.tokens.status(self.options.timeout)
    }

    /// Adds or modifies a rule. Place the [verification file](crate::verification_file) before.
    ///
    /// A rule with violations is refused, and nothing is sent; one with warnings is sent.
    pub fn add_jump_qr_code(&self, rule: impl Into<Rule>, is_edit: Edit) -> Result<Confirmation> {
        let rule = rule.into();
        self.call(AddJumpQRCode { rule, is_edit })
    }

    /// Lists rules, with what is left of the quotas.
    pub fn get_jump_qr_code(&self, call: GetJumpQRCode) -> Result<JumpQRCodeList> {
        self.call(call)
    }

    /// All ordinary-link rules of the Mini Program, in one answer. Each may be deleted when it is
    /// given.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules::ordinary_link(self)
    }

    /// All rules of the service account that open the Mini Program `appid`: up to 10,000 in one
    /// answer, more in pages, which are asked for as they are needed. Each rule may be deleted when
    /// it is given; none is skipped for that.
    #[must_use]
    pub fn service_account_rules(&self, appid: impl Into<String>) -> Rules {
        Rules::service_account(self, appid.into())
    }

    /// Makes a rule effective for everybody. The only way back is to delete it.
    ///
    /// The rule is looked up first. If there is no such rule, the call fails with the code
    /// `no_such_rule`, which names the nearest listed prefix. If it is published already, the
    /// answer is [`Confirmation::AlreadyPublished`]. In both cases nothing is sent.
    pub fn publish_jump_qr_code(&self, key: impl Into<RuleKey>) -> Result<Confirmation> {
        self.call(PublishJumpQRCode { key: key.into() })
    }

    /// Removes a rule at once, published or not.
    ///
    /// The rule is looked up first. If there is no such rule, nothing is sent, and the answer is
    /// [`Confirmation::NotThere`]: see whether the prefix is the listed one, see
    /// [`nearest_prefix`](crate::matching::nearest_prefix).
    pub fn delete_jump_qr_code(&self, key: impl Into<RuleKey>) -> Result<Confirmation> {
        self.call(DeleteJumpQRCode { key: key.into() })
    }

    /// The domain-ownership verification file of the account.
    pub fn download_qr_code_text(&self) -> Result<VerificationFile> {
        self.call(DownloadQRCodeText)
    }

    /// Asks for the service account to be linked to a Mini Program; an administrator of each side
    /// confirms.
    pub fn link_miniprogram(&self, call: LinkMiniprogram) -> Result<Confirmation> {
        self.call(call)
    }

    /// The Mini Programs that the service account is linked to, or is about to be.
    pub fn wxamplinkget(&self) -> Result<Vec<LinkedMiniprogram>> {
        self.call(WxaMpLinkGet)
    }

    /// Calls any interface.
    pub fn call<I: Interface>(&self, call: I) -> Result<I::Response> {
        if self.validate {
            call.check()
                .into_result()
                .map_err(|error| error.in_interface(I::NAME))?;
        }
        let cancel = &self.options.cancel;
        if cancel.check_interval().is_none() {
            return self
                .driver
                .run(call, &*self.tokens, &self.options, self.validate);
        }
        let tokens = TokensAside::new(&self.tokens, cancel);
        self.driver.run(call, &tokens, &self.options, self.validate)
    }

    /// Calls the interface of WeChat's with this name, such as `addJumpQRCode`, with a mapping of
    /// its arguments by their wire names, see [`parse_call`]: for languages that have no access to
    /// the types.
    ///
    /// The answer is what the typed method gives, serialised: wire names, and the stable names of
    /// what is not on the wire.
    pub fn call_named(&self, interface: &str, arguments: &Value) -> Result<Value> {
        parse_call(interface, arguments)?.accept(ToValue(self))
    }
}

/// Makes a call, and serialises its answer.
struct ToValue<'a>(&'a Client);

impl CallVisitor for ToValue<'_> {
    type Output = Result<Value>;

    fn visit<I: Interface<Response: Serialize>>(self, call: I) -> Result<Value> {
        let answer = self.0.call(call)?;
        serde_json::to_value(answer)
            .map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("driver", &self.driver)
            .field("timeout", &self.options.timeout)
            .field("validate", &self.validate)
            .finish_non_exhaustive()
    }
}
