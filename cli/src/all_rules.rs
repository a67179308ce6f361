use jumpqr::Client;
use jumpqr::interface::JumpQRCodeList;

use crate::error::CommandError;

/// Fetches all rules of the account as one list.
pub(crate) fn fetch_all_rules(
    client: &Client,
    appid: Option<&str>,
) -> Result<JumpQRCodeList, CommandError> {
    let mut rules = match appid {
        Some(appid) => client.service_account_rules(appid),
        None => client.rules(),
    };
    let mut list = JumpQRCodeList::default();
    list.rule_list = rules.by_ref().collect::<jumpqr::Result<_>>()?;
    list.qrcodejump_open = rules.qrcodejump_open();
    list.list_size = u64::try_from(list.rule_list.len()).ok();
    Ok(list)
}
