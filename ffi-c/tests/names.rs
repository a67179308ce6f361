//! The header has the names that `names.json` has for C, and no others.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

type Names = BTreeSet<String>;

/// Types whose functions are methods in `names.json`. Most functions of the others are fields.
const WITH_METHODS: [&str; 4] = ["client", "platform", "receiver", "rule_set"];

/// What C needs to make and free an object, and the options of a call.
const OF_OBJECTS: [&str; 6] = [
    "new",
    "free",
    "from_list",
    "from_json",
    "with_timeout_ms",
    "with_validate",
];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Returns a name as it is compared: languages differ in the case.
fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// Returns the names of a table, each after its type: those that C must have, or all of them.
fn list(table: &Value, only_c: bool) -> Names {
    let entries = table.as_array().unwrap().iter();
    let entries = entries.filter(|entry| !only_c || entry["not_in"].get("c").is_none());
    entries
        .flat_map(|entry| {
            let of = entry["of"].as_str().unwrap_or_default();
            let names = entry["names"].as_array().unwrap().iter();
            names.map(move |name| plain(&format!("{of}.{}", name.as_str().unwrap())))
        })
        .collect()
}

/// The names that the header declares, without `jumpqr_`.
#[derive(Default)]
struct Header {
    types: Vec<String>,
    functions: Vec<String>,
    constants: Vec<String>,
}

impl Header {
    fn parse(text: &str) -> Self {
        let mut header = Self::default();
        // Comments begin with a star or a slash.
        let lines = text.lines().map(str::trim_start);
        for line in lines.filter(|line| !line.starts_with(['*', '/'])) {
            if let Some(constant) = line.strip_prefix("#define JUMPQR_") {
                header
                    .constants
                    .extend(constant.split_once(' ').map(|(name, _)| name.to_owned()));
            } else if line.starts_with("JUMPQR_STATUS_") {
                // A member of the enum of statuses.
            } else if line.starts_with("typedef") || line.starts_with("} jumpqr_") {
                let declared = line.split_once("(*").map_or(line, |(_, pointer)| pointer);
                let name = declared.split([')', ';']).next().unwrap();
                let name = name.rsplit(' ').next().unwrap();
                header
                    .types
                    .extend(name.strip_prefix("jumpqr_").map(str::to_owned));
            } else if let Some((before, _)) = line.split_once('(') {
                let name = before.rsplit([' ', '*']).next().unwrap();
                header
                    .functions
                    .extend(name.strip_prefix("jumpqr_").map(str::to_owned));
            }
        }
        header
    }

    /// Returns the type whose method a function is, and the name of the method.
    fn split_method<'a>(&self, function: &'a str) -> Option<(&str, &'a str)> {
        let types = self.types.iter().filter_map(|of| {
            let method = function.strip_prefix(of.as_str())?.strip_prefix('_')?;
            Some((of.as_str(), method))
        });
        types.max_by_key(|(of, _)| of.len())
    }
}

/// Checks that two sets of names are equal.
fn compare(table: &str, expected: &Names, found: &Names) {
    let missing: Vec<_> = expected.difference(found).collect();
    let extra: Vec<_> = found.difference(expected).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{table}: the header lacks {missing:?}, and names.json lacks {extra:?}"
    );
}

#[test]
fn the_header_has_the_names_of_the_file() {
    let file: Map<String, Value> =
        serde_json::from_str(&read("../tests/vectors/names.json")).unwrap();
    let header = Header::parse(&read("include/jumpqr.h"));
    let all = |table: &str| list(&file[table], false);
    let expected = |table: &str| list(&file[table], true);

    let [mut functions, mut methods, mut settings] = [const { Names::new() }; 3];
    for function in &header.functions {
        let alone = plain(&format!(".{function}"));
        // A call has no prefix of its client: `jumpqr_add_jump_qr_code`.
        let call = plain(&format!("client.{function}"));
        if all("functions").contains(&alone) {
            functions.insert(alone);
        } else if all("methods").contains(&call) {
            methods.insert(call);
        } else if let Some((of, name)) = header.split_method(function) {
            if let ("client_config", Some(setting)) = (of, name.strip_prefix("set_")) {
                settings.insert(plain(setting.strip_suffix("_ms").unwrap_or(setting)));
            } else {
                // A push has fields and methods.
                let method = plain(&format!("{of}.{name}"));
                let has_methods = WITH_METHODS.contains(&of) && !OF_OBJECTS.contains(&name);
                if has_methods || all("methods").contains(&method) {
                    methods.insert(method);
                }
            }
        } else {
            functions.insert(alone);
        }
    }
    let types = header.types.iter().map(|name| plain(&format!(".{name}")));
    let constants = header.constants.iter().map(|name| plain(name));
    let members = expected("enums")
        .iter()
        .map(|name| name.replace('.', ""))
        .collect();
    // Clients and platforms have the same configuration.
    let setters = expected("settings");
    let setters = setters
        .iter()
        .map(|name| name.rsplit('.').next().unwrap().to_owned());

    compare("types", &expected("types"), &types.collect());
    compare("functions", &expected("functions"), &functions);
    compare("methods", &expected("methods"), &methods);
    compare("enums", &members, &constants.collect());
    compare("settings", &setters.collect(), &settings);
    compare("exceptions", &expected("exceptions"), &Names::new());
    compare("faults", &expected("faults"), &Names::new());
    compare("sandbox", &expected("sandbox"), &Names::new());

    let entries = file.values().map(|table| table.as_array().unwrap().len());
    println!("vectors: names.json {}", entries.sum::<usize>());
}
