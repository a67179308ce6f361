/**
 * Adds and modifies the rules by which WeChat opens a Mini Program when somebody scans a QR code:
 * `addJumpQRCode` and its family, and the access tokens they need.
 */

import { ErrorKind, Outcome } from './lib/errors.js'
import { ClientSettings, PlatformSettings, ThreadSettings } from './lib/settings.js'

export * from './lib/errors.js'
export * from './lib/settings.js'

/** The build of the Mini Program that a `debug_url` opens: 1 development, 2 trial, 3 released. */
export type OpenVersion = 1 | 2 | 3
export declare const OpenVersion: {
  /** The development build; developers only. */
  readonly DEVELOPMENT: 1
  /** The trial build; administrators and experiencers. */
  readonly TRIAL: 2
  /** The released build; developers, administrators and experiencers. */
  readonly RELEASED: 3
}

/** Whether other accounts may add rules below this one: 1 they may, 2 WeChat refuses with 85072. */
export type PermitSubRule = 1 | 2
export declare const PermitSubRule: { readonly NOT_OCCUPIED: 1; readonly OCCUPIED: 2 }

/** Whether addJumpQRCode adds (0) or modifies (1). */
export type Edit = 0 | 1
export declare const Edit: { readonly ADD: 0; readonly MODIFY: 1 }

/** Whether a listed rule is published: 1 it is not, 2 it is. */
export type RuleState = 1 | 2
export declare const RuleState: { readonly UNPUBLISHED: 1; readonly PUBLISHED: 2 }

/** The device on which a merchant opens the link: a browser on a computer, or WeChat on a phone. */
export type Device = 'pc' | 'mobile'

/** Which accounts the page offers on which a merchant authorises a platform. */
export type AuthType = 1 | 2 | 3 | 4 | 5 | 6 | 8
export declare const AuthType: {
  /** Service accounts and subscription accounts (公众号). */
  readonly OFFICIAL_ACCOUNT: 1
  /** Mini Programs (小程序). */
  readonly MINI_PROGRAM: 2
  /** Both. */
  readonly BOTH: 3
  /** Accounts of 推客. */
  readonly PROMOTER: 4
  /** Accounts of Channels (视频号). */
  readonly CHANNELS: 5
  /** All kinds. */
  readonly ALL: 6
  /** Accounts of 带货助手. */
  readonly SALES_ASSISTANT: 8
}

/**
 * The rule by which an ordinary link QR code opens a Mini Program. It is sent with the token of the
 * Mini Program.
 */
