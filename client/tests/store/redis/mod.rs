//! What only the store in Redis promises. Each test has its own Redis.

mod cluster;
mod connection;
mod connections;
mod failure;
mod keys;
mod pace;
mod promotion;
pub(crate) mod sentinels;
pub(crate) mod server;
mod setting;
mod tls;
