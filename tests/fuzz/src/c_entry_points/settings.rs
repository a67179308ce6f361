//! The exports of the client config.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arbitrary::Arbitrary;
use jumpqr_fuzz_capi::*;

use super::inputs::{Bytes, InputText, InputTexts};
use super::outcome::{OutPointers, call_export, call_for_handle, read_text};

/// How often user data was passed to the library, and how often it was freed.
#[derive(Default)]
pub(super) struct UserData {
    given: usize,
    freed: Arc<AtomicUsize>,
}

impl UserData {
    /// Checks that all user data was freed. Call it after all handles are freed.
    pub(super) fn check(&self) {
        assert_eq!(self.freed.load(Ordering::Relaxed), self.given);
    }
}

/// The user data of a token function.
struct TokenData {
    freed: Arc<AtomicUsize>,
    message: Vec<u8>,
}

/// # Safety
///
/// `user_data` is a valid `TokenData`.
unsafe extern "C" fn fail(
    user_data: *mut c_void,
    request: *const jumpqr_token_request,
    reply: *mut jumpqr_token_reply,
) {
    // SAFETY: the library passes the user data of this function.
    let given = unsafe { &*user_data.cast::<TokenData>() };
    // SAFETY: the library passes a request that is valid until this function returns.
    let request = unsafe { request.as_ref() };
    assert_eq!(read_text(jumpqr_token_request_rejected(request)), None);
    assert!(jumpqr_token_request_time_left_ms(request) <= 86_400_000);
    // SAFETY: the library passes a reply that is valid until this function returns.
    let reply = unsafe { reply.as_mut() };
    // SAFETY: the message ends with NUL.
    unsafe { jumpqr_token_reply_set_failure(reply, given.message.as_ptr().cast()) };
}

/// # Safety
///
/// `user_data` is a `TokenData` that is not used again.
unsafe extern "C" fn free(user_data: *mut c_void) {
    // SAFETY: the pointer came from a box, and the library calls this once.
    let given = unsafe { Box::from_raw(user_data.cast::<TokenData>()) };
    given.freed.fetch_add(1, Ordering::Relaxed);
}

