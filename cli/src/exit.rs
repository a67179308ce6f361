//! The exit codes. No other file has the numbers.

use jumpqr::{Error, ErrorKind, Outcome};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Ok = 0,
    /// A defect of jumpqr, or standard output cannot be written.
    Defect = 1,
    /// The command line is wrong, or a file that it names cannot be used.
    Usage = 2,
    /// The rule or a setting is not valid. Nothing was sent.
    Invalid = 3,
    /// WeChat refused, or the user declined, or there is no such rule, or the link does not open.
    Refused = 4,
    /// The network failed, the time ran out, or the outcome is unknown.
    Network = 5,
    /// Credentials are missing or wrong, or the token store failed.
    Credentials = 6,
}

/// The exit codes in the help text.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  a defect of jumpqr, or standard output cannot be written
  2  the command line is wrong, or a file that it names cannot be used
  3  the rule or a setting is not valid; nothing was sent
  4  WeChat refused, or there is no such rule, or the answer to a question was not yes;
     for match and qr: a link does not open;
     for preflight: WeChat will not find the file, or by the access log has not got it
  5  network error, timeout, or unknown outcome: the change may have been applied
  6  credentials are missing or wrong, or the token store failed;
     for push handle, also if a setting is not valid: there, 3 means a refused push";

impl Exit {
    /// Returns the exit code for an error of the library.
    pub(crate) fn from_error(error: &Error) -> Self {
        if error.outcome() == Outcome::Unknown {
            return Self::Network;
        }
        let is_refusal = error.errcode().is_some();
        match error.kind() {
            ErrorKind::Credentials | ErrorKind::Store => Self::Credentials,
            ErrorKind::Internal => Self::Defect,
            _ if is_refusal => Self::Refused,
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
    fn an_errcode_exits_with_4_or_6() {
        for code in ErrCode::all() {
            let exit = Exit::from_error(&Error::from_answer(code.number, ""));
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
                Exit::from_error(&Error::from_answer(errcode, "")),
                exit,
                "{errcode}"
            );
        }
    }

    #[test]
    fn an_unknown_outcome_exits_with_5_despite_an_errcode() {
        let error = Error::from_answer(-1, "").with_outcome(Outcome::Unknown);
        assert_eq!(Exit::from_error(&error), Exit::Network);
    }

    #[test]
    fn of_our_own_codes_only_no_such_rule_exits_with_4() {
        for code in OwnCode::ALL {
            let exit = Exit::from_error(&Error::new(*code, ""));
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
            assert_eq!(Exit::from_error(&Error::new(code, "")), exit, "{code:?}");
        }
    }
}
