use jumpqr_core::preflight::{Place, places};

use crate::FILE;

fn urls(prefix: &str) -> Vec<(Place, String)> {
    let places = places(prefix, FILE).into_iter();
    places.map(|url| (url.place, url.url)).collect()
}

#[test]
fn the_right_place_comes_first_and_then_where_people_put_the_file() {
    let places = urls("https://m.example.cn/shop/Pay_on/pay_on?id=1/2");
    let expected = [
        (Place::Right, "/shop/Pay_on/UASjIrr8C9.txt"),
        (Place::OneDeeper, "/shop/Pay_on/pay_on/UASjIrr8C9.txt"),
        (Place::Root, "/UASjIrr8C9.txt"),
        (Place::OneHigher, "/shop/UASjIrr8C9.txt"),
        (Place::OtherCase, "/shop/Pay_on/uasjirr8c9.txt"),
        (Place::OtherCase, "/shop/Pay_on/UASJIRR8C9.txt"),
        (Place::OtherCase, "/shop/pay_on/UASjIrr8C9.txt"),
        (Place::LookAlike, "/shop/Pay_on/UASjlrr8C9.txt"),
        (Place::Page, "/shop/Pay_on/pay_on?id=1/2"),
    ];
    let expected = expected.map(|(place, path)| (place, format!("https://m.example.cn{path}")));
    assert_eq!(places, expected);
}

#[test]
fn no_url_comes_twice() {
    for prefix in [
        "https://h.cn",
        "https://h.cn/",
        "https://h.cn/a",
        "https://h.cn/a/",
        "https://h.cn/a/b",
        "https://h.cn/a/b/",
        "https://h.cn//",
        "https://h.cn/UASjIrr8C9.txt",
        "https://h.cn/a//b#c/d",
    ] {
        let mut places: Vec<_> = urls(prefix).into_iter().map(|(_, url)| url).collect();
        assert!(places.len() > 1, "{prefix}");
        let all = places.len();
        places.sort();
        places.dedup();
        assert_eq!(places.len(), all, "{prefix}: {places:?}");
    }
}

#[test]
fn a_rule_for_a_whole_host_has_no_wrong_directory() {
    let places = urls("https://h.cn/");
    let wrong = [Place::OneDeeper, Place::Root, Place::OneHigher];
    assert!(places.iter().all(|(place, _)| !wrong.contains(place)));
    assert_eq!(places[0].1, "https://h.cn/UASjIrr8C9.txt");
    assert_eq!(places.last().unwrap().1, "https://h.cn/");
}

#[test]
fn a_fragment_is_left_out_of_every_place() {
    for (place, url) in urls("https://h.cn/dist/index.html#/params") {
        assert!(!url.contains('#'), "{place} {url}");
    }
}

#[test]
fn what_is_sent_has_no_white_space_and_no_line_end() {
    let prefix = "https://h.cn/桌 1\r\nX: y/a%20b?店=\"1\" 2";
    for place in places(prefix, FILE) {
        let target = &place.request_target;
        assert!(target.starts_with('/'), "{target}");
        assert!(
            target.bytes().all(|byte| byte.is_ascii_graphic()),
            "{target}"
        );
        // What is encoded stays as it is.
        assert!(!target.contains("%25"), "{target}");
    }
}

#[test]
fn what_is_not_a_link_has_no_places() {
    assert_eq!(places("m.example.cn/a", FILE), []);
}
