use crate::case::{Case, Group};

/// A server that has the file in each directory, and a prefix.
fn case(name: &'static str, expected: &'static str, prefix: &'static str) -> Case {
    Case::http(Group::Prefix, name, expected, |_, stream| stream.content()).prefix(prefix)
}

pub(super) fn list() -> Vec<Case> {
    vec![
        case(
            "`http://weixin.qq.com/q/…`",
            "no_file_needed: service_account_rule",
            "http://weixin.qq.com/q/kZgfwMTm72Wxxxx",
        ),
        case(
            "`m.example.cn/table/`",
            "will_fail: not_a_link",
            "m.example.cn/table/",
        ),
        case(
            "`http://user:password@m.example.cn/`",
            "will_fail: user_info",
            "http://user:password@m.example.cn/",
        ),
        case(
            "`http://桌.example.cn/`",
            "will_fail: bad_host",
            "http://桌.example.cn/",
        ),
        case(
            "`http://m.example.cn:8080/table/`",
            "may_fail: port",
            "http://m.example.cn:8080/table/",
        ),
        case(
            "`http://m.example.cn/dist/index.html#/params`",
            "will_fail: fragment_in_directory",
            "http://m.example.cn/dist/index.html#/params",
        ),
        case(
            "`http://m.example.cn/table#order`",
            "may_fail: fragment",
            "http://m.example.cn/table#order",
        ),
    ]
}
