//! The exports that make clients and platforms, and calls whose token function fails: nothing ever leaves this process.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arbitrary::Arbitrary;
use jumpqr_fuzz_capi::*;

use super::given::{Bytes, GivenText, GivenTexts};
use super::outcome::{Wants, made, text, written};

/// How often user data was given away, and how often it was freed.
#[derive(Default)]
pub(super) struct UserData {
    given: usize,
    freed: Arc<AtomicUsize>,
}

impl UserData {
    /// To be called when everything has been freed.
    pub(super) fn hold(&self) {
        assert_eq!(self.freed.load(Ordering::Relaxed), self.given);
    }
}

/// What a token function is given.
struct Given {
    freed: Arc<AtomicUsize>,
    message: Vec<u8>,
}

/// # Safety
///
/// `user_data` is a `Given` that lives.
unsafe extern "C" fn fail(
    user_data: *mut c_void,
    request: *const jumpqr_token_request,
    reply: *mut jumpqr_token_reply,
) {
    // SAFETY: the library passes what it was given with this function.
    let given = unsafe { &*user_data.cast::<Given>() };
    // SAFETY: the library passes a request that is valid until this function returns.
    let request = unsafe { request.as_ref() };
    assert_eq!(text(jumpqr_token_request_rejected(request)), None);
    assert!(jumpqr_token_request_time_left_ms(request) <= 86_400_000);
    // SAFETY: the library passes a reply that is valid until this function returns.
    let reply = unsafe { reply.as_mut() };
    // SAFETY: the message ends with NUL.
    unsafe { jumpqr_token_reply_set_failure(reply, given.message.as_ptr().cast()) };
}

/// # Safety
///
/// `user_data` is a `Given` that nobody uses any more.
unsafe extern "C" fn free(user_data: *mut c_void) {
    // SAFETY: it was a box, and the library calls this once.
    let given = unsafe { Box::from_raw(user_data.cast::<Given>()) };
    given.freed.fetch_add(1, Ordering::Relaxed);
}

pub(super) struct Config {
    pub(super) handle: Box<jumpqr_client_config>,
    /// The source of tokens that was set last is the function that fails.
    fails: bool,
}

pub(super) struct Client {
    pub(super) handle: Box<jumpqr_client>,
    /// A call gets no token, so nothing is sent.
    fails: bool,
}

#[derive(Debug, Arbitrary)]
pub(super) enum Setting {
    BaseUrl(GivenText),
    AlternateBaseUrls(GivenTexts),
    AllowHttp(bool),
    TimeoutMs(u64),
    ConnectTimeoutMs(u64),
    ReadTimeoutMs(u64),
    BodyLimit(u64),
    MaxRetries(u32),
    Pacing(bool),
    Validate(bool),
    Proxy(GivenText),
    TlsRoots(Bytes),
    AccessToken(GivenText),
    App { appid: GivenText, secret: GivenText },
    TokenInterface(GivenText),
    ComponentTokenField(GivenText),
    TokenStore(GivenText),
    TokenFunction { message: Bytes, given: bool },
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

pub(super) fn config(wants: Wants) -> Option<Config> {
    let made = made(wants, |config, error| {
        jumpqr_client_config_new(config, error)
    });
    assert_eq!(made.is_ok(), wants.output());
    let handle = made.ok().flatten()?;
    let fails = false;
    Some(Config { handle, fails })
}

impl Setting {
    pub(super) fn set(&self, config: Option<&mut Config>, data: &mut UserData, wants: Wants) {
        let is_null = config.is_none();
        let (handle, fails) = match config {
            Some(config) => (Some(&mut *config.handle), Some(&mut config.fails)),
            None => (None, None),
        };
        let mut faults = vec![is_null.then_some(jumpqr_status::NullArgument)];
        // SAFETY (of every call below): texts are NULL, or end with NUL; and they are as many as is said.
        let result = written(wants, |error| match self {
            Self::AllowHttp(allow) => jumpqr_client_config_set_allow_http(handle, *allow, error),
            Self::TimeoutMs(ms) => jumpqr_client_config_set_timeout_ms(handle, *ms, error),
            Self::ConnectTimeoutMs(ms) => {
                jumpqr_client_config_set_connect_timeout_ms(handle, *ms, error)
            }
            Self::ReadTimeoutMs(ms) => jumpqr_client_config_set_read_timeout_ms(handle, *ms, error),
            Self::BodyLimit(bytes) => jumpqr_client_config_set_body_limit(handle, *bytes, error),
            Self::MaxRetries(count) => jumpqr_client_config_set_max_retries(handle, *count, error),
            Self::Pacing(pacing) => jumpqr_client_config_set_pacing(handle, *pacing, error),
            Self::Validate(validate) => jumpqr_client_config_set_validate(handle, *validate, error),
            Self::TokenFunction { message, given } => {
                set_function(handle, fails, data, message, *given, error)
            }
            other => other.set_text(handle, fails, &mut faults, error),
        });
        let Err(status) = result else {
            return assert!(
                faults.iter().all(Option::is_none),
                "{self:?} must be refused"
            );
        };
        let misuse = (1..100).contains(&(status as i32));
        let no_function = matches!(self, Self::TokenFunction { given: false, .. });
        let expected = faults.contains(&Some(status)) || no_function;
        assert!(!misuse || expected, "{status:?}");
    }

