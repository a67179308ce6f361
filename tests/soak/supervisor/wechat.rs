//! WeChat's side: what is answered to a request, and what is written down about it.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::ledger::{Event, Ledger, path, prefix};
use crate::message::Request;
use crate::plan::{ADDED_BEFORE, Fault, Number};

/// The answers, and the account of them.
pub(crate) struct WeChat {
    pub(crate) ledger: Ledger,
    /// The tokens up to this one are dead; the next one lives.
    dead: AtomicU64,
    token_requests: AtomicU64,
}

/// What is answered to a request.
pub(crate) struct Answer {
    pub(crate) body: String,
    /// How it is spoilt.
    pub(crate) fault: Option<Fault>,
}

/// A request for a call of a certain number.
struct Asked {
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

    /// How many tokens were asked for.
    pub(crate) fn token_requests(&self) -> u64 {
        self.token_requests.load(Ordering::Relaxed)
    }

    /// How many tokens died.
    pub(crate) fn dead_tokens(&self) -> u64 {
        self.dead.load(Ordering::Relaxed)
    }

    /// Decides on a request; `None` where it is none that a client of ours sends.
    pub(crate) fn answer(&self, request: &Request) -> Option<Answer> {
        if request.is_for("/cgi-bin/stable_token") {
            self.token_requests.fetch_add(1, Ordering::Relaxed);
            return Some(whole(&json!({
                "access_token": format!("T{}", self.dead_tokens() + 1),
                "expires_in": 7200,
            })));
        }
        let Asked {
            number,
            reading_back,
        } = asked(request)?;
        let token: u64 = request.access_token()?.strip_prefix('T')?.parse().ok()?;
        let is_first = self.ledger.is_first(number)?;
        let lives = token > self.dead_tokens();
        let fault = number
            .fault()
            .filter(|_| is_first && lives && !reading_back);
        if let Some(fault) = fault {
            self.ledger.count(fault);
        }
        if fault == Some(Fault::Stale) {
            self.dead.fetch_max(token, Ordering::Relaxed);
        }
        let event = match fault {
            _ if !lives => Event::Stale { reading_back },
            _ if reading_back => Event::ReadBack {
                stands: number.stands(),
            },
            Some(Fault::Stale) => Event::Stale { reading_back },
            Some(fault) if !fault.is_answered() => Event::Met(fault),
            _ => Event::Answered,
        };
        self.ledger.keep(number, is_first, event);
        if matches!(event, Event::Stale { .. }) {
            return Some(refusal(number, 42001));
        }
        Some(match fault.and_then(Fault::errcode) {
            Some(errcode) => refusal(number, errcode),
            None => Answer {
                fault,
                ..answer(number, reading_back)
            },
        })
    }

    /// Writes down that a request came where nobody answers any more.
    pub(crate) fn lose(&self, request: &Request) {
        if let Some(Asked { number, .. }) = asked(request) {
            if let Some(is_first) = self.ledger.is_first(number) {
                self.ledger.keep(number, is_first, Event::Met(Fault::Close));
            }
        }
    }
}

/// Which call the request is of: its own bytes say so.
fn asked(request: &Request) -> Option<Asked> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    if request.is_for("/cgi-bin/wxopen/qrcodejumpadd") {
        let prefix = body.get("prefix")?.as_str()?;
        return Some(Asked {
            number: Number::in_prefix(prefix, 'a')?,
            reading_back: false,
        });
    }
    let prefix = body.get("prefix_list")?.get(0)?.as_str()?;
    let (number, reading_back) = match Number::in_prefix(prefix, 'g') {
        Some(number) => (number, false),
        None => (Number::in_prefix(prefix, 'a')?, true),
    };
    Some(Asked {
        number,
        reading_back,
    })
}

/// What WeChat says to the call.
fn answer(number: Number, reading_back: bool) -> Answer {
    let rules: Vec<Value> = if reading_back {
        let added = json!({"prefix": format!("http://weixin.qq.com/q/a{}", number.0), "path": "pages/index/index", "state": 1});
        number.stands().then_some(added).into_iter().collect()
    } else if number.is_refused() {
        return refusal(number, ADDED_BEFORE);
    } else if number.adds() {
        return whole(&json!({"errcode": 0, "errmsg": "ok"}));
    } else {
        let rule =
            |rule| json!({"prefix": prefix(number, rule), "path": path(number, rule), "state": 2});
        (0..number.rules()).map(rule).collect()
    };
    whole(&json!({
        "errcode": 0,
        "errmsg": "ok",
        "qrcodejump_open": 1,
        "list_size": rules.len(),
        "qrcodejump_pub_quota": 100,
        "total_count": rules.len(),
        "rule_list": rules,
    }))
}

fn refusal(number: Number, errcode: i64) -> Answer {
    let errmsg = format!("refused rid: {}", number.rid());
    whole(&json!({"errcode": errcode, "errmsg": errmsg}))
}

fn whole(body: &Value) -> Answer {
    Answer {
        body: body.to_string(),
        fault: None,
    }
}
