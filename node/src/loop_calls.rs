//! The calls that await their responses in the event loop of a JavaScript thread.
//!
//! libuv watches one descriptor, however many calls there are. The responses that have arrived
//! together settle their promises together. A call whose next step would block the event loop goes
//! to a [thread](crate::threads).

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr::binding::{CallId, InFlightCalls, UnfinishedCall, WentOn};
use napi::Env;
use napi::bindgen_prelude::{Function, FunctionRef};
use serde_json::Value;

use crate::event_loop::Watch;
use crate::events::{Channel, Event, ending};
use crate::guard::{caught, to_json};

/// The calls of one JavaScript thread that await their responses. Their results are JSON.
pub(crate) struct LoopCalls {
    calls: RefCell<Numbered>,
    /// Calls the facade. Here it needs no other thread, and no turn of the event loop.
    receiver: FunctionRef<Event, ()>,
    /// Tells the facade in how many milliseconds [`time_out`](Self::time_out) must be called.
    set_timer: FunctionRef<u32, ()>,
    channel: Arc<Channel>,
    watch: OnceCell<Watch>,
}

struct Numbered {
    in_flight: InFlightCalls<String>,
    /// The facade's numbers.
    numbers: HashMap<CallId, u32>,
}

impl LoopCalls {
    /// Creates an empty set, which the event loop of this thread watches until the set is dropped.
    pub(crate) fn start(
        env: Env,
        receiver: &Function<'_, Event, ()>,
        set_timer: &Function<'_, u32, ()>,
        channel: Arc<Channel>,
    ) -> napi::Result<Option<Rc<Self>>> {
        let failed = |error: io::Error| napi::Error::from_reason(error.to_string());
        let in_flight = InFlightCalls::new().map_err(failed)?;
        let descriptor = in_flight.descriptor().try_clone_to_owned();
        let numbers = HashMap::new();
        let this = Rc::new(Self {
            calls: RefCell::new(Numbered { in_flight, numbers }),
            receiver: receiver.create_ref()?,
            set_timer: set_timer.create_ref()?,
            channel,
            watch: OnceCell::new(),
        });
        let calls = Rc::downgrade(&this);
        let watch = Watch::start(env, descriptor.map_err(failed)?, move |env| {
            if let Some(calls) = calls.upgrade() {
                // If it fails, the next look finds the same.
                calls.settle(env, |in_flight| drop(in_flight.look()));
                calls.set_timer(env);
            }
        })?;
        Ok(this.watch.set(watch).is_ok().then_some(this))
    }

    /// Begins the call with this number. Its ending is an event, never before this returns.
    ///
    /// Returns in how many milliseconds [`time_out`](Self::time_out) must be called, unless an
    /// earlier time was returned before.
    pub(crate) fn begin(
        &self,
        number: u32,
        client: &jumpqr::Client,
        interface: &str,
        arguments: Value,
    ) -> Option<u32> {
        let to_json = |answer| to_json(&answer);
        let result = match UnfinishedCall::named(client, interface, arguments, to_json) {
            Ok(call) => self.go_on(number, call),
            Err(error) => Some(Err(error)),
        };
        if let Some(result) = result {
            self.channel.emit(ending(number, result));
        }
        self.calls.borrow_mut().timer()
    }

    /// Ends the calls that are out of time. Returns when it must be called again, as `begin` does.
    pub(crate) fn time_out(&self, env: Env) -> Option<u32> {
        self.settle(env, |in_flight| in_flight.time_out(Instant::now()));
        self.calls.borrow_mut().timer()
    }

    /// Cancels the call with this number, and closes its connection. Returns whether it is here.
    pub(crate) fn cancel(&self, number: u32) -> bool {
        let call = self.calls.borrow_mut().remove(number);
        call.is_some_and(|call| {
            self.channel.emit(ending(number, call.cancel()));
            true
        })
    }

    /// Goes on with the calls that can, after this look. Tells the facade of all that have ended.
    fn settle(&self, env: Env, look: impl FnOnce(&mut InFlightCalls<String>)) {
        look(&mut self.calls.borrow_mut().in_flight);
        let mut ended = Vec::new();
        loop {
            let next = self.calls.borrow_mut().next_ready();
            let Some((number, call)) = next else { break };
            let result = self.go_on(number, call);
            ended.extend(result.map(|result| ending(number, result)));
        }
        // The facade may begin and cancel calls meanwhile.
        for event in ended {
            let told = self
                .receiver
                .borrow_back(&env)
                .and_then(|it| it.call(event));
            if let Err(error) = told {
                env.fatal_exception(error);
            }
        }
    }

    /// Sets the timer if it must be set anew. The next request of a call may have an earlier
    /// deadline than the one before, because a write leaves time for its read-back.
    fn set_timer(&self, env: Env) {
        let delay = self.calls.borrow_mut().timer();
        let set = delay.map_or(Ok(()), |delay| {
            let set_timer = self.set_timer.borrow_back(&env)?;
            set_timer.call(delay)
        });
        if let Err(error) = set {
            env.fatal_exception(error);
        }
    }

    /// Does what the call can do without waiting. Returns its result, unless the call goes on
    /// later, here or on a thread.
    fn go_on(&self, number: u32, call: UnfinishedCall<String>) -> Option<jumpqr::Result<String>> {
        let went_on = caught(|| Ok(call.go_on())).unwrap_or_else(|error| WentOn::Done(Err(error)));
        let must_wait = match went_on {
            WentOn::Done(result) => return Some(result),
            WentOn::InFlight(call) => self.calls.borrow_mut().add(number, call)?,
            WentOn::MustWait(call) => call,
        };
        let finish = move |cancel: &_| must_wait.finish(Duration::ZERO, cancel);
        self.channel.begin(number, finish).err().map(Err)
    }
}

impl Numbered {
    /// Returns the next call that can go on, with its number.
    fn next_ready(&mut self) -> Option<(u32, UnfinishedCall<String>)> {
        let id = self.in_flight.next_ready()?;
        Some((self.numbers.remove(&id)?, self.in_flight.remove(id)?))
    }

    /// Removes the call with this number, if it is here.
    fn remove(&mut self, number: u32) -> Option<UnfinishedCall<String>> {
        let mut named = self.numbers.iter();
        let id = named.find_map(|(id, of)| (*of == number).then_some(*id))?;
        self.numbers.remove(&id);
        self.in_flight.remove(id)
    }

    /// Adds a call. Returns it if it must wait on a thread.
    fn add(&mut self, number: u32, call: UnfinishedCall<String>) -> Option<UnfinishedCall<String>> {
        match self.in_flight.add(call) {
            Ok(id) => {
                self.numbers.insert(id, number);
                None
            }
            Err(call) => Some(call),
        }
    }

    /// Returns in how many milliseconds the timer must go off, if it must be set anew. A delay that
    /// is too long for a timer of JavaScript is shortened: the timer is set again then.
    fn timer(&mut self) -> Option<u32> {
        let deadline = self.in_flight.timer_to_set()?;
        let left = deadline.saturating_duration_since(Instant::now());
        let longest = i32::MAX.unsigned_abs();
        Some(u32::try_from(left.as_millis() + 1).map_or(longest, |delay| delay.min(longest)))
    }
}
