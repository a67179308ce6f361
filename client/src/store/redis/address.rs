//! The address of a server.

use std::fmt;
use std::io;
use std::net::{TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::{fd::OwnedFd, unix::net::UnixStream};
#[cfg(unix)]
use std::path::PathBuf;
use std::time::Instant;

use super::connection::time_left;

/// The address on which a server listens. It is shown as host and port, or as the path of the
/// socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Address {
    Tcp(String, u16),
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Address {
    /// Parses what a node of a cluster says about another one, such as `10.0.0.1:6379`. If the host
    /// is left out, the node means itself, and the host of the node that was `asked` is taken.
    pub(super) fn parse(text: &str, asked: &Self) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        Self::of_node(host, port.parse().ok()?, asked)
    }

    /// Makes the address of a node, of which the node that was `asked` knows this host.
    pub(super) fn of_node(host: &str, port: u16, asked: &Self) -> Option<Self> {
        let host = if host.is_empty() { asked.host() } else { host };
        // A node whose name is not known yet.
        (host != "?" && port != 0).then(|| Self::Tcp(host.to_owned(), port))
    }

    /// Returns the host, for which a certificate must be; for a socket, nothing.
    pub(super) fn host(&self) -> &str {
        match self {
            Self::Tcp(host, _) => host,
            #[cfg(unix)]
            Self::Unix(_) => "",
        }
    }

    /// Connects. Resolving the host has no deadline, so call this on a thread of its own.
    pub(super) fn open(&self, deadline: Instant) -> io::Result<TcpStream> {
        match self {
            Self::Tcp(host, port) => {
                let addresses: Vec<_> = (host.as_str(), *port).to_socket_addrs()?.collect();
                let mut error = io::Error::other("the host has no address");
                for (tried, address) in addresses.iter().enumerate() {
                    // An address that does not respond leaves time for the others.
                    let others = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
                    let left = time_left(deadline)? / others;
                    match TcpStream::connect_timeout(address, left) {
                        Ok(socket) => {
                            socket.set_nodelay(true)?;
                            return Ok(socket);
                        }
                        Err(failed) => error = failed,
                    }
                }
                Err(error)
            }
            #[cfg(unix)]
            // The system calls on the socket are the same as on one of TCP.
            Self::Unix(path) => Ok(OwnedFd::from(UnixStream::connect(path)?).into()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            #[cfg(unix)]
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn a_node_that_does_not_know_its_host_has_that_of_the_node_that_was_asked() {
        let asked = Address::Tcp("10.0.0.1".to_owned(), 7000);
        for (text, parsed) in [
            ("10.0.0.2:7001", Some("10.0.0.2:7001")),
            ("node.example.cn:7001", Some("node.example.cn:7001")),
            (":7001", Some("10.0.0.1:7001")),
            ("::1:7001", Some("[::1]:7001")),
            ("?:7001", None),
            ("10.0.0.2:0", None),
            ("10.0.0.2", None),
            ("10.0.0.2:port", None),
        ] {
            let address = Address::parse(text, &asked).map(|address| address.to_string());
            assert_eq!(address.as_deref(), parsed, "{text}");
        }
    }
}
