use std::ffi::c_void;

use jumpqr::call::{Attempt, CallEvent, CallOutcome, NextAttempt};
use jumpqr::error::Code;

use crate::object::Object;
use crate::token_function::jumpqr_user_data_free;
use crate::{guard, jumpqr_text};

/// Your function that takes the event of each call, when the call is done. `user_data` is the
/// pointer that was set with the function.
///
/// It runs on the thread that makes the call, before the call returns, and on several threads at
/// the same time. `event` is valid until it returns. The events of a renewed token come before the
/// event of the call that needed it.
///
/// It must return: no exception, no `longjmp`, no `pthread_exit`. The thread cannot be cancelled
/// while the function runs.
pub type jumpqr_call_listener =
    Option<unsafe extern "C" fn(user_data: *mut c_void, event: *const jumpqr_call_event)>;

/// What one call has done. It contains no secret, no message, and of WeChat's texts only the rid.
/// All times are milliseconds.
///
/// If a token is renewed, the requests for it are calls too, and have events of their own, with the
/// interface `stable_token`, `token`, `api_component_token` or `api_authorizer_token`.
///
/// It belongs to the library and is valid, with all texts read from it, until the listener returns.
/// Only the thread of the listener may use it.
pub struct jumpqr_call_event {
    event: Object<CallEvent>,
    json: String,
}

impl From<&CallEvent> for jumpqr_call_event {
    fn from(event: &CallEvent) -> Self {
        Self {
            json: serde_json::to_string(event).unwrap_or_default(),
            event: event.clone().into(),
        }
    }
}

impl jumpqr_call_event {
    fn attempt(&self, index: usize) -> Option<&Attempt> {
        self.event.attempts.get(index)
    }

    fn attempt_text<'a>(
        &'a self,
        index: usize,
        read: impl FnOnce(&'a Attempt) -> Option<&'a str>,
    ) -> Option<jumpqr_text> {
        self.event
            .optional(|event| read(event.attempts.get(index)?))
    }
}

/// The caller's function with its user data, which is freed on drop.
pub(crate) struct CallListener {
    function: unsafe extern "C" fn(*mut c_void, *const jumpqr_call_event),
    user_data: *mut c_void,
    free: jumpqr_user_data_free,
}

// SAFETY: the header demands a function that may be called, and data that may be freed, from any
// thread.
unsafe impl Send for CallListener {}
// SAFETY: the header demands a function that may be called from several threads at the same time.
unsafe impl Sync for CallListener {}

impl CallListener {
    pub(crate) fn new(
        function: jumpqr_call_listener,
        user_data: *mut c_void,
        free: jumpqr_user_data_free,
    ) -> Option<Self> {
        Some(Self {
            function: function?,
            user_data,
            free,
        })
    }

    pub(crate) fn call(&self, event: &CallEvent) {
        let event = jumpqr_call_event::from(event);
        // SAFETY: it is the caller's function with the caller's data, and the pointer is valid until
        // it returns.
        unsafe { (self.function)(self.user_data, &raw const event) };
    }
}

impl Drop for CallListener {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: it is the caller's function for the caller's data, and the data is not used
            // again.
            unsafe { free(self.user_data) };
        }
    }
}

/// Returns the whole event as a JSON object, with the names of the functions below as its fields.
/// The attempts are a list, `attempts`. No text if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_json(event: Option<&jumpqr_call_event>) -> jumpqr_text {
    guard(|| event?.event.optional(|_| Some(&event?.json)))
}

/// Returns WeChat's name of the interface, or the path of a raw call. No text if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_interface(event: Option<&jumpqr_call_event>) -> jumpqr_text {
    guard(|| event?.event.text(|event| &event.interface))
}

/// Returns the account that the call was for. No text if the client does not know it, or if `event`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_appid(event: Option<&jumpqr_call_event>) -> jumpqr_text {
    guard(|| event?.event.optional(|event| event.appid.as_deref()))
}

/// Returns how long the call took, with all waits, in milliseconds. 0 if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_duration_ms(event: Option<&jumpqr_call_event>) -> f64 {
    guard(|| Some(event?.event.duration_ms))
}

/// Returns how long the call waited for a free thread, in milliseconds. It is 0 in C. 0 if `event`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_thread_ms(event: Option<&jumpqr_call_event>) -> f64 {
    guard(|| Some(event?.event.thread_ms))
}

/// Returns how long the call waited for its slots, because of the pace, in milliseconds. 0 if
/// `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_slot_ms(event: Option<&jumpqr_call_event>) -> f64 {
    guard(|| Some(event?.event.slot_ms))
}

/// Returns how long it took to get the token, in milliseconds, without `jumpqr_call_event_lock_ms`.
/// If the token was renewed, this includes WeChat's time, which the event of the renewal shows. 0 if
/// `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_token_ms(event: Option<&jumpqr_call_event>) -> f64 {
    guard(|| Some(event?.event.token_ms))
}

/// Returns how long the call waited while another thread or another process renewed the token, in
/// milliseconds. 0 if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_lock_ms(event: Option<&jumpqr_call_event>) -> f64 {
    guard(|| Some(event?.event.lock_ms))
}

