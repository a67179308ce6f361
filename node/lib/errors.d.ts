import { Finding } from '../index.js'

/** What the reader of an error must do. */
export type ErrorKind =
  | 'invalid'
  | 'credentials'
  | 'permission'
  | 'state'
  | 'quota'
  | 'rate_limited'
  | 'busy'
  | 'network'
  | 'timeout'
  | 'protocol'
  | 'store'
  | 'internal'

/** Whether a change that ended in an error was applied. */
export type Outcome = 'not_applied' | 'unknown'

/** Every error of a call. It never holds an access token or a secret. `message` says it all in one line. */
export declare class JumpqrError extends Error {
  protected constructor()
  readonly kind: ErrorKind
  /** A stable name, e.g. `illegal_prefix`: match on this. */
  readonly code: string
  /** What to do next. */
  readonly advice: string
  /** Whether the same call may succeed later, with nothing changed. */
  readonly retryable: boolean
  /** `unknown`: a change may have been applied; read it back before sending it again. */
  readonly outcome: Outcome
  /** WeChat's name of the interface; null where none was called. */
  readonly interface: string | null
  /** WeChat's number; null where it did not answer with one. */
  readonly errcode: number | null
  /** WeChat's text as it came, rid included. */
  readonly errmsg: string | null
  /** The request id, which WeChat's support asks for. */
  readonly rid: string | null
  /** All parts, for a log. */
  toJSON(): object
}

/** The request or a setting is wrong: it will be refused every time. */
export declare class InvalidError extends JumpqrError {}
/** A request or a setting was refused here, before anything was sent. */
export declare class ValidationError extends InvalidError {
  /** Each field of the request that is wrong; empty for a setting, which the message names. */
  readonly violations: readonly Finding[]
}
/** Fix appid, secret or token. */
export declare class CredentialsError extends JumpqrError {}
/** Have somebody grant a permission, or add an IP address to a whitelist. */
export declare class PermissionError extends JumpqrError {}
/** Fix what stands outside the request: the rule's state, the domain, the verification file. */
export declare class StateError extends JumpqrError {}
/** Wait until a daily or monthly quota is renewed. */
export declare class QuotaError extends JumpqrError {}
/** Slow down; wait, then call again. */
export declare class RateLimitedError extends JumpqrError {}
/** WeChat is busy; call again later. */
export declare class BusyError extends JumpqrError {}
/** Look at the network between here and WeChat. */
export declare class NetworkError extends JumpqrError {}
/** The deadline passed; call again, or allow more time. */
export declare class TimeoutError extends JumpqrError {}
/** The answer is not one of WeChat's: look at proxies and at `baseUrl`. */
export declare class ProtocolError extends JumpqrError {}
/** The token store failed: fix what the message names. */
export declare class StoreError extends JumpqrError {}
/** A defect of jumpqr's; report it. */
export declare class InternalError extends JumpqrError {}
