//! From the pool's threads to the JavaScript thread, and back for access tokens.

use std::cell::Cell;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jumpqr::error::OwnCode;
use jumpqr::tokens::TokenRequest;
use jumpqr::{Cancel, Error, Secret};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;
use serde_json::{Value, json};

use crate::guard::{caught, guard};
use crate::settings::with_names_of_settings;

/// Calls the facade. It is weak: that it exists keeps no process alive. After its thread has ended, calls do nothing.
type Receiver = ThreadsafeFunction<String, (), String, Status, false, true>;

const THREAD_HAS_ENDED: &str = "its JavaScript thread has ended";

thread_local! {
    /// The call that this thread of the pool is busy with.
    static CURRENT: Cell<u32> = const { Cell::new(0) };
}

/// Where events of one JavaScript thread go to.
#[napi]
pub struct Events {
    inner: Arc<Channel>,
}

/// What threads share of it.
pub(crate) struct Channel {
    receiver: Receiver,
    questions: Mutex<HashMap<u32, Sender<Option<Secret>>>>,
    next_question: AtomicU32,
    /// Cancels the calls that have no [`Cancel`] of their own.
    cancel: Cancel,
    /// The [`Cancel`] of each call that has its own, by the number of the call.
    cancels: Mutex<HashMap<u32, Cancel>>,
    /// Whether the JavaScript thread has ended.
    ended: AtomicBool,
}

/// Keeps a call among those that are cancelled when the JavaScript thread ends.
pub(crate) struct Cancellable {
    channel: Arc<Channel>,
    call: u32,
}

impl Drop for Cancellable {
    fn drop(&mut self) {
        self.channel.cancels().remove(&self.call);
    }
}

#[napi]
impl Events {
    /// Each event is given to `receiver` as JSON: how a call ended, or that a call asks for an access token.
    #[napi(constructor)]
    pub fn new(env: Env, receiver: Function<'_, String, ()>) -> napi::Result<Self> {
        let receiver = receiver
            .build_threadsafe_function()
            .weak::<true>()
            .build()?;
        let inner = Arc::new(Channel {
            receiver,
            questions: Mutex::default(),
            next_question: AtomicU32::default(),
            cancel: Cancel::default(),
            cancels: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        // The JavaScript thread may end, or be terminated, at any time. A hook that is added stays
        // until then.
        let _hook = env.add_env_cleanup_hook(Arc::clone(&inner), |channel| {
            // A panic must not reach Node.
            let _ended: jumpqr::Result<()> = caught(|| {
                channel.end();
                Ok(())
            });
        })?;
        Ok(Self { inner })
    }

    /// Answers a call that asks for a token; without one, the caller's function has failed.
    #[napi]
    pub fn answer(&self, question: u32, token: Option<String>) -> napi::Result<()> {
        guard(|| {
            if let Some(sender) = self.inner.take(question) {
                // A call whose time is up has stopped listening.
                let _ = sender.send(token.map(Secret::new));
            }
            Ok(())
        })
    }

    pub(crate) fn channel(&self) -> Arc<Channel> {
        Arc::clone(&self.inner)
    }
}

/// How a call has ended, and who is to learn it.
pub(crate) struct Ending {
    channel: Arc<Channel>,
    event: Value,
}

impl Ending {
    pub(crate) fn new(channel: Arc<Channel>, call: u32, result: jumpqr::Result<Value>) -> Self {
        let event = match result {
            Ok(answer) => json!({"call": call, "answer": answer}),
            Err(error) => {
                json!({"call": call, "error": with_names_of_settings(json!(error))})
            }
        };
        Self { channel, event }
    }

    /// Tells the JavaScript thread.
    pub(crate) fn tell(self) {
        self.channel.emit(&self.event);
    }

    /// Whether there is nobody to tell: the JavaScript thread has ended.
    pub(crate) fn is_too_late(&self) -> bool {
        self.channel.ended.load(Ordering::Acquire)
    }
}

impl Channel {
    /// Gives an event to the JavaScript thread; `false` where that has ended.
    pub(crate) fn emit(&self, event: &Value) -> bool {
        let mode = ThreadsafeFunctionCallMode::NonBlocking;
        self.receiver.call(event.to_string(), mode) == Status::Ok
    }

    /// Cancels all calls of the JavaScript thread, which has ended, and wakes those that wait for a
    /// token.
    fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.cancel.cancel();
        for cancel in self.cancels().values() {
            cancel.cancel();
        }
        // The threads that wait for an answer learn that there will be no answer.
        self.lock().clear();
    }

    /// Cancels the calls that have no [`Cancel`] of their own.
    pub(crate) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Cancels the call with this number when the JavaScript thread ends. When the guard is dropped,
    /// the call is no longer cancelled.
    pub(crate) fn cancellable(self: &Arc<Self>, call: u32, cancel: &Cancel) -> Cancellable {
        self.cancels().insert(call, cancel.clone());
        Cancellable {
            channel: Arc::clone(self),
            call,
        }
    }

    /// Does `work` as that of this call.
    pub(crate) fn as_call<T>(call: u32, work: impl FnOnce() -> T) -> T {
        CURRENT.set(call);
        work()
    }

    /// Asks the caller's function for a token, for the call of this thread, and waits for it as long as the call has left.
    pub(crate) fn ask(
        &self,
        request: &TokenRequest<'_>,
    ) -> Result<Secret, Box<dyn StdError + Send + Sync>> {
        let question = self.next_question.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = channel();
        {
            let mut questions = self.lock();
            if self.ended.load(Ordering::Acquire) {
                return Err(THREAD_HAS_ENDED.into());
            }
            questions.insert(question, sender);
        }
        let asked = self.emit(&json!({
            "call": CURRENT.get(),
            "question": question,
            "rejected": request.rejected.map(Secret::expose),
            "timeLeftMs": request.time_left.as_millis(),
        }));
        if !asked {
            self.take(question);
            return Err(THREAD_HAS_ENDED.into());
        }
        match answer.recv_timeout(request.time_left) {
            Ok(Some(token)) => Ok(token),
            Ok(None) | Err(RecvTimeoutError::Disconnected) => Err("it threw".into()),
            Err(RecvTimeoutError::Timeout) => {
                self.take(question);
                Err(Error::new(OwnCode::Timeout, "the accessToken function took too long").into())
            }
        }
    }

    fn take(&self, question: u32) -> Option<Sender<Option<Secret>>> {
        self.lock().remove(&question)
    }

    fn cancels(&self) -> MutexGuard<'_, HashMap<u32, Cancel>> {
        self.cancels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Sender<Option<Secret>>>> {
        self.questions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