export interface OrdinaryLinkRule {
  /** An http(s) URL on a domain with ICP filing. Links that it covers open the Mini Program. */
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
 * The rule by which a service account's parametric QR code opens a Mini Program. It is sent with
 * the token of the service account.
 *
 * `rule.appid === undefined` tells it from an ordinary-link rule, also for the compiler.
 */
export interface ServiceAccountRule {
  /** The parametric QR URL. It begins with `http://weixin.qq.com/q/`. */
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

/** A rule as WeChat lists it. A field that WeChat left out is absent. */
export interface ListedRule {
  prefix: string
  path: string | undefined
  state: RuleState | undefined
  /** Only in ordinary-link mode, as the next two. */
  open_version: OpenVersion | undefined
  debug_url: string[] | undefined
  permit_sub_rule: PermitSubRule | undefined
}

/**
 * A listed rule to send back: `{ ...listed, path: 'pages/b' }`. Its `state` is not sent. A service
 * account's rule needs the `appid`, which is not listed.
 */
export interface EditedRule extends ListedRule {
  appid?: string
  is_edit?: Edit
}

/** The answer of getJumpQRCode. A field that WeChat left out is null. */
export interface JumpQRCodeList {
  rule_list: ListedRule[]
  /** Whether opening by QR code is switched on for the account. */
  qrcodejump_open: boolean | null
  /** The number of rules in this answer. */
  list_size: number | null
  /** How many publishes are left this month. */
  qrcodejump_pub_quota: number | null
  /** The number of all rules. */
  total_count: number | null
}

/** Which rules to list: `{}` in ordinary-link mode; else the rules of one Mini Program. */
export type GetJumpQRCode =
  | { appid?: undefined; get_type?: undefined }
  /** The latest 10,000. */
  | { appid: string; get_type: 0 }
  /** The rules with these prefixes, at most 200. */
  | { appid: string; get_type: 1; prefix_list: string[] }
  /** A page. `page_num` counts from 1, and `page_size` is at most 200. */
  | { appid: string; get_type: 2; page_num: number; page_size: number }

/**
 * What identifies a rule: its prefix, and in service-account mode the appid of the Mini Program.
 */
export type RuleKey =
  | string
  | { prefix: string; appid?: string; path?: undefined; state?: undefined }

/**
 * How a change was confirmed: WeChat answered; or the answer was lost, and reading back found the
 * change. Or why nothing was sent: there is no rule with this prefix to delete, or the rule is
 * already published.
 */
export type Confirmation = 'answered' | 'read_back' | 'not_there' | 'already_published'

/** The domain-ownership verification file. */
export interface VerificationFile {
  file_name: string
  /** Your server must serve it byte for byte. */
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

export interface UnlinkMiniprogram {
  /** The linked Mini Program. */
  appid: string
}

export interface IpList {
  /** Addresses, and ranges such as `101.226.103.0/25`. */
  ip_list: string[]
}

export interface GetApiQuota {
  /** The path of an interface, for example `/cgi-bin/wxopen/qrcodejumpadd`. */
  cgi_path: string
}

/** A number that WeChat left out is null. */
export interface DailyQuota {
  /** The calls that the account may make in a day. */
  daily_limit: number | null
  /** The calls that it has made today. */
  used: number | null
  /** The calls that are left today. */
  remain: number | null
}

/** A number that WeChat left out is null. */
export interface RateLimit {
  /** The number of calls. */
  call_count: number | null
  /** The time, in seconds. */
  refresh_second: number | null
}

export interface ApiQuota {
  quota: DailyQuota
  rate_limit: RateLimit | null
  /** The limit of a third-party platform that calls for the account. */
  component_rate_limit: RateLimit | null
}

export interface GetRidInfo {
  /** The `rid` of an error: three groups of 8 hex digits. */
  rid: string
}

/**
 * A field that WeChat left out is null. WeChat returns the texts with the tokens and secrets that
 * were sent. Here, stars stand for them.
 */
export interface RidInfo {
  /** When the call was made, in seconds since the UNIX epoch. */
  invoke_time: number | null
  /** How long WeChat worked on it. */
  cost_in_ms: number | null
  /** The query of the URL. */
  request_url: string | null
  request_body: string | null
  response_body: string | null
  /** The IP address that the call came from. */
  client_ip: string | null
}

export interface ClearQuota {
  /** The account that the token belongs to. */
  appid: string
}

/** Options of one call. */
export interface CallOptions {
  /**
   * The timeout of the whole call, without waiting for slots, in milliseconds; at most a day. The
   * default is the client's.
   */
  timeoutMs?: number
  /**
   * Whether the request is checked before it is sent, and a rule is looked up before it is
   * published or deleted. The default is the client's.
   */
  validate?: boolean
  /**
   * Cancels the call. The promise rejects at once with the signal's reason, and nothing more is
   * sent. A request that was already sent may still be applied: read the rule back.
   */
  signal?: AbortSignal | null
}

export interface AddOptions extends CallOptions {
  /**
   * Whether to modify (`true`, 1) or to add (`false`, 0). The default is the rule's `is_edit`, or
   * else 0.
   */
  isEdit?: boolean | Edit
}

/** What is sent to an interface that jumpqr does not have. */
export interface RawCall {
  /** The fields of the query, without the token. Values are percent-encoded when they are sent. */
  query?: Record<string, string | number> | Iterable<readonly [string, string | number]> | null
  /** The body of a POST, which is sent as JSON. Without it, the call is a GET. */
  body?: object | null
  /**
   * Whether the call may be sent again after a lost response, because a second time does no harm.
   * The default is `false`.
   */
  repeatable?: boolean
}

/** A raw call, and the options of the call. */
export interface RawCallOptions extends RawCall, Omit<CallOptions, 'validate'> {}

export interface RulesOptions extends CallOptions {
  /** The Mini Program of service-account rules. Without it, ordinary-link rules are listed. */
  appid?: string
}

/** What an `accessToken` function is told. */
export interface TokenRequest {
  /** The token that WeChat has just called stale. The function must give a newer one. */
  rejected?: string
  /** How long the call that needs the token has left, in milliseconds. */
  timeLeftMs: number
  /** Aborts if the call ends before it gets the token, because it was aborted or its time is up. */
  readonly signal: AbortSignal
}

/**
 * What one call has done. The diagnostics channel `jumpqr:call` has the same events, of all clients
 * of its JavaScript thread. It has no secret, no message, and of WeChat's texts only the rid. Times
 * are milliseconds.
 *
 * If a token is renewed, the requests for it are calls too, and have events of their own, with the
 * interface `stable_token`, `token`, `api_component_token` or `api_authorizer_token`.
 */
export interface CallEvent {
  /** WeChat's name of the interface, or the path of a raw call. */
  interface: string
  /** The account that the call was for; null if the client does not know it. */
  appid: string | null
  /** How long the call took, with all waits. */
  duration_ms: number
  /** How long it waited for its place, see `maxConcurrency`, and for a free thread. */
  thread_ms: number
  /** How long it waited for its slots, because of the pace. */
  slot_ms: number
  /**
   * How long it took to get the token, without `lock_ms`. If the token was renewed, this includes
   * WeChat's time, which the event of the renewal shows.
   */
  token_ms: number
  /** How long it waited while another thread or another process renewed the token. */
  lock_ms: number
  /** How long it waited before its retries. */
  retry_ms: number
  /** How long its requests took: connecting, sending, and waiting for WeChat's responses. */
  wechat_ms: number
  /** Whether a token was renewed for this call, by itself or by another call that it waited for. */
  token_renewed: boolean
  /** Whether the change was read back because its outcome was unknown. */
  read_back: boolean
  /** The HTTP status of the last response; null if there was none. */
  status: number | null
  /** WeChat's errcode, if the call failed with one. */
  errcode: number | null
  /** The code of the error; null if the call succeeded. */
  code: string | null
  /** The id of the request at WeChat, if the call failed and WeChat told it. */
  rid: string | null
  /** Whether the change was applied; null if the interface changes nothing. */
  outcome: 'applied' | 'not_applied' | 'unknown' | null
  /** The requests of the call, in order. It is empty if nothing was sent. */
  attempts: Attempt[]
}

/** One request of a call, and what came of it. */
export interface Attempt {
  /**
   * What the request was for: to look the rule up before a change, the call's own, or to read the
   * change back.
   */
  purpose: 'look_up' | 'request' | 'read_back'
  /** When it was sent, counted from the start of the call. */
  start_ms: number
  /** How long it took: connecting, sending, and waiting for the response. */
  duration_ms: number
  /** The HTTP status of the response; null if there was none. */
  status: number | null
  /** WeChat's errcode, if WeChat refused the request. */
  errcode: number | null
  /** The code of the failure; null if WeChat did what the request asks. */
  code: string | null
  /** The id of the request at WeChat, if WeChat refused it and told the id. */
  rid: string | null
  /** What the call did next, because of `code`; null after the last request. */
  next: 'request' | 'retry' | 'next_host' | 'renew_token' | 'read_back' | 'resend' | null
}

/** Who gets the events of calls. */
export interface ListenerSettings {
  /**
   * A function that takes the event of each call, when the call is done and before its promise
   * settles. It is called in the asynchronous context of the call. The events of a renewed token
   * come before the event of the call that needed it. What it throws becomes a warning of the
   * process, and does not affect the call.
   */
  onCall?: ((event: CallEvent) => void) | null
}

/**
 * Settings of a client. Its tokens come from an appid and a secret, from a token, or a function.
 */
export type ClientOptions = ThreadSettings &
  ListenerSettings &
  ClientSettings &
  (
    | { appid: string; secret: string; accessToken?: undefined }
    | {
        /**
         * A token, or a function that gives one. The function is called before each call, also for
         * several calls at once, and once more if WeChat calls the token stale. What it throws is
         * the `cause` of the call's {@link CredentialsError}, whose code is `token_source_failed`.
         */
        accessToken: string | ((request: TokenRequest) => string | Promise<string>)
        appid?: undefined
        secret?: undefined
      }
  )

/** Settings of a third-party platform. */
export interface PlatformOptions extends ThreadSettings, ListenerSettings, PlatformSettings {
  componentAppid: string
  componentAppsecret: string
}

/** Options of what uses only the token store. */
export interface TokenStoreOptions {
  /** The promise rejects at once with the signal's reason. The store may still keep the value. */
  signal?: AbortSignal | null
}

/**
 * Whether there is a token. If it is `expired`, the next call fetches a new one. If it is
 * `unauthorized`, the merchant has ended the authorisation of the platform: the next call fails
 * with `merchant_unauthorized`, and WeChat is not asked.
 */
export type TokenState = 'missing' | 'valid' | 'expired' | 'unauthorized'

/** The state of a token in its store. It holds no secret. Times are whole seconds, rounded down. */
export interface TokenStatus {
  /** The store, as in `tokenStore` but without its password. */
  store: string
  /** The interface that issues the tokens, e.g. `stable_token`. */
  interface: string
  /** Whose token it is. */
  appid: string
  state: TokenState
  /** The time since the token was requested; null if there is no token. */
  age: number | null
  /** How long the token still lives, unless WeChat ends it earlier; null if there is no token. */
  expiresIn: number | null
  /** Whether the store holds the merchant's refresh token; null if this is not a merchant. */
  hasRefreshToken: boolean | null
  /**
   * The time since the last component_verify_ticket came, which is valid for 12 hours; null if none
   * came, and if this is not a platform.
   */
  verifyTicketAge: number | null
  /**
   * WeChat's `errcode`, if WeChat has refused the credentials, and they are not tried again yet. It
   * is null, too, if WeChat's list of merchants does not have this merchant.
   */
  refusedErrcode: number | null
  /** How long the refused credentials are not tried again; null if WeChat has not refused them. */
  refusedFor: number | null
}

/** Whether WeChat will find the verification file, as far as it can be seen from here. */
export type PreflightVerdict = 'will_fail' | 'may_fail' | 'no_cause_found' | 'no_file_needed'

/** One cause for which WeChat does not, or may not, find the verification file. */
export interface PreflightFinding {
  /** The stable code, e.g. `file_at_root`. */
  code: string
  severity: Severity
  /** What is wrong. */
  message: string
  /** The URL at which it was seen; null if nothing was fetched. */
  url: string | null
  /** The addresses at which it was seen, with their ports. */
  addresses: string[]
  /** Where it shows. */
  extent: 'everywhere' | 'ipv6_only' | 'ipv4_only' | 'some_addresses' | 'some_answers'
  /** Where it shows, in numbers, e.g. `1 of 3 answers`; null if it shows everywhere. */
  share: string | null
  /** What was seen, verbatim, on one line. */
  seen: string
  /** Why WeChat refuses it. */
  why: string
  /** What to do. */
  remedy: string
}

/** One fetch of a preflight, and what came of it. */
export interface PreflightFetch {
  /** What is at the URL, e.g. `right` or `root`. */
  place: string
  url: string
  /** The address that was connected to, with its port. */
  address: string
  /** Which attempt it was, from 1. */
  attempt: number
  /** How long the phases took; null if a phase did not end, or did not take place. */
  connectMs: number | null
  tlsMs: number | null
  firstByteMs: number | null
  wholeMs: number | null
  /** `response`, or in which way the fetch failed. */
  outcome: string
  /** What the system or the TLS library said, if there is no response. */
  detail?: string
  status?: number
  /** The names and the values of the head. */
  header?: [string, string][]
  /** The first bytes of the body, escaped. */
  body?: string
  bodyBytes?: number
  /** How the body ended, e.g. `complete`. */
  bodyEnd?: string
}

/** What a preflight has seen and found. */
export interface Preflight {
  verdict: PreflightVerdict
  /** Where it was looked from, and what cannot be seen from there. */
  unseen: string
  prefix: string
  /** The URL from which WeChat fetches the file; null if the prefix is not a link. */
  url: string | null
  fileName: string
  /** Whether private addresses were allowed, or addresses of the caller were used. */
  isRehearsal: boolean
  /** The addresses of this machine from which it looked. */
  lookedFrom: string[]
  /** What DNS gave; null if it was not asked. */
  dns: { ms: number; addresses: string[]; failure: string | null } | null
  /** First what blocks the rule, then the warnings, then what is unknown. */
  findings: PreflightFinding[]
  /** Everything that was fetched. */
  fetches: PreflightFetch[]
}

/** How a preflight looks. */
export interface PreflightOptions {
  /** The file, if it is at hand; then nothing is sent to WeChat. */
  file?: VerificationFile
  /**
   * The timeout of the look, in milliseconds. The default is 20,000. The download before it has the
   * client's.
   */
  timeoutMs?: number
  /** The timeout of each fetch, in milliseconds. The default is 6,000. */
  fetchTimeoutMs?: number
  /** Whether addresses that are not public are looked at. Leave it for prefixes of strangers. */
  allowPrivate?: boolean
  /**
   * Whether a port other than that of http or https is looked at. Leave it for prefixes of
   * strangers.
   */
  allowPort?: boolean
  /**
   * The addresses to connect to instead of those that DNS gives, e.g. `127.0.0.1:8080`, for a
   * rehearsal.
   */
  connectTo?: readonly string[]
  /** Certificates in PEM to trust too, with `connectTo`. */
  extraTlsRoots?: string
  /** Cancels the preflight. The promise rejects at once with the signal's reason. */
  signal?: AbortSignal | null
}

/**
 * Calls WeChat's QR jump-rule interfaces for one account. Make one for each account, and keep it.
 *
 * Neither the event loop nor `fs` and `dns` wait for calls: what would block them runs on threads
 * of its own. At most `maxConcurrency` calls of a client run at once. More calls wait, which counts
 * towards `queueTimeoutMs`, not towards `timeoutMs`. A client without calls lets the process exit.
 * A worker thread makes its own clients.
 *
 * Every method rejects with a {@link JumpqrError}, or with the reason of an aborted signal.
 */
export declare class Client {
  /**
   * Sends nothing yet. Throws a {@link ValidationError} with a violation for each wrong setting,
   * and a {@link CredentialsError} if there is no source of access tokens.
   */
  constructor(options: ClientOptions)

