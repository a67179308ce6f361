use jumpqr::interface::{LinkStatus, LinkedMiniprogram};

use crate::{Text, guard, jumpqr_text};

/// The Mini Programs that a service account is linked to, or will be when the administrators have
/// confirmed.
///
/// Free it with `jumpqr_linked_miniprograms_free`, exactly once. It stays valid after the client is
/// freed. Any number of threads may read it at the same time.
pub struct jumpqr_linked_miniprograms {
    items: Vec<Item>,
}

struct Item {
    appid: Text,
    status: Option<Text>,
    nickname: Option<Text>,
}

impl From<&LinkedMiniprogram> for Item {
    fn from(linked: &LinkedMiniprogram) -> Self {
        Self {
            appid: Text::from(&linked.appid),
            status: linked.status.map(LinkStatus::name).map(Text::from),
            nickname: linked.nickname.as_ref().map(Text::from),
        }
    }
}

impl From<Vec<LinkedMiniprogram>> for jumpqr_linked_miniprograms {
    fn from(linked: Vec<LinkedMiniprogram>) -> Self {
        Self {
            items: linked.iter().map(Into::into).collect(),
        }
    }
}

/// Frees a list and the texts read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_free(linked: Option<Box<jumpqr_linked_miniprograms>>) {
    guard(|| linked.map(drop));
}

/// Returns the number of Mini Programs. 0 if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_count(
    linked: Option<&jumpqr_linked_miniprograms>,
) -> usize {
    guard(|| Some(linked?.items.len()))
}

/// Returns the appid of Mini Program number `index`, from 0. No text if there is no such Mini
/// Program, or if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_appid(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(linked?.items.get(index)?.appid.view()))
}

/// Returns the status of link number `index`, from 0: for example `linked` or
/// `awaits_account_admin`. No text if WeChat's number is not documented, if there is no such link,
/// or if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_status(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(linked?.items.get(index)?.status.as_ref()?.view()))
}

/// Returns the name of Mini Program number `index`, from 0. No text if the response omits it, if
/// there is no such Mini Program, or if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_nickname(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(linked?.items.get(index)?.nickname.as_ref()?.view()))
}
