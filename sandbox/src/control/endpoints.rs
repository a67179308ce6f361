/// Method, path, and what it does.
pub(super) const ENDPOINTS: &[(&str, &str, &str)] = &[
    ("GET", "/sandbox", "this description"),
    ("POST", "/sandbox/reset", "back to the start"),
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
        "mint a token, counted nowhere",
    ),
    (
        "DELETE",
        "/sandbox/accounts/{appid}/tokens",
        "all tokens of the account die",
    ),
    ("GET", "/sandbox/accounts/{appid}/rules", "its rules"),
    (
        "PUT",
        "/sandbox/accounts/{appid}/rules",
        "put a rule as it stands, unchecked",
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
        "they are only here: {URL: content}",
    ),
    (
        "DELETE",
        "/sandbox/accounts/{appid}/verification_files",
        "they are everywhere again",
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
        "the ticket that was pushed last; one is pushed every 10 minutes",
    ),
    (
        "POST",
        "/sandbox/platforms/{component_appid}/ticket",
        "push a ticket now; again: true pushes the last value once more",
    ),
    (
        "DELETE",
        "/sandbox/platforms/{component_appid}/tokens",
        "all component tokens of the platform die",
    ),
    (
        "GET",
        "/sandbox/platforms/{component_appid}/authorizers",
        "the accounts that have authorised it, without refresh tokens",
    ),
    (
        "PUT",
        "/sandbox/platforms/{component_appid}/authorizers",
        "many accounts authorise it: {appid: {permission_sets, kind}}",
    ),
    (
        "PUT",
        "/sandbox/platforms/{component_appid}/authorizers/{appid}",
        "the account authorises it (permission_sets, kind): a refresh token",
    ),
    (
        "DELETE",
        "/sandbox/platforms/{component_appid}/authorizers/{appid}",
        "the account takes that back",
    ),
    (
        "GET",
        "/sandbox/tokens",
        "what becomes of a token when the next one is issued",
    ),
    (
        "PUT",
        "/sandbox/tokens",
        "change that: overlap_seconds, kill_old_at_once, old_refresh_token",
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
        "the administrator whose turn it is confirms: service_account, mini_program",
    ),
    (
        "POST",
        "/sandbox/links/refuse",
        "the administrator whose turn it is refuses: service_account, mini_program",
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
    ("GET", "/sandbox/limits", "how much an account may do"),
    ("PUT", "/sandbox/limits", "change the limits given"),
    ("GET", "/sandbox/clock", "the sandbox's time"),
    (
        "POST",
        "/sandbox/clock",
        "advance_seconds (may be a fraction), frozen (true or false)",
    ),
    ("GET", "/sandbox/faults", "the faults to come"),
    ("POST", "/sandbox/faults", "ask for a fault"),
    ("DELETE", "/sandbox/faults", "call all faults off"),
    ("DELETE", "/sandbox/faults/{id}", "call one fault off"),
    (
        "GET",
        "/sandbox/requests",
        "the requests received, without tokens and secrets",
    ),
    (
        "DELETE",
        "/sandbox/requests",
        "forget them, and set the counters to 0",
    ),
    (
        "GET",
        "/sandbox/counters",
        "how many requests were received",
    ),
];
