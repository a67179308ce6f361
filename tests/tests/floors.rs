//! The modules of the core stand on floors: each uses what is below it, and no modules use one
//! another in a circle. Neither do those of the fetcher, the client, the sandbox, the command and
//! the C library.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The modules of the core, from the ground up. A module may use those of the floors below, and of
/// its own floor as long as there is no circle.
const FLOORS: &[&[&str]] = &[
    &[
        "finding",
        "json",
        "kind",
        "link",
        "named",
        "plain",
        "punycode",
        "secret",
        "severity",
        "template",
        "text",
        "wechat_fetch",
    ],
    &["errcode", "rule"],
    &["error"],
    &["check", "credential", "matching", "verification_file"],
    &["authorization_link", "mapping", "request", "response"],
    &["interface"],
    &[
        "access_log",
        "call",
        "listing",
        "pacer",
        "preflight",
        "readiness",
        "renewal",
    ],
    &["names"],
    &["push"],
];

/// The front door of the client: a client makes a builder, which makes a client. These modules
/// count as one.
const FRONT_DOOR: [&str; 4] = ["builder", "client", "platform", "rules"];

/// Which modules each module uses.
type Arrows = BTreeMap<String, BTreeSet<String>>;

fn source_folder(package: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    root.join(package).join("src")
}

/// Collects the arrows between the top-level modules of a crate. Its root file uses all of them,
/// and is left out.
fn arrows(source: &Path) -> Arrows {
    let mut arrows = Arrows::new();
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() || module != "lib" {
            let used = arrows.entry(module.clone()).or_default();
            collect_file(&path, 1, used);
            used.remove(&module);
        }
    }
    arrows
}

/// Collects what a file, or each file of a folder, uses. `depth` is how many modules its own is
/// below the crate's root.
fn collect_file(path: &Path, depth: usize, used: &mut BTreeSet<String>) {
    if !path.is_dir() {
        if path.extension().is_none_or(|extension| extension != "rs") {
            return;
        }
        let text = fs::read_to_string(path).unwrap();
        let tokens = text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return collect(tokens, depth, used);
    }
    for entry in fs::read_dir(path).unwrap() {
        let inner = entry.unwrap().path();
        let is_module_file = inner.file_stem().is_some_and(|stem| stem == "mod");
        collect_file(&inner, depth + usize::from(!is_module_file), used);
    }
}

/// Collects the first names of all paths that begin at the crate's root. Tests may use anything.
fn collect(tokens: TokenStream, depth: usize, used: &mut BTreeSet<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let (mut before, mut last) = (String::new(), String::new());
    while let Some(token) = tokens.next() {
        let text = token.to_string();
        match &token {
            TokenTree::Group(_) if last == "#" && text.replace(' ', "") == "[cfg(test)]" => {
                skip_item(&mut tokens);
            }
            TokenTree::Group(group) => {
                let is_module = before == "mod";
                collect(group.stream(), depth + usize::from(is_module), used);
            }
            // In a macro, `$crate` is as far up as the module that uses the macro.
            TokenTree::Ident(_) if text == "crate" && last != "$" => {
                collect_root(&mut tokens, used);
            }
            TokenTree::Ident(_)
                if text == "super"
                    && (&*before, &*last) != (":", ":")
                    && climb(&mut tokens) == depth =>
            {
                collect_root(&mut tokens, used);
            }
            _ => {}
        }
        before = std::mem::replace(&mut last, text);
    }
}

fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    for token in tokens {
        let text = token.to_string();
        if text == ";" || text.starts_with('{') {
            return;
        }
    }
}

/// Counts the `super` at the beginning of a path, of which the first is read already.
fn climb(tokens: &mut Peekable<impl Iterator<Item = TokenTree> + Clone>) -> usize {
    let mut count = 1;
    loop {
        let mut ahead = tokens.clone().skip_while(|token| token.to_string() == ":");
        if ahead.next().is_none_or(|next| next.to_string() != "super") {
            return count;
        }
        while tokens.next().is_some_and(|token| token.to_string() == ":") {}
        count += 1;
    }
}

/// Collects the names that follow `crate`: `::name` or `::{name, other::…}`.
fn collect_root(
    tokens: &mut Peekable<impl Iterator<Item = TokenTree>>,
    used: &mut BTreeSet<String>,
) {
    let mut is_path = false;
    while tokens.next_if(|token| token.to_string() == ":").is_some() {
        is_path = true;
    }
    match tokens.peek() {
        Some(TokenTree::Ident(name)) if is_path => {
            used.insert(name.to_string());
        }
        Some(TokenTree::Group(group)) if is_path => {
            let mut is_first = true;
            for token in group.stream() {
                if let (TokenTree::Ident(name), true) = (&token, is_first) {
                    used.insert(name.to_string());
                }
                is_first = token.to_string() == ",";
            }
        }
        _ => {}
    }
}

/// Says which arrows go up, or to no module at all.
fn wrong_arrows(arrows: &Arrows, floors: &[&[&str]]) -> Vec<String> {
    let floor = |module: &str| floors.iter().position(|floor| floor.contains(&module));
    let mut wrong = Vec::new();
    for (from, used) in arrows {
        for to in used {
            match (floor(from), floor(to)) {
                (Some(above), Some(below)) if below <= above => {}
                (_, None) => wrong.push(format!("{from} uses crate::{to}, which is no module")),
                _ => wrong.push(format!("{from} uses {to}, which is on a later floor")),
            }
        }
    }
    wrong
}

/// Finds modules that use one another in a circle.
fn circle(arrows: &Arrows) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    arrows
        .keys()
        .find_map(|module| circle_from(module, arrows, &mut Vec::new(), &mut done))
}

