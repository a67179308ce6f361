use std::ffi::{c_char, c_void};

use jumpqr::Secret;
use jumpqr::tokens::TokenRequest;

use crate::argument::text;
use crate::{Text, guard, jumpqr_text};

/// Your function that provides access tokens. It is called before every call to WeChat, so it
/// should cache its token.
///
/// It sets its result in `reply`. `user_data` is the pointer that was set with the function. The
/// function runs on the thread that makes the call, and on several threads at the same time.
/// `request` and `reply` are valid until it returns.
///
/// It must return: no exception, no `longjmp`, no `pthread_exit`. The library cannot interrupt it,
/// so it must limit its own time; see `jumpqr_token_request_time_left_ms`. The thread cannot be
/// cancelled while the function runs.
pub type jumpqr_token_function = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        request: *const jumpqr_token_request,
        reply: *mut jumpqr_token_reply,
    ),
>;

/// Your function that frees the user data of a token function. It is called once, from any thread.
/// It must return: no exception, no `longjmp`.
pub type jumpqr_user_data_free = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// A request for an access token.
///
/// It belongs to the library and is valid until the token function returns. Only the thread of the
/// token function may use it.
pub struct jumpqr_token_request {
    rejected: Option<Text>,
    time_left_ms: u64,
}

/// Returns the token that WeChat has just rejected as expired or invalid. Provide a newer one, or
/// the same token if there is no newer one. No text if no token was rejected, or if `request` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_request_rejected(
    request: Option<&jumpqr_token_request>,
) -> jumpqr_text {
    guard(|| Some(request?.rejected.as_ref()?.view()))
}

/// Returns the time that is left for the call that needs the token, in milliseconds. 0 if `request`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_token_request_time_left_ms(request: Option<&jumpqr_token_request>) -> u64 {
    guard(|| Some(request?.time_left_ms))
}

/// The result of a token function: a token, or the reason for the failure.
///
/// It belongs to the library and is valid until the token function returns. Only the thread of the
/// token function may use it.
pub struct jumpqr_token_reply(Result<Secret, String>);

/// Sets the token, which ends with NUL and is copied. If the function sets several results, the
/// last one counts. If `token` is NULL, empty or not UTF-8, the call fails. If `reply` is NULL,
/// nothing happens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_token_reply_set_token(
    reply: Option<&mut jumpqr_token_reply>,
    token: *const c_char,
) {
    guard(|| {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let token = unsafe { text(token, "token") }.map(Secret::new);
        reply?.0 = token.map_err(|_| "the token is NULL, or not UTF-8".to_owned());
        Some(())
    });
}

/// Sets the reason for a failure: a `message` that ends with NUL and is copied. The call fails with
/// `JUMPQR_STATUS_TOKEN_SOURCE_FAILED`, and the message is the cause of its error. The message must
/// not contain a secret. If the function sets several results, the last one counts. If `message` is
/// NULL or not UTF-8, the cause says that there is no reason. If `reply` is NULL, nothing happens.
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

/// The caller's function with its user data, which is freed on drop.
pub(crate) struct TokenCallback {
    function:
        unsafe extern "C" fn(*mut c_void, *const jumpqr_token_request, *mut jumpqr_token_reply),
    user_data: *mut c_void,
    free: jumpqr_user_data_free,
}

// SAFETY: the header demands a function that may be called, and data that may be freed, from any
// thread.
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

    /// Returns the token, or the reason for the failure.
    pub(crate) fn call(&self, request: &TokenRequest<'_>) -> Result<Secret, String> {
        let request = jumpqr_token_request {
            rejected: request.rejected.map(|token| token.expose().into()),
            time_left_ms: u64::try_from(request.time_left.as_millis()).unwrap_or(u64::MAX),
        };
        let silent = Err("it set neither a token nor a failure".to_owned());
        let mut reply = jumpqr_token_reply(silent);
        // SAFETY: it is the caller's function with the caller's data, and both pointers are valid
        // until it returns.
        unsafe { (self.function)(self.user_data, &raw const request, &raw mut reply) };
        reply.0
    }
}

impl Drop for TokenCallback {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: it is the caller's function for the caller's data, and the data is not used
            // again.
            unsafe { free(self.user_data) };
        }
    }
}
