//! Stands in for [`loop_calls`](crate::loop_calls) on systems without epoll: there, all calls run
//! on threads.

use std::rc::Rc;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::Function;
use serde_json::Value;

use crate::events::{Channel, Event};

/// Has no values: all calls run on threads.
pub(crate) enum LoopCalls {}

impl LoopCalls {
    #[expect(clippy::unnecessary_wraps, reason = "as where there is an epoll")]
    pub(crate) fn start(
        _env: Env,
        _receiver: &Function<'_, Event, ()>,
        _set_timer: &Function<'_, u32, ()>,
        _channel: Arc<Channel>,
    ) -> napi::Result<Option<Rc<Self>>> {
        Ok(None)
    }

    pub(crate) fn begin(&self, _: u32, _: &jumpqr::Client, _: &str, _: Value) -> Option<u32> {
        match *self {}
    }

    pub(crate) fn time_out(&self, _env: Env) -> Option<u32> {
        match *self {}
    }

    pub(crate) fn cancel(&self, _number: u32) -> bool {
        match *self {}
    }
}
