/** A local WeChat for tests, in this process. */

import { Client, ClientOptions, ClientSettings, Platform, PlatformOptions } from './index.js'

export interface Credentials {
  appid: string
  secret: string
}

/** A third-party platform. The last two are the settings with which it receives pushes. */
export interface Component {
  componentAppid: string
  componentAppsecret: string
  messageToken?: string
  encodingAesKey?: string
}

/** A fault to inject. The table of faults in the sandbox's README says what each `fault` does and needs. */
export interface Fault {
  /** The name of the fault. An unknown name throws an error with all names. */
  fault: string
  errcode?: number
  errmsg?: string
  milliseconds?: number
  status?: number
  bytes?: number
  /** The name of an interface, or `any` (the default), `business`, `tokens`. */
  on?: string
  /** Only calls of this appid. */
  account?: string
  /** The number of calls; 1 by default. */
  times?: number | 'forever'
  /** Whether it happens before or after the call is applied; `before` by default. */
  when?: 'before' | 'after'
}

/** A wrong or repeated push. The sandbox's README says what each one is. */
export type PushOrder = 'wrong_signature' | 'former_key' | 'doubled' | 'out_of_order' | 'oversized' | 'doctype'

/** A push to a platform, and what was answered. It has `***` for secrets. */
export interface RecordedPush {
  /** When the answer came or the try failed, by the sandbox's clock, in ms since 1970. */
  finished_at_ms: number
  component_appid: string
  info_type: string
  /** The merchant; null for a ticket. */
  authorizer_appid: string | null
  /** The `CreateTime`, in UNIX seconds. */
  create_time: number
  /** What was ordered; null for a push of WeChat's own. */
  order: PushOrder | null
  /** The number of this try, from 1. */
  attempt: number
  /** The HTTP status; null if there was no whole answer within 5 seconds. */
  status: number | null
  /** The first 4 KiB of the answer's body. */
  body: string
  /** Why there was no answer. */
  error: string | null
  /** Whether the answer was HTTP 200 with exactly `success`. */
  is_success: boolean
}

/** The fields of an account to change. A new account needs `kind` and `secret`. */
export interface AccountChange {
  kind?: 'mini_program' | 'service_account'
  secret?: string
  nickname?: string
  permissionSets?: number[]
  personal?: boolean
  verify_type?: number
  account_status?: number
  released?: boolean
  qrcodejumpOpen?: boolean
  tokenLifetimeSeconds?: number
}

/** Whose verification file is fetched, and how. */
export interface FileFetch {
  /** The account; the Mini Program by default. */
  appid?: string
  /** The address of your web server, such as `127.0.0.1:8080`, instead of the one that DNS gives. */
  connectTo?: string[]
  /** The timeout of the fetch; 6000 by default. */
  timeoutMs?: number
  /** Whether an address of DNS may be private; false by default. */
  allowPrivate?: boolean
  /** Certificates of authorities in PEM, to trust in addition to the public ones. They need `connectTo`. */
  extraTlsRoots?: string
}

/** How many requests were received. */
export interface Counters {
  /** By interface; one that was not called is absent. */
  calls: Record<string, number>
  business_calls: number
  token_calls: number
  /** Calls for a token of an account or a platform that the sandbox has: by its appid, then by interface. */
  token_calls_by_appid: Record<string, Record<string, number>>
  /** Calls of platforms that the sandbox has: by component_appid, then by interface. */
  platform_calls: Record<string, Record<string, number>>
  /** Those of them that ask for a merchant's token: by component_appid, then by the merchant's appid. */
  authorizer_token_calls: Record<string, Record<string, number>>
  /** New tokens by the interface that issued them. */
  tokens_issued: Record<string, number>
  unknown_paths: number
  connections: number
}

/** Why a sandbox did not start, or refused a method call. */
export declare class SandboxError extends Error {
  protected constructor()
  /** The HTTP status of the control response that reports this error. */
  readonly status: number
}

/**
 * The same interfaces, rules, error codes and tokens as WeChat's, on loopback, on a thread of its own, until it is
 * stopped or the process ends. It does not keep the process alive. Several can run side by side.
 */
