use clap::Args;
use clap::builder::PossibleValuesParser;
use jumpqr::mapping::parse_authorization_link;
use jumpqr::{AuthType, Device};
use serde_json::json;

use crate::context::Context;
use crate::output::CommandResult;

const EXAMPLES: &str = "\
Examples:
  jumpqr platform url --redirect-uri https://saas.example.cn/done
  jumpqr platform url --redirect-uri https://saas.example.cn/done --device mobile \\
      --auth-type mini_program";

/// Make a link on which a merchant authorises the platform (api_create_preauthcode)
///
/// The link works once, for about 10 minutes. Put it on a page of the domain that the console names
/// as 授权发起页域名. Afterwards, WeChat sends the merchant to --redirect-uri with an `auth_code` in
/// the query, for `jumpqr platform exchange`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Url {
    /// Where the merchant comes back, an absolute URL, not percent-encoded
    #[arg(long, value_name = "URL")]
    redirect_uri: String,

    /// The device on which the merchant opens the link
    #[arg(long, value_name = "NAME", default_value = Device::Pc.name())]
    #[arg(value_parser = names(Device::ALL, Device::name))]
    device: String,

    /// Which accounts the page offers
    #[arg(long, value_name = "NAME", default_value = AuthType::Both.name())]
    #[arg(value_parser = names(AuthType::ALL, AuthType::name))]
    auth_type: String,

    /// The only account that may authorise [example: wx1234567890abcdef]
    #[arg(long, value_name = "APPID")]
    biz_appid: Option<String>,

    /// The numbers of the permission sets that are offered, with commas between [example: 18,33]
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    category_id_list: Vec<u32>,
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> PossibleValuesParser {
    PossibleValuesParser::new(all.iter().map(|value| name(*value)))
}

impl Url {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        let (platform, _) = context.platform()?;
        let link = parse_authorization_link(&json!({
            "redirect_uri": self.redirect_uri,
            "device": self.device,
            "auth_type": self.auth_type,
            "biz_appid": self.biz_appid,
            "category_id_list": self.category_id_list,
        }))?;
        let url = platform.authorization_url(&link)?;
        Ok(context.print(json!({"url": url}), &url))
    }
}
