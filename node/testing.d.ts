/** A local WeChat for tests, in this process. */

import { Client, ClientOptions, ClientSettings, Platform, PlatformOptions } from './index.js'

export interface Credentials {
  appid: string
  secret: string
}

/** Something that goes wrong on request. What each `fault` needs is described in the sandbox's own README. */
export interface Fault {
  fault: 'errcode' | 'delay' | 'reset' | 'truncate' | 'html' | 'status' | (string & {})
  errcode?: number
  errmsg?: string
  milliseconds?: number
  status?: number
  /** An interface by its name, or `any` (the default), `business`, `tokens`. */
  on?: string
  /** Only calls of this appid. */
  account?: string
  /** How many calls; 1 by default. */
  times?: number | 'forever'
  /** Whether the call is applied after or before; `before` by default. */
  when?: 'before' | 'after'
  [more: string]: unknown
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

/** The sandbox did not start, or did not do what it was told. */
export declare class SandboxError extends Error {
  protected constructor()
  /** The HTTP status with which a control endpoint answers this. */
  readonly status: number
}

/**
 * The same interfaces, rules, error codes and tokens as WeChat's, on loopback, on a thread of its own, until it is
 * stopped or the process ends. It keeps no process alive. Several can run side by side.
 */
export declare class Sandbox {
  /**
   * Starts it; on any free port by default.
   *
   * `allowHosts` are further hosts that requests may name, each `NAME` or `NAME:PORT`. Without them, the sandbox answers
   * as 127.0.0.1, localhost and [::1] with its own port, and refuses other names (403): a web page could have chosen them.
   */
  constructor(options?: { port?: number; allowHosts?: string[] })
  /** In the place of `https://api.weixin.qq.com`. */
  readonly baseUrl: string
  /** The Mini Program that every sandbox has. */
  readonly miniProgram: Credentials
  /** The service account that every sandbox has, linked to the Mini Program. */
  readonly serviceAccount: Credentials
  /** The third-party platform that every sandbox has; the Mini Program has authorised it. */
  readonly component: { componentAppid: string; componentAppsecret: string }
  /** A client of the Mini Program. */
  client(options?: ClientSettings | ClientOptions): Client
  /** A client of the service account. */
  serviceAccountClient(options?: ClientSettings | ClientOptions): Client
  /** The third-party platform. Hand it what WeChat would: {@link verifyTicket}, and the token that {@link authorize} returns. */
  platform(options?: Partial<PlatformOptions>): Platform
  /**
   * The component_verify_ticket that was pushed to the platform last. One is pushed every 10 minutes: by turns a new value,
   * and the same value once more.
   */
  verifyTicket(): string
  /**
   * Has the account authorise the platform, for the first time or again; returns its authorizer_refresh_token. One from
   * before is dead. Without `permission_sets`, to the same as before, and the first time to all that the account has.
   *
   * The token goes on working, unless the sandbox is asked to rotate it: `control('PUT', '/sandbox/tokens',
   * { old_refresh_token })`, with `dies_at_once`, `dies_at_first_use` or `dies_after_five_minutes`.
   */
  authorize(appid?: string, options?: { permission_sets?: number[] }): string
  /** Asks for something to go wrong; returns the id with which it can be called off. */
  inject(fault: Fault): number
  /** Calls all faults off. */
  clearFaults(): void
  /** A token, without a request. */
  accessToken(appid?: string): string
  /** Kills all tokens of the account: 40001. */
  killTokens(appid?: string): void
  /** Adds an account, or changes the fields given. */
  putAccount(appid: string, account: Record<string, unknown>): unknown
  /** The rules that the account's token added. */
  rules(appid?: string): Record<string, unknown>[]
  /** The latest requests, at most 10,000 and 64 MiB of them, without tokens and secrets. */
  requests(): Record<string, unknown>[]
  counters(): Counters
  /** Moves the sandbox's clock, in seconds. */
  advance(seconds: number): void
  /** Back to the start. */
  reset(): void
  /** Does what a control endpoint does; `control('GET', '/sandbox')` lists them. */
  control(method: string, path: string, body?: unknown): any
  /** Closes every connection and the port. */
  stop(): void
}
