use jumpqr_sandbox::Sandbox;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{FakeWeChat, Jumpqr, jumpqr};

pub(crate) const APPSECRET: &str = "appsecret-that-nobody-may-see";
pub(crate) const TICKET: &str = "ticket@@@that-nobody-may-see";
pub(crate) const REFRESH_TOKEN: &str = "refreshtoken@@@that-nobody-may-see";
pub(crate) const NEXT_REFRESH_TOKEN: &str = "refreshtoken@@@the-next-one";
pub(crate) const TOKEN: &str = "T0KEN-that-nobody-may-see";

/// A platform, the URL of a WeChat that knows it, and the home folder with its token store.
pub(crate) struct Platform {
    pub(crate) base_url: String,
    pub(crate) appid: String,
    pub(crate) appsecret: String,
    pub(crate) merchant: String,
    pub(crate) home: TempDir,
}

impl Platform {
    /// Returns the platform of `sandbox`, with its Mini Program as the merchant.
    pub(crate) fn in_sandbox(sandbox: &Sandbox) -> Self {
        let platform = sandbox.component();
        Self {
            base_url: sandbox.base_url().to_owned(),
            appid: platform.appid,
            appsecret: platform.secret.expose().to_owned(),
            merchant: sandbox.mini_program().appid,
            home: TempDir::new().unwrap(),
        }
    }

    /// Returns a platform that calls `base_url`.
    pub(crate) fn new(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            appid: "wxplatform".to_owned(),
            appsecret: APPSECRET.to_owned(),
            merchant: "wxmerchant".to_owned(),
            home: TempDir::new().unwrap(),
        }
    }

    /// Makes a command that calls for the merchant, with all credentials in the environment.
    pub(crate) fn jumpqr(&self, arguments: &[&str]) -> Jumpqr {
        jumpqr(arguments)
            .home(self.home.path())
            .env("JUMPQR_BASE_URL", &self.base_url)
            .env("JUMPQR_COMPONENT_APPID", &self.appid)
            .env("JUMPQR_COMPONENT_APPSECRET", &self.appsecret)
            .env("JUMPQR_APPID", &self.merchant)
    }

    /// Stores the ticket and the refresh token, from standard input.
    pub(crate) fn store_credentials(&self, ticket: &str, refresh_token: &str) {
        self.jumpqr(&["token", "set-verify-ticket"])
            .stdin(format!("{ticket}\n"))
            .expect(0);
        self.jumpqr(&["token", "set-refresh-token"])
            .stdin(refresh_token)
            .expect(0);
    }

    pub(crate) fn statuses(&self) -> Value {
        let object = self.jumpqr(&["--json", "token", "status"]).expect(0).json();
        object["tokens"].clone()
    }
}

/// Starts a WeChat that issues tokens to platforms, and answers ok to everything else.
pub(crate) fn platform_wechat() -> FakeWeChat {
    FakeWeChat::start(|request| match request.name.as_str() {
        "api_component_token" => json!({"component_access_token": TOKEN, "expires_in": 7200}),
        "api_authorizer_token" => json!({
            "authorizer_access_token": TOKEN,
            "expires_in": 7200,
            "authorizer_refresh_token": NEXT_REFRESH_TOKEN,
        }),
        "stable_token" => json!({"access_token": TOKEN, "expires_in": 7200}),
        _ => json!({"errcode": 0, "errmsg": "ok", "rule_list": []}),
    })
}
