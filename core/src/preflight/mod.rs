//! Judges before a rule is added whether WeChat will find the domain's verification file.
//!
//! WeChat fetches the file when an ordinary-link rule is added. If it does not get exactly the
//! content, it refuses the rule with 85069, and says no more. A preflight looks in the same way.
//! [`Target`] says where to look, and [`needs_wrong_places`] whether to look in wrong places, too.
//! From what was seen, the [`Observations`], [`judge`] finds the causes. Nothing here touches a
//! socket.
//!
//! One cause is one [finding](PreflightFinding), however many addresses and answers show it. No
//! verdict says that WeChat will succeed: a firewall or geo-blocking cannot be seen from here.
//!
//! Sources: the official guide to the verification file, and reports of developers and of WeChat's
//! staff in the developer community, see [`verification_file`](crate::verification_file).

mod address;
mod code;
mod content;
mod extent;
mod judge;
mod observation;
mod place;
mod report;
mod response;
mod seen;
mod server_line;
mod target;
mod text;

pub use address::{is_public, special_range};
pub use code::PreflightCode;
pub use extent::Extent;
pub use judge::{judge, needs_wrong_places};
pub use observation::{
    ATTEMPTS, BodyEnd, Dns, DnsFailure, ExpectedFile, Failure, Fetch, MOST_BODY_BYTES, NotTried,
    Observations, Outcome, Response, Times,
};
pub use place::{Place, PlacedUrl, places};
pub use report::{Preflight, PreflightFinding, PreflightVerdict};
pub use target::{Refusal, Target};

pub use crate::severity::Severity;