type TextSetter = unsafe extern "C" fn(
    Option<&mut jumpqr_client_config>,
    *const c_char,
    Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status;

pub(super) struct Config {
    pub(super) handle: Box<jumpqr_client_config>,
    /// The token source that was set last is the failing function.
    pub(super) fails: bool,
}

#[derive(Debug, Arbitrary)]
pub(super) enum Setting {
    BaseUrl(InputText),
    AlternateBaseUrls(InputTexts),
    AllowHttp(bool),
    TimeoutMs(u64),
    QueueTimeoutMs(u64),
    ConnectTimeoutMs(u64),
    ReadTimeoutMs(u64),
    BodyLimit(u64),
    MaxRetries(u32),
    Pacing(bool),
    Validate(bool),
    Proxy(InputText),
    TlsRoots(Bytes),
    OsTlsRoots,
    ExtraTlsRoots(Bytes),
    IpVersion(InputText),
    AccessToken(InputText),
    App { appid: InputText, secret: InputText },
    TokenInterface(InputText),
    ComponentTokenField(InputText),
    MessageToken(InputText),
    MessageTokenFormer(InputText),
    EncodingAesKey(InputText),
    EncodingAesKeyFormer(InputText),
    TokenStore(InputText),
    TokenFunction { message: Bytes, given: bool },
}

pub(super) fn build_config(pointers: OutPointers) -> Option<Config> {
    let made = call_for_handle(pointers, |config, error| {
        jumpqr_client_config_new(config, error)
    });
    assert_eq!(made.is_ok(), pointers.has_output());
    let handle = made.ok().flatten()?;
    let fails = false;
    Some(Config { handle, fails })
}

impl Setting {
    pub(super) fn set(
        &self,
        config: Option<&mut Config>,
        data: &mut UserData,
        pointers: OutPointers,
    ) {
        let is_null = config.is_none();
        let (handle, fails) = match config {
            Some(config) => (Some(&mut *config.handle), Some(&mut config.fails)),
            None => (None, None),
        };
        let mut faults = vec![is_null.then_some(jumpqr_status::NullArgument)];
        // SAFETY (of every call below): texts are NULL or end with NUL, and counts are correct.
        let result = call_export(pointers, |error| match self {
            Self::AllowHttp(allow) => jumpqr_client_config_set_allow_http(handle, *allow, error),
            Self::TimeoutMs(ms) => jumpqr_client_config_set_timeout_ms(handle, *ms, error),
            Self::QueueTimeoutMs(ms) => {
                jumpqr_client_config_set_queue_timeout_ms(handle, *ms, error)
            }
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
        error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    ) -> jumpqr_status {
        let mut sets_source = false;
        let status = match self {
            Self::BaseUrl(given) => {
                let given = given.to_text();
                faults.push(given.read().err());
                // SAFETY: the text is NULL or ends with NUL.
                unsafe { jumpqr_client_config_set_base_url(handle, given.pointer(), error) }
            }
            Self::AlternateBaseUrls(given) => {
                let given = given.to_texts();
                faults.push(given.read().err());
                let (urls, count) = (given.pointer(), given.count);
                // SAFETY: there are `count` texts.
                unsafe { jumpqr_client_config_set_alternate_base_urls(handle, urls, count, error) }
            }
            Self::Proxy(given) => {
                let given = given.to_text();
                faults.push(given.read().err());
                // SAFETY: the text is NULL or ends with NUL.
                unsafe { jumpqr_client_config_set_proxy(handle, given.pointer(), error) }
            }
            Self::TlsRoots(given) => {
                let given = given.get();
                let (pem, size) = (given.as_ptr().cast(), given.len());
                // SAFETY: the pointer and the length belong to one slice.
                unsafe { jumpqr_client_config_set_tls_roots(handle, pem, size, error) }
            }
            Self::OsTlsRoots => {
                let os = "os";
                // SAFETY: the pointer and the length belong to one text.
                unsafe {
                    jumpqr_client_config_set_tls_roots(handle, os.as_ptr().cast(), os.len(), error)
                }
            }
            Self::ExtraTlsRoots(given) => {
                let given = given.get();
                let (pem, size) = (given.as_ptr().cast(), given.len());
                // SAFETY: the pointer and the length belong to one slice.
                unsafe { jumpqr_client_config_set_extra_tls_roots(handle, pem, size, error) }
            }
            Self::IpVersion(given) => {
                let given = given.to_text();
                faults.push(given.read().err());
                // SAFETY: the text is NULL or ends with NUL.
                unsafe { jumpqr_client_config_set_ip_version(handle, given.pointer(), error) }
            }
            Self::AccessToken(given) => {
                let given = given.to_text();
                faults.push(given.read().err());
                sets_source = true;
                // SAFETY: the text is NULL or ends with NUL.
                unsafe { jumpqr_client_config_set_access_token(handle, given.pointer(), error) }
            }
            Self::App { appid, secret } => {
                let (appid, secret) = (appid.to_text(), secret.to_text());
                faults.extend([appid.read().err(), secret.read().err()]);
                sets_source = true;
                let (appid, secret) = (appid.pointer(), secret.pointer());
                // SAFETY: both texts are NULL or end with NUL.
                unsafe { jumpqr_client_config_set_app(handle, appid, secret, error) }
            }
            Self::TokenInterface(given) => {
                let given = given.to_text();
                faults.push(given.read().err());
                // SAFETY: the text is NULL or ends with NUL.
                unsafe { jumpqr_client_config_set_token_interface(handle, given.pointer(), error) }
            }
            Self::ComponentTokenField(given) => {
                let given = given.to_text();
                faults.push(given.read().err());
                let name = given.pointer();
                // SAFETY: the text is NULL or ends with NUL.
                unsafe { jumpqr_client_config_set_component_token_field(handle, name, error) }
            }
            Self::TokenStore(given) => {
                let given = given.to_text();
                // Stores in folders and Redis are replaced: the target must not touch files or the
                // network.
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
                // SAFETY: the text ends with NUL.
                unsafe { jumpqr_client_config_set_token_store(handle, store, error) }
            }
            other => other.set_push_text(handle, faults, error),
        };
        if let (jumpqr_status::Ok, true, Some(fails)) = (status, sets_source, fails) {
            *fails = false;
        }
        status
    }

    /// Sets what a platform receives pushes with.
    fn set_push_text(
        &self,
        handle: Option<&mut jumpqr_client_config>,
        faults: &mut Vec<Option<jumpqr_status>>,
        error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    ) -> jumpqr_status {
        let (given, set): (_, TextSetter) = match self {
            Self::MessageToken(given) => (given, jumpqr_client_config_set_message_token),
            Self::MessageTokenFormer(given) => {
                (given, jumpqr_client_config_set_message_token_former)
            }
            Self::EncodingAesKey(given) => (given, jumpqr_client_config_set_encoding_aes_key),
            Self::EncodingAesKeyFormer(given) => {
                (given, jumpqr_client_config_set_encoding_aes_key_former)
            }
            other => panic!("{other:?} has no text"),
        };
        let given = given.to_text();
        faults.push(given.read().err());
        // SAFETY: the text is NULL or ends with NUL.
        unsafe { set(handle, given.pointer(), error) }
    }
}

fn set_function(
    handle: Option<&mut jumpqr_client_config>,
    fails: Option<&mut bool>,
    data: &mut UserData,
    message: &Bytes,
    is_given: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    let mut message = message.get();
    message.push(0);
    let given = Box::into_raw(Box::new(TokenData {
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
        // SAFETY: after a failure, the caller still owns the data.
        drop(unsafe { Box::from_raw(given) });
    }
    status
}

/// Sets a token function that fails with `message`.
pub(super) fn set_failing_function(config: &mut Config, message: &Bytes, data: &mut UserData) {
    let (handle, fails) = (&mut *config.handle, &mut config.fails);
    let result = call_export(OutPointers::ALL, |error| {
        set_function(Some(handle), Some(fails), data, message, true, error)
    });
    assert_eq!(result, Ok(()));
}
