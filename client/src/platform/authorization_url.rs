//! The link on which a merchant authorises the platform.

use jumpqr_core::AuthorizationLink;
use jumpqr_core::error::Result;
use jumpqr_core::interface::ApiCreatePreauthcode;

use super::Platform;

impl Platform {
    /// Makes a link on which a merchant authorises the platform, with a pre_auth_code of its own.
    ///
    /// Make one for each merchant when the page with the link is shown: it works once, and for
    /// about 10 minutes. Afterwards WeChat sends the merchant to the link's `redirect_uri` with an
    /// `auth_code` in the query, for [`exchange`](Self::exchange), and pushes `authorized`, for
    /// [`handle`](Self::handle).
    ///
    /// With a base URL whose host is not WeChat's, the link leads to that host.
    pub fn authorization_url(&self, link: &AuthorizationLink) -> Result<String> {
        // Nothing is sent for a link that is wrong.
        link.check().into_result()?;
        let code = self.call(ApiCreatePreauthcode {
            component_appid: self.component_appid().to_owned(),
            component_token_field: self.account.token_field,
        })?;
        let host = &self.account.driver.hosts.first;
        let base_url = host.custom_host().map(|_| host.as_str());
        link.url(self.component_appid(), &code.pre_auth_code, base_url)
    }
}
