//! Measures the check of the sample, and matching a link against few and many rules. Prints a line
//! of JSON: nanoseconds by operation.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io;
use std::time::Instant;

use jumpqr::matching::{Candidate, RuleSet};
use jumpqr_bench::{Result, sample};

/// The best of several attempts counts: disturbances only make an attempt longer.
const ATTEMPTS: usize = 10;

/// The number of matched links, spread over all rules.
const LINKS: usize = 1000;

/// Returns the nanoseconds of one operation, if `all` executes `count` operations.
#[expect(clippy::cast_precision_loss, reason = "the count is small")]
fn measure_best(count: usize, mut all: impl FnMut()) -> f64 {
    let attempt = |_| {
        let begun = Instant::now();
        all();
        begun.elapsed().as_secs_f64() * 1e9 / count as f64
    };
    (0..ATTEMPTS).map(attempt).fold(f64::INFINITY, f64::min)
}

fn main() -> Result<()> {
    let rule = sample();
    let check = measure_best(LINKS, || {
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
        let match_url = measure_best(LINKS, || {
            for link in &links {
                black_box(rules.match_url(black_box(link)));
            }
        });
        taken.insert(format!("match among {count} rules"), match_url);
    }
    serde_json::to_writer(io::stdout(), &taken)?;
    Ok(())
}