  /** Adds or modifies a rule. Place the verification file first. */
  addJumpQRCode(rule: Rule | EditedRule, options?: AddOptions): Promise<Confirmation>

  /** Lists rules, and what is left of the quotas. */
  getJumpQRCode(query?: GetJumpQRCode, options?: CallOptions): Promise<JumpQRCodeList>

  /**
   * Lists all rules, each prefix once. Up to 10,000 come in one answer. More come in pages as they
   * are needed, and each page has the timeout.
   *
   * You may add and delete rules meanwhile, for example each rule that this yields. It still skips
   * no other rule.
   */
  rules(options?: RulesOptions): AsyncGenerator<ListedRule, void, undefined>

  /**
   * Makes a rule effective for everybody. Only deleting it undoes that.
   *
   * The rule is looked up first. If it does not exist, this rejects with a {@link StateError} with
   * the code `no_such_rule`, which names the nearest listed prefix. If the rule is already
   * published, this resolves to `'already_published'`. In both cases nothing is sent. With
   * `validate: false` nothing is looked up.
   */
  publishJumpQRCode(rule: RuleKey, options?: CallOptions): Promise<Confirmation>

  /**
   * Removes a rule at once, published or not.
   *
   * The rule is looked up first. If it does not exist, nothing is sent, and this resolves to
   * `'not_there'`, see {@link nearestPrefix}. With `validate: false` nothing is looked up.
   */
  deleteJumpQRCode(rule: RuleKey, options?: CallOptions): Promise<Confirmation>

