use jumpqr::matching::LinkMatch;

use crate::guard::guard;
use crate::text::{Text, jumpqr_text};

/// What a scanned link hits.
///
/// Free it with `jumpqr_link_match_free`, exactly once. Any number of threads may read it at the same time.
pub struct jumpqr_link_match {
    hit: Option<Text>,
    shadowed: Option<Text>,
    opens: bool,
}

impl jumpqr_link_match {
    pub(crate) fn raw(found: &LinkMatch<'_>) -> *mut Self {
        Box::into_raw(Box::new(Self {
            hit: found.hit.map(|rule| Text::from(&rule.prefix)),
            shadowed: found.shadowed.map(|rule| Text::from(&rule.prefix)),
            opens: found.opens(),
        }))
    }
}

/// Frees a match and the texts that were asked of it. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_free(found: Option<Box<jumpqr_link_match>>) {
    guard(|| {
        drop(found);
        Some(())
    });
}

/// The prefix of the most specific rule that covers the link; no text where none does. No text if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_hit(found: Option<&jumpqr_link_match>) -> jumpqr_text {
    guard(|| Some(found?.hit.as_ref()?.view()))
}

/// The prefix of the published rule that would have opened the link, if the one that is hit were not unpublished and
/// more specific; no text where there is none. No text if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_shadowed(found: Option<&jumpqr_link_match>) -> jumpqr_text {
    guard(|| Some(found?.shadowed.as_ref()?.view()))
}

/// Whether the scanned link opens the Mini Program for everybody: a rule is hit, and it is published. `false` if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_opens(found: Option<&jumpqr_link_match>) -> bool {
    guard(|| Some(found?.opens))
}
