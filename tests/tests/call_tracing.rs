//! The crate `tracing` gets each call as an event.
//!
//! The test has a program of its own. `tracing` asks only the subscriber of the first thread that
//! comes to an event, and keeps the answer for all threads.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::sync::{Arc, Mutex};

use jumpqr::Client;
use jumpqr_sandbox::Sandbox;
use serde_json::{Map, Value};

/// An event of `tracing`: its level, and its fields.
type Line = (tracing::Level, Map<String, Value>);

/// Keeps the events of `tracing`.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<Line>>>);

impl tracing::Subscriber for Lines {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "jumpqr"
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = (*event.metadata().level(), fields.0);
        self.0.lock().unwrap().push(line);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn add(&mut self, field: &tracing::field::Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl tracing::field::Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.add(field, value);
    }

    fn record_f64(&mut self, field: &tracing::field::Field, value: f64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &tracing::field::Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &tracing::field::Field, value: bool) {
        self.add(field, value);
    }
}

#[test]
fn each_call_is_an_event_of_tracing() {
    let sandbox = Sandbox::start().unwrap();
    let account = sandbox.mini_program();
    let client = Client::builder()
        .app(account.appid.clone(), account.secret.clone())
        .base_url(sandbox.base_url())
        .build()
        .unwrap();
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), || {
        client.download_qr_code_text().unwrap();
        client
            .publish_jump_qr_code("https://m.example.cn/none")
            .unwrap_err();
    });
    // Nobody listens to this one.
    client.download_qr_code_text().unwrap();
    let lines = lines.0.lock().unwrap();
    let found: Vec<_> = lines
        .iter()
        .map(|(level, fields)| (*level, fields["interface"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (tracing::Level::DEBUG, "stable_token"),
            (tracing::Level::DEBUG, "downloadQRCodeText"),
            (tracing::Level::WARN, "publishJumpQRCode"),
        ]
    );
    let (_, done) = &lines[1];
    assert_eq!(done["message"], "call done");
    assert_eq!(done["token_renewed"], true);
    assert_eq!(done["attempts"], 1);
    assert_eq!(done["appid"], account.appid);
    assert!(done["wechat_ms"].as_f64().unwrap() > 0.0);
    assert!(!done.contains_key("code"), "{done:?}");
    let (_, failed) = &lines[2];
    assert_eq!(failed["code"], "no_such_rule");
    assert_eq!(failed["outcome"], "not_applied");
    assert!(!format!("{lines:?}").contains(account.secret.expose()));
}