  /** Returns the domain-ownership verification file of the account. */
  downloadQRCodeText(options?: CallOptions): Promise<VerificationFile>

  /** Asks to link the service account to a Mini Program. An administrator of each side confirms. */
  linkMiniprogram(link: LinkMiniprogram, options?: CallOptions): Promise<Confirmation>

  /**
   * Looks whether WeChat will find the verification file of a rule, and says why not (85069).
   *
   * The file is downloaded with {@link downloadQRCodeText}, and looked for as WeChat does: at each
   * address of the host, three times, without following a redirect. If it is not in the right place,
   * it is also looked for where people put it by mistake. Nothing is changed. Whatever the server
   * does is a finding, and does not reject. Whether a firewall refuses WeChat's own servers cannot
   * be seen from here.
   */
  preflight(rule: Rule | RuleKey, options?: PreflightOptions): Promise<Preflight>

  /**
   * Returns the state of this client's token in its store, without calling WeChat; null for an
   * `accessToken` of your own.
   */
  tokenStatus(options?: TokenStoreOptions): Promise<TokenStatus | null>

  /** Returns the Mini Programs that the service account is linked to, or is about to be. */
  wxamplinkget(options?: CallOptions): Promise<LinkedMiniprogram[]>

  /**
   * Asks to remove the link to a Mini Program. An administrator of the service account confirms.
   * Until then, `wxamplinkget` lists the link.
   */
  unlinkMiniprogram(link: UnlinkMiniprogram, options?: CallOptions): Promise<Confirmation>

  /** Returns the addresses from which WeChat sends its pushes. Read them once a day. */
  getCallbackIp(options?: CallOptions): Promise<IpList>

  /** Returns the addresses of WeChat's interfaces, for a firewall. Read them once a day. */
  getApiDomainIp(options?: CallOptions): Promise<IpList>

  /** Returns how often the account may call an interface, and how often it has called it today. */
  getApiQuota(query: GetApiQuota, options?: CallOptions): Promise<ApiQuota>

  /** Returns what WeChat keeps for 7 days about a call of this account, without its tokens. */
  getRidInfo(query: GetRidInfo, options?: CallOptions): Promise<RidInfo>

  /**
   * Clears the account's counts of the calls of the day, for all interfaces: 10 times a month. If
   * the response is lost, the outcome is unknown, and the call is not sent again.
   */
  clearQuota(account: ClearQuota, options?: CallOptions): Promise<Confirmation>

  /**
   * Clears the counts as `clearQuota` does, with the client's `appid` and `secret`. It needs no
   * token, so it also helps if the calls for tokens are used up. A client that has no `secret`
   * rejects with the code `no_credentials`.
   */
  clearQuotaByAppSecret(options?: CallOptions): Promise<Confirmation>

  /**
   * Calls the interface with WeChat's name, one of `names.interfaces`. `args` and the answer have
   * the wire names and values. A rule may have `is_edit`.
   */
  call(interfaceName: string, args?: object, options?: CallOptions): Promise<unknown>

