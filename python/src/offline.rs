//! Checks, matching and names, which need no network.

use std::ptr;

use jumpqr::OpenVersion;
use jumpqr::check::CheckReport;
use jumpqr::matching::{self, Account, Candidate, Mismatch};
use jumpqr::{interface, mapping};
use jumpqr::{names, verification_file};
use pyo3::prelude::*;

use crate::error::offline;
use crate::json;

/// Checks untrusted bytes as a rule in JSON; returns `violations` and `warnings`.
#[pyfunction]
pub(crate) fn check_document<'py>(py: Python<'py>, document: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let report = offline(py, || Ok(mapping::check_document(document)))?;
    json::write(py, &report)
}

/// Checks a mapping of arguments of the interface with this name; returns the same.
#[pyfunction]
pub(crate) fn check_call<'py>(
    py: Python<'py>,
    interface: &str,
    arguments: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let arguments = json::read(arguments)?;
    let report = offline(py, || match arguments {
        Ok(arguments) => interface::check_call(interface, &arguments),
        Err(error) => Ok(CheckReport {
            violations: error.violations().to_vec(),
            warnings: Vec::new(),
        }),
    })?;
    json::write(py, &report)
}

/// The parts of what a link hits.
type FoundParts = (
    Option<usize>,
    Option<usize>,
    Vec<&'static str>,
    bool,
    Option<u8>,
    Option<String>,
);

/// An index over many rules. A rule is a position in the list that was passed in.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct RuleSet {
    rules: matching::RuleSet,
}

#[pymethods]
impl RuleSet {
    /// Indexes rules, a list of mappings with `prefix` and maybe other fields of a rule.
    #[new]
    fn create(
        py: Python<'_>,
        rules: &Bound<'_, PyAny>,
        qrcodejump_open: Option<bool>,
        is_released: Option<bool>,
    ) -> PyResult<Self> {
        let rules = json::read(rules)?;
        offline(py, || {
            let rules = mapping::parse_rule_set(&rules?)?.with_account(Account {
                qrcodejump_open,
                is_released,
            });
            Ok(Self { rules })
        })
    }

    /// Returns the positions of the rule that is hit and of the rule that it shadows, the names of
    /// the obstacles, whether the link opens for testers, the number of the build that testers see,
    /// and the page.
    fn match_url(&self, py: Python<'_>, link: &str) -> PyResult<FoundParts> {
        offline(py, || {
            let found = self.rules.match_url(link);
            let place = |rule: Option<&Candidate>| self.place(rule?);
            let obstacles = found.obstacles.iter().map(|obstacle| obstacle.name());
            Ok((
                place(found.hit),
                place(found.shadowed),
                obstacles.collect(),
                found.opens_for_testers(),
                found.test_version().map(OpenVersion::number),
                found.path().map(str::to_owned),
            ))
        })
    }

    /// Returns for each rule the code of the reason why it does not cover the link, or None.
    fn explain(&self, py: Python<'_>, link: &str) -> PyResult<Vec<Option<&'static str>>> {
        offline(py, || {
            let reasons = self.rules.explain(link);
            Ok(reasons
                .map(|(_, covers)| covers.err().map(Mismatch::name))
                .collect())
        })
    }
}

impl RuleSet {
    /// Returns the position of a rule. The rules are in memory in the order of the list.
    fn place(&self, rule: &Candidate) -> Option<usize> {
        let all = self.rules.rules();
        all.binary_search_by_key(&ptr::from_ref(rule), ptr::from_ref)
            .ok()
    }
}

/// Returns whether a rule `prefix` that occupies its sub-rules bars other accounts from `other`.
#[pyfunction]
pub(crate) fn occupies(py: Python<'_>, prefix: &str, other: &str) -> PyResult<bool> {
    offline(py, || Ok(matching::occupies(prefix, other)))
}

/// Returns whether `prefix` covers `link` if WeChat ignores differences that no page mentions.
#[pyfunction]
pub(crate) fn undocumented_equivalence(py: Python<'_>, prefix: &str, link: &str) -> PyResult<bool> {
    offline(py, || Ok(matching::undocumented_equivalence(prefix, link)))
}

/// Returns the URL at which WeChat looks for a verification file.
#[pyfunction]
pub(crate) fn location(py: Python<'_>, prefix: &str, file_name: &str) -> PyResult<Option<String>> {
    offline(py, || Ok(verification_file::location(prefix, file_name)))
}

/// Returns the listed prefix that most resembles `prefix`, or None if none resembles it.
#[pyfunction]
#[expect(
    clippy::needless_pass_by_value,
    reason = "pyo3 makes a value of an argument that is a list"
)]
pub(crate) fn nearest_prefix(
    py: Python<'_>,
    prefix: &str,
    listed: Vec<String>,
) -> PyResult<Option<String>> {
    offline(py, || {
        let listed = listed.iter().map(String::as_str);
        Ok(matching::nearest_prefix(prefix, listed).map(str::to_owned))
    })
}

/// Returns the query with which WeChat opens a Mini Program for a scanned link.
#[pyfunction]
pub(crate) fn launch_query(py: Python<'_>, link: &str, scancode_time: u64) -> PyResult<String> {
    offline(py, || Ok(matching::launch_query(link, scancode_time)))
}

/// Returns all stable names and numbers.
#[pyfunction]
#[pyo3(name = "names")]
pub(crate) fn all_names(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let names = offline(py, || Ok(names::names()))?;
    json::object(py, names)
}
