//! Prints what checking the sample takes, and finding the rule that covers a link among few and many: a line of JSON with
//! nanoseconds, by what they are for.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io;
use std::time::Instant;

use jumpqr::matching::{Candidate, RuleSet};
use jumpqr_bench::{Result, sample};

/// Of so many attempts, the best counts: what disturbs one makes it longer.
const ATTEMPTS: usize = 10;

/// So many links are looked up, spread over all rules.
const LINKS: usize = 1000;

/// The nanoseconds that each of so many takes.
#[expect(clippy::cast_precision_loss, reason = "there are few")]
fn best(count: usize, mut all: impl FnMut()) -> f64 {
    let attempt = |_| {
        let begun = Instant::now();
        all();
        begun.elapsed().as_secs_f64() * 1e9 / count as f64
    };
    (0..ATTEMPTS).map(attempt).fold(f64::INFINITY, f64::min)
}

fn main() -> Result<()> {
    let rule = sample();
    let check = best(LINKS, || {
        for _ in 0..LINKS {
            black_box(black_box(&rule).check());
        }
    });
    let mut taken = BTreeMap::from([("check".to_owned(), check)]);
    for count in [10, 1000, 100_000] {
        let prefix = |number: usize| format!("https://m.example.cn/{number}/");
        let rules = RuleSet::new((0..count).map(|number| Candidate::new(prefix(number))));
        let links: Vec<_> = (0..LINKS)
            .map(|number| prefix(number * 7919 % count) + "a?b=1")
            .collect();
        let match_url = best(LINKS, || {
            for link in &links {
                black_box(rules.match_url(black_box(link)));
            }
        });
        taken.insert(format!("match among {count} rules"), match_url);
    }
    serde_json::to_writer(io::stdout(), &taken)?;
    Ok(())
}