  /**
   * Calls any interface of WeChat's, also one that jumpqr does not have, with this client's token.
   * Returns the whole response, which may contain secrets.
   *
   * `path` begins with `/`, without host and query. A refusal of WeChat's rejects with its
   * {@link JumpqrError.errcode}; a stale token is renewed once. If a response is lost, WeChat may
   * have done what the call asks: the `outcome` of the error is `unknown`, unless the call is
   * `repeatable`. Throws a {@link ValidationError}, and sends nothing, if the path or the query is
   * not allowed: interfaces that issue tokens are refused, and so is a token in the query.
   */
  callRaw<Response extends object = Record<string, any>>(
    path: string,
    options?: RawCallOptions,
  ): Promise<Response>
}

/** Options of a platform's own calls. */
export interface CancelOptions {
  /**
   * The promise rejects at once with the signal's reason. What has begun goes on: a merchant may
   * still be stored.
   */
  signal?: AbortSignal | null
}

/**
 * What a push says. What an event does not have is null.
 *
 * If you print or serialise an event, it shows neither the ticket, nor a code, nor `raw`.
 */
export declare class PushEvent {
  protected constructor()
  /**
   * `component_verify_ticket`, `authorized`, `updateauthorized`, `unauthorized`, or another of
   * WeChat's events; null for a message or event of a merchant.
   */
  readonly info_type: string | null
  /** When WeChat made one of the four events, in UNIX seconds. */
  readonly create_time: number | null
  /** The merchant of one of the last three. */
  readonly authorizer_appid: string | null
  /** The ticket, which is valid for 12 hours. It is a secret. */
  readonly component_verify_ticket: string | null
  /** The code that {@link Platform.exchange} takes. It is a secret. */
  readonly authorization_code: string | null
  /** When the code expires, in UNIX seconds. */
  readonly authorization_code_expired_time: number | null
  /** The code in the link on which the merchant authorised the platform. It is a secret. */
  readonly pre_auth_code: string | null
  /**
   * The decrypted text of any other push, usually XML. It may have codes in it. Parts of it may
   * come from a user of the merchant.
   */
  readonly raw: string | null
  /** Returns the parts that are not secret. */
  toJSON(): object
}

/** A push from WeChat. */
export declare class Push {
  protected constructor()
  /** What the push says. */
  readonly event: PushEvent
  /** The body to answer with, with HTTP status 200: `success`. WeChat waits for 5 seconds. */
  readonly reply: string
  /**
   * Returns the XML of an encrypted reply to a message of a merchant's user, to answer with instead
   * of `reply`. Tickets and authorisations are answered in plain text.
   */
  encryptReply(text: string): string
}

/** A push that was received and stored. Answer with `reply`, then call `finish`. */
export declare class Handled extends Push {
  /**
   * Whether the store has changed: a newer ticket was stored, or the tokens of a merchant were
   * removed. It is false if the push is a repeated or an old one, and for an authorisation, whose
   * tokens come with `finish`.
   */
  readonly hasChanged: boolean
  /**
   * Does what is left after the reply: exchanges the code of `authorized` and `updateauthorized`,
   * as {@link Platform.exchange} does. For any other event, it resolves to null at once.
   *
   * Doubled and late pushes do no harm. It rejects with a {@link CredentialsError} if the merchant
   * has ended the authorisation since this push (`merchant_unauthorized`), and nothing is stored; or
   * if WeChat does not exchange the code (61009, 61010), and the merchant is not stored. It may be
   * called again after an error.
   *
   * If the process ends before, or if this fails, no authorisation is lost: `handle` has stored the
   * code, and the next call for the merchant exchanges it, in any process that shares the store. A
   * code is valid for about an hour.
   */
  finish(options?: CancelOptions): Promise<AuthorizedMerchant | null>
}

/** Settings of a receiver, from the platform's page in the console of WeChat. */
export interface ReceiverOptions {
  /** The appid of the third-party platform. */
  componentAppid: string
  /** The message token (消息校验Token). */
  messageToken: string
  /** The EncodingAESKey (消息加解密Key): 43 letters and digits. */
  encodingAesKey: string
  /** The message token before the last change. */
  messageTokenFormer?: string | undefined
  /** The EncodingAESKey before the last change. */
  encodingAesKeyFormer?: string | undefined
}

/**
 * Checks and decrypts the pushes to a platform, and stores nothing: {@link Platform.handle} does
 * both. Make one, and keep it.
 */
export declare class Receiver {
  /** Throws a {@link ValidationError} with a violation for each wrong setting. */
  constructor(options: ReceiverOptions)
  /**
   * Checks and decrypts a push. `query` is the raw query string of the request, and `body` its raw
   * body.
   *
   * Throws a {@link ValidationError} if the push is refused: `push_malformed`, `push_not_signed`,
   * `push_not_decrypted`, or `unexpected_push` for an event that lacks a documented field. Answer
   * that with an HTTP error, for example 403, and an empty body.
   */
  receive(query: string, body: Uint8Array | string): Push
  /**
   * Checks the GET request with which WeChat verifies an address. Returns the body to answer with:
   * the `echostr`. It is documented for the addresses of single accounts, not of platforms.
   */
  verifyUrl(query: string): string
}

/** What the link says on which a merchant authorises a platform. */
export interface AuthorizationLink {
  /**
   * Where WeChat sends the merchant afterwards, with `auth_code` and `expires_in` in the query: an
   * absolute URL, not percent-encoded.
   */
  redirect_uri: string
  /** The device on which the merchant opens the link. Default: `pc`. */
  device?: Device | undefined
  /** Which accounts the page offers, as a number or as its name. Default: 3, both. */
  auth_type?: AuthType | Lowercase<keyof typeof AuthType> | undefined
  /** The only account that may authorise. If it is set, `auth_type` has no effect. */
  biz_appid?: string | undefined
  /** The numbers of the permission sets that are offered. Default: all of the platform's. */
  category_id_list?: number[] | undefined
}

/** A permission set that a merchant has granted. What WeChat left out is null. */
export interface FuncInfo {
  /** Its number. Rules need 18 for ordinary links, and 3 in service-account mode. */
  id: number
  name: string | null
  confirm_info: ConfirmInfo | null
}

/** The confirmation of a permission set. WeChat does not document it. */
export interface ConfirmInfo {
  /** Whether the permission set must be confirmed before its interfaces work. */
  need_confirm: boolean | null
  /** Whether it was confirmed. */
  already_confirm: boolean | null
  /** Whether it can be confirmed now. */
  can_confirm: boolean | null
}

/** A merchant whose refresh token is stored. */
export interface AuthorizedMerchant {
  /** The merchant's Mini Program or service account, for {@link Platform.merchant}. */
  authorizer_appid: string
  /** The permission sets that the merchant has granted; null if WeChat did not tell. */
  func_info: FuncInfo[] | null
  /** Whether there is a refresh token. WeChat gives none to an account that may call nothing. */
  has_refresh_token: boolean
}

/** A merchant in WeChat's list. */
export interface ListedAuthorizer {
  authorizer_appid: string
  /** When the merchant authorised the platform, in UNIX seconds; null if WeChat left it out. */
  auth_time: number | null
  /** Whether WeChat lists a refresh token. It does once the merchant's code was exchanged. */
  has_refresh_token: boolean
}

/** The mode of the rules that a merchant is to have. */
export type Mode = 'ordinary_link' | 'service_account'

/** Whether the rules of a merchant can work. */
export type Verdict = 'ready' | 'not_ready' | 'unknown'

/** What a finding means for the rules. */
export type Severity = 'blocks' | 'warns' | 'unknown'

/** What was found about a merchant. */
export interface ReadinessFinding {
  /** The field of WeChat's answer, e.g. `func_info`. */
  field: string
  /** The stable code, e.g. `missing_permission_set`. */
  code: string
  severity: Severity
  /** The error code that a call would get; null if that is not known. */
  errcode: number | null
  /** What was found, and what to do. */
  message: string
}

/** Whether the rules of a merchant can work, as far as WeChat tells. */
export interface Readiness {
  /** `not_ready` if a finding blocks the rules; `unknown` if something is not known. */
  verdict: Verdict
  /** First what blocks the rules, then the warnings, then what is unknown. */
  findings: ReadinessFinding[]
}

/** What WeChat says about a merchant's account. What it left out is null. */
export interface AuthorizerInfo {
  nick_name: string | null
  head_img: string | null
  /** The `id`. 2 is a service account; a Mini Program has 0. */
  service_type_info: number | null
  /** The `id`. -1 is not verified; 0 is verified by WeChat. */
  verify_type_info: number | null
  /** The original id, `gh_…`. */
  user_name: string | null
  alias: string | null
  qrcode_url: string | null
  /** The name of the organisation, or `个人` for an individual. */
  principal_name: string | null
  signature: string | null
  /** What only a Mini Program has. */
  MiniProgramInfo: {
    categories: { first: string | null; second: string | null }[]
    visit_status: number | null
  } | null
  /** How the account was made. */
  register_type: number | null
  /** Null, too, for a number that is not documented. */
  account_status: 'normal' | 'cancelled' | 'banned' | 'warned' | 'frozen' | null
}

/** The answer of api_get_authorizer_info, without tokens. */
export interface AuthorizerInfoResponse {
  authorizer_info: AuthorizerInfo
  /** What the merchant has granted; null if WeChat left it out. */
  authorization_info: { authorizer_appid: string; func_info: FuncInfo[] | null } | null
}

/** Whether `api_start_push_ticket` has restarted the pushes, or they were not stopped. */
export type TicketPushes = 'restarted' | 'were_running'

/**
 * A third-party platform, which calls for the merchants that have authorised it. Make one, and keep
 * it: its merchants share its connections and its store. What it knows of a merchant leaves the
 * memory 10 minutes after the last use, once no client of the merchant is held.
 *
 * It gets its own token with its appsecret and the component_verify_ticket, and a merchant's token
 * with the merchant's refresh token. An answer may bring the next refresh token. The store keeps
 * that before the access token in the same answer is used.
 *
 * At most `maxConcurrency` calls of a merchant run at once, and four times as many of all
 * merchants. Of the platform's own calls, `maxConcurrency` run at once. More calls wait.
 *
 * Every method except `merchant` rejects with a {@link JumpqrError}, or with the reason of an
 * aborted signal.
 */
export declare class Platform {
  /**
   * Sends nothing yet. Throws a {@link ValidationError} with a violation for each wrong setting.
   */
  constructor(options: PlatformOptions)

