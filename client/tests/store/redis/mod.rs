//! What only the store in Redis promises. Each test has its own Redis.

mod connection;
mod connections;
mod failure;
mod keys;
mod pace;
pub(crate) mod server;
mod setting;
mod tls;
