//! The exports that make clients and platforms, and calls. The token function always fails, so
//! nothing leaves this process.

use std::mem::MaybeUninit;
use std::ptr::null;

use arbitrary::Arbitrary;
use jumpqr_fuzz_capi::*;

use super::inputs::{InputText, InputTexts, Text};
use super::outcome::{OutPointers, call_export, call_for_handle, check_faults, read_text};
use super::pushes::{InputEvent, InputLink};
use super::raw_calls::RawCall;
use super::settings::Config;

pub(super) struct Client {
    pub(super) handle: Box<jumpqr_client>,
    /// The token function fails, so nothing is sent.
    fails: bool,
}

#[derive(Debug, Arbitrary)]
pub(super) enum Call {
    Add {
        is_edit: i8,
    },
    Publish {
        prefix: InputText,
        appid: InputText,
    },
    Delete {
        prefix: InputText,
        appid: InputText,
    },
    Get,
    GetLatest {
        appid: InputText,
    },
    GetByPrefix {
        appid: InputText,
        prefixes: InputTexts,
    },
    GetByPage {
        appid: InputText,
        num: u32,
        size: u32,
    },
    Download,
    Link {
        appid: InputText,
    },
    Linked,
    Rules {
        appid: InputText,
    },
    TokenStatus,
    Unlink {
        appid: InputText,
    },
    Addresses {
        of_pushes: bool,
    },
    Quota {
        cgi_path: InputText,
    },
    Rid {
        rid: InputText,
    },
    Clear {
        appid: InputText,
    },
    ClearByAppSecret,
    Raw(RawCall),
}

pub(super) fn build_client(config: Option<&Config>, pointers: OutPointers) -> Option<Client> {
    let handle = config.map(|config| &*config.handle);
    let result = call_for_handle(pointers, |client, error| {
        jumpqr_client_new(handle, client, error)
    });
    let missing = config.is_none() || !pointers.has_output();
    let refused = result.as_ref().err() == Some(&jumpqr_status::NullArgument);
    assert_eq!(refused, missing);
    Some(Client {
        handle: result.ok().flatten()?,
        fails: config?.fails,
    })
}

impl Client {
    pub(super) fn with(
        &self,
        timeout_ms: u64,
        validate: bool,
        pointers: OutPointers,
    ) -> Option<Self> {
        let handle = Some(&*self.handle);
        let timed = call_for_handle(pointers, |other, error| {
            jumpqr_client_with_timeout_ms(handle, timeout_ms, other, error)
        });
        let timed = timed.ok().flatten()?;
        assert!(
            (1..=86_400_000).contains(&timeout_ms),
            "a timeout of {timeout_ms} ms was accepted"
        );
        let other = call_for_handle(pointers, |other, error| {
            jumpqr_client_with_validate(Some(&timed), validate, other, error)
        });
        jumpqr_client_free(Some(timed));
        Some(Self {
            handle: other.ok().flatten()?,
            fails: self.fails,
        })
    }
}

/// Makes a platform with a store in memory, and a client of a merchant. Pushes to it, and reads the
/// token status of both, but makes no call.
pub(super) fn check_platform(
    config: Option<&Config>,
    texts: &[InputText; 3],
    event: &InputEvent,
    link: &InputLink,
    pointers: OutPointers,
) {
    let [appid, secret, merchant] = texts.each_ref().map(InputText::to_text);
    let handle = config.map(|config| &*config.handle);
    let made_platform = call_for_handle(pointers, |platform, error| {
        let (appid, secret) = (appid.pointer(), secret.pointer());
        // SAFETY: both texts are NULL or end with NUL.
        unsafe { jumpqr_platform_new(handle, appid, secret, platform, error) }
    });
    let Some(platform) = made_platform.ok().flatten() else {
        return;
    };
    assert!(appid.read().is_ok() && secret.read().is_ok());
    let handle = Some(&*platform);
    let ticket = call_export(pointers, |error| {
        // SAFETY: the text is NULL or ends with NUL.
        unsafe { jumpqr_platform_set_verify_ticket(handle, merchant.pointer(), error) }
    });
    let refresh_token = call_export(pointers, |error| {
        let (appid, token) = (merchant.pointer(), appid.pointer());
        // SAFETY: both texts are NULL or end with NUL.
        unsafe { jumpqr_platform_set_authorizer_refresh_token(handle, appid, token, error) }
    });
    assert!(merchant.read().is_ok() || (ticket.is_err() && refresh_token.is_err()));
    let client = call_for_handle(pointers, |client, error| {
        // SAFETY: the text is NULL or ends with NUL.
        unsafe { jumpqr_platform_merchant(handle, merchant.pointer(), client, error) }
    });
    check_pushes(handle, event, pointers);
    link.check(handle, pointers);
    let forgotten = call_export(pointers, |error| {
        // SAFETY: the text is NULL or ends with NUL.
        unsafe { jumpqr_platform_forget(handle, merchant.pointer(), error) }
    });
    assert!(merchant.read().is_ok() || forgotten.is_err());
    let walk = call_for_handle(pointers, |walk, error| {
        jumpqr_merchants_new(handle, walk, error)
    });
    let status = call_for_handle(pointers, |status, error| {
        jumpqr_platform_token_status(handle, status, error)
    });
    // The merchant's client outlives the platform.
    jumpqr_platform_free(Some(platform));
    jumpqr_merchants_free(walk.ok().flatten());
    check_token_status(status.ok().flatten());
    if let Some(client) = client.ok().flatten() {
        let status = call_for_handle(pointers, |status, error| {
            jumpqr_client_token_status(Some(&client), status, error)
        });
        check_token_status(status.ok().flatten());
        jumpqr_client_free(Some(client));
    }
}

