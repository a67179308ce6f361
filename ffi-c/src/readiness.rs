use std::mem::take;
use std::ptr::from_ref;

use jumpqr::readiness::{Readiness, Verdict};

use crate::object::forever;
use crate::{guard, jumpqr_readiness_finding, jumpqr_text};

/// Whether the rules of a merchant can work, as far as WeChat tells.
///
/// Free it with `jumpqr_readiness_free`, exactly once; its findings are freed with it. It stays
/// valid after the platform is freed. Any number of threads may read it at the same time.
pub struct jumpqr_readiness {
    verdict: Verdict,
    findings: Vec<jumpqr_readiness_finding>,
}

impl From<Readiness> for jumpqr_readiness {
    fn from(mut readiness: Readiness) -> Self {
        let verdict = readiness.verdict();
        let findings = take(&mut readiness.findings).into_iter();
        Self {
            verdict,
            findings: findings.map(Into::into).collect(),
        }
    }
}

/// Frees a readiness and its findings. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_free(readiness: Option<Box<jumpqr_readiness>>) {
    guard(|| readiness.map(drop));
}

/// Returns the verdict. It is `ready` if nothing stands in the way of the rules, `not_ready` if
/// something blocks them, and `unknown` if WeChat does not tell everything. The text lives forever.
/// No text if `readiness` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_verdict(readiness: Option<&jumpqr_readiness>) -> jumpqr_text {
    guard(|| Some(forever(readiness?.verdict.name())))
}

/// Returns the number of findings. 0 if `readiness` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_count(readiness: Option<&jumpqr_readiness>) -> usize {
    guard(|| Some(readiness?.findings.len()))
}

/// Returns finding number `index`, from 0: first those that block the rules, then the warnings,
/// then what is unknown. It lives as long as the readiness. NULL if there is no such finding, or if
/// `readiness` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_at(
    readiness: Option<&jumpqr_readiness>,
    index: usize,
) -> *const jumpqr_readiness_finding {
    guard(|| readiness?.findings.get(index).map(from_ref))
}
