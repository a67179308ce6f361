//! Watches a descriptor in the event loop of a JavaScript thread.
//!
//! Node-API has no function for this. It only gives the event loop, which is libuv's. So all unsafe
//! code that is written by hand in this package is here, and it does nothing else. libuv's handles
//! have no fixed size, so libuv is asked for it.
#![expect(unsafe_code, reason = "libuv and callback scopes are used through C")]

use std::cell::{Cell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;
use std::rc::{Rc, Weak};

use napi::{Env, JsValue, check_status, sys};

use crate::guard::caught;

/// `UV_POLL` of `uv_handle_type`.
const POLL: c_int = 8;

/// `UV_READABLE` of `uv_poll_event`.
const READABLE: c_int = 1;

type OnPoll = unsafe extern "C" fn(handle: *mut c_void, status: c_int, events: c_int);
type OnClose = unsafe extern "C" fn(handle: *mut c_void);

// Node exports libuv's functions. They are the same in all versions 1.x.
unsafe extern "C" {
    safe fn uv_handle_size(kind: c_int) -> usize;
    fn uv_poll_init(event_loop: *mut c_void, handle: *mut c_void, fd: c_int) -> c_int;
    fn uv_poll_start(handle: *mut c_void, events: c_int, on_poll: OnPoll) -> c_int;
    fn uv_unref(handle: *mut c_void);
    fn uv_close(handle: *mut c_void, on_close: OnClose);
    fn uv_handle_set_data(handle: *mut c_void, data: *mut c_void);
    fn uv_handle_get_data(handle: *const c_void) -> *mut c_void;
}

/// A watched descriptor. It is watched until this is dropped, or until its JavaScript thread ends.
/// It does not keep the process alive.
pub(crate) struct Watch(Weak<State>);

/// What a watch needs until its handle is closed. libuv holds it, as the data of the handle.
struct State {
    env: sys::napi_env,
    /// A `uv_poll_t`, in units that are aligned like the result of `malloc`.
    handle: Box<[UnsafeCell<MaybeUninit<u128>>]>,
    /// The callbacks belong to it, for `async_hooks`.
    context: sys::napi_async_context,
    /// Runs before the thread ends, which then waits until the hook is removed.
    hook: Cell<sys::napi_async_cleanup_hook_handle>,
    is_closing: Cell<bool>,
    on_readable: Box<dyn Fn(Env)>,
    fd: OwnedFd,
}

impl Watch {
    /// Watches `fd` in the event loop of this thread. Whenever it is readable, calls `on_readable`.
    ///
    /// The callback may call JavaScript. Afterwards, what this has queued runs, such as the
    /// reactions to settled promises. A panic of the callback ends there.
    pub(crate) fn start(
        env: Env,
        fd: OwnedFd,
        on_readable: impl Fn(Env) + 'static,
    ) -> napi::Result<Self> {
        let event_loop = env.get_uv_event_loop()?;
        let name = env.create_string("jumpqr")?;
        let mut context = ptr::null_mut();
        // SAFETY: The values are of this environment and thread. Node makes a resource of its own.
        check_status!(unsafe {
            sys::napi_async_init(env.raw(), ptr::null_mut(), name.raw(), &raw mut context)
        })?;
        let units = uv_handle_size(POLL).div_ceil(size_of::<u128>());
        let state = Rc::new(State {
            env: env.raw(),
            handle: (0..units)
                .map(|_| UnsafeCell::new(MaybeUninit::uninit()))
                .collect(),
            context,
            hook: Cell::new(ptr::null_mut()),
            is_closing: Cell::new(false),
            on_readable: Box::new(on_readable),
            fd,
        });
        let handle = state.handle();
        // SAFETY: The loop is that of this thread. The handle's memory is large enough and aligned.
        // Neither moves, and both stay until `closed`.
        check(unsafe { uv_poll_init(event_loop.cast(), handle, state.fd.as_raw_fd()) })?;
        let data = Rc::into_raw(Rc::clone(&state));
        // SAFETY: The handle is initialised.
        unsafe { uv_handle_set_data(handle, data.cast_mut().cast()) };
        // From here on, dropping it closes the handle.
        let watch = Self(Rc::downgrade(&state));
        // SAFETY: The handle is initialised.
        unsafe { uv_unref(handle) };
        // SAFETY: The handle is initialised, and its data is the state.
        check(unsafe { uv_poll_start(handle, READABLE, readable) })?;
        let mut hook = ptr::null_mut();
        // SAFETY: `data` is valid until `closed`, which removes the hook.
        check_status!(unsafe {
            sys::napi_add_async_cleanup_hook(
                env.raw(),
                Some(thread_ends),
                data.cast_mut().cast(),
                &raw mut hook,
            )
        })?;
        state.hook.set(hook);
        Ok(watch)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(state) = self.0.upgrade() {
            state.close();
        }
    }
}

impl State {
    fn handle(&self) -> *mut c_void {
        self.handle.as_ptr().cast_mut().cast()
    }

    /// Closes the handle, once. The event loop calls `closed` later.
    fn close(&self) {
        if !self.is_closing.replace(true) {
            // SAFETY: The handle is initialised. It is not closed yet, because `closed` drops the
            // state.
            unsafe { uv_close(self.handle(), closed) };
        }
    }

    /// Calls the callback as Node calls its own: what it queues runs before this returns.
    fn call_back(&self) -> napi::Result<()> {
        let env = Env::from_raw(self.env);
        env.run_in_scope(|| {
            let mut scope = ptr::null_mut();
            // SAFETY: This is the thread of the environment. The context is destroyed with the
            // state. The second argument is not used.
            check_status!(unsafe {
                sys::napi_open_callback_scope(
                    self.env,
                    ptr::null_mut(),
                    self.context,
                    &raw mut scope,
                )
            })?;
            let _panicked: jumpqr::Result<()> = caught(|| {
                (self.on_readable)(env);
                Ok(())
            });
            // SAFETY: The scope was opened above, and no other scope is open within it.
            check_status!(unsafe { sys::napi_close_callback_scope(self.env, scope) })
        })
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: `closed` drops the state, or `start`: on the thread of the environment, which
        // still exists, and outside of any scope of the context.
        unsafe { sys::napi_async_destroy(self.env, self.context) };
    }
}

/// libuv calls this when the descriptor is readable.
unsafe extern "C" fn readable(handle: *mut c_void, _status: c_int, _events: c_int) {
    // SAFETY: The handle has been given its data, and is open.
    let data = unsafe { uv_handle_get_data(handle) };
    // SAFETY: The data is from `Rc::into_raw`. Its count stays libuv's.
    let state = ManuallyDrop::new(unsafe { Rc::from_raw(data.cast::<State>().cast_const()) });
    // It survives whatever the callback does to the event loop.
    let state = Rc::clone(&state);
    // It fails only while the thread ends. Then nobody waits for a callback.
    let _ = state.call_back();
}

/// Node calls this before the JavaScript thread ends.
unsafe extern "C" fn thread_ends(_hook: sys::napi_async_cleanup_hook_handle, data: *mut c_void) {
    // SAFETY: The data is the state. It exists, because `closed` removes the hook.
    let state = unsafe { &*data.cast::<State>() };
    state.close();
}

/// libuv calls this after `uv_close`, from the event loop. It no longer uses the handle.
unsafe extern "C" fn closed(handle: *mut c_void) {
    // SAFETY: The handle has been given its data.
    let data = unsafe { uv_handle_get_data(handle) };
    // SAFETY: The data is from `Rc::into_raw`. This is the last use of libuv's count.
    let state = unsafe { Rc::from_raw(data.cast::<State>().cast_const()) };
    if !state.hook.get().is_null() {
        // SAFETY: The hook was added, and is removed once.
        unsafe { sys::napi_remove_async_cleanup_hook(state.hook.get()) };
    }
}

/// Makes an error of a status of libuv.
fn check(status: c_int) -> napi::Result<()> {
    match status {
        0.. => Ok(()),
        _ => Err(napi::Error::from_reason(format!("libuv: error {status}"))),
    }
}
