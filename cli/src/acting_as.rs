//! The account whose token a call needs.

#[derive(Clone, Copy)]
pub(crate) enum ActingAs<'a> {
    /// A Mini Program: for ordinary-link rules.
    MiniProgram,
    /// A service account: for the rules that open `mini_program`, which is linked to it.
    ServiceAccount { mini_program: &'a str },
    /// A service account that links `mini_program`, or lists its links. Rules come after that.
    Linking { mini_program: Option<&'a str> },
}

impl<'a> ActingAs<'a> {
    /// Returns the account that owns a rule. Only service-account rules name a Mini Program.
    pub(crate) fn owner_of_rules(mini_program: Option<&'a str>) -> Self {
        match mini_program {
            Some(mini_program) => Self::ServiceAccount { mini_program },
            None => Self::MiniProgram,
        }
    }
}