export declare class Sandbox {
  /**
   * Starts it, by default on any free port.
   *
   * `frozenAt` is the time at which its clock stands still, in UNIX seconds; by default the clock runs. `allowHosts` are
   * further hosts in the `Host` header, each `NAME` or `NAME:PORT`. By default, the sandbox accepts 127.0.0.1, localhost
   * and [::1] with its own port. It refuses other names (403), because a web page could have chosen them.
   *
   * With `pushUrl`, it pushes tickets and authorisations of its own platform to this URL, encrypted with the
   * `messageToken` and the `encodingAesKey` of {@link component}. The URL must be `http` on loopback. The first ticket
   * comes at once.
   */
  constructor(options?: { port?: number; frozenAt?: number; allowHosts?: string[]; pushUrl?: string })
  /** The base URL to use instead of `https://api.weixin.qq.com`. */
  readonly baseUrl: string
  /** The Mini Program: its token adds ordinary-link rules. */
  readonly miniProgram: Credentials
  /** The service account: its token adds service-account rules. It is linked to the Mini Program. */
  readonly serviceAccount: Credentials
  /** The third-party platform, with the settings of its pushes. The Mini Program has authorised it. */
  readonly component: Required<Component>
  /** Returns a client of the account, of the Mini Program by default. */
  client(settings?: { account?: Credentials } & (ClientSettings | ClientOptions)): Client
  /** Returns the third-party platform. It has no ticket yet, see {@link verifyTicket}. */
  platform(settings?: { component?: Component } & Partial<PlatformOptions>): Platform
  /** Injects a fault. Returns its id. `control('DELETE', `/sandbox/faults/${id}`)` removes the fault. */
  inject(fault: Fault): number
  /** Removes all pending faults. */
  clearFaults(): void
  /** Returns a new token of the account (by default, the Mini Program), without a request. No counter changes. */
  accessToken(appid?: string): string
  /** Kills all tokens of the account (by default, the Mini Program): calls with them get 40001. Returns how many were valid. */
  killTokens(appid?: string): number
  /**
   * Returns the component_verify_ticket that was pushed to the platform last. A ticket is pushed every 10 minutes,
   * alternately a new one and the same one again.
   */
  verifyTicket(componentAppid?: string): string
  /**
   * Makes the account (by default, the Mini Program) authorise the platform. Earlier refresh tokens are dead. Returns the
   * authorizer_refresh_token. By default, the permission sets stay as they are; the first time, the platform gets all
   * permission sets of the account.
   *
   * The token keeps working, unless the sandbox rotates refresh tokens: `control('PUT', '/sandbox/tokens',
   * { old_refresh_token })`, with `dies_at_once`, `dies_at_first_use` or `dies_after_five_minutes`.
   */
  authorize(appid?: string, options?: { permissionSets?: number[]; componentAppid?: string }): string
  /** Returns the latest 10,000 pushes to all platforms that were sent, with what was answered. */
  pushes(): RecordedPush[]
  /** Returns how many pushes wait, for their first try or the next one, or are being sent. */
  pendingPushes(): number
  /**
   * Pushes a wrong or repeated event: the last one of the merchant `authorizerAppid`, or without it the last ticket. The
   * platform (by default, the sandbox's own) must have a push_url.
   */
  orderPush(order: PushOrder, options?: { authorizerAppid?: string; componentAppid?: string }): void
  /** Adds an account, or changes the given fields of the account. */
  putAccount(appid: string, changes: AccountChange): void
  /**
   * Really fetches the verification file of the account (by default, the Mini Program) from the web server of the prefix
   * when a rule is added, as WeChat does. Without the file, the rule is refused with 85069, and {@link requests} has the
   * reason. This lasts until {@link reset}, or `control('DELETE', `/sandbox/accounts/${appid}/file_fetch`)`.
   */
  fetchFile(settings?: FileFetch): void
  /** Returns the rules that the account's token added (by default, the Mini Program's), as they are stored. */
  rules(appid?: string): Record<string, unknown>[]
  /**
   * Returns the latest requests, up to 10,000 requests or 64 MiB, without tokens and secrets, and
   * what was answered. If the sandbox knows more about a refusal than WeChat says, `reason` has its
   * `code` and `message`: for 85069, why WeChat does not find the verification file.
   */
  requests(): Record<string, unknown>[]
  /** Returns how many requests were received. */
  counters(): Counters
  /** Moves the sandbox's clock forward, in seconds. */
  advance(seconds: number): void
  /** Resets to the initial state: no rules, tokens, faults or requests. */
  reset(): void
  /** Calls a control endpoint without a socket. `control('GET', '/sandbox')` lists the endpoints. */
  control(method: string, path: string, body?: unknown): any
  /** Closes every connection and the port. */
  stop(): void
}
