//! The records in the folder of a store, as another process reads and writes them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use jumpqr_tests::tokens::{RecordVector, StoreVector, StoredVector};
use serde_json::{Map, Value, json};

/// Replaces the record of an interface. It must exist.
pub(crate) fn replace(folder: &Path, vector: &StoreVector) -> Result<(), String> {
    let path = find(folder, &vector.interface)?;
    let content = match (&vector.record, &vector.content) {
        (Some(record), None) => content_with(&path, record)?,
        (None, Some(content)) => content.clone(),
        _ => return Err("a store step has either a record or a content".to_owned()),
    };
    fs::write(path, content).map_err(|error| error.to_string())
}

/// Compares the record of an interface.
pub(crate) fn compare(folder: &Path, expected: &StoredVector) -> Result<(), String> {
    let (_, record) = read(&find(folder, &expected.interface)?)?;
    let text = |pointer| Some(record.pointer(pointer)?.as_str()?.to_owned());
    let found = StoredVector {
        interface: expected.interface.clone(),
        access_token: text("/access_token/value"),
        refresh_token: text("/refresh_token"),
        refused_errcode: record.pointer("/refusal/errcode").and_then(Value::as_i64),
    };
    if found == *expected {
        Ok(())
    } else {
        Err(format!("expected {expected:?}, found {found:?}"))
    }
}

/// The file with a record. The files beside it have a dot in their names.
fn find(folder: &Path, interface: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let is_record = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(&format!("{interface}-")) && !name.contains('.'))
    };
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .find(is_record)
        .ok_or_else(|| format!("the store has no token of {interface}"))
}

/// The file's two parts: its first line, and the record.
fn read(path: &Path) -> Result<(Value, Value), String> {
    let content = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let (head, record) = content.split_once('\n').ok_or("the file has one line")?;
    let parse = |text| serde_json::from_str(text).map_err(|error| error.to_string());
    Ok((parse(head)?, parse(record)?))
}

/// The content of the file after another process has saved this record in it.
fn content_with(path: &Path, vector: &RecordVector) -> Result<String, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_err(|error| error.to_string())?.as_secs();
    let mut record = Map::new();
    if let Some(token) = &vector.access_token {
        let asked_at = now
            .checked_add_signed(-vector.age)
            .ok_or("the age is before 1970")?;
        let token = json!({
            "value": token,
            "asked_at_ms": asked_at * 1000,
            "life_ms": vector.expires_in.unwrap_or(7200) * 1000,
        });
        record.insert("access_token".to_owned(), token);
    }
    if let Some(token) = &vector.refresh_token {
        record.insert("refresh_token".to_owned(), json!(token));
    }
    let record = Value::Object(record).to_string();
    let (mut head, _) = read(path)?;
    let fields = head.as_object_mut().ok_or("the first line is no object")?;
    let version = fields.get("version").and_then(Value::as_u64);
    let version = version.ok_or("the first line has no version")?;
    fields.insert("version".to_owned(), json!(version + 1));
    fields.insert("length".to_owned(), json!(record.len()));
    Ok(format!("{head}\n{record}"))
}
