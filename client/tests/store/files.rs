//! What lies in the folder: whose it is, and what becomes of what does not belong there.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use jumpqr::ErrorKind;
use jumpqr::store::{DirectoryStore, TokenStore};

use crate::{LONG, directory, get, key, put};

const FILE: &str = "stable_token-wx1234567890abcdef";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn tokens(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("tokens")
}

#[test]
fn the_folder_and_its_files_are_the_owners_alone() {
    let (folder, store) = directory();
    let tokens = tokens(&folder);
    put(&store, b"1");
    let _lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert_eq!(mode(&tokens), 0o700);
    let names = names(&tokens);
    assert_eq!(
        names,
        [
            FILE.into(),
            format!("{FILE}.holder"),
            format!("{FILE}.lock")
        ]
    );
    for name in names {
        assert_eq!(mode(&tokens.join(&name)), 0o600, "{name}");
    }
}

#[test]
fn looser_ones_are_refused_until_the_command_that_is_told_has_been_run() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("it's tokens");
    let store = DirectoryStore::open(&tokens).unwrap();
    put(&store, b"1");
    for (path, loose) in [(tokens.clone(), 0o750), (tokens.join(FILE), 0o604)] {
        fs::set_permissions(&path, Permissions::from_mode(loose)).unwrap();
        for error in [
            store.load(&key(), LONG).unwrap_err(),
            store.lock(&key(), LONG, LONG).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Store);
            assert_eq!(error.code(), "store_not_private");
            let (_, command) = error.message().split_once("run: ").unwrap();
            let mended = Command::new("sh").args(["-c", command]).status().unwrap();
            assert!(mended.success(), "{command}");
            assert_eq!(get(&store).unwrap(), b"1");
            fs::set_permissions(&path, Permissions::from_mode(loose)).unwrap();
        }
        if path == tokens {
            let error = DirectoryStore::open(&tokens).unwrap_err();
            assert_eq!(error.code(), "store_not_private");
        }
        fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
    }
}

#[test]
fn nobody_is_told_to_close_a_folder_in_which_others_keep_things() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("notes.txt"), b"").unwrap();
    let error = DirectoryStore::open(folder.path()).unwrap_err();
    assert_eq!(error.code(), "store_not_private");
    assert!(!error.to_string().contains("chmod"), "{error}");
    assert!(error.advice().contains("of its own"), "{error}");
}

/// Only the administrator may give files away: anybody else's run shows that the folder is its own.
#[test]
fn what_belongs_to_another_user_is_refused_and_left_to_him() {
    let (folder, store) = directory();
    put(&store, b"1");
    let tokens = tokens(&folder);
    for path in [tokens.clone(), tokens.join(FILE)] {
        let given_away = chown(&path, Some(65534), None).is_ok();
        let result = store.load(&key(), LONG);
        match result {
            Err(error) if given_away => {
                assert_eq!(error.code(), "store_not_private");
                assert!(error.message().contains("65534"), "{error}");
            }
            result => assert!(!given_away && result.is_ok()),
        }
        if given_away {
            store.lock(&key(), LONG, LONG).unwrap_err();
            chown(&path, Some(0), None).unwrap();
        }
    }
    assert_eq!(get(&store).unwrap(), b"1");
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let (_folder, store) = directory();
    put(&store, b"1");
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    let error = store
        .save(&key(), &vec![b'x'; 1 << 20], &lease, LONG)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert_eq!(get(&store).unwrap(), b"1");
}

#[test]
fn garbage_is_told_and_left_as_it_is() {
    let (folder, store) = directory();
    let path = tokens(&folder).join(FILE);
    put(&store, b"SECRET");
    let good = fs::read(&path).unwrap();
    let cut = good[..good.len() - 1].to_vec();
    let mut longer = good.clone();
    longer.push(b'!');
    let other_format = String::from_utf8(good.clone())
        .unwrap()
        .replacen(":1,", ":9,", 1)
        .into_bytes();
    for garbage in [
        vec![],
        b"SECRET".to_vec(),
        b"{}\nSECRET".to_vec(),
        vec![0xff; 4096],
        cut,
        longer,
        other_format,
    ] {
        fs::write(&path, &garbage).unwrap();
        for error in [
            store.load(&key(), LONG).unwrap_err(),
            store.lock(&key(), LONG, LONG).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Store);
            assert_eq!(error.code(), "store_damaged");
            assert!(error.message().contains(path.to_str().unwrap()), "{error}");
            let printed = format!("{error:?}");
            assert!(!printed.contains("SECRET"), "{printed}");
        }
        assert_eq!(fs::read(&path).unwrap(), garbage);
    }
    fs::write(&path, &good).unwrap();
    assert_eq!(get(&store).unwrap(), b"SECRET");
}

#[test]
fn what_a_killed_process_left_behind_is_taken_away() {
    let (folder, store) = directory();
    put(&store, b"1");
    let left = tokens(&folder).join(format!("{FILE}.new"));
    fs::write(&left, b"half of a tok").unwrap();
    assert_eq!(get(&store).unwrap(), b"1");
    put(&store, b"2");
    assert!(!left.exists());
    assert_eq!(get(&store).unwrap(), b"2");
}

#[test]
fn a_store_that_went_away_is_told_and_is_used_again_when_it_is_back() {
    let (folder, store) = directory();
    put(&store, b"1");
    let away = folder.path().join("away");
    fs::rename(tokens(&folder), &away).unwrap();
    for error in [
        store.load(&key(), LONG).unwrap_err(),
        store.lock(&key(), LONG, LONG).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Store);
        assert_eq!(error.code(), "store_failed");
        assert!(error.is_retryable());
    }
    fs::rename(&away, tokens(&folder)).unwrap();
    assert_eq!(get(&store).unwrap(), b"1");
}
