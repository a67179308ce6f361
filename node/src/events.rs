//! The calls of a JavaScript thread: what has happened to them, and the tokens that it gives them.
//!
//! One function receives the events of all calls, which have numbers. A promise of napi's own for
//! each call would be less code. Measured with a warm call, it would put a thread to sleep 4.1
//! times instead of 2.3 times, because each one has a handle in the event loop that must be closed.
//! It would also keep the process alive until the thread of an aborted call is done.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error as StdError;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jumpqr::binding::{Listen, error_parts, no_thread};
use jumpqr::call::CallEvent;
use jumpqr::error::OwnCode;
use jumpqr::tokens::TokenRequest;
use jumpqr::{Cancel, Error, Secret};
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;
use serde_json::json;

use crate::guard::{STYLE, caught, guard};
use crate::loop_calls::LoopCalls;
use crate::threads;

/// What has happened to the call with this number: its answer, its error, or the token that it
/// needs. One of them is given, as JSON. With an answer or an error come the events for the listener
/// of calls, as a JSON list.
pub(crate) type Event = FnArgs<(
    u32,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
)>;

/// Calls the facade. It is weak: it keeps no process alive. Once the JavaScript thread has ended,
/// it does nothing.
type Receiver = ThreadsafeFunction<Event, (), Event, Status, false, true>;

thread_local! {
    /// The number of the call that runs on this thread.
    static CURRENT: Cell<u32> = const { Cell::new(0) };

    /// The events of the call that runs on this thread, each as JSON.
    static CALL_EVENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The events of one JavaScript thread.
#[napi]
pub struct Events {
    pub(crate) channel: Arc<Channel>,
    /// `None` if all calls run on threads.
    pub(crate) loop_calls: Option<Rc<LoopCalls>>,
}

/// What the calls of one JavaScript thread share that run on other threads.
pub(crate) struct Channel {
    receiver: Receiver,
    /// The running calls by their numbers; `None` once the JavaScript thread has ended.
    calls: Mutex<Option<HashMap<u32, Running>>>,
    /// Whether the events of all calls are wanted.
    watched: AtomicBool,
}

/// Keeps the events of calls until the ending of the call takes them.
pub(crate) struct Listener {
    pub(crate) channel: Arc<Channel>,
    /// Whether the client has a listener of its own.
    pub(crate) listens: bool,
}

impl Listen for Listener {
    fn is_on(&self) -> bool {
        self.listens || self.channel.watched.load(Ordering::Relaxed)
    }

    fn listen(&self, event: &CallEvent) {
        if let Ok(event) = serde_json::to_string(event) {
            CALL_EVENTS.with_borrow_mut(|events| events.push(event));
        }
    }
}

/// A call that runs on a thread.
#[derive(Default)]
struct Running {
    cancel: Cancel,
    /// Receives the token that the call waits for. Without a token, the function has failed.
    token: Option<Sender<Option<Secret>>>,
}

#[napi]
impl Events {
    /// Creates the events. `receiver` gets each one: the number of a call, and as JSON its answer,
    /// its error, or a request for a token. `set_timer` gets in how many milliseconds
    /// [`time_out`](Self::time_out) must be called. `libuv` says whether the event loop is libuv's.
    #[napi(constructor)]
    pub fn new(
        env: Env,
        #[napi(ts_arg_type = "(\
            call: number, answer: string | null, error: string | null, tokenRequest: string | null,\
            callEvents: string | null\
        ) => void")]
        receiver: Function<'_, Event, ()>,
        #[napi(ts_arg_type = "(delay: number) => void")] set_timer: Function<'_, u32, ()>,
        libuv: bool,
    ) -> napi::Result<Self> {
        let threads_receiver = receiver
            .build_threadsafe_function()
            .weak::<true>()
            .build()?;
        let channel = Arc::new(Channel {
            receiver: threads_receiver,
            calls: Mutex::new(Some(HashMap::new())),
            watched: AtomicBool::new(false),
        });
        // The JavaScript thread may end, or be terminated, at any time. The hook stays until then.
        let _hook = env.add_env_cleanup_hook(Arc::clone(&channel), |channel| {
            // A panic must not reach Node.
            let _ended: jumpqr::Result<()> = caught(|| {
                // Without their senders, the calls that wait for a token go on.
                for call in channel.calls().take().iter().flat_map(HashMap::values) {
                    call.cancel.cancel();
                }
                Ok(())
            });
        })?;
        let loop_calls =
            libuv.then(|| LoopCalls::start(env, &receiver, &set_timer, Arc::clone(&channel)));
        Ok(Self {
            channel,
            loop_calls: loop_calls.transpose()?.flatten(),
        })
    }

    /// Ends the calls that await their responses for too long. Returns in how many milliseconds
    /// this must be called again, if it must be, as [`Client::call`](crate::client::Client::call).
    #[napi]
    pub fn time_out(&self, env: Env) -> napi::Result<Option<u32>> {
        guard(|| {
            Ok(self
                .loop_calls
                .as_ref()
                .and_then(|calls| calls.time_out(env)))
        })
    }

    /// Says whether events of calls are wanted from now on, also of clients without a listener.
    #[napi]
    pub fn watch(&self, watched: bool) -> napi::Result<()> {
        guard(|| {
            self.channel.watched.store(watched, Ordering::Relaxed);
            Ok(())
        })
    }

    /// Gives the call with this number the token that it waits for, or none if the function failed.
    #[napi]
    pub fn give_token(&self, call: u32, token: Option<String>) -> napi::Result<()> {
        guard(|| {
            if let Some(sender) = self.channel.with(call, |call| call.token.take()).flatten() {
                // A call without time left no longer listens.
                let _ = sender.send(token.map(Secret::new));
            }
            Ok(())
        })
    }

    /// Cancels the call with this number: it sends nothing more, and gets no token.
    #[napi]
    pub fn cancel(&self, call: u32) -> napi::Result<()> {
        guard(|| {
            let is_here = self
                .loop_calls
                .as_ref()
                .is_some_and(|calls| calls.cancel(call));
            if !is_here {
                self.channel.with(call, |call| {
                    call.cancel.cancel();
                    call.token = None;
                });
            }
            Ok(())
        })
    }
}

