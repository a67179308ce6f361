use jumpqr::interface::{LinkStatus, LinkedMiniprogram};

use crate::guard::guard;
use crate::text::{Text, fixed, jumpqr_text};

/// The Mini Programs that a service account is linked to, or is about to be.
///
/// Free it with `jumpqr_linked_miniprograms_free`, exactly once. It lives on when the client is freed. Any number of threads
/// may read it at the same time.
pub struct jumpqr_linked_miniprograms {
    items: Vec<Item>,
}

struct Item {
    appid: Text,
    status: Option<&'static str>,
    nickname: Option<Text>,
}

impl jumpqr_linked_miniprograms {
    pub(crate) fn raw(linked: &[LinkedMiniprogram]) -> *mut Self {
        let items = linked.iter().map(|item| Item {
            appid: Text::from(&item.appid),
            status: item.status.map(LinkStatus::name),
            nickname: item.nickname.as_ref().map(Text::from),
        });
        Box::into_raw(Box::new(Self {
            items: items.collect(),
        }))
    }
}

/// Frees a list and the texts that were asked of it. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_free(linked: Option<Box<jumpqr_linked_miniprograms>>) {
    guard(|| {
        drop(linked);
        Some(())
    });
}

/// The number of Mini Programs. 0 if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_count(
    linked: Option<&jumpqr_linked_miniprograms>,
) -> usize {
    guard(|| Some(linked?.items.len()))
}

/// The appid of the Mini Program number `index`, from 0; no text where there is none. No text if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_appid(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(linked?.items.get(index)?.appid.view()))
}

/// How far the link is, e.g. `linked` or `awaits_account_admin`; no text for a number that is not documented. It lives
/// for ever. No text if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_status(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| linked?.items.get(index)?.status.map(fixed))
}

/// The name of the Mini Program; no text where the answer leaves it out. No text if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_nickname(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(linked?.items.get(index)?.nickname.as_ref()?.view()))
}
