//! Each vector of `flows.json`, over real sockets.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jumpqr_tests::flows::{FlowVector, Flows};
use jumpqr_tests::{count, load, report};

use crate::staging::run;

/// The number of flows at once. Most of them only wait.
const IN_PARALLEL: usize = 12;

#[test]
fn every_flow_takes_its_steps_over_http() {
    let file: Flows = load().unwrap();
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..IN_PARALLEL {
            scope.spawn(|| {
                while let Some(vector) = file.flows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = run_catching_panics(vector);
                    results.lock().unwrap().push((vector.name.as_str(), result));
                }
            });
        }
    });
    let run = report(results.into_inner().unwrap()).unwrap_or_else(|failures| panic!("{failures}"));
    assert_eq!(run, file.flows.len());
    count::<Flows>(run);
}

fn run_catching_panics(vector: &FlowVector) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| run(vector))).unwrap_or_else(|_| Err("panicked".to_owned()))
}
