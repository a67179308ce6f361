use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Decode, Interface, missing_field};
use crate::error::Result;
use crate::named;
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// `api_start_push_ticket`: restarts the pushes of tickets to a third-party platform.
///
/// WeChat stops them if the platform's address does not answer. The request needs no token. Source:
/// the official page of `startPushTicket`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiStartPushTicket {
    /// The platform.
    pub component_appid: String,
    /// Its appsecret. On the wire, this interface names it `component_secret`.
    pub component_secret: Secret,
}

#[derive(Serialize)]
struct Body<'a> {
    component_appid: &'a str,
    component_secret: &'a str,
}

named! {
    /// What `api_start_push_ticket` has found: its response.
    #[non_exhaustive]
    pub enum TicketPushes {
        /// The pushes are restarted.
        Restarted = "restarted",
        /// The pushes were not stopped.
        WereRunning = "were_running",
    }
}

/// The `errmsg` if the pushes were not stopped, without rid.
const NORMAL_STATE: &str = "in a normal state";

impl Interface for ApiStartPushTicket {
    type Response = TicketPushes;

    const NAME: &'static str = "api_start_push_ticket";
    const PATH: &'static str = "/cgi-bin/component/api_start_push_ticket";
    const PACED: bool = false;

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.component_secret]
    }

    fn request(&self) -> Result<Request> {
        let body = Body {
            component_appid: &self.component_appid,
            component_secret: self.component_secret.expose(),
        };
        Ok(Request::post(Self::PATH, &body)?.without_token())
    }
}

impl Decode for TicketPushes {
    /// The response must have an `errcode`: without one, it need not come from WeChat.
    fn decode(response: &Fields<'_>) -> Result<Self> {
        if response.errcode() != Some(0) {
            return Err(missing_field("errcode"));
        }
        Ok(if response.errmsg().contains(NORMAL_STATE) {
            Self::WereRunning
        } else {
            Self::Restarted
        })
    }
}
