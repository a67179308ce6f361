//! The vectors contain every fault.

use std::collections::BTreeSet;

use jumpqr_sandbox::Effect;
use jumpqr_tests::faults::Faults;
use jumpqr_tests::hostile::Fault;
use jumpqr_tests::load;
use serde_json::json;

#[test]
fn every_fault_of_the_server_is_in_the_vectors() {
    let file: Faults = load().unwrap();
    let met: BTreeSet<&str> = file.faults.iter().map(|v| v.fault.as_str()).collect();
    let known: BTreeSet<&str> = Fault::all().map(|fault| fault.name).collect();
    assert_eq!(known.len(), Fault::all().count(), "a name is not unique");
    let missing: Vec<_> = known.symmetric_difference(&met).collect();
    assert!(
        missing.is_empty(),
        "only in one of faults.json and the server: {missing:?}"
    );
}

#[test]
fn every_fault_of_the_sandbox_is_a_fault_of_the_server() {
    let unknown = serde_json::from_value::<Effect>(json!({"fault": "?"})).unwrap_err();
    let unknown = unknown.to_string();
    let names: Vec<_> = unknown.split('`').skip(3).step_by(2).collect();
    assert!(names.len() > 10, "{unknown}");
    for name in names {
        let fault = format!("sandbox-{name}");
        assert!(
            Fault::named(&fault).is_some(),
            "tests/src/hostile/sandboxed.rs has no fault {fault}"
        );
    }
}