/// Returns how long the call waited before its retries, in milliseconds. 0 if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_retry_ms(event: Option<&jumpqr_call_event>) -> f64 {
    guard(|| Some(event?.event.retry_ms))
}

/// Returns how long the requests took, in milliseconds: connecting, sending, and waiting for
/// WeChat's responses. 0 if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_wechat_ms(event: Option<&jumpqr_call_event>) -> f64 {
    guard(|| Some(event?.event.wechat_ms))
}

/// Returns whether a token was renewed for this call, by itself or by another call that it waited
/// for. `false` if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_token_renewed(event: Option<&jumpqr_call_event>) -> bool {
    guard(|| Some(event?.event.token_renewed))
}

/// Returns whether the change was read back because its outcome was unknown. `false` if `event` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_read_back(event: Option<&jumpqr_call_event>) -> bool {
    guard(|| Some(event?.event.read_back))
}

/// Returns the HTTP status of the last response. -1 if there was none, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_status(event: Option<&jumpqr_call_event>) -> i32 {
    guard(|| event?.event.status.map(i32::from))
}

/// Returns WeChat's errcode, if the call failed with one. 0 if it did not, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_errcode(event: Option<&jumpqr_call_event>) -> i64 {
    guard(|| Some(event?.event.errcode.unwrap_or(0)))
}

/// Returns the code of the error, see `jumpqr_error_code`. No text if the call succeeded, or if
/// `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_code(event: Option<&jumpqr_call_event>) -> jumpqr_text {
    guard(|| event?.event.optional(|event| event.code.map(Code::name)))
}

/// Returns the id of the request at WeChat, if the call failed and WeChat told it. No text if not,
/// or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_rid(event: Option<&jumpqr_call_event>) -> jumpqr_text {
    guard(|| event?.event.optional(|event| event.rid.as_deref()))
}

/// Returns whether the change was applied: `applied`, `not_applied` or `unknown`. No text if the
/// interface changes nothing, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_outcome(event: Option<&jumpqr_call_event>) -> jumpqr_text {
    guard(|| {
        event?
            .event
            .optional(|event| event.outcome.map(CallOutcome::name))
    })
}

/// Returns the number of requests of the call. 0 if nothing was sent, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_count(event: Option<&jumpqr_call_event>) -> usize {
    guard(|| Some(event?.event.attempts.len()))
}

/// Returns what a request was for: `look_up`, it looked the rule up before a change; `request`, it
/// was the call's own; `read_back`, it read the change back. No text if there is no request with
/// this index, from 0, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_purpose(
    event: Option<&jumpqr_call_event>,
    index: usize,
) -> jumpqr_text {
    guard(|| event?.attempt_text(index, |it| Some(it.purpose.name())))
}

/// Returns when a request was sent, counted from the start of the call, in milliseconds. 0 if there
/// is no request with this index, from 0, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_start_ms(
    event: Option<&jumpqr_call_event>,
    index: usize,
) -> f64 {
    guard(|| Some(event?.attempt(index)?.start_ms))
}

/// Returns how long a request took, in milliseconds: connecting, sending, and waiting for the
/// response. 0 if there is no request with this index, from 0, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_duration_ms(
    event: Option<&jumpqr_call_event>,
    index: usize,
) -> f64 {
    guard(|| Some(event?.attempt(index)?.duration_ms))
}

/// Returns the HTTP status of the response to a request. -1 if there was none, if there is no
/// request with this index, from 0, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_status(
    event: Option<&jumpqr_call_event>,
    index: usize,
) -> i32 {
    guard(|| event?.attempt(index)?.status.map(i32::from))
}

/// Returns WeChat's errcode, if WeChat refused a request. 0 if it did not, if there is no request
/// with this index, from 0, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_errcode(
    event: Option<&jumpqr_call_event>,
    index: usize,
) -> i64 {
    guard(|| Some(event?.attempt(index)?.errcode.unwrap_or(0)))
}

/// Returns the code of a request's failure, see `jumpqr_error_code`. No text if WeChat did what the
/// request asks, if there is no request with this index, from 0, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_code(
    event: Option<&jumpqr_call_event>,
    index: usize,
) -> jumpqr_text {
    guard(|| event?.attempt_text(index, |it| it.code.map(Code::name)))
}

/// Returns the id of a request at WeChat, if WeChat refused it and told the id. No text if not, if
/// there is no request with this index, from 0, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_rid(
    event: Option<&jumpqr_call_event>,
    index: usize,
) -> jumpqr_text {
    guard(|| event?.attempt_text(index, |it| it.rid.as_deref()))
}

/// Returns what the call did after a request, because of its code: `request`, the rule was looked
/// up, and it sent its own request; `retry`, it waited and sent the same again; `next_host`, nothing
/// was sent, and it tried the next host; `renew_token`, it got another token and sent the same
/// again; `read_back`, it read the change back; `resend`, the change was not applied, and it waited
/// and sent it again. No text after the last request, if there is no request with this index, from
/// 0, or if `event` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_call_event_attempt_next(
    event: Option<&jumpqr_call_event>,
    index: usize,
) -> jumpqr_text {
    guard(|| event?.attempt_text(index, |it| it.next.map(NextAttempt::name)))
}
