//! HTTP below the routes: connections and responses, whole or broken.

pub(crate) mod connection;
pub(crate) mod response;

/// The greatest size of a request body, in bytes (1 MiB).
pub(crate) const MAX_BODY_BYTES: usize = 1 << 20;