impl Channel {
    /// Does `work` on a thread, as the call with this number. Its ending is an event. `work` gets
    /// what cancels it: the facade, or the end of the JavaScript thread. It returns the answer as
    /// JSON.
    pub(crate) fn begin(
        self: &Arc<Self>,
        number: u32,
        work: impl FnOnce(&Cancel) -> jumpqr::Result<String> + Send + 'static,
    ) -> jumpqr::Result<()> {
        let call = Running::default();
        let cancel = call.cancel.clone();
        if let Some(calls) = &mut *self.calls() {
            calls.insert(number, call);
        }
        let channel = Arc::clone(self);
        let started = threads::run(Box::new(move || {
            CURRENT.set(number);
            let result = caught(|| work(&cancel));
            channel.calls().as_mut()?.remove(&number);
            let event = ending(number, result);
            Some(Box::new(move || channel.emit(event)))
        }));
        started.map_err(|error| {
            self.calls().as_mut().map(|calls| calls.remove(&number));
            no_thread(error)
        })
    }

    /// Asks the facade for a token, for the call that runs on this thread, and waits for it as long
    /// as the call has left.
    pub(crate) fn ask(
        &self,
        request: &TokenRequest<'_>,
    ) -> Result<Secret, Box<dyn StdError + Send + Sync>> {
        let number = CURRENT.get();
        let (sender, token) = channel();
        self.with(number, |call| call.token = Some(sender));
        let token_request = json!({
            "rejected": request.rejected.map(Secret::expose),
            "timeLeftMs": request.time_left.as_millis(),
        });
        self.emit((number, None, None, Some(token_request.to_string()), None).into());
        match token.recv_timeout(request.time_left) {
            Ok(Some(token)) => Ok(token),
            // The call is cancelled, or its JavaScript thread has ended.
            Ok(None) | Err(RecvTimeoutError::Disconnected) => Err("it threw".into()),
            Err(RecvTimeoutError::Timeout) => {
                Err(Error::new(OwnCode::Timeout, "the accessToken function took too long").into())
            }
        }
    }

    /// Tells the facade, in a turn of the event loop of its own.
    pub(crate) fn emit(&self, event: Event) {
        let mode = ThreadsafeFunctionCallMode::NonBlocking;
        self.receiver.call(event, mode);
    }

    /// Does this with the running call that has this number, if there is one.
    fn with<T>(&self, number: u32, change: impl FnOnce(&mut Running) -> T) -> Option<T> {
        self.calls().as_mut()?.get_mut(&number).map(change)
    }

    fn calls(&self) -> MutexGuard<'_, Option<HashMap<u32, Running>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the event of a call that has ended.
/// It takes the events that this thread has kept of it.
pub(crate) fn ending(number: u32, result: jumpqr::Result<String>) -> Event {
    let events = CALL_EVENTS.take();
    let events = (!events.is_empty()).then(|| format!("[{}]", events.join(",")));
    match result {
        Ok(answer) => (number, Some(answer), None, None, events).into(),
        Err(error) => {
            let error = error_parts(&error, STYLE).to_string();
            (number, None, Some(error), None, events).into()
        }
    }
}
