use jumpqr::binding::error_parts;
use jumpqr_sandbox::SandboxError;
use napi_derive::napi;
use serde_json::json;

use crate::guard::{STYLE, caught, from_json, guard, thrown};

/// A local WeChat in this process, on a thread of its own.
#[napi]
pub struct Sandbox {
    sandbox: jumpqr_sandbox::Sandbox,
}

/// What came of telling the sandbox something.
enum Failure {
    Sandbox(SandboxError),
    Own(jumpqr::Error),
}

impl From<jumpqr::Error> for Failure {
    fn from(error: jumpqr::Error) -> Self {
        Self::Own(error)
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        Self::Sandbox(error)
    }
}

impl From<Failure> for napi::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Own(error) => thrown(&error_parts(&error, STYLE)),
            Failure::Sandbox(error) => {
                let cause = std::error::Error::source(&error);
                let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
                thrown(&json!({
                    "sandbox": format!("{error}{cause}"),
                    "status": error.http_status(),
                }))
            }
        }
    }
}

#[napi]
impl Sandbox {
    /// Starts it; port 0 is any free one.
    #[napi(constructor)]
    pub fn new(port: u16, allow_hosts: Vec<String>) -> napi::Result<Self> {
        let sandbox = caught(|| -> Result<_, Failure> {
            let mut builder = jumpqr_sandbox::Sandbox::builder().port(port);
            for host in allow_hosts {
                builder = builder.allow_host(host);
            }
            Ok(builder.start()?)
        })?;
        Ok(Self { sandbox })
    }

    /// What stands in the place of `https://api.weixin.qq.com`.
    #[napi]
    pub fn base_url(&self) -> napi::Result<String> {
        guard(|| Ok(self.sandbox.base_url().to_owned()))
    }

    /// Appid and secret of the Mini Program that every sandbox has.
    #[napi]
    pub fn mini_program(&self) -> napi::Result<Vec<String>> {
        guard(|| Ok(pair(self.sandbox.mini_program())))
    }

    /// Appid and secret of the service account that every sandbox has.
    #[napi]
    pub fn service_account(&self) -> napi::Result<Vec<String>> {
        guard(|| Ok(pair(self.sandbox.service_account())))
    }

    /// Appid and appsecret of the third-party platform that every sandbox has.
    #[napi]
    pub fn platform(&self) -> napi::Result<Vec<String>> {
        guard(|| Ok(pair(self.sandbox.platform())))
    }

    /// Does what a control endpoint does; body and answer are JSON.
    #[napi]
    pub fn control(&self, method: String, path: String, body: String) -> napi::Result<String> {
        let answer = caught(|| -> Result<_, Failure> {
            Ok(self.sandbox.control(&method, &path, from_json(&body)?)?)
        })?;
        Ok(answer.to_string())
    }

    /// Closes every connection and the port.
    #[napi]
    pub fn stop(&self) -> napi::Result<()> {
        guard(|| {
            self.sandbox.stop();
            Ok(())
        })
    }
}

fn pair(credentials: jumpqr_sandbox::Credentials) -> Vec<String> {
    vec![credentials.appid, credentials.secret.expose().to_owned()]
}
