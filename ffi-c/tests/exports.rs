//! Every export is guarded, has the prefix, is documented, and is in the header. Every type says
//! how it may be used.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, File, Item, ItemFn, Stmt, Type};

/// The export that the header does not declare: see `src/test_panic.rs`.
const NOT_IN_THE_HEADER: &str = "jumpqr_test_panic";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn items() -> Vec<Item> {
    let mut files = Vec::new();
    sources(&folder().join("src"), &mut files);
    let parse = |path: PathBuf| -> File {
        let text = fs::read_to_string(&path).unwrap();
        syn::parse_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    files
        .into_iter()
        .flat_map(|path| parse(path).items)
        .collect()
}

fn is_exported(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let inner = match &attribute.meta {
            syn::Meta::List(list) if list.path.is_ident("unsafe") => list.tokens.to_string(),
            meta => meta
                .path()
                .get_ident()
                .map(ToString::to_string)
                .unwrap_or_default(),
        };
        matches!(inner.as_str(), "no_mangle") || inner.starts_with("export_name")
    })
}

/// Returns the documentation on one line.
fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    syn::Lit::Str(text) => Some(text.value().trim().to_owned()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
    lines.collect::<Vec<_>>().join(" ")
}

fn exports() -> BTreeMap<String, ItemFn> {
    let exported = items().into_iter().filter_map(|item| match item {
        Item::Fn(function) if is_exported(&function.attrs) => {
            Some((function.sig.ident.to_string(), function))
        }
        _ => None,
    });
    exported.collect()
}

/// Returns the function that is called, if the whole body is one call with a closure.
fn only_call(function: &ItemFn) -> Option<String> {
    let [Stmt::Expr(Expr::Call(call), _)] = function.block.stmts.as_slice() else {
        return None;
    };
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let closure = matches!(call.args.last()?, Expr::Closure(_));
    // The other arguments are evaluated outside the guard, so they must not run any code.
    let inert = call
        .args
        .iter()
        .rev()
        .skip(1)
        .all(|argument| matches!(argument, Expr::Path(_) | Expr::Lit(_)));
    (closure && inert).then(|| path.path.get_ident().map(ToString::to_string))?
}

/// Whether a guard is for exports that can fail.
fn can_fail(guard: Option<&str>) -> bool {
    matches!(guard, Some("attempt" | "produce" | "find" | "confirm"))
}

/// Returns the functions that the header declares.
fn declared() -> BTreeSet<String> {
    let header = fs::read_to_string(folder().join("include/jumpqr.h")).unwrap();
    let code = header
        .split("/*")
        .filter_map(|part| part.split_once("*/").map(|(_, code)| code))
        .collect::<Vec<_>>()
        .join(" ");
    let calls = code.split('(').filter_map(|before| {
        let name = before.rsplit([' ', '*', '\n']).next()?;
        name.starts_with("jumpqr_").then(|| name.to_owned())
    });
    calls.collect()
}

#[test]
fn every_export_is_guarded_prefixed_and_documented() {
    let exports = exports();
    for (name, function) in &exports {
        assert!(name.starts_with("jumpqr_"), "{name}");
        let call = only_call(function);
        assert!(
            call.as_deref() == Some("guard") || can_fail(call.as_deref()),
            "{name}: its body is not one call of a guard"
        );
        assert!(
            documentation(&function.attrs).len() > 10,
            "{name} is not documented"
        );
        let abi = function.sig.abi.as_ref().and_then(|abi| abi.name.as_ref());
        assert_eq!(abi.map(syn::LitStr::value).as_deref(), Some("C"), "{name}");
    }
    println!("{} exports", exports.len());
}

#[test]
fn an_export_that_can_fail_takes_an_error_last_and_returns_a_status() {
    for (name, function) in exports() {
        let last = function.sig.inputs.last().and_then(|input| match input {
            syn::FnArg::Typed(input) => match &*input.pat {
                syn::Pat::Ident(name) => Some(name.ident.to_string()),
                _ => None,
            },
            syn::FnArg::Receiver(_) => None,
        });
        let takes_error = last.as_deref() == Some("error") && function.sig.inputs.len() > 1;
        let attempts = can_fail(only_call(&function).as_deref());
        let returns_status = match &function.sig.output {
            syn::ReturnType::Type(_, output) => match &**output {
                Type::Path(path) => path.path.is_ident("jumpqr_status"),
                _ => false,
            },
            syn::ReturnType::Default => false,
        };
        if name != NOT_IN_THE_HEADER && name != "jumpqr_error_violation" {
            assert_eq!(takes_error, attempts, "{name}");
        }
        if attempts {
            assert!(returns_status, "{name}");
        }
    }
}

