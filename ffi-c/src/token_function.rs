use std::ffi::{c_char, c_void};
use std::fmt;

use jumpqr::Secret;
use jumpqr::tokens::TokenRequest;

use crate::argument::text;
use crate::guard::guard;
use crate::text::{Text, jumpqr_text};

/// Your function that provides access tokens. It is asked before every call, so it keeps the token that it has.
///
/// It says what it has to say through `reply`. `user_data` is what was given with it. It is called from whichever thread makes
/// a call, from several at the same time. `request` and `reply` are valid until it returns.
///
/// It must return: no exception, no `longjmp`, no `pthread_exit`. It must bound its own time, see
/// `jumpqr_token_request_time_left_ms`: the library cannot interrupt it. The thread cannot be
/// cancelled meanwhile.
pub type jumpqr_token_function = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        request: *const jumpqr_token_request,
        reply: *mut jumpqr_token_reply,
    ),
>;

/// Your function that frees the user data of a token function. It is called once, from any thread, and must neither throw nor
/// jump out.
pub type jumpqr_user_data_free = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// What a token is asked for. It belongs to the library and is valid until the token function returns; it is for that thread
/// only.
pub struct jumpqr_token_request {
    rejected: Option<Text>,
    time_left_ms: u64,
}

/// The token that WeChat has just called stale: give a newer one, or the same if there is none. No text where none was.
/// No text if `request` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_request_rejected(
    request: Option<&jumpqr_token_request>,
) -> jumpqr_text {
    guard(|| Some(request?.rejected.as_ref()?.view()))
}

/// How long the call that needs the token has left, in milliseconds. 0 if `request` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_request_time_left_ms(request: Option<&jumpqr_token_request>) -> u64 {
    guard(|| Some(request?.time_left_ms))
}

/// Where the token function says what it has to say: a token, or why there is none. It belongs to the library and is valid
/// until the token function returns; it is for that thread only.
pub struct jumpqr_token_reply(Result<Secret, String>);

/// Gives the `token`, which is copied and ends with NUL; the last word counts. A token that is NULL, empty or not UTF-8 is a
/// failure. A `reply` that is NULL is passed over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_token_reply_set_token(
    reply: Option<&mut jumpqr_token_reply>,
    token: *const c_char,
) {
    guard(|| {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let token = unsafe { text(token, "token") };
        reply?.0 = match token {
            Ok(token) => Ok(Secret::new(token)),
            Err(_) => Err("the token is NULL, or not UTF-8".to_owned()),
        };
        Some(())
    });
}

/// Says why there is no token: the call fails with `JUMPQR_STATUS_TOKEN_SOURCE_FAILED`, and `message`, which is copied and ends
/// with NUL, is the error's cause. It must not hold a secret. The last word counts. A `message` that is NULL or not UTF-8 says
/// nothing; a `reply` that is NULL is passed over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_token_reply_set_failure(
    reply: Option<&mut jumpqr_token_reply>,
    message: *const c_char,
) {
    guard(|| {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let message = unsafe { text(message, "message") };
        reply?.0 = Err(message.unwrap_or("it does not say why").to_owned());
        Some(())
    });
}

/// The caller's function with its data, which is freed with the last client that uses it.
pub(crate) struct TokenCallback {
    function:
        unsafe extern "C" fn(*mut c_void, *const jumpqr_token_request, *mut jumpqr_token_reply),
    user_data: *mut c_void,
    free: jumpqr_user_data_free,
}

// SAFETY: the header demands a function that may be called from any thread, and data that may be freed from any.
unsafe impl Send for TokenCallback {}
// SAFETY: the header demands a function that may be called from several threads at the same time.
unsafe impl Sync for TokenCallback {}

impl TokenCallback {
    pub(crate) fn new(
        function: jumpqr_token_function,
        user_data: *mut c_void,
        free: jumpqr_user_data_free,
    ) -> Option<Self> {
        Some(Self {
            function: function?,
            user_data,
            free,
        })
    }

    /// The token, or what the function failed with.
    pub(crate) fn call(&self, request: &TokenRequest<'_>) -> Result<Secret, TokenFailure> {
        let request = jumpqr_token_request {
            rejected: request.rejected.map(|token| token.expose().into()),
            time_left_ms: u64::try_from(request.time_left.as_millis()).unwrap_or(u64::MAX),
        };
        let silent = Err("it set neither a token nor a failure".to_owned());
        let mut reply = jumpqr_token_reply(silent);
        // SAFETY: it is the caller's function with the caller's data, and both pointers are valid until it returns.
        unsafe { (self.function)(self.user_data, &raw const request, &raw mut reply) };
        reply.0.map_err(TokenFailure)
    }
}

impl Drop for TokenCallback {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: it is the caller's function for the caller's data, and nobody uses the data any more.
            unsafe { free(self.user_data) };
        }
    }
}

/// What the caller's function said when it failed.
#[derive(Debug)]
pub(crate) struct TokenFailure(String);

impl fmt::Display for TokenFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TokenFailure {}
