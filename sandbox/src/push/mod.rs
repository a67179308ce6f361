//! Sends the pushes to platforms, beside the server and on its thread.

mod delivery;
mod request;

use std::time::Duration;

use crate::clock::Moment;
use crate::push_url::PushUrl;
use crate::state::State;
use crate::state::pushes::{Outcome, Push};
use crate::wechat::Shared;
use crate::wechat::redaction::Redaction;
use request::Request;

/// The longest wait for the next due push, if the clock runs.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// A push on its way to a platform.
struct Delivery {
    component_appid: String,
    push: Push,
    url: PushUrl,
    request: Result<Request, String>,
}

/// Sends what is due until the future is dropped. A push to one platform does not delay those to
/// others.
pub(crate) async fn run(shared: Shared) {
    loop {
        let (due, wait) = take_due(&mut shared.lock_silently().state);
        for delivery in due {
            tokio::spawn(deliver(shared.clone(), delivery));
        }
        tokio::select! {
            () = shared.changed() => {}
            () = tokio::time::sleep(wait.unwrap_or(LONGEST_WAIT)) => {}
        }
    }
}

/// Takes the pushes that are due. Also returns how long to wait for the next one; `None` if only a
/// change can make one due.
fn take_due(state: &mut State) -> (Vec<Delivery>, Option<Duration>) {
    let mut next_due = state.push_due_tickets();
    let now = state.clock.now();
    let mut due = Vec::new();
    for platform in state.addressed_platforms() {
        let component_appid = platform.component_appid.clone();
        let url = platform.push.url.clone();
        let taken = url.and_then(|url| Some((url, state.pushes.take(&component_appid, now)?)));
        if let Some((url, push)) = taken {
            due.push(Delivery {
                url,
                request: Request::new(&platform, &push).map_err(|error| error.to_string()),
                component_appid,
                push,
            });
        } else {
            let waiting = state.pushes.next_due(&component_appid);
            next_due = next_due.into_iter().chain(waiting).min();
        }
    }
    let wait = next_due.map(|due: Moment| due.saturating_sub(now));
    (due, wait.filter(|_| !state.clock.is_frozen()))
}

async fn deliver(shared: Shared, delivery: Delivery) {
    let answer = match delivery.request {
        Ok(request) => delivery::post(&delivery.url, request).await,
        Err(error) => Err(error),
    };
    let state = &mut shared.lock().state;
    let redact = |text: &str| Redaction::new(&state.secrets, &[], text).redact(text);
    let outcome = match answer {
        Ok(answer) => Outcome {
            is_success: answer.is_success(),
            status: Some(answer.status),
            body: redact(&answer.text()),
            error: None,
        },
        Err(error) => Outcome {
            is_success: false,
            status: None,
            body: String::new(),
            error: Some(redact(&error)),
        },
    };
    let now = state.clock.now();
    let Delivery {
        component_appid,
        push,
        ..
    } = delivery;
    state.pushes.finish(&component_appid, push, outcome, now);
}
