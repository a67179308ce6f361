//! The pages in Markdown: their links lead somewhere, and their lines are not too long.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// The longest line of prose, in characters. Tables, images and code may be wider.
const COLUMNS: usize = 100;

/// Folders whose files are not ours.
const SKIPPED: [&str; 3] = ["target", "node_modules", ".git"];

/// Returns all pages below a folder.
fn find_pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !SKIPPED.iter().any(|skipped| path.ends_with(skipped)) {
                pages.extend(find_pages(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages
}

/// Returns the lines of a page outside its code blocks.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let parts = page.split("\n```").step_by(2);
    parts.flat_map(str::lines)
}

/// Returns the anchors of a page's headings, as GitHub makes them.
fn list_anchors(page: &str) -> Vec<String> {
    let headings = prose(page).filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

/// Returns what is wrong with a link, if anything is.
fn check_link(page: &Path, link: &str) -> Option<String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.to_owned(),
        _ => page.parent().unwrap().join(file),
    };
    if !target.exists() {
        return Some(format!("{}: there is no {file}", page.display()));
    }
    if anchor.is_empty() {
        return None;
    }
    let anchors = list_anchors(&fs::read_to_string(&target).unwrap());
    let found = anchors.iter().any(|known| known == anchor);
    (!found).then(|| format!("{}: {file} has no heading #{anchor}", page.display()))
}

#[test]
fn every_link_to_a_file_or_a_heading_leads_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for page in find_pages(&root) {
        let text = fs::read_to_string(&page).unwrap();
        let prose: Vec<_> = prose(&text).collect();
        // A link may go on in the next line.
        for rest in prose.join("\n").split("](").skip(1) {
            let link = rest.split(')').next().unwrap();
            if link.contains("://") {
                continue;
            }
            checked += 1;
            wrong.extend(check_link(&page, link));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 0, "no page has a link");
}

#[test]
fn no_line_of_prose_is_too_long() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut wrong = Vec::new();
    for page in find_pages(&root) {
        let text = fs::read_to_string(&page).unwrap();
        let lines = prose(&text).filter(|line| !line.starts_with(['|', '!']));
        let too_long = lines.filter(|line| line.chars().count() > COLUMNS);
        wrong.extend(too_long.map(|line| format!("{}: {line}", page.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