    fn set_text(
        &self,
        handle: Option<&mut jumpqr_client_config>,
        fails: Option<&mut bool>,
        faults: &mut Vec<Option<jumpqr_status>>,
        error: Option<&mut std::mem::MaybeUninit<*mut jumpqr_error>>,
    ) -> jumpqr_status {
        let mut sets_source = false;
        let status = match self {
            Self::BaseUrl(given) => {
                let given = given.text();
                faults.push(given.read().err());
                // SAFETY: it is NULL, or ends with NUL.
                unsafe { jumpqr_client_config_set_base_url(handle, given.pointer(), error) }
            }
            Self::AlternateBaseUrls(given) => {
                let given = given.texts();
                faults.push(given.read().err());
                let (urls, count) = (given.pointer(), given.count);
                // SAFETY: they are as many texts.
                unsafe { jumpqr_client_config_set_alternate_base_urls(handle, urls, count, error) }
            }
            Self::Proxy(given) => {
                let given = given.text();
                faults.push(given.read_optional().err());
                // SAFETY: it is NULL, or ends with NUL.
                unsafe { jumpqr_client_config_set_proxy(handle, given.pointer(), error) }
            }
            Self::TlsRoots(given) => {
                let given = given.get();
                let (pem, size) = (given.as_ptr().cast(), given.len());
                // SAFETY: they are as many bytes.
                unsafe { jumpqr_client_config_set_tls_roots_pem(handle, pem, size, error) }
            }
            Self::AccessToken(given) => {
                let given = given.text();
                faults.push(given.read().err());
                sets_source = true;
                // SAFETY: it is NULL, or ends with NUL.
                unsafe { jumpqr_client_config_set_access_token(handle, given.pointer(), error) }
            }
            Self::App { appid, secret } => {
                let (appid, secret) = (appid.text(), secret.text());
                faults.extend([appid.read().err(), secret.read().err()]);
                sets_source = true;
                let (appid, secret) = (appid.pointer(), secret.pointer());
                // SAFETY: both are NULL, or end with NUL.
                unsafe { jumpqr_client_config_set_app(handle, appid, secret, error) }
            }
            Self::TokenInterface(given) => {
                let given = given.text();
                faults.push(given.read().err());
                // SAFETY: it is NULL, or ends with NUL.
                unsafe { jumpqr_client_config_set_token_interface(handle, given.pointer(), error) }
            }
            Self::ComponentTokenField(given) => {
                let given = given.text();
                faults.push(given.read().err());
                let name = given.pointer();
                // SAFETY: it is NULL, or ends with NUL.
                unsafe { jumpqr_client_config_set_component_token_field(handle, name, error) }
            }
            Self::TokenStore(given) => {
                let given = given.text();
                // No folder is made, and no Redis is looked for.
                let own = given.read().is_ok_and(|store| {
                    let scheme = store.split(':').next().unwrap_or_default();
                    !scheme.eq_ignore_ascii_case("dir")
                        && !scheme.to_ascii_lowercase().starts_with("redis")
                });
                let store = if own {
                    given.pointer()
                } else {
                    c"memory:".as_ptr()
                };
                // SAFETY: it ends with NUL.
                unsafe { jumpqr_client_config_set_token_store(handle, store, error) }
            }
            other => panic!("{other:?} has no text"),
        };
        if let (jumpqr_status::Ok, true, Some(fails)) = (status, sets_source, fails) {
            *fails = false;
        }
        status
    }
}

fn set_function(
    handle: Option<&mut jumpqr_client_config>,
    fails: Option<&mut bool>,
    data: &mut UserData,
    message: &Bytes,
    is_given: bool,
    error: Option<&mut std::mem::MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    let mut message = message.get();
    message.push(0);
    let given = Box::into_raw(Box::new(Given {
        freed: Arc::clone(&data.freed),
        message,
    }));
    let function: jumpqr_token_function = if is_given { Some(fail) } else { None };
    let status =
        jumpqr_client_config_set_token_function(handle, function, given.cast(), Some(free), error);
    if status == jumpqr_status::Ok {
        data.given += 1;
        if let Some(fails) = fails {
            *fails = true;
        }
    } else {
        // SAFETY: where it fails, the data is still the caller's.
        drop(unsafe { Box::from_raw(given) });
    }
    status
}

/// Has calls of clients with these settings end at a token function that says `message`.
pub(super) fn fail_with(config: &mut Config, message: &Bytes, data: &mut UserData) {
    let (handle, fails) = (&mut *config.handle, &mut config.fails);
    let result = written(Wants::ALL, |error| {
        set_function(Some(handle), Some(fails), data, message, true, error)
    });
    assert_eq!(result, Ok(()));
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
    let mut rule = std::mem::MaybeUninit::new(std::ptr::null());
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
