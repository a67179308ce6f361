/**
 * Adds and modifies the rules by which WeChat opens a Mini Program when somebody scans a QR code: `addJumpQRCode` and its
 * family, and the access tokens they need.
 */

import { ErrorKind, Outcome } from './lib/errors.js'

export * from './lib/errors.js'

/** Which build of the Mini Program a `debug_url` opens: 1 development, 2 trial, 3 released. */
export type OpenVersion = 1 | 2 | 3
export declare const OpenVersion: {
  /** The development build; developers only. */
  readonly DEVELOPMENT: 1
  /** The trial build; administrators and experiencers. */
  readonly TRIAL: 2
  /** The released build; developers, administrators and experiencers. */
  readonly RELEASED: 3
}

/** Whether other accounts may add rules below this one: 1 they may, 2 they get 85072. */
export type PermitSubRule = 1 | 2
export declare const PermitSubRule: { readonly NOT_OCCUPIED: 1; readonly OCCUPIED: 2 }

/** Whether addJumpQRCode adds (0) or modifies (1). */
export type Edit = 0 | 1
export declare const Edit: { readonly ADD: 0; readonly MODIFY: 1 }

/** Whether a listed rule is published: 1 not, 2 it is. */
export type RuleState = 1 | 2
export declare const RuleState: { readonly UNPUBLISHED: 1; readonly PUBLISHED: 2 }

/** The rule by which an ordinary link QR code opens a Mini Program; sent with the token of the Mini Program. */
export interface OrdinaryLinkRule {
  /** An http(s) URL on a domain with ICP filing; links that it covers open the Mini Program. */
  prefix: string
  /** The Mini Program page, e.g. `pages/index/index`. */
  path: string
  open_version: OpenVersion
  permit_sub_rule: PermitSubRule
  /** At most 5 complete test links, each covered by the prefix. */
  debug_url?: string[]
  is_edit?: Edit
  appid?: undefined
}

/**
 * The rule by which a service account's parametric QR code opens a Mini Program; sent with the token of the service account.
 *
 * `rule.appid === undefined` tells it from an ordinary-link rule, for the compiler too.
 */
export interface ServiceAccountRule {
  /** The parametric QR URL; begins with `http://weixin.qq.com/q/`. */
  prefix: string
  /** The Mini Program page, e.g. `pages/index/index`. */
  path: string
  /** The appid of the Mini Program to open, `wx…`. */
  appid: string
  is_edit?: Edit
  open_version?: undefined
  permit_sub_rule?: undefined
  debug_url?: undefined
}

/** A rule of either mode. The two cannot be mixed. */
export type Rule = OrdinaryLinkRule | ServiceAccountRule

/** A rule as WeChat lists it; what it left out is absent. */
export interface ListedRule {
  prefix: string
  path: string | undefined
  state: RuleState | undefined
  /** Ordinary-link mode only, as are the next two. */
  open_version: OpenVersion | undefined
  debug_url: string[] | undefined
  permit_sub_rule: PermitSubRule | undefined
}

/**
 * A listed rule to be sent back: `{ ...listed, path: 'pages/b' }`. Its `state` is left out. A service account's rule needs
 * the `appid`, which is not listed.
 */
export interface EditedRule extends ListedRule {
  appid?: string
  is_edit?: Edit
}

/** The answer of getJumpQRCode; null for what WeChat left out. */
export interface JumpQRCodeList {
  rule_list: ListedRule[]
  /** Whether opening by QR code is switched on for the account. */
  qrcodejump_open: boolean | null
  /** The number of rules in this answer. */
  list_size: number | null
  /** The publishes that are left this month. */
  qrcodejump_pub_quota: number | null
  /** The number of all rules. */
  total_count: number | null
}

/** Which rules to list: `{}` in ordinary-link mode; else of which Mini Program, and how. */
export type GetJumpQRCode =
  | { appid?: undefined; get_type?: undefined }
  /** The latest 10,000. */
  | { appid: string; get_type: 0 }
  /** Those with these prefixes, at most 200. */
  | { appid: string; get_type: 1; prefix_list: string[] }
  /** A page: `page_num` counts from 1, `page_size` is at most 200. */
  | { appid: string; get_type: 2; page_num: number; page_size: number }

/** What names a rule: its prefix, and in service-account mode the appid of the Mini Program. */
export type RuleKey = string | { prefix: string; appid?: string; path?: undefined; state?: undefined }

