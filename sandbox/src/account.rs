use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jumpqr_core::Secret;
use serde::{Deserialize, Serialize};

/// The longest life of a token, and the default one. Source: the official page of getAccessToken.
const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A Mini Program: its token adds ordinary-link rules.
    MiniProgram,
    /// A service account: its token adds service-account rules.
    ServiceAccount,
}

/// An account of the sandbox.
///
/// Its `Debug` does not show the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// `wx` and 16 characters.
    pub appid: String,
    /// With which it gets tokens.
    pub secret: Secret,
    /// What it is.
    pub kind: AccountKind,
    /// Its name in the answer of wxamplinkget.
    pub nickname: String,
    /// The permission sets it has granted: 18 for the rules of a Mini Program, 3 for those of a service account, 33 for
    /// wxamplink and wxamplinkget. Without them: 61007. A platform has what it was authorised to.
    pub permission_sets: BTreeSet<u16>,
    /// Whether it is a personal Mini Program: 85075.
    pub personal: bool,
    /// Whether it has released code; without, publishing is answered with 85074.
    pub released: bool,
    /// `qrcodejump_open` in the answer of getJumpQRCode.
    pub qrcodejump_open: bool,
    /// How long its tokens live, those of the platforms that call for it too.
    pub token_lifetime: Duration,
}

impl Account {
    /// One of this kind, with all permissions.
    pub(crate) fn of_kind(
        kind: AccountKind,
        appid: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> Self {
        match kind {
            AccountKind::MiniProgram => Self::mini_program(appid, secret),
            AccountKind::ServiceAccount => Self::service_account(appid, secret),
        }
    }

    /// A Mini Program of an organisation, with released code and all permissions.
    pub fn mini_program(appid: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self {
            appid: appid.into(),
            secret: secret.into(),
            kind: AccountKind::MiniProgram,
            nickname: "Sandbox Mini Program".to_owned(),
            permission_sets: BTreeSet::from([18]),
            personal: false,
            released: true,
            qrcodejump_open: true,
            token_lifetime: TOKEN_LIFETIME,
        }
    }

    /// A service account with all permissions.
    pub fn service_account(appid: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self {
            kind: AccountKind::ServiceAccount,
            nickname: "Sandbox service account".to_owned(),
            permission_sets: BTreeSet::from([3, 33]),
            ..Self::mini_program(appid, secret)
        }
    }

    /// The name and the content of its verification file, always the same for the same appid.
    #[must_use]
    pub fn verification_file(&self) -> (String, String) {
        let mut hasher = DefaultHasher::new();
        self.appid.hash(&mut hasher);
        let mut random = fastrand::Rng::with_seed(hasher.finish());
        let name: String = (0..10).map(|_| random.alphanumeric()).collect();
        let content = format!("{:016x}{:016x}", random.u64(..), random.u64(..));
        (format!("{name}.txt"), content)
    }
}

/// What identifies an account to the token interfaces.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The appid.
    pub appid: String,
    /// The secret.
    pub secret: Secret,
}

/// A change to an account, as the control endpoint takes it: what is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccountChange {
    #[serde(deserialize_with = "hidden")]
    pub(crate) secret: Option<Secret>,
    pub(crate) kind: Option<AccountKind>,
    nickname: Option<String>,
    permission_sets: Option<BTreeSet<u16>>,
    personal: Option<bool>,
    released: Option<bool>,
    qrcodejump_open: Option<bool>,
    token_lifetime_seconds: Option<u64>,
}

pub(crate) fn hidden<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
}

impl AccountChange {
    pub(crate) fn apply(self, account: &mut Account) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(&mut account.secret, self.secret);
        set(&mut account.kind, self.kind);
        set(&mut account.nickname, self.nickname);
        set(&mut account.permission_sets, self.permission_sets);
        set(&mut account.personal, self.personal);
        set(&mut account.released, self.released);
        set(&mut account.qrcodejump_open, self.qrcodejump_open);
        set(
            &mut account.token_lifetime,
            self.token_lifetime_seconds.map(Duration::from_secs),
        );
    }
}
