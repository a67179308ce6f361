//! `docs/preflight.md` is generated from the servers.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use jumpqr::preflight::PreflightCode;

use crate::case::{Case, Group};
use crate::servers;

/// If this environment variable is set, the page is written before it is compared.
const WRITE: &str = "JUMPQR_WRITE_DOCS";

const HEAD: &str = "\
# Preflight: will WeChat find the verification file?

When an ordinary-link rule is added, WeChat fetches the account's verification file from the domain
of the rule. If it does not get exactly the content, it answers 85069, and says no more. A preflight
looks in the same way, and says why.

```sh
jumpqr preflight --prefix https://m.example.cn/table/
```

In Rust it is `client.preflight(&rule, &options)`, and `preflight::look_for_file` for a file at
hand. A preflight is never made unless you ask for it. It downloads the file from WeChat
(`downloadQRCodeText`), and changes nothing.

## What it looks at

- **The prefix.** A service account's rule needs no file: an 85069 means that the access token is of
  the wrong account. A port and a fragment are causes that developers report.
- **The host.** It is resolved once. Each of its addresses (at most 8) is looked at by itself, at
  the same time, because WeChat may connect to any of them.
- **The right place**, three times at each address. It is the prefix up to its last `/`, without the
  query, and then the file name: for `https://m.example.cn/Pay_on/pay_on` it is
  `https://m.example.cn/Pay_on/UASjIrr8C9.txt`.
- **The wrong places**, once each, if the file is not in the right one: one directory deeper
  (`/Pay_on/pay_on/`), the root, one directory higher, other capital letters, and a file name in
  which `l` and `I`, or `O` and `0`, are exchanged.
- **The page of the prefix**, once. If it cannot be fetched, that is a warning.

## How it looks

It looks as WeChat does, as far as that is known:

- GET over HTTP/1.1, on a new connection each time. No redirect is followed. The request has no
  cookies, no conditions (`If-None-Match`), and no `Accept-Encoding`. No proxy is used.
- TLS 1.2 or 1.3, with Mozilla's list of authorities and the chain as the server sends it. Browsers
  fetch a missing intermediate certificate; a preflight does not.
- A body is read up to 64 KiB, and compared byte by byte.
- An answer of more than a second is a warning, as WeChat's guide advises to be faster. One of 5
  seconds or more is a cause, as WeChat gives up after about 5 to 7 seconds.

## What it tells

The verdict is one of these:

| verdict | |
|---|---|
| `will_fail` | WeChat answers 85069 |
| `may_fail` | it depends on the address or the moment, or there is a warning, or it could not be looked at |
| `no_cause_found` | from here, no cause of a refusal can be seen |
| `no_file_needed` | the rule is a service account's |

Each cause is one finding, however many addresses and answers show it. A finding has a `code`, a
`severity` (`blocks`, `warns`, `unknown`), what is wrong (`message`), the `url` and the `addresses`,
what was seen (`seen`, verbatim, with invisible characters escaped), `why` WeChat refuses it, and
what to do (`remedy`), with a line for nginx where one helps. If it does not show everywhere,
`extent` and `share` say where: `ipv6_only`, `1 of 3 answers`. As JSON, a report also has all
`fetches` with their times in milliseconds.

## What it cannot see

- **Whether WeChat's servers are let in.** A firewall, a WAF or geo-blocking may refuse them and not
  you. WeChat publishes no addresses from which it looks. So no verdict says that WeChat will
  succeed, and each report says from which address it has looked. Look from another network, too.
- **Whether this machine sees the public DNS.** In a company's network it may get other addresses.
- **What WeChat does with IPv6, its user agent, and its cache.** Nothing is known of them.
- **The ICP filing** of the domain (85076).

## Options