/**
 * How a change was done, or why it need not be done: WeChat answered; the answer was lost and the change was found to stand;
 * there is no rule with this prefix to delete; the rule is published already. For the last two the rule was looked up before,
 * and nothing was sent.
 */
export type Confirmation = 'answered' | 'read_back' | 'not_there' | 'already_published'

/** The domain-ownership verification file. */
export interface VerificationFile {
  file_name: string
  /** To be served byte for byte. */
  file_content: string
}

export interface LinkMiniprogram {
  /** The Mini Program to link. */
  appid: string
  /** Whether to tell the followers. */
  notify_users: boolean | 0 | 1
  /** Whether to show it on the account's profile. */
  show_profile: boolean | 0 | 1
}

export type LinkStatus = 'linked' | 'awaits_mini_program_admin' | 'refused' | 'awaits_account_admin'

export interface LinkedMiniprogram {
  appid: string
  /** Null for a number that is not documented. */
  status: LinkStatus | null
  nickname: string | null
}

/** Options of one call. */
export interface CallOptions {
  /** The most time that the whole call takes without waiting for slots, in milliseconds, at most a day; the client's by default. */
  timeoutMs?: number
  /** Whether the request is checked, and a rule to publish or delete is looked up, before it is sent; as the client does. */
  validate?: boolean
  /**
   * Rejects the promise at once, with the signal's reason. A call that still waits, for a thread, a slot or a token,
   * is not sent. What was sent may still be applied, so whether a change was is then unknown: read it back. Nothing more is sent.
   */
  signal?: AbortSignal | null
}

export interface AddOptions extends CallOptions {
  /** Whether to modify (`true`, 1) or to add (`false`, 0); else `is_edit` of the rule counts, and then 0. */
  isEdit?: boolean | Edit
}

export interface RulesOptions extends CallOptions {
  /** The Mini Program whose service-account rules are listed; without, the ordinary-link rules are. */
  appid?: string
}

/** What an `accessToken` function is told. */
export interface TokenRequest {
  /** The token that WeChat has just called stale; a newer one is asked for. */
  rejected?: string
  /** How long the call that needs the token has left, in milliseconds. */
  timeLeftMs: number
  /** Aborts if the call ends before there is a token: the call's own signal aborted, or its time is up. */
  readonly signal: AbortSignal
}

/** Settings that do not say where tokens come from. Times are in milliseconds. */
export interface ClientSettings {
  /**
   * Where the tokens of appid and secret, or of a platform and its merchants, are kept, so that others share them: `memory:`,
   * the default, in this object only; `dir:/absolute/path`, a folder for the processes of one machine, made with 0700;
   * `redis://[user:password@]host[:port][/db]`, `rediss://…` with TLS, or `redis+unix:///path`, for several machines.
   */
  tokenStore?: string
  /** Which interface issues the tokens of appid and secret; `stable_token` by default. */
  tokenInterface?: 'stable_token' | 'token'
  /** The host to call; `https://api.weixin.qq.com` by default. It must be https, but for this machine's own addresses. */
  baseUrl?: string
  /** Hosts that are tried, in order, when nothing could be sent to the ones before. */
  alternateBaseUrls?: string[]
  /** Whether plain http is allowed to other machines: only for a proxy in your own network. */
  allowHttp?: boolean
  /**
   * The most time that a whole call takes, with tokens, retries and reading back; 30,000. While a call waits for a thread or for its
   * slot, its time stands still.
   */
  timeoutMs?: number
  /**
   * How long a call may wait for a free thread and for all its slots together, see `pacing`; 300,000, enough for 1,000 calls at
   * once. A call that would wait longer fails with the code `paced_out`.
   */
  queueTimeoutMs?: number
  /** How long looking up the host's name may take, and then connecting, TLS included; 5,000 each. */
  connectTimeoutMs?: number
  /** How long the server may say nothing; 10,000. */
  readTimeoutMs?: number
  /** How often a call is tried again after a transient failure; 3 by default, 0 to 100. */
  maxRetries?: number
  /**
   * Whether calls wait for slots, so that no more than 5 calls a second are sent of each interface and account; true. WeChat
   * answers more calls with 44990.
   */
  pacing?: boolean
  /** Whether a request is checked, and a rule to publish or delete is looked up, before it is sent; true. */
  validate?: boolean
  /** The longest answer that is taken, in bytes; 4 MiB, more than a list of 10,000 rules takes. */
  bodyLimit?: number
  /**
   * `http://[user:password@]host[:port]`, or the same with `socks5://` (SOCKS 5) or `socks5h://` (SOCKS 5, the proxy resolves names);
   * null for no proxy. By default the environment's: `https_proxy`, or `http_proxy` for a `baseUrl` with plain http, then
   * `all_proxy`, but not for hosts in `no_proxy`.
   */
  proxy?: string | null
  /**
   * The certificates to trust: `bundled`, Mozilla's list, the default; `os`, the operating system's, on Linux those of
   * `SSL_CERT_FILE` if it is set; or certificates in PEM, and no others.
   */
  ca?: 'bundled' | 'os' | (string & {})
  /** Certificates to trust besides, in PEM, for example the file that `NODE_EXTRA_CA_CERTS` names, which is not read. */
  extraCa?: string
  /** The version of IP to connect with, if WeChat's list has this machine's address of one of them; `any` by default. */
  ipVersion?: 'any' | 'ipv4' | 'ipv6'
}

