//! The accounts of the sandbox: Mini Programs and service accounts.

use std::collections::BTreeSet;
use std::time::Duration;

use jumpqr_core::Secret;
use serde::{Deserialize, Serialize};

/// The longest and default lifetime of a token. Source: the official page of getAccessToken.
const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// The kind of an account.
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
    /// The secret used to get tokens.
    pub secret: Secret,
    /// Its kind.
    pub kind: AccountKind,
    /// Its name in the response of wxamplinkget.
    pub nickname: String,
    /// Its permission sets: 18 for rules of a Mini Program, 3 for rules of a service account, 33
    /// for wxamplink and wxamplinkget. A call without the right permission set gets 61007. A
    /// platform has the permission sets of its authorisation instead.
    pub permission_sets: BTreeSet<u16>,
    /// Whether it is a personal Mini Program. Its calls get 85075.
    pub personal: bool,
    /// `verify_type_info.id` in the response of api_get_authorizer_info: -1 not verified, 0 verified
    /// by WeChat.
    pub verify_type: i8,
    /// `account_status` in the response of api_get_authorizer_info: 1 normal, 14 cancelled, 16
    /// banned, 18 warned, 19 frozen.
    pub account_status: u8,
    /// Whether it has released code. Without released code, publishing gets 85074.
    pub released: bool,
    /// `qrcodejump_open` in the response of getJumpQRCode.
    pub qrcodejump_open: bool,
    /// The lifetime of its tokens, including the tokens of platforms that call for it.
    pub token_lifetime: Duration,
}

impl Account {
    /// Makes an account of this kind with all permissions.
    pub(crate) fn new(
        kind: AccountKind,
        appid: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> Self {
        let (nickname, permission_sets): (_, &[u16]) = match kind {
            AccountKind::MiniProgram => ("Sandbox Mini Program", &[18]),
            AccountKind::ServiceAccount => ("Sandbox service account", &[3, 33]),
        };
        Self {
            appid: appid.into(),
            secret: secret.into(),
            kind,
            nickname: nickname.to_owned(),
            permission_sets: permission_sets.iter().copied().collect(),
            personal: false,
            verify_type: 0,
            account_status: 1,
            released: true,
            qrcodejump_open: true,
            token_lifetime: TOKEN_LIFETIME,
        }
    }

    /// Makes a Mini Program of an organisation, with released code and all permissions.
    pub fn mini_program(appid: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self::new(AccountKind::MiniProgram, appid, secret)
    }

    /// Makes a service account with all permissions.
    pub fn service_account(appid: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self::new(AccountKind::ServiceAccount, appid, secret)
    }

    /// Returns the name and the content of the account's verification file. They depend on the
    /// appid only, and stay the same in every version of the sandbox.
    #[must_use]
    pub fn verification_file(&self) -> (String, String) {
        const CHARACTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut hash = fnv1a(self.appid.as_bytes());
        let content = format!("{hash:016x}{:016x}", fnv1a(&hash.to_be_bytes()));
        let mut name = String::with_capacity(14);
        for _ in 0..10 {
            let index = usize::try_from(hash % 62).unwrap_or_default();
            name.extend(CHARACTERS.get(index).copied().map(char::from));
            hash /= 62;
        }
        (name + ".txt", content)
    }
}

/// The 64-bit FNV-1a hash. Source: RFC 9923.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The credentials of an account or a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The appid.
    pub appid: String,
    /// The secret.
    pub secret: Secret,
}

/// The fields of an [`Account`] to change. `None` means no change. A new account needs `kind` and
/// `secret`; for its other fields, `None` means the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountChange {
    /// The secret used to get tokens.
    #[serde(deserialize_with = "deserialize_secret")]
    pub secret: Option<Secret>,
    /// The kind. The kind of an existing account cannot change.
    pub kind: Option<AccountKind>,
    /// The name in the response of wxamplinkget.
    pub nickname: Option<String>,
    /// The permission sets.
    pub permission_sets: Option<BTreeSet<u16>>,
    /// Whether it is a personal Mini Program.
    pub personal: Option<bool>,
    /// `verify_type_info.id`, as a number.
    pub verify_type: Option<i8>,
    /// `account_status`, as a number.
    pub account_status: Option<u8>,
    /// Whether it has released code.
    pub released: Option<bool>,
    /// `qrcodejump_open` in the response of getJumpQRCode.
    pub qrcodejump_open: Option<bool>,
    /// The lifetime of its tokens, in seconds.
    pub token_lifetime_seconds: Option<u64>,
}

pub(crate) fn deserialize_secret<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
}

impl AccountChange {
    pub(crate) fn apply(self, account: Account) -> Account {
        let lifetime = self.token_lifetime_seconds.map(Duration::from_secs);
        Account {
            appid: account.appid,
            secret: self.secret.unwrap_or(account.secret),
            kind: self.kind.unwrap_or(account.kind),
            nickname: self.nickname.unwrap_or(account.nickname),
            permission_sets: self.permission_sets.unwrap_or(account.permission_sets),
            personal: self.personal.unwrap_or(account.personal),
            verify_type: self.verify_type.unwrap_or(account.verify_type),
            account_status: self.account_status.unwrap_or(account.account_status),
            released: self.released.unwrap_or(account.released),
            qrcodejump_open: self.qrcodejump_open.unwrap_or(account.qrcodejump_open),
            token_lifetime: lifetime.unwrap_or(account.token_lifetime),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv1a() {
        // Source: the test vectors of RFC 9923.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_verification_file_of_an_appid_never_changes() {
        let (name, content) = Account::mini_program("wx5a6b7c8d9e0f1a2b", "").verification_file();
        assert_eq!(name, "KCfCAeDG9F.txt");
        assert_eq!(content, "6bacb2bab32b3420f9de40cccb30fc50");
        let (other_name, other_content) = Account::mini_program("wx1", "").verification_file();
        assert_ne!(other_name, name);
        assert_ne!(other_content, content);
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        let secret = "5a6d696e6970726f6772616d73656372";
        let account = Account::mini_program("wx1", secret);
        let credentials = Credentials {
            appid: account.appid.clone(),
            secret: account.secret.clone(),
        };
        let text = format!("{account:?} {credentials:?}");
        assert!(text.contains("wx1"), "{text}");
        assert!(!text.contains(secret), "{text}");
    }
}