  /**
   * Receives what WeChat pushes to either address of the platform, and stores it. `query` is the
   * raw query string of the request, and `body` its raw body. The platform needs the settings
   * `messageToken` and `encodingAesKey`.
   *
   * - A ticket is stored, unless the stored one is of the same or a later push.
   * - `unauthorized` removes the merchant's tokens, unless the merchant has authorised the platform
   *   in the same second or later. From then on, calls for the merchant reject with the code
   *   `merchant_unauthorized`, and WeChat is not asked. If another process has the former access
   *   token in memory, it learns this when WeChat refuses its next call.
   * - The code of `authorized` and `updateauthorized` is stored, unless a newer one is known. It is
   *   exchanged by {@link Handled.finish}. If that is not called or fails, the next call for the
   *   merchant exchanges it.
   * - Everything else is only received.
   *
   * Any process that shares the store may receive the pushes.
   *
   * A push that is refused is a {@link ValidationError}, as {@link Receiver.receive} says. Answer it
   * with an HTTP error, for example 403, and an empty body. After any other error, answer with 500:
   * then WeChat may send the push again. If the store fails, that is a {@link StoreError}. If a
   * setting is missing, it is a {@link ValidationError} with the code `invalid_config`.
   */
  handle(query: string, body: Uint8Array | string, options?: CancelOptions): Promise<Handled>

  /**
   * Makes a link on which a merchant authorises the platform, with a pre_auth_code of its own.
   *
   * Make one for each merchant when the page with the link is shown: it works once, and for about
   * 10 minutes. The page must be on the domain that the console has as 授权发起页域名; WeChat
   * refuses a merchant who comes from elsewhere, also by a redirect of your server. Afterwards
   * WeChat sends the merchant to the link's `redirect_uri` with an `auth_code` in the query, for
   * {@link exchange}, and pushes `authorized`, for {@link handle}.
   *
   * If `baseUrl` is not WeChat's, the link leads to that host.
   */
  authorizationUrl(link: AuthorizationLink, options?: CancelOptions): Promise<string>

