//! Calls wait for slots, so that WeChat's limit of calls a second is kept.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Clock, Secret};

use crate::fake::{ManualClock, ok, token_of};

/// How many calls start at once before one has to wait.
const SLOTS: usize = 5;

/// A clock on which somebody else renews the token whenever a call waits.
#[derive(Debug, Default)]
struct RenewingClock {
    clock: ManualClock,
    token: Arc<Mutex<String>>,
}

impl Clock for RenewingClock {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn time_of_day(&self) -> Duration {
        self.clock.time_of_day()
    }

    fn sleep_until(&self, until: Duration) {
        "T2".clone_into(&mut self.token.lock().unwrap());
        self.clock.sleep_until(until);
    }
}

#[test]
fn a_token_renewed_while_the_call_waits_for_its_slot_is_used() {
    let token = Arc::new(Mutex::new("T1".to_owned()));
    let clock = Arc::new(RenewingClock {
        token: token.clone(),
        ..RenewingClock::default()
    });
    let sent = Arc::new(Mutex::new(Vec::new()));
    let seen = sent.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        seen.lock().unwrap().push(token_of(request));
        Ok(ok())
    }));
    let client = Client::builder()
        .token_function(move |_| Ok(Secret::new(token.lock().unwrap().clone())))
        .transport(transport)
        .clock(clock)
        .build()
        .unwrap();
    for _ in 0..=SLOTS {
        client
            .delete_jump_qr_code("https://m.example.cn/a")
            .unwrap();
    }
    assert_eq!(*sent.lock().unwrap(), ["T1", "T1", "T1", "T1", "T1", "T2"]);
}
