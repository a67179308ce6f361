//! The exports that make clients and platforms, and calls whose token function fails: nothing ever leaves this process.

use std::mem::MaybeUninit;
use std::ptr::null;

use arbitrary::Arbitrary;
use jumpqr_fuzz_capi::*;

use super::given::{GivenText, GivenTexts};
use super::outcome::{Wants, made, text, written};
use super::settings::Config;

pub(super) struct Client {
    pub(super) handle: Box<jumpqr_client>,
    /// A call gets no token, so nothing is sent.
    fails: bool,
}

#[derive(Debug, Arbitrary)]
pub(super) enum Call {
    Add {
        is_edit: i8,
    },
    Publish {
        prefix: GivenText,
        appid: GivenText,
    },
    Delete {
        prefix: GivenText,
        appid: GivenText,
    },
    Get,
    GetLatest {
        appid: GivenText,
    },
    GetByPrefix {
        appid: GivenText,
        prefixes: GivenTexts,
    },
    GetByPage {
        appid: GivenText,
        num: u32,
        size: u32,
    },
    Download,
    Link {
        appid: GivenText,
    },
    Linked,
    Rules {
        appid: GivenText,
    },
    TokenStatus,
}

pub(super) fn client(config: Option<&Config>, wants: Wants) -> Option<Client> {
    let handle = config.map(|config| &*config.handle);
    let result = made(wants, |client, error| {
        jumpqr_client_new(handle, client, error)
    });
    let missing = config.is_none() || !wants.output();
    let refused = result.as_ref().err() == Some(&jumpqr_status::NullArgument);
    assert_eq!(refused, missing);
    Some(Client {
        handle: result.ok().flatten()?,
        fails: config?.fails,
    })
}

impl Client {
    pub(super) fn with(&self, timeout_ms: u64, validate: bool, wants: Wants) -> Option<Self> {
        let handle = Some(&*self.handle);
        let timed = made(wants, |other, error| {
            jumpqr_client_with_timeout_ms(handle, timeout_ms, other, error)
        });
        let timed = timed.ok().flatten()?;
        assert!(
            (1..=86_400_000).contains(&timeout_ms),
            "{timeout_ms} ms were taken"
        );
        let other = made(wants, |other, error| {
            jumpqr_client_with_validate(Some(&timed), validate, other, error)
        });
        jumpqr_client_free(Some(timed));
        Some(Self {
            handle: other.ok().flatten()?,
            fails: self.fails,
        })
    }
}

/// A platform whose store is in memory. Its merchants are made and asked how their tokens stand, but they do not call.
pub(super) fn platform(config: Option<&Config>, texts: &[GivenText; 3], wants: Wants) {
    let [appid, secret, merchant] = texts.each_ref().map(GivenText::text);
    let handle = config.map(|config| &*config.handle);
    let made_platform = made(wants, |platform, error| {
        let (appid, secret) = (appid.pointer(), secret.pointer());
        // SAFETY: both are NULL, or end with NUL.
        unsafe { jumpqr_platform_new(handle, appid, secret, platform, error) }
    });
    let Some(platform) = made_platform.ok().flatten() else {
        return;
    };
    assert!(appid.read().is_ok() && secret.read().is_ok());
    let handle = Some(&*platform);
    let ticket = written(wants, |error| {
        // SAFETY: it is NULL, or ends with NUL.
        unsafe { jumpqr_platform_set_verify_ticket(handle, merchant.pointer(), error) }
    });
    let refresh_token = written(wants, |error| {
        let (appid, token) = (merchant.pointer(), appid.pointer());
        // SAFETY: both are NULL, or end with NUL.
        unsafe { jumpqr_platform_set_authorizer_refresh_token(handle, appid, token, error) }
    });
    assert!(merchant.read().is_ok() || (ticket.is_err() && refresh_token.is_err()));
    let client = made(wants, |client, error| {
        // SAFETY: it is NULL, or ends with NUL.
        unsafe { jumpqr_platform_merchant(handle, merchant.pointer(), client, error) }
    });
    let status = made(wants, |status, error| {
        jumpqr_platform_token_status(handle, status, error)
    });
    // The merchant's client lives on.
    jumpqr_platform_free(Some(platform));
    hold_token_status(status.ok().flatten());
    if let Some(client) = client.ok().flatten() {
        let status = made(wants, |status, error| {
            jumpqr_client_token_status(Some(&client), status, error)
        });
        hold_token_status(status.ok().flatten());
        jumpqr_client_free(Some(client));
    }
}

fn hold_token_status(status: Option<Box<jumpqr_token_status>>) {
    let asked = status.as_deref();
    if asked.is_some() {
        assert_eq!(text(jumpqr_token_status_store(asked)), Some("memory:"));
        assert_eq!(text(jumpqr_token_status_state(asked)), Some("missing"));
        assert!(text(jumpqr_token_status_interface(asked)).is_some());
        assert!(text(jumpqr_token_status_appid(asked)).is_some());
    }
    assert_eq!(jumpqr_token_status_age_seconds(asked), -1);
    jumpqr_token_status_free(status);
}

