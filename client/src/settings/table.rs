//! The table of the settings. `mod.rs` has the guide to a new one.

/// Calls the macro `$then` with the table. An entry is the documentation, then
/// `name: Type = default, owner, builder method;`. The method of the builder takes the type
/// (`builder`), or what can be converted to it (`builder into`), or stands in `builder.rs`
/// (`by_hand`).
macro_rules! for_each_setting {
    ($then:ident) => {
        $then! {
            /// An access token, which is never renewed. Give either this or an appid and a secret.
            access_token: Secret, Client, builder into;

            /// The appid of the account whose rules these are. Its tokens are fetched with
            /// `secret`, kept in `token_store`, and renewed before they expire.
            appid: String, Client, by_hand;

            /// The appsecret of the account.
            secret: Secret, Client, by_hand;

            /// The interface that issues the tokens of `appid`.
            token_interface: TokenInterface = TokenInterface::default(), Client, builder;

            /// The appid of the third-party platform.
            component_appid: String, Platform, by_hand;

            /// The appsecret of the third-party platform.
            component_appsecret: Secret, Platform, by_hand;

            /// The name of the query parameter that holds the platform's own token, in its requests
            /// for tokens. WeChat's older pages call it component_access_token.
            component_token_field: ComponentTokenField = ComponentTokenField::default(), Platform, builder;

            /// The platform's message token (消息校验Token of the console), with which it receives
            /// pushes. It needs `encoding_aes_key`, too.
            message_token: Secret, Platform, builder into;

            /// The message token before the last change. Keep it for a while after a change: WeChat
            /// does not say when it begins to use the new one.
            message_token_former: Secret, Platform, builder into;

            /// The platform's EncodingAESKey (消息加解密Key of the console), with which it receives
            /// pushes: 43 letters and digits. It needs `message_token`, too.
            encoding_aes_key: Secret, Platform, builder into;

            /// The EncodingAESKey before the last change. Keep it for a while after a change, as the
            /// message token.
            encoding_aes_key_former: Secret, Platform, builder into;

            /// The store that keeps tokens, so that other clients, processes and machines share
            /// them: `memory:`, in this client alone; `dir:/absolute/path`, a folder that the
            /// processes of this machine share; `redis://[user:password@]host[:port][/db]` or
            /// `redis+unix:///path`, for many machines; `redis+sentinel://host,host/master`, for
            /// the master that sentinels name; `redis+cluster://host,host`, for a cluster. With
            /// `rediss` instead of `redis`, TLS is used. Of all that share a store, one renews at a
            /// time.
            token_store: Secret = Secret::new("memory:"), Both, by_hand;

            /// The host to call. It must be https, unless it is an address of this machine.
            base_url: String = DEFAULT_BASE_URL.to_owned(), Both, builder into;

            /// Hosts that are tried, in order, if nothing could be sent to the ones before. For
            /// example `https://api2.weixin.qq.com`, WeChat's host for disaster recovery.
            alternate_base_urls: Vec<String> = Vec::new(), Both, by_hand;

            /// Whether plain http to other machines is allowed. Use it only for a proxy in your own
            /// network that speaks https to WeChat.
            allow_http: bool = false, Both, builder;

            /// The timeout of a whole call, with tokens, retries and reading back; more than 0, and
            /// at most a day. A token request takes at most three quarters of the remaining time,
            /// and at most 10 s. Waiting for a slot (see `pacing`) does not count: it has
            /// `queue_timeout`.
            timeout: Duration = Duration::from_secs(30), Both, builder;

            /// How long a call may wait for all its slots (see `pacing`) and, in Node and asyncio,
            /// for other calls to end (see `max_concurrency`); more than 0, and at most a day.
            /// WeChat accepts 5 calls a second, so 1,000 calls that begin at once take 220 s. A
            /// call that would wait longer fails at once with the code `paced_out`.
            queue_timeout: Duration = DEFAULT_QUEUE_TIMEOUT, Both, builder;

            /// The timeout for resolving the host, and then for connecting, with TLS; more than 0,
            /// and at most a day.
            connect_timeout: Duration = Duration::from_secs(5), Both, builder;

            /// How long the server may send nothing; more than 0, and at most a day.
            read_timeout: Duration = Duration::from_secs(10), Both, builder;

            /// How often a call is retried after a transient failure, 0 to 100.
            max_retries: usize = 3, Both, builder;

            /// Whether calls wait for slots, so that at most 5 calls a second are sent for each
            /// interface and account. Clients that share a token store share the slots. WeChat
            /// refuses more calls with 44990.
            pacing: bool = true, Both, builder;

            /// Whether a request is checked before it is sent, and a rule is looked up before it is
            /// published or deleted.
            validate: bool = true, Both, builder;

            /// The longest response, in bytes. The default is more than a list of 10,000 rules has.
            body_limit: u64 = 4 << 20, Both, builder;

            /// The proxy: `environment`, the proxy of the environment; `direct`, no proxy; or its
            /// URL, `http://[user:password@]host[:port]`, or with `socks5://` (this machine
            /// resolves names) or `socks5h://` (the proxy does). From the environment,
            /// `https_proxy` is read, or `http_proxy` for a base URL with plain http, and then
            /// `all_proxy`. Hosts in `no_proxy` are called directly. `localhost` and loopback
            /// addresses are always called directly.
            proxy: ProxySetting = ProxySetting::default(), Both, builder;

            /// The certificates to trust: `bundled`, Mozilla's list; `os`, the operating system's,
            /// on Linux those of `SSL_CERT_FILE` or `SSL_CERT_DIR` if one is set; or certificates
            /// in PEM, and no others.
            tls_roots: TlsRoots = TlsRoots::default(), Both, builder;

            /// Further certificates to trust besides `tls_roots`, in PEM. For example the authority
            /// of a company whose proxy decrypts TLS.
            extra_tls_roots: Vec<u8>, Both, builder into;

            /// The version of the Internet Protocol to connect with, also to a proxy. Set it if
            /// only the machine's IPv4 or only its IPv6 address is in WeChat's list of allowed
            /// addresses.
            ip_version: IpVersion = IpVersion::default(), Both, builder;

            /// The most calls at once, 1 or more. Further calls wait until others have ended.
            max_concurrency: usize = 64, Threads, by_hand;
        }
    };
}