fn parameters(function: &ItemFn) -> Vec<(String, bool)> {
    let typed = function.sig.inputs.iter().filter_map(|input| match input {
        syn::FnArg::Typed(input) => Some(input),
        syn::FnArg::Receiver(_) => None,
    });
    let named = typed.filter_map(|input| match &*input.pat {
        syn::Pat::Ident(name) => Some((name.ident.to_string(), is_pointer(&input.ty))),
        _ => None,
    });
    named.collect()
}

fn is_pointer(parameter: &Type) -> bool {
    match parameter {
        Type::Ptr(_) => true,
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Option"),
        _ => false,
    }
}

/// Returns the words in backticks.
fn quoted(text: &str) -> BTreeSet<String> {
    let words = text.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

/// Returns the names of all statuses in the header.
fn statuses() -> BTreeSet<String> {
    let header = fs::read_to_string(folder().join("include/jumpqr.h")).unwrap();
    let words = header.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let mut before = "";
    let mut found = BTreeSet::new();
    for word in words.filter(|word| !word.is_empty()) {
        // A definition is followed by its number.
        if before.starts_with("JUMPQR_STATUS_") && word.chars().all(|c| c.is_ascii_digit()) {
            found.insert(before.to_owned());
        }
        before = word;
    }
    found
}

#[test]
fn an_export_that_can_fail_says_what_may_be_null_and_which_statuses_it_returns() {
    let statuses = statuses();
    assert!(statuses.len() > 25, "{statuses:?}");
    for (name, function) in exports() {
        if !can_fail(only_call(&function).as_deref()) || name == NOT_IN_THE_HEADER {
            continue;
        }
        let text = documentation(&function.attrs);
        let (_, rest) = text
            .split_once(" NULL is allowed for ")
            .unwrap_or_else(|| panic!("{name}: what may be NULL?"));
        let (nullable, status) = rest
            .split_once(". Status: ")
            .unwrap_or_else(|| panic!("{name}: which statuses are there?"));
        let known: BTreeSet<String> = parameters(&function)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let nullable = quoted(nullable);
        assert!(nullable.contains("error"), "{name}: {nullable:?}");
        assert!(nullable.is_subset(&known), "{name}: {nullable:?}");
        let named = quoted(status);
        assert!(named.contains("JUMPQR_STATUS_OK"), "{name}");
        assert!(named.is_subset(&statuses), "{name}: {named:?}");
    }
}

#[test]
fn an_export_that_cannot_fail_says_what_null_does() {
    for (name, function) in exports() {
        let takes_pointer = parameters(&function).iter().any(|(_, pointer)| *pointer);
        if only_call(&function).as_deref() == Some("guard") && takes_pointer {
            assert!(documentation(&function.attrs).contains("NULL"), "{name}");
        }
    }
}

#[test]
fn the_header_declares_exactly_the_exports() {
    let mut exported: BTreeSet<String> = exports().into_keys().collect();
    assert!(exported.remove(NOT_IN_THE_HEADER));
    let functions: BTreeSet<String> = declared()
        .into_iter()
        // The type of a callback has its name in brackets.
        .filter(|name| !name.ends_with(')'))
        .collect();
    let different: Vec<_> = exported.symmetric_difference(&functions).collect();
    assert!(
        different.is_empty(),
        "only in one of the library and its header: {different:?}; run `make -C ffi-c header`"
    );
}

#[test]
fn every_type_says_how_long_it_lives_and_which_threads_may_use_it() {
    let mut seen = 0;
    for item in items() {
        let Item::Struct(item) = item else { continue };
        let public = matches!(item.vis, syn::Visibility::Public(_));
        if !public {
            continue;
        }
        let name = item.ident.to_string();
        let text = documentation(&item.attrs);
        assert!(name.starts_with("jumpqr_"), "{name}");
        assert!(
            text.contains("thread"),
            "{name}: which threads may use it?\n{text}"
        );
        let life = [
            "free",
            "belongs to",
            "lives",
            "are yours",
            "is yours",
            "valid until",
            "Free it",
        ];
        assert!(
            life.iter().any(|word| text.contains(word)),
            "{name}: how long does it live?\n{text}"
        );
        seen += 1;
    }
    assert!(seen > 15, "{seen} types only");
}

#[test]
fn every_handle_has_one_free() {
    let exports = exports();
    for item in items() {
        let Item::Struct(item) = item else { continue };
        let text = documentation(&item.attrs);
        let name = item.ident.to_string();
        let says_so = text.contains("exactly once");
        assert_eq!(
            says_so,
            exports.contains_key(&format!("{name}_free")),
            "{name}"
        );
    }
}
