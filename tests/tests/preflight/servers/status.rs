use crate::case::{CONTENT, Case, Group};

fn status(
    name: &'static str,
    expected: &'static str,
    status: &'static str,
    fields: &'static str,
) -> Case {
    Case::http(Group::Status, name, expected, move |_, stream| {
        stream.respond(status, fields, "");
    })
}

pub(super) fn list() -> Vec<Case> {
    let nginx = |name, expected, prefix| Case::nginx(Group::Status, name, expected, prefix);
    vec![
        nginx(
            "nginx: http is redirected to https (`return 301`)",
            "will_fail: redirect_to_https",
            "http://https-only.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: the host is redirected to the one with `www.`",
            "will_fail: redirect_to_www",
            "http://bare.example.cn/Pay_on/pay_on",
        ),
        status(
            "redirect to a login",
            "will_fail: redirect_to_login",
            "302 Found",
            "Location: https://passport.example.cn/?from=/Pay_on\r\n",
        ),
        status(
            "redirect to the front page",
            "will_fail: redirect",
            "302 Found",
            "Location: /\r\n",
        ),
        status(
            "status 304, without a condition",
            "will_fail: not_modified",
            "304 Not Modified",
            "ETag: \"1\"\r\n",
        ),
        status(
            "status 204",
            "will_fail: other_status",
            "204 No Content",
            "",
        ),
        status(
            "status 418, of a firewall",
            "will_fail: forbidden",
            "418 I'm a teapot",
            "Server: waf\r\n",
        ),
        nginx(
            "nginx: text files are forbidden (`deny all`)",
            "will_fail: forbidden",
            "http://private.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: a password is asked for (`auth_basic`)",
            "will_fail: forbidden",
            "http://password.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: the application is down (502)",
            "will_fail: server_error",
            "http://no-upstream.example.cn/Pay_on/pay_on",
        ),
        nginx(
            "nginx: the content with status 404 (`error_page`)",
            "will_fail: content_without_ok",
            "http://error-page.example.cn/Pay_on/pay_on",
        ),
        Case::http(
            Group::Status,
            "the content with status 206",
            "will_fail: content_without_ok",
            |_, stream| stream.respond("206 Partial Content", "", CONTENT),
        ),
        nginx(
            "nginx: the file is in place, but the page of the prefix fails (502)",
            "may_fail: page_unreachable",
            "http://page-fails.example.cn/Pay_on/pay_on",
        ),
    ]
}
