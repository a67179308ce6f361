//! `call_events.json`: the events of a call, which its client's listener gets.

use serde::Deserialize;
use serde_json::Value;

use crate::VectorFile;

/// `call_events.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallEvents {
    /// The calls.
    pub call_events: Vec<CallEventVector>,
}

/// One call, and its events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallEventVector {
    /// Unique in the file.
    pub name: String,
    /// The calls before, whose events do not count.
    pub before: Vec<NamedCall>,
    /// What goes wrong, as `POST /sandbox/faults` takes it.
    pub faults: Vec<Value>,
    /// The call.
    pub call: NamedCall,
    /// The number of retries.
    #[serde(default = "three")]
    pub max_retries: usize,
    /// The times of the last event that are more than 0.
    pub waits: Vec<String>,
    /// The events, without their times.
    pub events: Vec<Value>,
}

/// A call by its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedCall {
    /// WeChat's name of the interface, or `call_raw`.
    pub interface: String,
    /// The arguments with their wire names.
    pub arguments: Value,
}

fn three() -> usize {
    3
}

impl VectorFile for CallEvents {
    const FILE: &'static str = "call_events.json";

    fn names(&self) -> Vec<&str> {
        let vectors = self.call_events.iter();
        vectors.map(|vector| vector.name.as_str()).collect()
    }
}
