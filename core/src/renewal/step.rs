use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::refusal::CredentialDigest;
use crate::error::Error;
use crate::interface::TokenResponse;
use crate::secret::Secret;

/// What to do next. Each step names the method of [`Renewal`](super::Renewal) that takes its
/// result.
#[derive(Debug, Clone)]
pub enum Step {
    /// Load the record from the store, and report to [`handle_load`](super::Renewal::handle_load).
    Load {
        /// How long the store may take.
        timeout: Duration,
    },
    /// Take the lease of the record, and report to [`handle_lease`](super::Renewal::handle_lease).
    Lease {
        /// After this time, others may take the lease.
        life: Duration,
        /// How long the store may take.
        timeout: Duration,
    },
    /// Get the credential, and report to [`handle_credential`](super::Renewal::handle_credential).
    Credential {
        /// The refresh token in the store, which is a merchant's credential.
        refresh_token: Option<Secret>,
        /// The code of a push in the store, which is exchanged if the refresh token is missing or
        /// refused. It belongs to what the credential is recognised by.
        pushed_code: Option<Secret>,
        /// How long it may take.
        timeout: Duration,
    },
    /// Ask WeChat for a token, and report to [`handle_ask`](super::Renewal::handle_ask).
    Ask {
        /// An appsecret, a ticket or a refresh token.
        credential: Secret,
        /// Whether WeChat must not give the former token again, though it has not expired.
        force: bool,
        /// How long WeChat may take.
        timeout: Duration,
    },
    /// Exchange the code of a push for the merchant's tokens, and report to
    /// [`handle_exchange`](super::Renewal::handle_exchange).
    Exchange {
        /// The authorization_code.
        code: Secret,
        /// How long WeChat may take.
        timeout: Duration,
    },
    /// Look the merchant up on the pages of WeChat's list that were read lately, and report to
    /// [`handle_recall`](super::Renewal::handle_recall).
    Recall,
    /// Search WeChat's list for the merchant, and report to
    /// [`handle_search`](super::Renewal::handle_search).
    Search {
        /// The refresh token that was refused last. Pages that were read before that do not count.
        refused: Option<Secret>,
        /// When the search ends.
        deadline: Duration,
    },
    /// Save the record under the lease, and report to [`handle_save`](super::Renewal::handle_save).
    Save {
        /// The record as JSON, which holds secrets.
        record: Secret,
        /// How long the store may take.
        timeout: Duration,
    },
    /// Release the lease, and report to [`handle_release`](super::Renewal::handle_release).
    Release {
        /// How long the store may take.
        timeout: Duration,
    },
    /// Do nothing until then.
    Wait {
        /// When there is something to do.
        until: Duration,
    },
    /// The renewal is done: use this token.
    Use {
        /// The token.
        token: Secret,
        /// What the renewal failed with, if this is the former token, which still lives.
        failure: Option<Error>,
    },
    /// The renewal has failed.
    Fail(Error),
}

/// A point in time, on two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time since an origin of the driver's choice. It never goes back.
    pub now: Duration,
    /// The time of day, since the beginning of 1970 in UTC. It is compared with that of other
    /// processes and machines, and may jump.
    pub time_of_day: Duration,
}

/// A record, as the store holds it. The `Debug` output does not show the bytes, which hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// The record.
    pub bytes: Vec<u8>,
    /// The fence of the lease under which it was saved. A later record has a greater version, or
    /// the same if it was saved under the same lease.
    pub version: u64,
}

impl fmt::Debug for StoredRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredRecord")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What a token is asked for with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// An appsecret, a ticket or a refresh token; `None` if the store holds no refresh token.
    pub secret: Option<Secret>,
    /// By what it is recognised when it comes again.
    pub digest: CredentialDigest,
}

/// What WeChat answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The access token and its life.
    pub token: TokenResponse,
    /// The next refresh token, if the answer brings one.
    pub refresh_token: Option<Secret>,
}

impl From<TokenResponse> for Issued {
    fn from(token: TokenResponse) -> Self {
        Self {
            token,
            refresh_token: None,
        }
    }
}

/// What WeChat gave for an authorization_code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantTokens {
    /// The access token and its life. WeChat gives none if the account may call nothing.
    pub token: Option<TokenResponse>,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
}

/// What the pages that were read lately say of a merchant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recalled {
    /// A refresh token of the merchant. It may be out of date, and must be given once only.
    pub refresh_token: Option<Secret>,
    /// Whether the list has the merchant; `None` if the pages do not tell.
    pub is_listed: Option<bool>,
}

/// What WeChat's list says of a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// It has this refresh token.
    With(Secret),
    /// It is on the list, without a refresh token.
    Without,
    /// It is not on the list.
    Absent,
}
