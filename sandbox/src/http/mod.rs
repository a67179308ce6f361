//! HTTP below the routes: connections and responses, whole or broken.

pub(crate) mod connection;
pub(crate) mod response;