/// Gives a platform a push of its own, which it refuses unless its settings are those of the push.
fn check_pushes(platform: Option<&jumpqr_platform>, event: &InputEvent, pointers: OutPointers) {
    let request = event.request();
    let (query, body) = (Text::from(request.query.as_str()), request.body.as_bytes());
    let push = call_for_handle(pointers, |push, error| {
        let (query, bytes) = (query.pointer(), body.as_ptr().cast());
        // SAFETY: the text ends with NUL, and the body is a slice.
        unsafe { jumpqr_platform_handle(platform, query, bytes, body.len(), push, error) }
    });
    check_faults(pointers, &push, &[]);
    jumpqr_push_free(push.ok().flatten());
}

fn check_token_status(status: Option<Box<jumpqr_token_status>>) {
    let asked = status.as_deref();
    if asked.is_some() {
        assert_eq!(read_text(jumpqr_token_status_store(asked)), Some("memory:"));
        assert_eq!(read_text(jumpqr_token_status_state(asked)), Some("missing"));
        assert!(read_text(jumpqr_token_status_interface(asked)).is_some());
        assert!(read_text(jumpqr_token_status_appid(asked)).is_some());
    }
    assert_eq!(jumpqr_token_status_age_seconds(asked), -1);
    jumpqr_token_status_free(status);
}

impl Call {
    /// Makes the call with a client whose token function fails, or with NULL. The call must fail
    /// for a known reason.
    pub(super) fn run(
        &self,
        client: Option<&Client>,
        rule: Option<&jumpqr_rule>,
        pointers: OutPointers,
    ) {
        if client.is_some_and(|client| !client.fails) && !matches!(self, Self::TokenStatus) {
            return;
        }
        let handle = client.map(|client| &*client.handle);
        let mut faults = vec![handle.is_none().then_some(jumpqr_status::NullArgument)];
        let result = match self {
            Self::TokenStatus => {
                let status = call_for_handle(pointers, |status, error| {
                    jumpqr_client_token_status(handle, status, error)
                });
                check_token_status(status.ok().flatten());
                return;
            }
            Self::Rules { appid } => return walk(handle, appid, pointers),
            Self::Add { is_edit } => {
                faults.push(rule.is_none().then_some(jumpqr_status::NullArgument));
                let known = (-1..=1).contains(is_edit);
                faults.push((!known).then_some(jumpqr_status::OutOfRange));
                call_export(pointers, |error| {
                    jumpqr_add_jump_qr_code(handle, rule, (*is_edit).into(), None, error)
                })
            }
            Self::Publish { prefix, appid } | Self::Delete { prefix, appid } => {
                let (prefix, appid) = (prefix.to_text(), appid.to_text());
                faults.extend([prefix.read().err(), appid.read_optional().err()]);
                let call = match self {
                    Self::Publish { .. } => jumpqr_publish_jump_qr_code,
                    _ => jumpqr_delete_jump_qr_code,
                };
                call_export(pointers, |error| {
                    // SAFETY: both texts are NULL or end with NUL.
                    unsafe { call(handle, prefix.pointer(), appid.pointer(), None, error) }
                })
            }
            Self::Link { appid } => {
                let appid = appid.to_text();
                faults.push(appid.read().err());
                call_export(pointers, |error| {
                    // SAFETY: the text is NULL or ends with NUL.
                    unsafe {
                        jumpqr_link_miniprogram(handle, appid.pointer(), true, false, None, error)
                    }
                })
            }
            Self::Unlink { appid } | Self::Clear { appid } => {
                let appid = appid.to_text();
                faults.push(appid.read().err());
                let call = match self {
                    Self::Unlink { .. } => jumpqr_unlink_miniprogram,
                    _ => jumpqr_clear_quota,
                };
                call_export(pointers, |error| {
                    // SAFETY: the text is NULL or ends with NUL.
                    unsafe { call(handle, appid.pointer(), None, error) }
                })
            }
            Self::ClearByAppSecret => call_export(pointers, |error| {
                jumpqr_clear_quota_by_app_secret(handle, None, error)
            }),
            Self::Raw(call) => call.run(handle, &mut faults, pointers),
            other => other.get(handle, &mut faults, pointers),
        };
        let Err(status) = result else {
            panic!("{self:?} succeeded without a token");
        };
        let is_expected = match self {
            // A client with a token function has no appsecret. The function is not called.
            Self::ClearByAppSecret => matches!(
                status,
                jumpqr_status::NoCredentials | jumpqr_status::Timeout
            ),
            _ => matches!(
                status,
                jumpqr_status::InvalidRequest
                    | jumpqr_status::TokenSourceFailed
                    | jumpqr_status::Timeout
            ),
        };
        if is_expected {
            assert!(faults.iter().all(Option::is_none), "{status:?} of {self:?}");
        } else {
            assert!(faults.contains(&Some(status)), "{status:?} of {self:?}");
        }
    }

