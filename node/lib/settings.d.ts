// The settings, written from the table of settings of the Rust client; do not edit.

export interface CommonSettings {
  /**
   * The store that keeps tokens, so that other clients, processes and machines share them:
   * `memory:`, in this client alone; `dir:/absolute/path`, a folder that the processes of this
   * machine share; `redis://[user:password@]host[:port][/db]` or `redis+unix:///path`, for many
   * machines; `redis+sentinel://host,host/master`, for the master that sentinels name;
   * `redis+cluster://host,host`, for a cluster. With `rediss` instead of `redis`, TLS is used. Of
   * all that share a store, one renews at a time. Default: `memory:`.
   */
  tokenStore?: string
  /**
   * The host to call. It must be https, unless it is an address of this machine. Default:
   * `https://api.weixin.qq.com`.
   */
  baseUrl?: string
  /**
   * Hosts that are tried, in order, if nothing could be sent to the ones before. For example
   * `https://api2.weixin.qq.com`, WeChat's host for disaster recovery. Default: none.
   */
  alternateBaseUrls?: string[]
  /**
   * Whether plain http to other machines is allowed. Use it only for a proxy in your own network
   * that speaks https to WeChat. Default: false.
   */
  allowHttp?: boolean
  /**
   * The timeout of a whole call, with tokens, retries and reading back; more than 0, and at most a
   * day. A token request takes at most three quarters of the remaining time, and at most 10 s.
   * Waiting for a slot (see `pacing`) does not count: it has `queueTimeoutMs`. Default: 30000
   * milliseconds.
   */
  timeoutMs?: number
  /**
   * How long a call may wait for all its slots (see `pacing`) and, in Node and asyncio, for other
   * calls to end (see `maxConcurrency`); more than 0, and at most a day. WeChat accepts 5 calls a
   * second, so 1,000 calls that begin at once take 220 s. A call that would wait longer fails at
   * once with the code `paced_out`. Default: 300000 milliseconds.
   */
  queueTimeoutMs?: number
  /**
   * The timeout for resolving the host, and then for connecting, with TLS; more than 0, and at most
   * a day. Default: 5000 milliseconds.
   */
  connectTimeoutMs?: number
  /**
   * How long the server may send nothing; more than 0, and at most a day. Default: 10000
   * milliseconds.
   */
  readTimeoutMs?: number
  /** How often a call is retried after a transient failure, 0 to 100. Default: 3. */
  maxRetries?: number
  /**
   * Whether calls wait for slots, so that at most 5 calls a second are sent for each interface and
   * account. Clients that share a token store share the slots. WeChat refuses more calls with
   * 44990. Default: true.
   */
  pacing?: boolean
  /**
   * Whether a request is checked before it is sent, and a rule is looked up before it is published
   * or deleted. Default: true.
   */
  validate?: boolean
  /**
   * The longest response, in bytes. The default is more than a list of 10,000 rules has. Default:
   * 4194304.
   */
  bodyLimit?: number
  /**
   * The proxy: `environment`, the proxy of the environment; `direct`, no proxy; or its URL,
   * `http://[user:password@]host[:port]`, or with `socks5://` (this machine resolves names) or
   * `socks5h://` (the proxy does). From the environment, `https_proxy` is read, or `http_proxy` for
   * a base URL with plain http, and then `all_proxy`. Hosts in `no_proxy` are called directly.
   * `localhost` and loopback addresses are always called directly. Default: `environment`.
   */
  proxy?: string
  /**
   * The certificates to trust: `bundled`, Mozilla's list; `os`, the operating system's, on Linux
   * those of `SSL_CERT_FILE` or `SSL_CERT_DIR` if one is set; or certificates in PEM, and no
   * others. Default: `bundled`.
   */
  tlsRoots?: string
  /**
   * Further certificates to trust besides `tlsRoots`, in PEM. For example the authority of a
   * company whose proxy decrypts TLS.
   */
  extraTlsRoots?: string
  /**
   * The version of the Internet Protocol to connect with, also to a proxy. Set it if only the
   * machine's IPv4 or only its IPv6 address is in WeChat's list of allowed addresses. Default:
   * `any`.
   */
  ipVersion?: 'any' | 'ipv4' | 'ipv6'
}

export interface ThreadSettings extends CommonSettings {
  /** The most calls at once, 1 or more. Further calls wait until others have ended. Default: 64. */
  maxConcurrency?: number
}

export interface ClientSettings extends CommonSettings {
  /**
   * The appid of the account whose rules these are. Its tokens are fetched with `secret`, kept in
   * `tokenStore`, and renewed before they expire.
   */
  appid?: string
  /** The appsecret of the account. */
  secret?: string
  /** The interface that issues the tokens of `appid`. Default: `stable_token`. */
  tokenInterface?: 'stable_token' | 'token'
}

export interface PlatformSettings extends CommonSettings {
  /** The appid of the third-party platform. */
  componentAppid?: string
  /** The appsecret of the third-party platform. */
  componentAppsecret?: string
  /**
   * The name of the query parameter that holds the platform's own token, in its requests for
   * tokens. WeChat's older pages call it component_access_token. Default: `access_token`.
   */
  componentTokenField?: 'access_token' | 'component_access_token'
  /**
   * The platform's message token (消息校验Token of the console), with which it receives pushes. It
   * needs `encodingAesKey`, too.
   */
  messageToken?: string
  /**
   * The message token before the last change. Keep it for a while after a change: WeChat does not
   * say when it begins to use the new one.
   */
  messageTokenFormer?: string
  /**
   * The platform's EncodingAESKey (消息加解密Key of the console), with which it receives pushes: 43
   * letters and digits. It needs `messageToken`, too.
   */
  encodingAesKey?: string
  /**
   * The EncodingAESKey before the last change. Keep it for a while after a change, as the message
   * token.
   */
  encodingAesKeyFormer?: string
}