/** Settings of a client, and where its tokens come from: appid and secret, a token, or a function that gives one. */
export type ClientOptions = ClientSettings &
  (
    | { appid: string; secret: string; accessToken?: undefined }
    | {
        /**
         * A token, or a function that is asked for one before each call, for several calls at once, and once more when
         * WeChat calls it stale. What it throws is the `cause` of the call's {@link CredentialsError}, whose code is
         * `token_source_failed`.
         */
        accessToken: string | ((request: TokenRequest) => string | Promise<string>)
        appid?: undefined
        secret?: undefined
      }
  )

/** Settings of a third-party platform. */
export interface PlatformOptions extends Omit<ClientSettings, 'tokenInterface'> {
  /** The platform's own appid. */
  componentAppid: string
  /** The platform's own appsecret. */
  componentAppsecret: string
  /**
   * What the platform's own token is called in the query of its token requests: `access_token` by default, as on WeChat's newer
   * pages; `component_access_token` on the older ones.
   */
  componentTokenField?: 'access_token' | 'component_access_token'
}

/** Options of what is done with the token store. */
export interface TokenStoreOptions {
  /** Rejects the promise at once, with the signal's reason. What is on its way to the store may be stored all the same. */
  signal?: AbortSignal | null
}

/** Whether there is a token, `expired` if it is over; the next call then fetches one. */
export type TokenState = 'missing' | 'valid' | 'expired'

/** How a token stands in its store; no secret is in it. Times are in whole seconds, cut off. */
export interface TokenStatus {
  /** Which store, as `tokenStore` has it, but for a password. */
  store: string
  /** The interface that issues the tokens, e.g. `stable_token`. */
  interface: string
  /** Whose token it is. */
  appid: string
  state: TokenState
  /** How long ago it was asked for, in seconds; null where there is none. */
  age: number | null
  /** How long it still lives, in seconds, unless WeChat cuts its life short; null where there is none. */
  expiresIn: number | null
  /** Whether the store holds the refresh token of this merchant; null for what is not a platform's merchant. */
  hasRefreshToken: boolean | null
  /** How long ago the last component_verify_ticket came, in seconds; it is good for 12 hours. Null where none came, and for what is no platform. */
  verifyTicketAge: number | null
  /** WeChat's `errcode`, where it has refused the credentials and is not asked again yet. Null too where its list of merchants did not name this one. */
  refusedErrcode: number | null
  /** For how long it is not asked again with the same credentials, in seconds; null where it has not refused them. */
  refusedFor: number | null
}

/**
 * Calls WeChat's QR jump-rule interfaces for one account. Make one for each account, and keep it.
 *
 * Calls run on threads of their own, at most 64 of a client at once; more wait for a thread, which counts towards
 * `queueTimeoutMs`, not towards `timeoutMs`. Neither the event loop nor `fs` and `dns` wait for them. A client without calls lets the process exit. A worker
 * thread makes its own clients.
 *
 * Every method rejects with a {@link JumpqrError}; one whose signal is aborted, with the signal's reason.
 */
export declare class Client {
  /**
   * Nothing is sent yet. Throws a {@link ValidationError} that names a setting that makes no sense, and a
   * {@link CredentialsError} where there is nothing to get an access token with.
   */
  constructor(options: ClientOptions)

  /** Adds or modifies a rule. Place the verification file before. */
  addJumpQRCode(rule: Rule | EditedRule, options?: AddOptions): Promise<Confirmation>

  /** Lists rules, with what is left of the quotas. */
  getJumpQRCode(query?: GetJumpQRCode, options?: CallOptions): Promise<JumpQRCodeList>

