use jumpqr::OpenVersion;
use jumpqr::matching::{LinkMatch, Obstacle};

use crate::listed_rule::number;
use crate::object::forever;
use crate::{Text, guard, jumpqr_text};

/// The rule that a scanned link hits, and what the link opens.
///
/// Free it with `jumpqr_link_match_free`, exactly once. Any number of threads may read it at the
/// same time.
pub struct jumpqr_link_match {
    hit: Option<Text>,
    shadowed: Option<Text>,
    path: Option<Text>,
    obstacles: Vec<Obstacle>,
    opens_for_testers: bool,
    test_version: Option<OpenVersion>,
}

impl From<LinkMatch<'_>> for jumpqr_link_match {
    fn from(found: LinkMatch<'_>) -> Self {
        Self {
            hit: found.hit.map(|rule| Text::from(&rule.prefix)),
            shadowed: found.shadowed.map(|rule| Text::from(&rule.prefix)),
            path: found.path().map(Text::from),
            opens_for_testers: found.opens_for_testers(),
            test_version: found.test_version(),
            obstacles: found.obstacles,
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

/// Returns whether the link opens the Mini Program for everybody: there is no obstacle. `false` if
/// `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_opens(found: Option<&jumpqr_link_match>) -> bool {
    guard(|| Some(found?.obstacles.is_empty()))
}

/// Returns the number of obstacles that keep the link from opening the Mini Program for everybody. 0
/// if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_obstacle_count(found: Option<&jumpqr_link_match>) -> usize {
    guard(|| Some(found?.obstacles.len()))
}

/// Returns obstacle number `index`, from 0, e.g. `not_published`: first what concerns the link, then
/// what concerns all links of the account. It lives forever. No text if there is no such obstacle,
/// or if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_obstacle_code(
    found: Option<&jumpqr_link_match>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(forever(found?.obstacles.get(index)?.name())))
}

/// Returns the message for a person about obstacle number `index`, from 0: what is wrong, and what
/// to do. It lives forever. No text if there is no such obstacle, or if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_obstacle_message(
    found: Option<&jumpqr_link_match>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(forever(found?.obstacles.get(index)?.message())))
}

/// Returns whether the link opens the Mini Program for its developers and testers: because it opens
/// for everybody, or because it is a test link of the rule that it hits. `false` if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_opens_for_testers(found: Option<&jumpqr_link_match>) -> bool {
    guard(|| Some(found?.opens_for_testers))
}

/// Returns the build that the link opens for developers and testers: 1 development, 2 trial, 3
/// released. 0 if the link is not a test link of the rule that it hits, or if the build is not
/// known. -1 if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_test_version(found: Option<&jumpqr_link_match>) -> i32 {
    guard(|| Some(number(found?.test_version.map(OpenVersion::number))))
}

/// Returns the Mini Program page of the rule that is hit. No text if it is not known, if no rule
/// covers the link, or if `found` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_link_match_path(found: Option<&jumpqr_link_match>) -> jumpqr_text {
    guard(|| Some(found?.path.as_ref()?.view()))
}
