/// The method, the path and the description of each endpoint.
pub(super) const ENDPOINTS: &[(&str, &str, &str)] = &[
    ("GET", "/sandbox", "this description"),
    ("POST", "/sandbox/reset", "reset to the initial state"),
    ("GET", "/sandbox/accounts", "all accounts, without secrets"),
    ("GET", "/sandbox/accounts/{appid}", "one account"),
    (
        "PUT",
        "/sandbox/accounts/{appid}",
        "add an account (kind, secret) or change the fields given",
    ),
    ("DELETE", "/sandbox/accounts/{appid}", "remove an account"),
    (
        "POST",
        "/sandbox/accounts/{appid}/tokens",
        "issue a token, without counting it",
    ),
    (
        "DELETE",
        "/sandbox/accounts/{appid}/tokens",
        "kill all tokens of the account",
    ),
    ("GET", "/sandbox/accounts/{appid}/rules", "its rules"),
    (
        "PUT",
        "/sandbox/accounts/{appid}/rules",
        "put a rule, without checks",
    ),
    (
        "DELETE",
        "/sandbox/accounts/{appid}/rules",
        "remove all its rules",
    ),
    (
        "GET",
        "/sandbox/accounts/{appid}/verification_files",
        "where its verification files are",
    ),
    (
        "PUT",
        "/sandbox/accounts/{appid}/verification_files",
        "set where they are: {URL: content}",
    ),
    (
        "DELETE",
        "/sandbox/accounts/{appid}/verification_files",
        "let every URL have the right file again",
    ),
    (
        "GET",
        "/sandbox/platforms",
        "all third-party platforms, without secrets",
    ),
    (
        "GET",
        "/sandbox/platforms/{component_appid}",
        "one platform",
    ),
    (
        "PUT",
        "/sandbox/platforms/{component_appid}",
        "add a platform (component_appsecret) or change the fields given",
    ),
    (
        "DELETE",
        "/sandbox/platforms/{component_appid}",
        "remove a platform",
    ),
    (
        "GET",
        "/sandbox/platforms/{component_appid}/ticket",
        "the ticket of the last push; there is a push every 10 minutes",
    ),
    (
        "POST",
        "/sandbox/platforms/{component_appid}/ticket",
        "push a new ticket now, or with again: true the last one again",
    ),
    (
        "DELETE",
        "/sandbox/platforms/{component_appid}/tokens",
        "kill all component tokens of the platform",
    ),
    (
        "GET",
        "/sandbox/platforms/{component_appid}/authorizers",
        "the accounts that have authorised it, without refresh tokens",
    ),
    (
        "PUT",
        "/sandbox/platforms/{component_appid}/authorizers",
        "authorise it for many accounts: {appid: {permission_sets, kind}}",
    ),
    (
        "PUT",
        "/sandbox/platforms/{component_appid}/authorizers/{appid}",
        "authorise it for the account (permission_sets, kind); returns a refresh token",
    ),
    (
        "DELETE",
        "/sandbox/platforms/{component_appid}/authorizers/{appid}",
        "revoke the authorisation",
    ),
    (
        "GET",
        "/sandbox/tokens",
        "what happens to a token when the next one is issued",
    ),
    (
        "PUT",
        "/sandbox/tokens",
        "change it: overlap_seconds, kill_old_at_once, old_refresh_token",
    ),
    ("GET", "/sandbox/links", "all links"),
    (
        "PUT",
        "/sandbox/links",
        "set one: service_account, mini_program, status (1, 2, 3, 12, or null for none)",
    ),
    (
        "POST",
        "/sandbox/links/confirm",
        "confirm as the administrator who decides next: service_account, mini_program",
    ),
    (
        "POST",
        "/sandbox/links/refuse",
        "refuse as the administrator who decides next: service_account, mini_program",
    ),
    (
        "GET",
        "/sandbox/web",
        "domains without ICP filing, and the blacklist",
    ),
    (
        "PUT",
        "/sandbox/web",
        "set them: not_filed, blacklist (arrays)",
    ),
    ("GET", "/sandbox/limits", "the limits of every account"),
    ("PUT", "/sandbox/limits", "change the limits given"),
    ("GET", "/sandbox/clock", "the sandbox's time"),
    (
        "POST",
        "/sandbox/clock",
        "advance_seconds (may be a fraction), frozen (true or false)",
    ),
    ("GET", "/sandbox/faults", "the pending faults"),
    ("POST", "/sandbox/faults", "inject a fault"),
    ("DELETE", "/sandbox/faults", "remove all faults"),
    ("DELETE", "/sandbox/faults/{id}", "remove one fault"),
    (
        "GET",
        "/sandbox/requests",
        "the requests received, without tokens and secrets",
    ),
    (
        "DELETE",
        "/sandbox/requests",
        "delete them, and set the counters to 0",
    ),
    (
        "GET",
        "/sandbox/counters",
        "how many requests were received",
    ),
];