  /**
   * All rules, each prefix once. Up to 10,000 come in one answer, more in pages as they are needed, each within the timeout.
   *
   * Rules may be added and deleted meanwhile, for example each one that was given; no other is skipped for that.
   */
  rules(options?: RulesOptions): AsyncGenerator<ListedRule, void, undefined>

  /**
   * Makes a rule effective for everybody. The only way back is to delete it.
   *
   * The rule is looked up first. If there is no such rule, it rejects with a {@link StateError} with the code `no_such_rule`,
   * which names the nearest listed prefix. If the rule is published already, it resolves to `'already_published'`. In both
   * cases nothing is sent. With `validate: false` nothing is looked up.
   */
  publishJumpQRCode(rule: RuleKey, options?: CallOptions): Promise<Confirmation>

  /**
   * Removes a rule at once, published or not.
   *
   * The rule is looked up first. If there is no such rule, nothing is sent, and it resolves to `'not_there'`, see
   * {@link nearestPrefix}. With `validate: false` nothing is looked up.
   */
  deleteJumpQRCode(rule: RuleKey, options?: CallOptions): Promise<Confirmation>

  /** The domain-ownership verification file of the account. */
  downloadQRCodeText(options?: CallOptions): Promise<VerificationFile>

  /** Asks for the service account to be linked to a Mini Program; an administrator of each side confirms. */
  linkMiniprogram(link: LinkMiniprogram, options?: CallOptions): Promise<Confirmation>

  /** How this client's token stands in its store, without asking WeChat; null for an `accessToken` of the caller's own. */
  tokenStatus(options?: TokenStoreOptions): Promise<TokenStatus | null>

  /** The Mini Programs that the service account is linked to, or is about to be. */
  wxamplinkget(options?: CallOptions): Promise<LinkedMiniprogram[]>

  /**
   * Calls the interface with this name of WeChat's, one of `names.interfaces`. `args` and the answer have the wire names and
   * values, `is_edit` with a rule.
   */
  call(interfaceName: string, args?: object, options?: CallOptions): Promise<unknown>
}

/**
 * A third-party platform, which calls for the merchants that have authorised it. Make one, and keep it: its merchants share its
 * connections and its store. What it knows of a merchant is dropped from memory 10 minutes after the last use, once no client of
 * the merchant is held.
 *
 * Its own token is asked for with its appsecret and the component_verify_ticket, a merchant's with the merchant's refresh token.
 * The next refresh token, which an answer may bring, is in the store before the access token that came with it is used.
 *
 * At most 64 calls of a merchant are on their way at once, and 256 of all merchants; more wait for a thread.
 */
export declare class Platform {
  /** Nothing is sent yet. Throws a {@link ValidationError} that names a setting that makes no sense. */
  constructor(options: PlatformOptions)

  /**
   * Keeps the component_verify_ticket that WeChat has just pushed, in the store: any process that shares it may receive the
   * pushes, every 10 minutes, each good for 12 hours. It is the decrypted ComponentVerifyTicket, which begins with `ticket@@@`;
   * what cannot be a ticket, such as the ciphertext of Encrypt, is refused, and the former ticket stays.
   */
  setVerifyTicket(ticket: string, options?: TokenStoreOptions): Promise<void>

  /**
   * Keeps the authorizer_refresh_token that a merchant's authorisation has just brought, in the store, in the place of any
   * former one. Only a new authorisation needs this: later ones are kept as they come.
   */
  setAuthorizerRefreshToken(appid: string, token: string, options?: TokenStoreOptions): Promise<void>

  /** A client that calls for the merchant with this appid. Clients of one merchant share its token and its pace. */
  merchant(appid: string): Client

  /** How the platform's own token stands in the store, without asking WeChat; for a merchant's, ask its client. */
  tokenStatus(options?: TokenStoreOptions): Promise<TokenStatus>
}

/** A violation or a warning. */
export interface Finding {
  /** E.g. `debug_url[2]`; empty where it is the whole input. */
  field: string
  /** The stable code, e.g. `outside_rule`. */
  code: string
  /** What is wrong, and what to do. */
  message: string
}

export interface CheckReport {
  /** What a page of WeChat's forbids; a request with one is not sent. */
  violations: Finding[]
  /** What is documented nowhere, or a reported cause of a refusal; the request is sent. */
  warnings: Finding[]
}

/** All violations and all warnings of a rule; nothing is sent. */
export declare function check(rule: unknown): CheckReport

