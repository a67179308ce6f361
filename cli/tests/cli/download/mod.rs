//! `jumpqr download` writes the whole verification file or nothing.

mod serve;

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::{FakeWeChat, Jumpqr, jumpqr};

const NAME: &str = "UASjIrr8C9.txt";
const CONTENT: &str = "7781805a2d7f096b0a277a8db058c316";

fn wechat(name: &'static str) -> FakeWeChat {
    FakeWeChat::start(move |_| json!({"errcode": 0, "file_name": name, "file_content": CONTENT}))
}

fn download(wechat: &FakeWeChat, directory: &Path) -> Jumpqr {
    jumpqr(["download", "--base-url", wechat.base_url(), "--directory"])
        .args([directory])
        .env("JUMPQR_ACCESS_TOKEN", "T")
}

/// Lists the names of the files in `directory`.
fn files(directory: &Path) -> Vec<String> {
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn the_file_is_written_and_its_url_printed() {
    let wechat = wechat(NAME);
    let directory = tempfile::tempdir().unwrap();
    let run = download(&wechat, directory.path())
        .args(["--prefix", "https://m.example.cn/a/b/?id="])
        .expect(0);
    assert_eq!(
        fs::read_to_string(directory.path().join(NAME)).unwrap(),
        CONTENT
    );
    assert_eq!(files(directory.path()), [NAME]);
    for text in [
        "https://m.example.cn/a/b/UASjIrr8C9.txt\n",
        "jumpqr preflight --prefix 'https://m.example.cn/a/b/?id='\n",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
}

#[cfg(unix)]
#[test]
fn the_file_has_ordinary_permissions() {
    use std::os::unix::fs::PermissionsExt;

    let wechat = wechat(NAME);
    let directory = tempfile::tempdir().unwrap();
    download(&wechat, directory.path()).expect(0);
    let ordinary = directory.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&directory.path().join(NAME)), mode(&ordinary));
}

#[test]
fn the_same_file_is_not_written_again() {
    let wechat = wechat(NAME);
    let directory = tempfile::tempdir().unwrap();
    download(&wechat, directory.path()).expect(0);
    let object = download(&wechat, directory.path())
        .args(["--json"])
        .expect(0)
        .json();
    assert_eq!(object["written"], false);
    assert_eq!(object["file_name"], NAME);
    assert_eq!(object["file_content"], CONTENT);
}

#[test]
fn different_content_is_overwritten_only_with_force() {
    let wechat = wechat(NAME);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(NAME);
    fs::write(&file, "mine").unwrap();
    let run = download(&wechat, directory.path()).expect(2);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(files(directory.path()), [NAME]);

    download(&wechat, directory.path())
        .args(["--force"])
        .expect(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), CONTENT);
    assert_eq!(files(directory.path()), [NAME]);
}

#[test]
fn a_missing_directory_is_named() {
    let wechat = wechat(NAME);
    let directory = tempfile::tempdir().unwrap();
    let run = download(&wechat, &directory.path().join("missing")).expect(2);
    assert!(
        run.stderr.contains("missing") && run.stderr.contains("cannot be written"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_file_name_with_a_directory_is_refused() {
    let wechat = wechat("../evil.txt");
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("inner");
    fs::create_dir(&inner).unwrap();
    download(&wechat, &inner).args(["--timeout", "1"]).expect(5);
    assert_eq!(files(directory.path()), ["inner"]);
    assert!(files(&inner).is_empty());
}

#[test]
fn with_a_missing_directory_nothing_is_sent() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0}));
    let run = jumpqr(["download", "--directory", "no/such/directory"])
        .args(["--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "TOKEN")
        .expect(2);
    assert!(
        run.stderr.contains("no/such/directory cannot be written"),
        "{}",
        run.stderr
    );
    assert!(wechat.calls().is_empty());
}

#[test]
fn a_prefix_that_is_not_a_link_is_refused_and_nothing_is_sent() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0}));
    let run = jumpqr(["download", "--prefix", "nonsense"])
        .args(["--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "TOKEN")
        .expect(3);
    assert!(run.stderr.contains("prefix: "), "{}", run.stderr);
    assert!(wechat.calls().is_empty());
}