fn circle_from(
    module: &String,
    arrows: &Arrows,
    way: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(start) = way.iter().position(|passed| passed == module) {
        return Some(way[start..].to_vec());
    }
    if done.contains(module) {
        return None;
    }
    way.push(module.clone());
    let mut used = arrows.get(module).into_iter().flatten();
    let found = used.find_map(|next| circle_from(next, arrows, way, done));
    way.pop();
    done.insert(module.clone());
    found
}

#[test]
fn no_module_of_the_core_uses_one_of_a_later_floor() {
    let arrows = arrows(&source_folder("core"));
    let listed: BTreeSet<_> = FLOORS.concat().into_iter().collect();
    let found: BTreeSet<_> = arrows.keys().map(String::as_str).collect();
    assert_eq!(listed, found, "FLOORS lists every module of the core");
    assert_eq!(wrong_arrows(&arrows, FLOORS), Vec::<String>::new());
}

#[test]
fn no_modules_of_the_core_use_one_another_in_a_circle() {
    let circle = circle(&arrows(&source_folder("core")));
    assert_eq!(circle, None);
}

/// Returns the arrows with some of the modules as one.
fn merge(arrows: &Arrows, modules: &[&str]) -> Arrows {
    let merged = |name: &String| {
        let is_one = modules.contains(&name.as_str());
        (if is_one { modules[0] } else { name }).to_owned()
    };
    let mut result = Arrows::new();
    for (from, used) in arrows {
        let from = merged(from);
        let used: Vec<_> = used.iter().map(merged).filter(|to| *to != from).collect();
        result.entry(from).or_default().extend(used);
    }
    result
}

#[test]
fn no_modules_of_the_client_use_one_another_in_a_circle() {
    let arrows = arrows(&source_folder("client"));
    assert!(FRONT_DOOR.iter().all(|module| arrows.contains_key(*module)));
    assert_eq!(circle(&merge(&arrows, &FRONT_DOOR)), None);
}

#[test]
fn no_modules_of_the_fetcher_use_one_another_in_a_circle() {
    assert_eq!(circle(&arrows(&source_folder("fetch"))), None);
}

#[test]
fn no_modules_of_the_sandbox_use_one_another_in_a_circle() {
    assert_eq!(circle(&arrows(&source_folder("sandbox"))), None);
}

#[test]
fn no_modules_of_the_command_use_one_another_in_a_circle() {
    assert_eq!(circle(&arrows(&source_folder("cli"))), None);
}

#[test]
fn the_state_of_the_sandbox_uses_nothing_that_answers_or_serves() {
    let arrows = arrows(&source_folder("sandbox"));
    let above = [
        "builder", "control", "fault", "http", "push", "sandbox", "server", "wechat",
    ];
    for module in above {
        assert!(arrows.contains_key(module), "{module} is a module");
        assert!(!arrows["state"].contains(module), "state uses {module}");
    }
}

#[test]
fn no_modules_of_the_c_library_use_one_another_in_a_circle() {
    assert_eq!(circle(&arrows(&source_folder("ffi-c"))), None);
}

fn used_in(text: &str, depth: usize) -> Vec<String> {
    let mut used = BTreeSet::new();
    collect(text.parse().unwrap(), depth, &mut used);
    used.into_iter().collect()
}

#[test]
fn paths_from_the_root_are_found_wherever_they_stand() {
    for (text, depth, expected) in [
        ("use crate::a::B;", 1, vec!["a"]),
        (
            "pub(crate) use crate::{a, b::{C, D}, e::F};",
            1,
            vec!["a", "b", "e"],
        ),
        (
            "fn f() -> crate::a::B { crate::c::d!(crate::e::F) }",
            1,
            vec!["a", "c", "e"],
        ),
        ("use super::a::B;", 1, vec!["a"]),
        ("fn f(_: super::a::B) {}", 1, vec!["a"]),
        ("use super::{a, b};", 1, vec!["a", "b"]),
        ("use super::a; use super::super::b::C;", 2, vec!["b"]),
        (
            "mod inner { use super::a; use super::super::b; }",
            1,
            vec!["b"],
        ),
        ("pub(super) fn f() { self::a::b() }", 1, vec![]),
        ("// crate::a\n/// crate::b\nfn f() {}", 1, vec![]),
        (
            "#[cfg(test)] mod tests { use crate::a; } use crate::b;",
            1,
            vec!["b"],
        ),
        ("macro_rules! m { () => { $crate::a::B } }", 1, vec![]),
    ] {
        assert_eq!(used_in(text, depth), expected, "{text}");
    }
}

fn sample(arrows: &[(&str, &[&str])]) -> Arrows {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let arrows = arrows.iter();
    arrows
        .map(|(from, used)| ((*from).to_owned(), owned(used)))
        .collect()
}

#[test]
fn arrows_up_and_circles_are_found() {
    let floors: &[&[&str]] = &[&["ground"], &["a", "b"]];
    let up = sample(&[
        ("ground", &["a"]),
        ("a", &["Secret"]),
        ("b", &["ground", "a"]),
    ]);
    assert_eq!(
        wrong_arrows(&up, floors),
        [
            "a uses crate::Secret, which is no module",
            "ground uses a, which is on a later floor"
        ]
    );
    assert_eq!(circle(&up), None);
    let ring = sample(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]);
    assert_eq!(circle(&ring).unwrap(), ["b", "c"]);
    assert_eq!(circle(&merge(&ring, &["b", "c"])), None);
    assert!(circle(&merge(&ring, &["a", "c"])).is_some());
}
