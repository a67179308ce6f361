//! The C library's entry points as a C program that keeps to their contract may call them: any bytes, NULL anywhere, structs of any
//! version, in any order. Beside each stands what the core says to the same.
//!
//! No panic is let through by the library, so none is seen where it happens: the hook of libFuzzer, and that of the replay,
//! catch it.
#![expect(unsafe_code, reason = "C's side of the border")]

mod checks;
mod clients;
mod given;
mod outcome;
mod questions;
mod rule_sets;
mod rules;
mod settings;

use arbitrary::{Arbitrary, Unstructured};
use jumpqr_fuzz_capi::{
    jumpqr_client_config_free, jumpqr_client_free, jumpqr_rule, jumpqr_rule_free,
    jumpqr_rule_set_free,
};

use self::checks::Check;
use self::clients::{Call, Client};
use self::given::{Bytes, GivenText};
use self::outcome::Wants;
use self::questions::Ask;
use self::rule_sets::{Indexed, MakeRuleSet};
use self::rules::MakeRule;
use self::settings::{Config, Setting, UserData};

/// One call, or a few that belong together. A number chooses among the handles that there are, and NULL.
#[derive(Debug, Arbitrary)]
enum Step {
    Check(Check),
    Ask(Ask),
    MakeRule(MakeRule),
    MakeRuleSet {
        rules: MakeRuleSet,
        link: GivenText,
    },
    Match {
        rules: u8,
        link: GivenText,
    },
    NewConfig,
    Set {
        config: u8,
        setting: Setting,
    },
    NewClient {
        config: u8,
    },
    OtherClient {
        client: u8,
        timeout_ms: u32,
        validate: bool,
    },
    Platform {
        config: u8,
        texts: [GivenText; 3],
    },
    Call {
        client: u8,
        rule: u8,
        call: Call,
    },
    /// What a call needs, and the call: by chance, all of it is seldom there.
    Whole {
        setting: Setting,
        message: Bytes,
        rule: MakeRule,
        call: Call,
    },
    Free {
        kind: u8,
        which: u8,
    },
}

/// The handles that the program has.
#[derive(Default)]
struct Program {
    #[expect(clippy::vec_box, reason = "a handle is a box")]
    rules: Vec<Box<jumpqr_rule>>,
    rule_sets: Vec<Indexed>,
    configs: Vec<Config>,
    clients: Vec<Client>,
    data: UserData,
}

/// The handle that a number chooses; `None`, which is NULL, for one that is too large.
fn chosen<T>(handles: &mut [T], number: u8) -> Option<&mut T> {
    let count = handles.len();
    let index = usize::from(number).checked_rem(count + 1)?;
    handles.get_mut(index)
}

/// Bytes from which a program of up to 24 steps is made.
pub fn c_entry_points(input: &[u8]) {
    let Ok(steps) = Vec::<(Wants, Step)>::arbitrary_take_rest(Unstructured::new(input)) else {
        return;
    };
    let mut program = Program::default();
    for (wants, step) in steps.iter().take(24) {
        program.step(*wants, step);
    }
    program.end();
}

impl Program {
    fn step(&mut self, wants: Wants, step: &Step) {
        match step {
            Step::Check(check) => check.run(wants),
            Step::Ask(ask) => ask.run(wants),
            Step::MakeRule(make) => self.rules.extend(make.run(wants)),
            Step::MakeRuleSet { rules, link } => {
                if let Some(rules) = rules.run(wants) {
                    rules.ask(link, wants);
                    self.rule_sets.push(rules);
                }
            }
            Step::Match { rules, link } => {
                if let Some(rules) = chosen(&mut self.rule_sets, *rules) {
                    rules.ask(link, wants);
                }
            }
            Step::NewConfig => self.configs.extend(settings::config(wants)),
            Step::Set { config, setting } => {
                setting.set(chosen(&mut self.configs, *config), &mut self.data, wants);
            }
            Step::NewClient { config } => {
                let config = chosen(&mut self.configs, *config);
                self.clients
                    .extend(clients::client(config.as_deref(), wants));
            }
            Step::OtherClient {
                client,
                timeout_ms,
                validate,
            } => {
                let client = chosen(&mut self.clients, *client);
                let other =
                    client.and_then(|client| client.with((*timeout_ms).into(), *validate, wants));
                self.clients.extend(other);
            }
            Step::Platform { config, texts } => {
                clients::platform(chosen(&mut self.configs, *config).as_deref(), texts, wants);
            }
            Step::Call { client, rule, call } => {
                let client = chosen(&mut self.clients, *client);
                let rule = chosen(&mut self.rules, *rule);
                call.run(
                    client.as_deref(),
                    rule.as_deref().map(|rule| &**rule),
                    wants,
                );
            }
            Step::Whole {
                setting,
                message,
                rule,
                call,
            } => self.whole(setting, message, rule, call),
            Step::Free { kind, which } => self.free(*kind, *which),
        }
    }

    fn whole(&mut self, setting: &Setting, message: &Bytes, rule: &MakeRule, call: &Call) {
        let Some(mut config) = settings::config(Wants::ALL) else {
            return;
        };
        setting.set(Some(&mut config), &mut self.data, Wants::ALL);
        settings::fail_with(&mut config, message, &mut self.data);
        let client = clients::client(Some(&config), Wants::ALL);
        self.configs.push(config);
        self.rules.extend(rule.run(Wants::ALL));
        let rule = self.rules.last().map(|rule| &**rule);
        if let Some(client) = client {
            call.run(Some(&client), rule, Wants::ALL);
            self.clients.push(client);
        }
    }

    fn free(&mut self, kind: u8, which: u8) {
        match kind % 4 {
            0 => jumpqr_rule_free(taken(&mut self.rules, which)),
            1 => {
                let set = taken(&mut self.rule_sets, which);
                jumpqr_rule_set_free(set.and_then(|set| set.handle));
            }
            2 => jumpqr_client_config_free(
                taken(&mut self.configs, which).map(|config| config.handle),
            ),
            _ => jumpqr_client_free(taken(&mut self.clients, which).map(|client| client.handle)),
        }
    }

    /// Frees everything: the settings before the clients that were made of them, and each in the order in which it came.
    fn end(mut self) {
        for kind in [2, 3, 0, 1] {
            for _ in 0..24 {
                self.free(kind, 0);
            }
        }
        assert!(self.clients.is_empty() && self.configs.is_empty());
        self.data.hold();
    }
}

fn taken<T>(handles: &mut Vec<T>, number: u8) -> Option<T> {
    let index = usize::from(number).checked_rem(handles.len())?;
    Some(handles.remove(index))
}
