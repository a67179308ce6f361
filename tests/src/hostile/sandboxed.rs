//! Every fault of the sandbox, as the JSON of its control interface.

use super::Action::Sandbox;
use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "sandbox-errcode",
        Sandbox(r#"{"fault":"errcode","errcode":-1,"times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-errcode-after",
        Sandbox(r#"{"fault":"errcode","errcode":-1,"when":"after"}"#),
    ),
    Fault::new(
        "sandbox-delay",
        Sandbox(r#"{"fault":"delay","milliseconds":60000,"times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-delay-after",
        Sandbox(r#"{"fault":"delay","milliseconds":60000,"when":"after"}"#),
    ),
    Fault::new(
        "sandbox-reset",
        Sandbox(r#"{"fault":"reset","times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-reset-after",
        Sandbox(r#"{"fault":"reset","when":"after"}"#),
    ),
    Fault::new(
        "sandbox-truncate",
        Sandbox(r#"{"fault":"truncate","times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-html",
        Sandbox(r#"{"fault":"html","times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-status",
        Sandbox(r#"{"fault":"status","status":503,"times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-garbage",
        Sandbox(r#"{"fault":"garbage","times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-not_http",
        Sandbox(r#"{"fault":"not_http","times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-empty",
        Sandbox(r#"{"fault":"empty","times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-dribble",
        Sandbox(r#"{"fault":"dribble","bytes":1,"milliseconds":1000,"times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-token_death",
        Sandbox(r#"{"fault":"token_death","times":"forever"}"#),
    ),
    Fault::new(
        "sandbox-close",
        Sandbox(r#"{"fault":"close","times":"forever"}"#),
    ),
];
