//! What the store in Redis promises besides, with a Redis of each test's own.

mod answers;
mod connections;
mod deadlines;
mod keys;
mod refusals;
pub(crate) mod server;
mod settings;
mod tls;
