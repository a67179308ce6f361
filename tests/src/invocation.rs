use jumpqr_core::Secret;
use jumpqr_core::interface::{
    AddJumpQRCode, DeleteJumpQRCode, DownloadQRCodeText, GetJumpQRCode, Interface, LinkMiniprogram,
    PublishJumpQRCode, StableToken, Token, WxaMpLinkGet,
};
use jumpqr_core::mapping::parse_rule;
use jumpqr_core::rule::{Edit, RuleKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Wire;

/// A call: WeChat's name of the interface, and the arguments with their wire names.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invocation {
    interface: String,
    arguments: Value,
}

/// An operation on a call of any type.
pub trait Visitor {
    /// The result of the operation.
    type Output;

    /// Performs the operation.
    fn visit<I: Interface<Response: Wire>>(self, interface: I) -> Self::Output;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoArguments {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetArguments {
    appid: Option<String>,
    get_type: Option<u8>,
    prefix_list: Option<Vec<String>>,
    page_num: Option<u32>,
    page_size: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyArguments {
    prefix: String,
    appid: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkArguments {
    appid: String,
    notify_users: bool,
    show_profile: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StableTokenArguments {
    appid: String,
    secret: String,
    force_refresh: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenArguments {
    appid: String,
    secret: String,
}

impl Invocation {
    /// Returns WeChat's name of the interface.
    #[must_use]
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// Passes the typed call to `visitor`.
    pub fn visit<V: Visitor>(&self, visitor: V) -> Result<V::Output, String> {
        Ok(match self.interface.as_str() {
            AddJumpQRCode::NAME => visitor.visit(self.add()?),
            GetJumpQRCode::NAME => visitor.visit(self.get()?),
            PublishJumpQRCode::NAME => visitor.visit(PublishJumpQRCode { key: self.key()? }),
            DeleteJumpQRCode::NAME => visitor.visit(DeleteJumpQRCode { key: self.key()? }),
            DownloadQRCodeText::NAME => {
                self.read::<NoArguments>()?;
                visitor.visit(DownloadQRCodeText)
            }
            LinkMiniprogram::NAME => {
                let LinkArguments {
                    appid,
                    notify_users,
                    show_profile,
                } = self.read()?;
                visitor.visit(LinkMiniprogram {
                    appid,
                    notify_users,
                    show_profile,
                })
            }
            WxaMpLinkGet::NAME => {
                self.read::<NoArguments>()?;
                visitor.visit(WxaMpLinkGet)
            }
            StableToken::NAME => {
                let arguments: StableTokenArguments = self.read()?;
                visitor.visit(StableToken {
                    appid: arguments.appid,
                    secret: Secret::new(arguments.secret),
                    force_refresh: arguments.force_refresh,
                })
            }
            Token::NAME => {
                let arguments: TokenArguments = self.read()?;
                visitor.visit(Token {
                    appid: arguments.appid,
                    secret: Secret::new(arguments.secret),
                })
            }
            other => return Err(format!("unknown interface {other}")),
        })
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_value(self.arguments.clone())
            .map_err(|error| format!("arguments of {}: {error}", self.interface))
    }

    fn add(&self) -> Result<AddJumpQRCode, String> {
        let mapping = parse_rule(&self.arguments).map_err(|error| error.to_string())?;
        Ok(AddJumpQRCode {
            rule: mapping.rule,
            is_edit: mapping.is_edit.unwrap_or(Edit::Add),
        })
    }

    fn get(&self) -> Result<GetJumpQRCode, String> {
        let arguments: GetArguments = self.read()?;
        match arguments {
            GetArguments {
                appid: None,
                get_type: None,
                prefix_list: None,
                page_num: None,
                page_size: None,
            } => Ok(GetJumpQRCode::OrdinaryLink),
            GetArguments {
                appid: Some(appid),
                get_type: Some(0),
                prefix_list: None,
                page_num: None,
                page_size: None,
            } => Ok(GetJumpQRCode::Latest { appid }),
            GetArguments {
                appid: Some(appid),
                get_type: Some(1),
                prefix_list: Some(prefix_list),
                page_num: None,
                page_size: None,
            } => Ok(GetJumpQRCode::ByPrefix { appid, prefix_list }),
            GetArguments {
                appid: Some(appid),
                get_type: Some(2),
                prefix_list: None,
                page_num: Some(page_num),
                page_size: Some(page_size),
            } => Ok(GetJumpQRCode::ByPage {
                appid,
                page_num,
                page_size,
            }),
            _ => Err("the arguments of getJumpQRCode fit no get_type".to_owned()),
        }
    }

    fn key(&self) -> Result<RuleKey, String> {
        let arguments: KeyArguments = self.read()?;
        Ok(match arguments.appid {
            None => RuleKey::ordinary_link(arguments.prefix),
            Some(appid) => RuleKey::service_account(arguments.prefix, appid),
        })
    }
}
