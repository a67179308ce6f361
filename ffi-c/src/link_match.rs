use jumpqr::matching::LinkMatch;

use crate::{Text, guard, jumpqr_text};

/// The rule that a scanned link hits.
///
/// Free it with `jumpqr_link_match_free`, exactly once. Any number of threads may read it at the
/// same time.
pub struct jumpqr_link_match {
    hit: Option<Text>,
    shadowed: Option<Text>,
    opens: bool,
}

impl From<LinkMatch<'_>> for jumpqr_link_match {
    fn from(found: LinkMatch<'_>) -> Self {
        Self {
            hit: found.hit.map(|rule| Text::from(&rule.prefix)),
            shadowed: found.shadowed.map(|rule| Text::from(&rule.prefix)),
            opens: found.opens(),
        }
    }
}

/// Frees a match and the texts read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_free(found: Option<Box<jumpqr_link_match>>) {
    guard(|| found.map(drop));
}

/// Returns the prefix of the most specific rule that covers the link. No text if no rule covers it,
/// or if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_hit(found: Option<&jumpqr_link_match>) -> jumpqr_text {
    guard(|| Some(found?.hit.as_ref()?.view()))
}

/// Returns the prefix of the published rule that would open the link if the rule that is hit did
/// not exist. The rule that is hit is more specific, but unpublished. No text if there is no such
/// rule, or if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_shadowed(found: Option<&jumpqr_link_match>) -> jumpqr_text {
    guard(|| Some(found?.shadowed.as_ref()?.view()))
}

/// Returns whether the link opens the Mini Program for everybody: it hits a rule, and the rule is
/// published. `false` if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_opens(found: Option<&jumpqr_link_match>) -> bool {
    guard(|| Some(found?.opens))
}