| option | default | |
|---|---|---|
| `timeout` | 20 s | of everything together |
| `fetch_timeout` | 6 s | of each fetch, and of the look-up of the host |
| `allow_private` | no | look at addresses that are not public |
| `allow_port` | no | look at a port that is not 80 for http or 443 for https |
| `connect_to` | | connect to these addresses instead of those that DNS gives: for a rehearsal, or with split DNS. It permits private addresses and ports |
| `extra_tls_roots` | | authorities in PEM to trust in a rehearsal, only with `connect_to` |

## Rehearse it in the sandbox

The [sandbox](../sandbox/README.md#with-your-web-server) fetches the file from a web server on your
desk, if it is told to, and answers 85069 for the same reasons. So a wrong directory or a redirect
shows before there is a domain or an account:

```sh
jumpqr sandbox --port 8930 --fetch-file-from 127.0.0.1:8080
```

`GET /sandbox/requests` has the `reason` of each refusal: the finding that a preflight with
`connect_to` has first. In tests, `fetch_file` of the sandbox does the same for an account, in Rust,
Python and Node.

## In a service

A service may be handed prefixes by strangers, so a preflight leads nowhere else by default:

- Private, loopback, link-local and all other addresses that are not public are refused, in every
  form: `localhost`, `127.1`, `2130706433`, `[::ffff:127.0.0.1]`, the metadata of clouds.
- It connects to exactly the addresses that were checked. The host is not resolved again.
- Redirects are not followed. No port is looked at but 80 and 443, and no prefix with a password.
- One look uses at most 9 threads, reads at most 64 KiB of each body, and ends at its timeout.
";

const WRONG: &str = "
## Wrong servers, and what is found

Each row is a real server of the tests. The prefix is `http://m.example.cn/Pay_on/pay_on`, or the
same with https, unless the row says otherwise. The preflight finds exactly what the row says.
";

const RIGHT: &str = "
## Right servers

For these, nothing is found.

";

const FOOT: &str = "
`JUMPQR_WRITE_DOCS=1 cargo test -p jumpqr-tests --test preflight` writes this page, from
[`tests/tests/preflight/servers`](../tests/tests/preflight/servers). Without the variable, this test
fails if the two differ.
";

const GROUPS: [(Group, &str); 8] = [
    (Group::Place, "The place"),
    (Group::Content, "The content"),
    (Group::Status, "The status"),
    (Group::Time, "The time"),
    (Group::Connection, "The connection"),
    (Group::Tls, "TLS"),
    (Group::Address, "The addresses"),
    (Group::Prefix, "The prefix"),
];

#[test]
fn the_page_is_up_to_date() {
    let page = build_page(&servers::list());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/preflight.md");
    if env::var_os(WRITE).is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/preflight.md differs from the servers. To update it:\n  \
         {WRITE}=1 cargo test -p jumpqr-tests --test preflight"
    );
}

fn build_page(cases: &[Case]) -> String {
    let mut page = HEAD.to_owned() + WRONG;
    for (group, title) in GROUPS {
        write!(
            page,
            "\n### {title}\n\n| the server | finding | |\n|---|---|---|\n"
        )
        .unwrap();
        for case in cases.iter().filter(|case| case.group == group) {
            let findings = case.findings();
            let codes: Vec<_> = findings
                .iter()
                .map(|finding| format_code(*finding))
                .collect();
            let messages: Vec<_> = findings.iter().map(|(code, _)| message(code)).collect();
            let (codes, messages) = (codes.join("; "), messages.join("; "));
            writeln!(page, "| {} | {codes} | {messages} |", case.name).unwrap();
        }
    }
    page += RIGHT;
    for case in cases.iter().filter(|case| case.group == Group::Right) {
        writeln!(page, "- {}", case.name).unwrap();
    }
    page + FOOT
}

fn format_code((code, share): (&str, Option<&str>)) -> String {
    match share.map(|share| share.split_once(", ").unwrap()) {
        Some((extent, share)) => format!("`{code}`, `{extent}`: {share}"),
        None => format!("`{code}`"),
    }
}

fn message(name: &str) -> &'static str {
    let mut codes = PreflightCode::ALL.iter();
    codes.find(|code| code.name() == name).unwrap().message()
}
