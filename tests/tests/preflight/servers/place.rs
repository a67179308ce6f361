use crate::case::{Case, Group};

/// A server that has the file at this path only.
fn at(name: &'static str, expected: &'static str, path: &'static str) -> Case {
    Case::http(Group::Place, name, expected, move |request, stream| {
        if request.path == path {
            stream.content();
        } else {
            stream.not_found();
        }
    })
}

pub(super) fn list() -> Vec<Case> {
    let nginx = |name, expected, prefix| Case::nginx(Group::Place, name, expected, prefix);
    vec![
        at(
            "the file is in `/Pay_on/pay_on/`",
            "will_fail: file_one_deeper",
            "/Pay_on/pay_on/UASjIrr8C9.txt",
        ),
        at(
            "the file is in `/`",
            "will_fail: file_at_root",
            "/UASjIrr8C9.txt",
        ),
        at(
            "the prefix is `…/shop/table/7`, and the file is in `/shop/`",
            "will_fail: file_one_higher",
            "/shop/UASjIrr8C9.txt",
        )
        .prefix("http://m.example.cn/shop/table/7"),
        at(
            "the file is named `uasjirr8c9.txt`",
            "will_fail: file_in_other_case",
            "/Pay_on/uasjirr8c9.txt",
        ),
        at(
            "the file is in `/pay_on/`",
            "will_fail: file_in_other_case",
            "/pay_on/UASjIrr8C9.txt",
        ),
        at(
            "the file is named `UASjlrr8C9.txt`, with the letter l",
            "will_fail: file_name_look_alike",
            "/Pay_on/UASjlrr8C9.txt",
        ),
        at(
            "the file is nowhere",
            "will_fail: not_found",
            "/another/file.txt",
        ),
        Case::http(
            Group::Place,
            "the file is in `/`, and every other path redirects to a login",
            "will_fail: file_at_root",
            |request, stream| match &*request.path {
                "/UASjIrr8C9.txt" => stream.content(),
                _ => stream.respond("302 Found", "Location: /login\r\n", ""),
            },
        ),
        nginx(
            "nginx: `alias` leads one directory too deep",
            "will_fail: file_one_deeper",
            "http://alias.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: a single-page application answers every path (`try_files`)",
            "will_fail: application_page",
            "http://spa.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: a page of the application for 404, with status 200 (`error_page 404 =200`)",
            "will_fail: application_page",
            "http://soft-404.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: a page of the application for 404 (`error_page 404`)",
            "will_fail: not_found",
            "http://hard-404.example.cn/Pay_on/pay_on",
        ),
    ]
}
