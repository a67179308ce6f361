//! The WeChat of the soak: answers requests, and records what happened to them.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::ledger::{Event, Ledger, build_path, build_prefix};
use crate::message::Request;
use crate::plan::{ALREADY_ADDED, Fault, Number};

/// The state of this WeChat.
pub(crate) struct WeChat {
    pub(crate) ledger: Ledger,
    /// All tokens up to this number are dead. The next one is alive.
    dead: AtomicU64,
    token_requests: AtomicU64,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) body: String,
    /// The fault that spoils the answer.
    pub(crate) fault: Option<Fault>,
}

/// The call to which a request belongs.
struct CallRequest {
    number: Number,
    reading_back: bool,
}

impl WeChat {
    pub(crate) fn new(calls: u32) -> Self {
        Self {
            ledger: Ledger::new(calls),
            dead: AtomicU64::new(0),
            token_requests: AtomicU64::new(0),
        }
    }

    /// Returns the number of token requests.
    pub(crate) fn token_requests(&self) -> u64 {
        self.token_requests.load(Ordering::Relaxed)
    }

    /// Returns the number of dead tokens.
    pub(crate) fn dead_tokens(&self) -> u64 {
        self.dead.load(Ordering::Relaxed)
    }

    /// Answers a request; `None` if no client may send it.
    pub(crate) fn answer(&self, request: &Request) -> Option<Answer> {
        if request.is_for("/cgi-bin/stable_token") {
            self.token_requests.fetch_add(1, Ordering::Relaxed);
            return Some(build_plain(&json!({
                "access_token": format!("T{}", self.dead_tokens() + 1),
                "expires_in": 7200,
            })));
        }
        let CallRequest {
            number,
            reading_back,
        } = find_call(request)?;
        let token: u64 = request.access_token()?.strip_prefix('T')?.parse().ok()?;
        let is_first = self.ledger.count_request(number)?;
        let is_alive = token > self.dead_tokens();
        let fault = number
            .fault()
            .filter(|_| is_first && is_alive && !reading_back);
        if let Some(fault) = fault {
            self.ledger.count_fault(fault);
        }
        if fault == Some(Fault::Stale) {
            self.dead.fetch_max(token, Ordering::Relaxed);
        }
        let event = match fault {
            _ if !is_alive => Event::Stale { reading_back },
            _ if reading_back => Event::ReadBack {
                stands: number.stands(),
            },
            Some(Fault::Stale) => Event::Stale { reading_back },
            Some(fault) if !fault.is_answered() => Event::Met(fault),
            _ => Event::Answered,
        };
        self.ledger.add(number, is_first, event);
        if matches!(event, Event::Stale { .. }) {
            return Some(build_refusal(number, 42001));
        }
        Some(match fault.and_then(Fault::errcode) {
            Some(errcode) => build_refusal(number, errcode),
            None => Answer {
                fault,
                ..build_answer(number, reading_back)
            },
        })
    }

    /// Records a request that gets no answer.
    pub(crate) fn record_lost(&self, request: &Request) {
        if let Some(CallRequest { number, .. }) = find_call(request) {
            if let Some(is_first) = self.ledger.count_request(number) {
                self.ledger.add(number, is_first, Event::Met(Fault::Close));
            }
        }
    }
}

/// Finds the call of a request, from the bytes of the request.
fn find_call(request: &Request) -> Option<CallRequest> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    if request.is_for("/cgi-bin/wxopen/qrcodejumpadd") {
        let prefix = body.get("prefix")?.as_str()?;
        return Some(CallRequest {
            number: Number::in_prefix(prefix, 'a')?,
            reading_back: false,
        });
    }
    let prefix = body.get("prefix_list")?.get(0)?.as_str()?;
    let (number, reading_back) = match Number::in_prefix(prefix, 'g') {
        Some(number) => (number, false),
        None => (Number::in_prefix(prefix, 'a')?, true),
    };
    Some(CallRequest {
        number,
        reading_back,
    })
}

/// Builds WeChat's answer to the call.
fn build_answer(number: Number, reading_back: bool) -> Answer {
    let rules: Vec<Value> = if reading_back {
        let added = json!({
            "prefix": format!("http://weixin.qq.com/q/a{}", number.0),
            "path": "pages/index/index",
            "state": 1,
        });
        number.stands().then_some(added).into_iter().collect()
    } else if number.is_refused() {
        return build_refusal(number, ALREADY_ADDED);
    } else if number.adds() {
        return build_plain(&json!({"errcode": 0, "errmsg": "ok"}));
    } else {
        let rule = |rule| {
            json!({
                "prefix": build_prefix(number, rule),
                "path": build_path(number, rule),
                "state": 2,
            })
        };
        (0..number.rules()).map(rule).collect()
    };
    build_plain(&json!({
        "errcode": 0,
        "errmsg": "ok",
        "qrcodejump_open": 1,
        "list_size": rules.len(),
        "qrcodejump_pub_quota": 100,
        "total_count": rules.len(),
        "rule_list": rules,
    }))
}

fn build_refusal(number: Number, errcode: i64) -> Answer {
    let errmsg = format!("refused rid: {}", number.rid());
    build_plain(&json!({"errcode": errcode, "errmsg": errmsg}))
}

fn build_plain(body: &Value) -> Answer {
    Answer {
        body: body.to_string(),
        fault: None,
    }
}
