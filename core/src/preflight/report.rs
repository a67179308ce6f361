//! What a preflight has found, and what follows.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;

use serde::ser::{SerializeMap as _, SerializeStruct as _};
use serde::{Serialize, Serializer};

use super::observation::{Dns, Fetch, Observations, Outcome};
use super::seen::escape;
use super::{Extent, PreflightCode};
use crate::named;
use crate::verification_file::location;

named! {
    /// Whether WeChat will find the verification file, as far as it can be seen from here.
    #[non_exhaustive]
    pub enum PreflightVerdict {
        /// WeChat refuses the rule with 85069.
        WillFail = "will_fail",
        /// It depends on the address or the moment, or something is a reported cause.
        MayFail = "may_fail",
        /// From here, no cause of a refusal can be seen.
        NoCauseFound = "no_cause_found",
        /// A service account's rule needs no file.
        NoFileNeeded = "no_file_needed",
    }
}

/// One cause for which WeChat does not, or may not, find the file.
///
/// It serialises with its fields, and the `severity` of its code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreflightFinding {
    /// The stable code, e.g. `file_at_root`.
    pub code: PreflightCode,
    /// What is wrong.
    pub message: String,
    /// The URL at which it was seen. `None` if nothing was fetched.
    pub url: Option<String>,
    /// The addresses at which it was seen.
    pub addresses: Vec<SocketAddr>,
    /// Where it shows.
    pub extent: Extent,
    /// Where it shows, in numbers, e.g. `1 of 3 answers`. `None` if it shows everywhere.
    pub share: Option<String>,
    /// What was seen, verbatim, on one line.
    pub seen: String,
    /// Why WeChat refuses it.
    pub why: String,
    /// What to do.
    pub remedy: String,
}

/// What a preflight has seen and found.
///
/// It serialises as one object: `verdict`, `unseen`, `prefix`, `url`, `file_name`, `is_rehearsal`,
/// `looked_from`, `dns`, `findings` and `fetches`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preflight {
    /// What follows from the findings.
    pub verdict: PreflightVerdict,
    /// All findings: first what blocks the rule, then the warnings, then what is unknown.
    pub findings: Vec<PreflightFinding>,
    /// What was seen.
    pub observations: Observations,
}

impl Preflight {
    /// Returns the URL from which WeChat fetches the file. `None` if the prefix is not a link.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        location(&self.observations.key.prefix, &self.observations.file.name)
    }

    /// Returns what cannot be seen from here, and where it was looked from.
    #[must_use]
    pub fn unseen(&self) -> String {
        let mut from: Vec<_> = self.observations.looked_from.iter().collect();
        from.sort();
        from.dedup();
        let from: Vec<_> = from.into_iter().map(ToString::to_string).collect();
        let from = if from.is_empty() {
            "Nothing was fetched from here.".to_string()
        } else {
            format!("This was looked at from {}.", from.join(" and "))
        };
        let rehearsal = if self.observations.is_rehearsal {
            " This look was a rehearsal: it used addresses that the caller has permitted or \
             named. WeChat uses the addresses of the public DNS."
        } else {
            ""
        };
        format!(
            "{from}{rehearsal} Whether a firewall or geo-blocking refuses WeChat's own servers \
             cannot be seen from here."
        )
    }
}

impl fmt::Display for PreflightFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(share) = &self.share {
            write!(f, " ({share})")?;
        }
        write!(f, ": {}. {} {}", self.seen, self.why, self.remedy)
    }
}

/// Serialises a list of what is written as text.
struct Texts<'a, T>(&'a [T]);

impl<T: ToString> Serialize for Texts<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ToString::to_string))
    }
}

impl Serialize for PreflightFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("PreflightFinding", 10)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("severity", &self.code.severity())?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("url", &self.url)?;
        fields.serialize_field("addresses", &Texts(&self.addresses))?;
        fields.serialize_field("extent", &self.extent)?;
        fields.serialize_field("share", &self.share)?;
        fields.serialize_field("seen", &self.seen)?;
        fields.serialize_field("why", &self.why)?;
        fields.serialize_field("remedy", &self.remedy)?;
        fields.end()
    }
}

impl Serialize for Preflight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seen = &self.observations;
        let mut fields = serializer.serialize_struct("Preflight", 10)?;
        fields.serialize_field("verdict", &self.verdict)?;
        fields.serialize_field("unseen", &self.unseen())?;
        fields.serialize_field("prefix", &seen.key.prefix)?;
        fields.serialize_field("url", &self.url())?;
        fields.serialize_field("file_name", &seen.file.name)?;
        fields.serialize_field("is_rehearsal", &seen.is_rehearsal)?;
        fields.serialize_field("looked_from", &Texts(&seen.looked_from))?;
        fields.serialize_field("dns", &seen.dns)?;
        fields.serialize_field("findings", &self.findings)?;
        fields.serialize_field("fetches", &seen.fetches)?;
        fields.end()
    }
}

impl Serialize for Dns {
    /// Serialises as `ms`, and `addresses` or `failure`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (addresses, failure) = match &self.answer {
            Ok(addresses) => (&**addresses, None),
            Err(failure) => (&[][..], Some(&failure.detail)),
        };
        let mut fields = serializer.serialize_struct("Dns", 3)?;
        fields.serialize_field("ms", &self.ms)?;
        fields.serialize_field("addresses", &Texts(addresses))?;
        fields.serialize_field("failure", &failure)?;
        fields.end()
    }
}

impl Serialize for Fetch {
    /// Serialises as one flat object. `outcome` is `response` or the name of a failure.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("place", &self.place)?;
        fields.serialize_entry("url", &self.url)?;
        fields.serialize_entry("address", &self.address.to_string())?;
        fields.serialize_entry("attempt", &self.attempt)?;
        fields.serialize_entry("connect_ms", &self.times.connect_ms)?;
        fields.serialize_entry("tls_ms", &self.times.tls_ms)?;
        fields.serialize_entry("first_byte_ms", &self.times.first_byte_ms)?;
        fields.serialize_entry("whole_ms", &self.times.whole_ms)?;
        fields.serialize_entry("outcome", self.outcome.name())?;
        match &self.outcome {
            Outcome::Response(response) => {
                let header = response.header.iter();
                let header: Vec<_> = header
                    .map(|(name, value)| [name.clone(), escape(value)])
                    .collect();
                fields.serialize_entry("status", &response.status)?;
                fields.serialize_entry("header", &header)?;
                fields.serialize_entry("body", &escape(&response.body))?;
                fields.serialize_entry("body_bytes", &response.body.len())?;
                fields.serialize_entry("body_end", &response.end)?;
            }
            Outcome::Failed { detail, .. } | Outcome::NotTried { detail, .. } => {
                fields.serialize_entry("detail", detail)?;
            }
        }
        fields.end()
    }
}
