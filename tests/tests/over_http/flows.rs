//! The client takes the steps of each flow over real sockets, as the clients of the other languages do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jumpqr_tests::flows::{FlowVector, Flows};
use jumpqr_tests::{count, load, report};

use crate::staging::run;

/// So many flows at once: most of them wait.
const AT_ONCE: usize = 12;

#[test]
fn every_flow_goes_over_http_as_in_the_call_machine() {
    let file: Flows = load().unwrap();
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(vector) = file.flows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = unwinding(vector);
                    results.lock().unwrap().push((vector.name.as_str(), result));
                }
            });
        }
    });
    let run = report(results.into_inner().unwrap()).unwrap_or_else(|failures| panic!("{failures}"));
    assert_eq!(run, file.flows.len());
    count::<Flows>(run);
}

fn unwinding(vector: &FlowVector) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| run(vector))).unwrap_or_else(|_| Err("panicked".to_owned()))
}