/** All violations and all warnings of a call; nothing is sent. */
export declare function checkCall(interfaceName: string, args: unknown): CheckReport

/** The value of a JSON document, a text or UTF-8; throws a {@link ValidationError} that says where it is not one. */
export declare function parseDocument(document: string | Uint8Array): any

/** A rule to be matched; a rule as WeChat lists it is one. Without a state it is taken for published. */
export interface Candidate {
  prefix: string
  state?: RuleState | null | undefined
}

/** Why a rule does not cover a link. */
export interface Mismatch {
  /** The stable code, e.g. `no_trailing_slash`. */
  code: string
  /** What is the matter, and what to do. */
  message: string
}

/** What a scanned link hits. */
export interface LinkMatch {
  /** The prefix of the most specific rule that covers the link. */
  hit: string | null
  /** The prefix of the published rule that the unpublished `hit` shadows. */
  shadowed: string | null
  /** Whether the link opens the Mini Program for everybody. */
  opens: boolean
}

/**
 * An index over rules, built once: the cost of a match grows with the link, not with the number of rules. It never changes.
 *
 * The semantics are those of `developers.weixin.qq.com/miniprogram/introduction/qrcode`, for ordinary-link rules.
 */
export declare class RuleSet {
  /**
   * Of rules, or of an answer of getJumpQRCode. Throws a {@link ValidationError} that names each one that is no rule. Of two
   * rules with the same prefix, the one that is published counts.
   */
  constructor(rules: readonly Candidate[] | { rule_list: readonly Candidate[] })
  /** How many rules there are. */
  readonly size: number
  /** What a scanned link hits. */
  match(link: string): LinkMatch
  /** For each rule, in the order given, why it does not cover the link; null for those that do. It looks at every rule. */
  explain(link: string): (Mismatch | null)[]
}

/** What a scanned link hits, and why not the other rules. */
export interface MatchReport extends LinkMatch {
  /** For each rule, in the order given, why it does not cover the link; null for those that do. */
  reasons: (Mismatch | null)[]
}

/** What one scanned link hits, and why not the other rules. For many links make a {@link RuleSet} once. */
export declare function match(
  rules: readonly Candidate[] | { rule_list: readonly Candidate[] },
  link: string,
): MatchReport

/** Whether a rule `prefix` with permit_sub_rule 2 bars other accounts from adding the rule `other`. */
export declare function occupies(prefix: string, other: string): boolean

/**
 * The listed prefix that most resembles `prefix`; null if none resembles it. Use it to see which rule was meant when a delete
 * resolves to `'not_there'`.
 */
export declare function nearestPrefix(
  prefix: string,
  listed: Iterable<string | Pick<ListedRule, 'prefix'>>,
): string | null

/** The URL under which WeChat looks for the verification file of a rule; null where `prefix` is not a link. */
export declare function verificationFileLocation(prefix: string, fileName: string): string | null

/** The query with which the Mini Program is opened for a scanned link. `scancodeTime` is in UNIX seconds. */
export declare function launchQuery(link: string, scancodeTime: number): string

/** One of WeChat's error codes. */
export interface ErrCode {
  number: number
  name: string
  /** The documented text; empty where none is. */
  errmsg: string
  kind: ErrorKind
  /** What a call does next. */
  reaction: 'stop' | 'fix' | 'renew' | 'wait' | 'read_back'
  /** Seconds. */
  wait_seconds: number
  retryable: boolean
  meaning: string
  advice: string
}

/** What one of WeChat's error codes means; null for one that is not known. */
export declare function errcode(number: number): ErrCode | null

interface Value {
  readonly number: number
  readonly word: string
}

/** Every stable name and number. */
export declare const names: {
  readonly errcodes: readonly Readonly<ErrCode>[]
  readonly own_codes: readonly {
    readonly name: string
    readonly kind: ErrorKind
    readonly retryable: boolean
    readonly advice: string
  }[]
  readonly findings: readonly { readonly name: string; readonly warning: boolean }[]
  readonly kinds: readonly ErrorKind[]
  readonly outcomes: readonly Outcome[]
  readonly mismatches: readonly Readonly<Mismatch>[]
  readonly confirmations: readonly Confirmation[]
  readonly interfaces: readonly string[]
  readonly link_statuses: readonly { readonly number: number; readonly name: LinkStatus }[]
  readonly open_version: readonly Value[]
  readonly permit_sub_rule: readonly Value[]
  readonly is_edit: readonly Value[]
  readonly state: readonly Value[]
}

/** The version of this package. */
export declare const version: string
