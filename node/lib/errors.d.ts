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

/**
 * The error of a call. It never holds an access token or a secret. `message` says everything in one
 * line.
 */
export declare class JumpqrError extends Error {
  protected constructor()
  readonly kind: ErrorKind
  /** A stable name, e.g. `illegal_prefix`: match on this. */
  readonly code: string
  /** What to do next. */
  readonly advice: string
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean
  /** If it is `unknown`, a change may have been applied: read it back before you send it again. */
  readonly outcome: Outcome
  /** WeChat's name of the interface; null if none was called. */
  readonly interface: string | null
  /** WeChat's number; null if it did not answer with one. */
  readonly errcode: number | null
  /** WeChat's text as it came, with the rid. */
  readonly errmsg: string | null
  /** The request id, which WeChat's support needs. */
  readonly rid: string | null
  /** Returns all parts, for a log. */
  toJSON(): object
}

/** The request or a setting is wrong. It will be refused every time. */
export declare class InvalidError extends JumpqrError {}
/** The request or a setting was refused before anything was sent. */
export declare class ValidationError extends InvalidError {
  /** What is wrong with each field of the request, or with each setting. */
  readonly violations: readonly Finding[]
}
/** Fix the appid, the secret or the token. */
export declare class CredentialsError extends JumpqrError {}
/** Get a permission, or add the machine's IP address to WeChat's whitelist. */
export declare class PermissionDeniedError extends JumpqrError {}
/** Fix something other than the request: the rule's state, the domain, the verification file. */
export declare class StateError extends JumpqrError {}
/** A daily or monthly quota is used up. Wait until WeChat renews it. */
export declare class QuotaError extends JumpqrError {}
/** There were too many calls. Wait, then call again. */
export declare class RateLimitedError extends JumpqrError {}
/** WeChat is busy. Call again later. */
export declare class BusyError extends JumpqrError {}
/** WeChat cannot be reached. Check the network. */
export declare class NetworkError extends JumpqrError {}
/** The timeout is over. Call again, or allow more time. */
export declare class CallTimeoutError extends JumpqrError {}
/** The answer is not one of WeChat's. Check proxies and `baseUrl`. */
export declare class ProtocolError extends JumpqrError {}
/** The token store failed. Fix what the message names. */
export declare class StoreError extends JumpqrError {}
/** A defect of jumpqr. Report it. */
export declare class InternalError extends JumpqrError {}
