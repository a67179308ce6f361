//! Resolving the host, once.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};

/// Finds the addresses of a host.
pub trait Resolve: Send + Sync {
    /// Returns the addresses of a host, which may be an address itself.
    fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let addresses = (host, 0).to_socket_addrs()?;
        Ok(addresses.map(|address| address.ip()).collect())
    }
}