  /**
   * Exchanges the authorization_code of a merchant who has come back from the link: the decoded
   * `auth_code` of the query. The refresh token is stored before this resolves.
   *
   * The push `authorized` brings a code of the same merchant, and both may be exchanged, in any
   * order. If the page is loaded twice, the code was used before (61009): if this process exchanged
   * it, and the merchant is stored, that is no error.
   *
   * Rejects with a {@link CredentialsError} if the code was used or is unknown (61009), has expired
   * (61010), or the merchant has ended the authorisation meanwhile (`merchant_unauthorized`). With
   * the first two, look whether {@link merchants} has the merchant; if not, make another link. An
   * empty code is a {@link ValidationError}.
   */
  exchange(authorizationCode: string, options?: CancelOptions): Promise<AuthorizedMerchant>

  /**
   * Removes what the store has of a merchant. WeChat is not told: only the merchant can end an
   * authorisation. While it stands, a later call for the merchant finds the refresh token in
   * WeChat's list again.
   */
  forget(appid: string, options?: CancelOptions): Promise<void>

  /**
   * Lists all merchants that have authorised the platform, each once, in pages of 500 that are
   * requested as they are needed. The store is neither read nor changed.
   */
  merchants(options?: CancelOptions): AsyncGenerator<ListedAuthorizer, void, undefined>

  /**
   * Asks WeChat about a merchant, and judges whether its rules can work: of which kind the account
   * is, which permission sets it has granted, whether it is verified and not frozen. Nothing is
   * written. In service-account mode, give the service account, not the Mini Program that the rules
   * open.
   */
  readiness(appid: string, mode: Mode, options?: CancelOptions): Promise<Readiness>

  /** Returns what WeChat says about a merchant, and what the merchant has granted. */
  authorizerInfo(appid: string, options?: CancelOptions): Promise<AuthorizerInfoResponse>

  /**
   * Returns the platform's own token, for an interface that jumpqr does not have. It is renewed if
   * it is due, and shared through the store, so that no other program of the platform needs to
   * fetch one. It is a secret.
   */
  componentAccessToken(options?: CancelOptions): Promise<string>

  /**
   * Calls any interface of WeChat's with the platform's own token, which has the name in the query
   * that the setting `componentTokenField` says. For an interface that needs a merchant's token,
   * use {@link Client.callRaw} of the merchant's client, which has the details.
   */
  callRaw<Response extends object = Record<string, any>>(
    path: string,
    options?: RawCall & CancelOptions,
  ): Promise<Response>

  /**
   * Asks WeChat to push tickets again. WeChat stops if the platform's address does not answer. This
   * needs no token.
   */
  startPushTicket(options?: CancelOptions): Promise<TicketPushes>

  /**
   * Stores the component_verify_ticket that WeChat has just pushed, for programs that decrypt
   * pushes by themselves: {@link handle} does both. WeChat pushes one every 10 minutes, valid for
   * 12 hours, and any process that shares the store may receive it. The ticket is the decrypted
   * ComponentVerifyTicket, which begins with `ticket@@@`. If the value cannot be a ticket, for
   * example the ciphertext of Encrypt, it is refused, and the former ticket stays.
   */
  setVerifyTicket(ticket: string, options?: TokenStoreOptions): Promise<void>

  /**
   * Stores the authorizer_refresh_token of a merchant's new authorisation that another program got,
   * and replaces the former one. {@link exchange} and {@link Handled.finish} do this by themselves.
   * Later refresh tokens are stored as they come.
   */
  setAuthorizerRefreshToken(
    appid: string,
    token: string,
    options?: TokenStoreOptions,
  ): Promise<void>

  /**
   * Returns a client that calls for this merchant. All clients of a merchant share its token and
   * its pace. Throws a {@link ValidationError} if the text cannot be an appid. If it comes from the
   * web, check first that the merchant is yours: each call for an unknown one asks WeChat, and
   * leaves a record in the store.
   */
  merchant(appid: string): Client

