use jumpqr::interface::LinkedMiniprogram;

use crate::object::{Object, forever};
use crate::{guard, jumpqr_text};

/// The Mini Programs that a service account is linked to, or will be when the administrators have
/// confirmed.
///
/// Free it with `jumpqr_linked_miniprograms_free`, exactly once. It stays valid after the client is
/// freed. Any number of threads may read it at the same time.
pub struct jumpqr_linked_miniprograms(pub(crate) Vec<Object<LinkedMiniprogram>>);

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
    guard(|| Some(linked?.0.len()))
}

/// Returns the appid of Mini Program number `index`, from 0. No text if there is no such Mini
/// Program, or if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_appid(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| linked?.0.get(index)?.text(|linked| &linked.appid))
}

/// Returns the status of link number `index`, from 0: for example `linked` or
/// `awaits_account_admin`. No text if WeChat's number is not documented, if there is no such link,
/// or if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_status(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(forever(linked?.0.get(index)?.status?.name())))
}

/// Returns the name of Mini Program number `index`, from 0. No text if the response omits it, if
/// there is no such Mini Program, or if `linked` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_linked_miniprograms_nickname(
    linked: Option<&jumpqr_linked_miniprograms>,
    index: usize,
) -> jumpqr_text {
    guard(|| {
        let linked = linked?.0.get(index)?;
        linked.optional(|linked| linked.nickname.as_ref())
    })
}
