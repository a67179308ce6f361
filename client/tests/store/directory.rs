//! The files in the folder: who may access them, and what happens if others change them.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use jumpqr::ErrorKind;
use jumpqr::error::OwnCode;
use jumpqr::store::{DirectoryStore, TokenStore};

use crate::{LONG, directory_store, get, key, put};

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
fn the_folder_and_its_files_are_private() {
    let (folder, store) = directory_store();
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
fn a_folder_that_others_may_access_is_made_private_again() {
    let (folder, store) = directory_store();
    let tokens = tokens(&folder);
    put(&store, b"1");
    // The modes of a Kubernetes volume with fsGroup after each mount, and looser ones.
    for (folder_mode, file_mode) in [(0o770, 0o660), (0o755, 0o604), (0o777, 0o666)] {
        for open_again in [false, true] {
            let loosen = |path: &Path, mode| {
                fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
            };
            for name in names(&tokens) {
                loosen(&tokens.join(name), file_mode);
            }
            loosen(&tokens, folder_mode);
            if open_again {
                DirectoryStore::open(&tokens).unwrap();
                assert_eq!(mode(&tokens), 0o700);
            }
            assert_eq!(get(&store).unwrap(), b"1");
            assert_eq!(mode(&tokens), 0o700);
            assert_eq!(mode(&tokens.join(FILE)), 0o600);
            let _lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
            assert_eq!(mode(&tokens.join(format!("{FILE}.lock"))), 0o600);
        }
    }
}

#[test]
fn an_open_folder_with_other_files_is_refused_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("notes.txt"), b"").unwrap();
    let error = DirectoryStore::open(folder.path()).unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreNotPrivate);
    assert!(!error.to_string().contains("chmod"), "{error}");
    assert!(error.advice().contains("of its own"), "{error}");
    assert_eq!(mode(folder.path()), 0o755);
    // A new folder inside is accepted.
    let inside = folder.path().join("jumpqr");
    put(&DirectoryStore::open(&inside).unwrap(), b"1");
    assert_eq!(mode(&inside), 0o700);
}

/// Only root can give files to another user. Run by any other user, this test shows that its own
/// files are accepted.
#[test]
fn files_of_another_user_are_refused_and_not_changed() {
    let (folder, store) = directory_store();
    put(&store, b"1");
    let tokens = tokens(&folder);
    for path in [tokens.clone(), tokens.join(FILE)] {
        let given_away = chown(&path, Some(65534), None).is_ok();
        let result = store.load(&key(), LONG);
        match result {
            Err(error) if given_away => {
                assert_eq!(error.code(), OwnCode::StoreNotPrivate);
                assert!(error.message().contains("65534"), "{error}");
                assert!(error.advice().contains("fsGroup"), "{}", error.advice());
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

/// Runs this on a thread of its own, so that a test that would wait for ever fails.
fn run_with_timeout<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(run()));
    receiver
        .recv_timeout(Duration::from_secs(60))
        .expect("it waits")
}

/// Creates something that is not a file.
fn create_special_file(kind: &str, path: &Path) {
    match kind {
        "a FIFO" => {
            let made = Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }
        "a socket" => drop(UnixListener::bind(path).unwrap()),
        "a folder" => fs::create_dir(path).unwrap(),
        "a symbolic link" => symlink("/dev/zero", path).unwrap(),
        _ => unreachable!(),
    }
}

#[test]
fn anything_but_a_file_is_refused_by_its_name_and_not_changed() {
    for what in ["a FIFO", "a socket", "a folder", "a symbolic link"] {
        for ending in ["", ".lock", ".new", ".holder"] {
            let (folder, store) = directory_store();
            let path = tokens(&folder).join(format!("{FILE}{ending}"));
            create_special_file(what, &path);
            let before = fs::symlink_metadata(&path).unwrap();
            let loads = ending.is_empty();
            let (loaded, locked) = run_with_timeout(move || {
                let loaded = store.load(&key(), LONG).map(drop);
                (loaded, store.lock(&key(), LONG, LONG).map(drop))
            });
            assert_eq!(loaded.is_err(), loads, "{what}: {ending}");
            for error in loaded.err().into_iter().chain(locked.err()) {
                assert_eq!(error.code(), OwnCode::StoreFailed);
                assert!(!error.is_retryable());
                let message = error.message();
                assert!(message.contains(path.to_str().unwrap()), "{message}");
                assert!(
                    message.contains(&format!("it is {what}, not a file")),
                    "{message}"
                );
            }
            let after = fs::symlink_metadata(&path).unwrap();
            assert_eq!(after.ino(), before.ino());
        }
    }
}

#[test]
fn anything_in_the_place_of_the_folder_is_refused_by_its_name() {
    let (folder, store) = directory_store();
    let tokens = tokens(&folder);
    fs::remove_dir(&tokens).unwrap();
    create_special_file("a FIFO", &tokens);
    let error = run_with_timeout(move || store.load(&key(), LONG).unwrap_err());
    assert!(
        error.message().contains(tokens.to_str().unwrap()),
        "{error}"
    );
    let error = run_with_timeout(move || DirectoryStore::open(tokens).unwrap_err());
    assert_eq!(error.code(), OwnCode::InvalidConfig);
}

/// Syncing a file to the disk takes long, so a lease alone does not write the record.
#[test]
fn only_a_save_writes_the_record() {
    let (folder, store) = directory_store();
    put(&store, b"1");
    let written = || {
        let metadata = fs::metadata(tokens(&folder).join(FILE)).unwrap();
        (metadata.ino(), metadata.mtime(), metadata.mtime_nsec())
    };
    let before = written();
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
    store.release(&key(), lease, LONG).unwrap();
    assert_eq!(written(), before);
    put(&store, b"2");
    assert_ne!(written(), before);
}

#[test]
fn a_damaged_file_is_reported_and_not_changed() {
    let (folder, store) = directory_store();
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
            assert_eq!(error.code(), OwnCode::StoreDamaged);
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
fn the_temporary_file_of_a_killed_process_is_removed() {
    let (folder, store) = directory_store();
    put(&store, b"1");
    let left = tokens(&folder).join(format!("{FILE}.new"));
    fs::write(&left, b"half of a tok").unwrap();
    assert_eq!(get(&store).unwrap(), b"1");
    put(&store, b"2");
    assert!(!left.exists());
    assert_eq!(get(&store).unwrap(), b"2");
}

#[test]
fn a_missing_folder_is_reported_and_used_again_when_it_is_back() {
    let (folder, store) = directory_store();
    put(&store, b"1");
    let away = folder.path().join("away");
    fs::rename(tokens(&folder), &away).unwrap();
    for error in [
        store.load(&key(), LONG).unwrap_err(),
        store.lock(&key(), LONG, LONG).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Store);
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(error.is_retryable());
    }
    fs::rename(&away, tokens(&folder)).unwrap();
    assert_eq!(get(&store).unwrap(), b"1");
}