  /**
   * Returns the state of the platform's own token in the store, without calling WeChat. A
   * merchant's client tells the state of the merchant's token.
   */
  tokenStatus(options?: TokenStoreOptions): Promise<TokenStatus>
}

/** A violation or a warning. */
export interface Finding {
  /** The field, e.g. `debug_url[2]` or the setting `timeoutMs`; empty for the whole input. */
  field: string
  /** The stable code, e.g. `outside_rule`. */
  code: string
  /** What is wrong, and what to do. */
  message: string
}

export interface CheckReport {
  /** What a page of WeChat's forbids. A request with a violation is not sent. */
  violations: Finding[]
  /** What is not documented, or a reported cause of a refusal. The request is sent. */
  warnings: Finding[]
}

/** Returns all violations and all warnings of a rule. Sends nothing. */
export declare function check(rule: unknown): CheckReport

/** Returns all violations and all warnings of a call. Sends nothing. */
export declare function checkCall(interfaceName: string, args: unknown): CheckReport

/**
 * Parses untrusted JSON, a text or bytes in UTF-8. Throws a {@link ValidationError} that says where
 * it is wrong.
 */
export declare function parseDocument(document: string | Uint8Array): any

/**
 * A rule to match links against, for example a listed rule. Without a state, it counts as
 * published.
 */
export interface Candidate {
  prefix: string
  state?: RuleState | null | undefined
  /** The Mini Program page that it opens. */
  path?: string | null | undefined
  /** Which build a test link opens. */
  open_version?: OpenVersion | null | undefined
  /** The test links. */
  debug_url?: readonly string[] | null | undefined
}

/** Rules, and what is known of the account that has them: an answer of getJumpQRCode. */
export interface CandidateList {
  rule_list: readonly Candidate[]
  /** Whether opening by QR code is switched on for the account. */
  qrcodejump_open?: boolean | null | undefined
  /** Whether the Mini Program has released code. WeChat's answer does not say it: add it. */
  is_released?: boolean | null | undefined
}

/** Why a rule does not cover a link. */
export interface Mismatch {
  /** The stable code, e.g. `no_trailing_slash`. */
  code: string
  /** What is wrong, and what to do. */
  message: string
}

/** Why a link does not open the Mini Program for everybody. */
export interface Obstacle {
  /** The stable code, e.g. `not_published`. */
  code: string
  /** What is wrong, and what to do. */
  message: string
}

/** What a scanned link hits, and what it opens. */
export interface LinkMatch {
  /** The prefix of the most specific rule that covers the link. */
  hit: string | null
  /** The prefix of the published rule that the unpublished `hit` shadows. */
  shadowed: string | null
  /** Whether the link opens the Mini Program for everybody: there is no obstacle. */
  opens: boolean
  /** Why it does not: what concerns the link, then what concerns all links of the account. */
  obstacles: Obstacle[]
  /** Whether it opens for developers and testers: for everybody, or as a test link of the `hit`. */
  opensForTesters: boolean
  /** The build that a test link of the `hit` opens for developers and testers. */
  testVersion: OpenVersion | null
  /** The Mini Program page of the `hit`, if it is known. */
  path: string | null
}

/**
 * An index over rules. The cost of a match grows with the link, not with the number of rules. It
 * never changes.
 *
 * It matches as `developers.weixin.qq.com/miniprogram/introduction/qrcode` says for ordinary-link
 * rules.
 */
export declare class RuleSet {
  /**
   * Takes rules, or an answer of getJumpQRCode. Throws a {@link ValidationError} with a violation
   * for each value that is not a rule. If two rules have the same prefix, the published one counts.
   */
  constructor(rules: readonly Candidate[] | CandidateList)
  /** The number of rules. */
  readonly size: number
  /** Returns what a scanned link hits. */
  matchUrl(link: string): LinkMatch
  /**
   * Returns why each rule, in the given order, does not cover the link; null for a rule that does.
   * It looks at every rule.
   */
  explain(link: string): (Mismatch | null)[]
}

/** What a scanned link hits, and why it does not hit the other rules. */
export interface MatchReport extends LinkMatch {
  /** Why each rule, in the given order, does not cover the link; null for a rule that does. */
  reasons: (Mismatch | null)[]
}

/**
 * Returns what one scanned link hits, and why it does not hit the other rules. For many links, make
 * a {@link RuleSet} once.
 */
export declare function matchUrl(
  rules: readonly Candidate[] | CandidateList,
  link: string,
): MatchReport

/**
 * Returns whether a rule `prefix` with permit_sub_rule 2 bars other accounts from adding `other`.
 */
export declare function occupies(prefix: string, other: string): boolean

/**
 * Returns the listed prefix that most resembles `prefix`; null if none resembles it. If a delete
 * resolves to `'not_there'`, it shows which rule was meant.
 */
export declare function nearestPrefix(
  prefix: string,
  listed: Iterable<string | Pick<ListedRule, 'prefix'>>,
): string | null

/**
 * Returns the URL at which WeChat looks for the verification file of a rule; null if `prefix` is
 * not a link.
 */
export declare function verificationFileLocation(prefix: string, fileName: string): string | null

/**
 * Returns the query with which the Mini Program is opened for a scanned link. `scancodeTime` is in
 * UNIX seconds.
 */
export declare function launchQuery(link: string, scancodeTime: number): string

/** The QR code of a link, which {@link qr} makes. */
export declare class QrCode {
  private constructor()
  /** The link. The code contains its UTF-8, byte for byte. */
  readonly link: string
  /** The error-correction level that the code has: the one asked for, or a higher one. */
  readonly level: 'L' | 'M' | 'Q' | 'H'
  /** The version, from 1 to 40, which is the size by another name. */
  readonly version: number
  /** The rows of modules, without the light border; a dark module is `true`. */
  readonly matrix: boolean[][]
  /** Returns an SVG picture, with the caption below the code. */
  svg(options?: { caption?: string | null | undefined }): string
  /**
   * Returns a PNG picture, whose modules have `scale` × `scale` pixels: 1 to 64, 8 if not given.
   */
  png(options?: { scale?: number | undefined }): Uint8Array
  /** Returns text for a terminal that shows colours. It sets both, so any background will do. */
  terminal(): string
  /** Returns text without colours, for a terminal with a dark background. */
  plain(): string
}

/**
 * Returns the QR code of a link, with at least this error-correction level, `'M'` if not given: a
 * code may be dirty or damaged by about 7 % (L), 15 % (M), 25 % (Q) or 30 % (H).
 *
 * Throws a {@link ValidationError} if the link is empty, or fits into no code. Whether WeChat opens
 * the link is another question: see {@link matchUrl}.
 */
export declare function qr(
  link: string,
  options?: { level?: 'L' | 'M' | 'Q' | 'H' | undefined },
): QrCode

/** One of WeChat's error codes. */
export interface ErrCode {
  number: number
  name: string
  /** The documented text; empty if none is documented. */
  errmsg: string
  kind: ErrorKind
  /** What a call does next. */
  reaction: 'stop' | 'fix' | 'renew' | 'wait' | 'read_back'
  /** How long it waits, in seconds. */
  wait_seconds: number
  retryable: boolean
  meaning: string
  advice: string
}

/** Returns what one of WeChat's error codes means; null if it is not known. */
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
  readonly readiness_codes: readonly { readonly name: string; readonly severity: Severity }[]
  readonly preflight_codes: readonly {
    readonly name: string
    readonly severity: Severity
    readonly message: string
  }[]
  readonly preflight_verdicts: readonly PreflightVerdict[]
  readonly preflight_places: readonly string[]
  readonly preflight_extents: readonly PreflightFinding['extent'][]
  readonly devices: readonly Device[]
  readonly modes: readonly Mode[]
  readonly verdicts: readonly Verdict[]
  readonly severities: readonly Severity[]
  readonly auth_type: readonly Value[]
  readonly open_version: readonly Value[]
  readonly permit_sub_rule: readonly Value[]
  readonly is_edit: readonly Value[]
  readonly state: readonly Value[]
}

/** The version of this package. */
export declare const version: string
