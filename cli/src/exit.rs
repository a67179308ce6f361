//! What the exit code says. This is the only place that knows the numbers.

use jumpqr::{Error, ErrorKind, Outcome};

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Ok = 0,
    /// A defect of jumpqr's, or standard output could not be written.
    Defect = 1,
    /// The command line is wrong, or a file that it names.
    Usage = 2,
    /// The rule or a setting is not valid; nothing was sent.
    Invalid = 3,
    /// WeChat refused, what was asked for does not stand, or there is no such rule.
    Refused = 4,
    /// The network failed, time ran out, or it is not known whether the change was applied.
    Network = 5,
    /// Credentials are missing or wrong, or the tokens that they bring cannot be kept.
    Credentials = 6,
}

/// The numbers, for the help text.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  a defect of jumpqr's, or standard output cannot be written
  2  usage: the command line, or a file that it names
  3  invalid: the rule or a setting; nothing was sent
  4  WeChat refused, or there is no such rule; for match: the link does not open
  5  network, timeout, or it is not known whether the change was applied
  6  credentials are missing or wrong, or the token store failed";

impl Exit {
    /// How a command that failed with `error` ends.
    pub(crate) fn of(error: &Error) -> Self {
        if error.outcome() == Outcome::Unknown {
            return Self::Network;
        }
        let answered = error.errcode().is_some();
        match error.kind() {
            ErrorKind::Credentials | ErrorKind::Store => Self::Credentials,
            ErrorKind::Internal => Self::Defect,
            _ if answered => Self::Refused,
            ErrorKind::Invalid => Self::Invalid,
            ErrorKind::Permission | ErrorKind::State | ErrorKind::Quota => Self::Refused,
            _ => Self::Network,
        }
    }
}

#[cfg(test)]
mod tests {
    use jumpqr::error::OwnCode;
    use jumpqr::{ErrCode, Error, Outcome};

    use super::Exit;

    #[test]
    fn what_wechat_answered_is_a_refusal_or_about_credentials() {
        for code in ErrCode::all() {
            let exit = Exit::of(&Error::from_answer(code.number, ""));
            assert!(
                matches!(exit, Exit::Refused | Exit::Credentials),
                "{} {exit:?}",
                code.number
            );
        }
        for (errcode, exit) in [
            (85066, Exit::Refused),
            (-1, Exit::Refused),
            (44990, Exit::Refused),
            (12345, Exit::Refused),
            (40001, Exit::Credentials),
            (40125, Exit::Credentials),
        ] {
            assert_eq!(
                Exit::of(&Error::from_answer(errcode, "")),
                exit,
                "{errcode}"
            );
        }
    }

    #[test]
    fn an_unknown_outcome_is_told_from_a_refusal() {
        let error = Error::from_answer(-1, "").with_outcome(Outcome::Unknown);
        assert_eq!(Exit::of(&error), Exit::Network);
    }

    #[test]
    fn what_was_never_answered_is_a_refusal_only_if_the_list_refuses() {
        for code in OwnCode::ALL {
            let exit = Exit::of(&Error::new(*code, ""));
            assert_ne!(exit, Exit::Ok, "{code:?}");
            let is_refusal = exit == Exit::Refused;
            assert_eq!(
                is_refusal,
                *code == OwnCode::NoSuchRule,
                "{code:?} {exit:?}"
            );
        }
        for (code, exit) in [
            (OwnCode::InvalidRequest, Exit::Invalid),
            (OwnCode::NoCredentials, Exit::Credentials),
            (OwnCode::NoVerifyTicket, Exit::Credentials),
            (OwnCode::StoreFailed, Exit::Credentials),
            (OwnCode::StoreNotPrivate, Exit::Credentials),
            (OwnCode::Timeout, Exit::Network),
            (OwnCode::NotJson, Exit::Network),
            (OwnCode::PacedOut, Exit::Network),
            (OwnCode::Internal, Exit::Defect),
        ] {
            assert_eq!(Exit::of(&Error::new(code, "")), exit, "{code:?}");
        }
    }
}