    fn get(
        &self,
        handle: Option<&jumpqr_client>,
        faults: &mut Vec<Option<jumpqr_status>>,
        pointers: OutPointers,
    ) -> Result<(), jumpqr_status> {
        faults.push((!pointers.has_output()).then_some(jumpqr_status::NullArgument));
        let list = match self {
            Self::Download => {
                let file = call_for_handle(pointers, |file, error| {
                    jumpqr_download_qr_code_text(handle, file, error)
                });
                return file.map(|file| jumpqr_verification_file_free(file));
            }
            Self::Linked => {
                let linked = call_for_handle(pointers, |linked, error| {
                    jumpqr_wxamplinkget(handle, linked, error)
                });
                return linked.map(|linked| jumpqr_linked_miniprograms_free(linked));
            }
            Self::Addresses { of_pushes } => {
                let call = if *of_pushes {
                    jumpqr_get_callback_ip
                } else {
                    jumpqr_get_api_domain_ip
                };
                let list = call_for_handle(pointers, |list, error| call(handle, list, error));
                return list.map(|list| jumpqr_ip_list_free(list));
            }
            Self::Quota { cgi_path } => {
                let cgi_path = cgi_path.to_text();
                faults.push(cgi_path.read().err());
                let quota = call_for_handle(pointers, |quota, error| {
                    // SAFETY: the text is NULL or ends with NUL.
                    unsafe { jumpqr_get_api_quota(handle, cgi_path.pointer(), quota, error) }
                });
                return quota.map(|quota| jumpqr_api_quota_free(quota));
            }
            Self::Rid { rid } => {
                let rid = rid.to_text();
                faults.push(rid.read().err());
                let info = call_for_handle(pointers, |info, error| {
                    // SAFETY: the text is NULL or ends with NUL.
                    unsafe { jumpqr_get_rid_info(handle, rid.pointer(), info, error) }
                });
                return info.map(|info| jumpqr_rid_info_free(info));
            }
            Self::GetLatest { appid } => {
                let appid = appid.to_text();
                faults.push(appid.read().err());
                call_for_handle(pointers, |list, error| {
                    // SAFETY: the text is NULL or ends with NUL.
                    unsafe { jumpqr_get_jump_qr_code_latest(handle, appid.pointer(), list, error) }
                })
            }
            Self::GetByPrefix { appid, prefixes } => {
                let (appid, prefixes) = (appid.to_text(), prefixes.to_texts());
                faults.extend([appid.read().err(), prefixes.read().err()]);
                call_for_handle(pointers, |list, error| {
                    let (pointer, count) = (prefixes.pointer(), prefixes.count);
                    // SAFETY: the text is NULL or ends with NUL, and there are `count` prefixes.
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
                let appid = appid.to_text();
                faults.push(appid.read().err());
                call_for_handle(pointers, |list, error| {
                    // SAFETY: the text is NULL or ends with NUL.
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
            _ => call_for_handle(pointers, |list, error| {
                jumpqr_get_jump_qr_code(handle, list, error)
            }),
        };
        list.map(|list| jumpqr_jump_qr_code_list_free(list))
    }
}

/// Walks over rules. The walk ends after its first error.
fn walk(handle: Option<&jumpqr_client>, appid: &InputText, pointers: OutPointers) {
    let appid = appid.to_text();
    let walk = call_for_handle(pointers, |rules, error| {
        // SAFETY: the text is NULL or ends with NUL.
        unsafe { jumpqr_rules_new(handle, appid.pointer(), rules, error) }
    });
    let Some(mut walk) = walk.ok().flatten() else {
        return;
    };
    assert!(appid.read_optional().is_ok());
    let mut rule = MaybeUninit::new(null());
    let mut next = |pointers| {
        call_export(pointers, |error| {
            jumpqr_rules_next(Some(&mut walk), Some(&mut rule), error)
        })
    };
    let first = next(pointers);
    assert!(first.is_err(), "a rule without a token");
    assert_eq!(next(pointers), Ok(()), "the walk continues after {first:?}");
    // SAFETY: it was initialised above; the call may have overwritten it.
    assert!(unsafe { rule.assume_init() }.is_null());
    jumpqr_rules_free(Some(walk));
}
