//! Calls the entry points of the C library, in any order that the contract permits: with any bytes,
//! NULL anywhere, and structs of any version. Each result is compared with the core's.
//!
//! The library catches every panic, so a panic does not end the target. The panic hooks of
//! libFuzzer and of the replay detect it.
#![expect(
    unsafe_code,
    reason = "this module calls the C library in the same way as C"
)]

mod checks;
mod clients;
mod inputs;
mod outcome;
mod pushes;
mod queries;
mod raw_calls;
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
use self::inputs::{Bytes, InputText};
use self::outcome::OutPointers;
use self::pushes::{InputEvent, InputLink, PushStep};
use self::queries::Query;
use self::rule_sets::{MakeRuleSet, RuleSetPair};
use self::rules::MakeRule;
use self::settings::{Config, Setting, UserData};

/// One call, or a few that belong together. A number chooses one of the existing handles, or NULL.
#[derive(Debug, Arbitrary)]
enum Step {
    Check(Check),
    Query(Query),
    MakeRule(MakeRule),
    MakeRuleSet {
        rules: MakeRuleSet,
        link: InputText,
    },
    Match {
        rules: u8,
        link: InputText,
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
        texts: [InputText; 3],
        event: InputEvent,
        link: InputLink,
    },
    Call {
        client: u8,
        rule: u8,
        call: Call,
    },
    /// A call with everything that it needs: random steps seldom make all of it.
    WholeCall {
        setting: Setting,
        message: Bytes,
        rule: MakeRule,
        call: Call,
    },
    Free {
        kind: u8,
        which: u8,
    },
    Push(PushStep),
}

/// The handles of the program.
#[derive(Default)]
struct Program {
    #[expect(clippy::vec_box, reason = "a handle is a box")]
    rules: Vec<Box<jumpqr_rule>>,
    rule_sets: Vec<RuleSetPair>,
    configs: Vec<Config>,
    clients: Vec<Client>,
    data: UserData,
}

/// Returns the handle that a number chooses; `None` (NULL) if the number is too large.
fn choose<T>(handles: &mut [T], number: u8) -> Option<&mut T> {
    let count = handles.len();
    let index = usize::from(number).checked_rem(count + 1)?;
    handles.get_mut(index)
}

/// The input is a program of up to 24 steps.
pub fn c_entry_points(input: &[u8]) {
    let Ok(steps) = Vec::<(OutPointers, Step)>::arbitrary_take_rest(Unstructured::new(input))
    else {
        return;
    };
    let mut program = Program::default();
    for (pointers, step) in steps.iter().take(24) {
        program.step(*pointers, step);
    }
    program.free_all();
}

impl Program {
    fn step(&mut self, pointers: OutPointers, step: &Step) {
        match step {
            Step::Check(check) => check.run(pointers),
            Step::Query(query) => query.run(pointers),
            Step::MakeRule(make) => self.rules.extend(make.run(pointers)),
            Step::MakeRuleSet { rules, link } => {
                if let Some(rules) = rules.run(pointers) {
                    rules.check_link(link, pointers);
                    self.rule_sets.push(rules);
                }
            }
            Step::Match { rules, link } => {
                if let Some(rules) = choose(&mut self.rule_sets, *rules) {
                    rules.check_link(link, pointers);
                }
            }
            Step::NewConfig => self.configs.extend(settings::build_config(pointers)),
            Step::Set { config, setting } => {
                setting.set(choose(&mut self.configs, *config), &mut self.data, pointers);
            }
            Step::NewClient { config } => {
                let config = choose(&mut self.configs, *config);
                self.clients
                    .extend(clients::build_client(config.as_deref(), pointers));
            }
            Step::OtherClient {
                client,
                timeout_ms,
                validate,
            } => {
                let client = choose(&mut self.clients, *client);
                let other = client
                    .and_then(|client| client.with((*timeout_ms).into(), *validate, pointers));
                self.clients.extend(other);
            }
            Step::Platform {
                config,
                texts,
                event,
                link,
            } => {
                let config = choose(&mut self.configs, *config);
                clients::check_platform(config.as_deref(), texts, event, link, pointers);
            }
            Step::Call { client, rule, call } => {
                let client = choose(&mut self.clients, *client);
                let rule = choose(&mut self.rules, *rule);
                call.run(
                    client.as_deref(),
                    rule.as_deref().map(|rule| &**rule),
                    pointers,
                );
            }
            Step::WholeCall {
                setting,
                message,
                rule,
                call,
            } => self.call_with_new_client(setting, message, rule, call),
            Step::Free { kind, which } => self.free(*kind, *which),
            Step::Push(step) => step.run(pointers),
        }
    }

    fn call_with_new_client(
        &mut self,
        setting: &Setting,
        message: &Bytes,
        rule: &MakeRule,
        call: &Call,
    ) {
        let Some(mut config) = settings::build_config(OutPointers::ALL) else {
            return;
        };
        setting.set(Some(&mut config), &mut self.data, OutPointers::ALL);
        settings::set_failing_function(&mut config, message, &mut self.data);
        let client = clients::build_client(Some(&config), OutPointers::ALL);
        self.configs.push(config);
        self.rules.extend(rule.run(OutPointers::ALL));
        let rule = self.rules.last().map(|rule| &**rule);
        if let Some(client) = client {
            call.run(Some(&client), rule, OutPointers::ALL);
            self.clients.push(client);
        }
    }

    fn free(&mut self, kind: u8, which: u8) {
        match kind % 4 {
            0 => jumpqr_rule_free(take(&mut self.rules, which)),
            1 => {
                let set = take(&mut self.rule_sets, which);
                jumpqr_rule_set_free(set.and_then(|set| set.handle));
            }
            2 => jumpqr_client_config_free(
                take(&mut self.configs, which).map(|config| config.handle),
            ),
            _ => jumpqr_client_free(take(&mut self.clients, which).map(|client| client.handle)),
        }
    }

    /// Frees everything: configs before the clients made from them, each in the order of its
    /// creation.
    fn free_all(mut self) {
        for kind in [2, 3, 0, 1] {
            for _ in 0..24 {
                self.free(kind, 0);
            }
        }
        assert!(self.clients.is_empty() && self.configs.is_empty());
        self.data.check();
    }
}

fn take<T>(handles: &mut Vec<T>, number: u8) -> Option<T> {
    let index = usize::from(number).checked_rem(handles.len())?;
    Some(handles.remove(index))
}
