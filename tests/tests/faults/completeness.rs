//! The vectors contain every fault.

use std::collections::BTreeSet;

use jumpqr_sandbox::Sandbox;
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
    assert_eq!(met, known);
}

#[test]
fn every_fault_of_the_sandbox_is_a_fault_of_the_server() {
    let sandbox = Sandbox::start().unwrap();
    let refused = sandbox.control("POST", "/sandbox/faults", json!({"fault": ""}));
    let refused = refused.unwrap_err().to_string();
    let (_, names) = refused.split_once("give one of ").unwrap();
    for name in names.split(", ") {
        let fault = format!("sandbox-{name}");
        assert!(Fault::named(&fault).is_some(), "there is no fault {fault}");
    }
}