impl Call {
    /// Makes the call with a client that gets no token, or with none: it fails, in one of the ways that are left to it.
    pub(super) fn run(&self, client: Option<&Client>, rule: Option<&jumpqr_rule>, wants: Wants) {
        if client.is_some_and(|client| !client.fails) && !matches!(self, Self::TokenStatus) {
            return;
        }
        let handle = client.map(|client| &*client.handle);
        let mut faults = vec![handle.is_none().then_some(jumpqr_status::NullArgument)];
        let result = match self {
            Self::TokenStatus => {
                let status = made(wants, |status, error| {
                    jumpqr_client_token_status(handle, status, error)
                });
                hold_token_status(status.ok().flatten());
                return;
            }
            Self::Rules { appid } => return walk(handle, appid, wants),
            Self::Add { is_edit } => {
                faults.push(rule.is_none().then_some(jumpqr_status::NullArgument));
                let known = (-1..=1).contains(is_edit);
                faults.push((!known).then_some(jumpqr_status::OutOfRange));
                written(wants, |error| {
                    jumpqr_add_jump_qr_code(handle, rule, (*is_edit).into(), None, error)
                })
            }
            Self::Publish { prefix, appid } | Self::Delete { prefix, appid } => {
                let (prefix, appid) = (prefix.text(), appid.text());
                faults.extend([prefix.read().err(), appid.read_optional().err()]);
                let call = match self {
                    Self::Publish { .. } => jumpqr_publish_jump_qr_code,
                    _ => jumpqr_delete_jump_qr_code,
                };
                written(wants, |error| {
                    // SAFETY: both are NULL, or end with NUL.
                    unsafe { call(handle, prefix.pointer(), appid.pointer(), None, error) }
                })
            }
            Self::Link { appid } => {
                let appid = appid.text();
                faults.push(appid.read().err());
                written(wants, |error| {
                    // SAFETY: it is NULL, or ends with NUL.
                    unsafe {
                        jumpqr_link_miniprogram(handle, appid.pointer(), true, false, None, error)
                    }
                })
            }
            other => other.get(handle, &mut faults, wants),
        };
        let Err(status) = result else {
            panic!("{self:?} succeeded without a token");
        };
        match status {
            jumpqr_status::InvalidRequest
            | jumpqr_status::TokenSourceFailed
            | jumpqr_status::Timeout => {
                assert!(faults.iter().all(Option::is_none), "{status:?} of {self:?}");
            }
            misuse => assert!(faults.contains(&Some(misuse)), "{misuse:?} of {self:?}"),
        }
    }

    fn get(
        &self,
        handle: Option<&jumpqr_client>,
        faults: &mut Vec<Option<jumpqr_status>>,
        wants: Wants,
    ) -> Result<(), jumpqr_status> {
        faults.push((!wants.output()).then_some(jumpqr_status::NullArgument));
        let list = match self {
            Self::Download => {
                let file = made(wants, |file, error| {
                    jumpqr_download_qr_code_text(handle, file, error)
                });
                return file.map(|file| jumpqr_verification_file_free(file));
            }
            Self::Linked => {
                let linked = made(wants, |linked, error| {
                    jumpqr_wxamplinkget(handle, linked, error)
                });
                return linked.map(|linked| jumpqr_linked_miniprograms_free(linked));
            }
            Self::GetLatest { appid } => {
                let appid = appid.text();
                faults.push(appid.read().err());
                made(wants, |list, error| {
                    // SAFETY: it is NULL, or ends with NUL.
                    unsafe { jumpqr_get_jump_qr_code_latest(handle, appid.pointer(), list, error) }
                })
            }
            Self::GetByPrefix { appid, prefixes } => {
                let (appid, prefixes) = (appid.text(), prefixes.texts());
                faults.extend([appid.read().err(), prefixes.read().err()]);
                made(wants, |list, error| {
                    let (pointer, count) = (prefixes.pointer(), prefixes.count);
                    // SAFETY: it is NULL, or ends with NUL; and they are as many texts.
                    unsafe {
                        jumpqr_get_jump_qr_code_by_prefix(
                            handle,
                            appid.pointer(),
                            pointer,
                            count,
                            list,
                            error,
                        )
                    }
                })
            }
            Self::GetByPage { appid, num, size } => {
                let appid = appid.text();
                faults.push(appid.read().err());
                made(wants, |list, error| {
                    // SAFETY: it is NULL, or ends with NUL.
                    unsafe {
                        jumpqr_get_jump_qr_code_by_page(
                            handle,
                            appid.pointer(),
                            *num,
                            *size,
                            list,
                            error,
                        )
                    }
                })
            }
            _ => made(wants, |list, error| {
                jumpqr_get_jump_qr_code(handle, list, error)
            }),
        };
        list.map(|list| jumpqr_jump_qr_code_list_free(list))
    }
}

/// A walk ends after its first error.
fn walk(handle: Option<&jumpqr_client>, appid: &GivenText, wants: Wants) {
    let appid = appid.text();
    let walk = made(wants, |rules, error| {
        // SAFETY: it is NULL, or ends with NUL.
        unsafe { jumpqr_rules_new(handle, appid.pointer(), rules, error) }
    });
    let Some(mut walk) = walk.ok().flatten() else {
        return;
    };
    assert!(appid.read_optional().is_ok());
    let mut rule = MaybeUninit::new(null());
    let mut next = |wants| {
        written(wants, |error| {
            jumpqr_rules_next(Some(&mut walk), Some(&mut rule), error)
        })
    };
    let first = next(wants);
    assert!(first.is_err(), "a rule without a token");
    assert_eq!(next(wants), Ok(()), "it goes on after {first:?}");
    // SAFETY: it was written above, if not by the walk.
    assert!(unsafe { rule.assume_init() }.is_null());
    jumpqr_rules_free(Some(walk));
}
