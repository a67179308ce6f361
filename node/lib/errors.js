'use strict'

/** Every error of a call. Its parts are those of the core's error; its message is the core's whole text. */
class JumpqrError extends Error {
  constructor({ text, message: _, ...parts }, options) {
    super(text, options)
    Object.assign(this, parts)
  }

  /** The error of the class that its kind has. */
  static of(parts, options) {
    const { violations, ...others } = parts
    // What WeChat refuses has a number; the rest is refused here, before anything is sent.
    if (parts.kind === 'invalid' && parts.errcode === null) return new ValidationError(parts, options)
    return new (byKind[parts.kind] ?? JumpqrError)(others, options)
  }

  toJSON() {
    return { name: this.name, ...this, message: this.message }
  }
}

class InvalidError extends JumpqrError {}
class ValidationError extends InvalidError {}
class CredentialsError extends JumpqrError {}
class PermissionError extends JumpqrError {}
class StateError extends JumpqrError {}
class QuotaError extends JumpqrError {}
class RateLimitedError extends JumpqrError {}
class BusyError extends JumpqrError {}
class NetworkError extends JumpqrError {}
class TimeoutError extends JumpqrError {}
class ProtocolError extends JumpqrError {}
class StoreError extends JumpqrError {}
class InternalError extends JumpqrError {}

const byKind = {
  invalid: InvalidError,
  credentials: CredentialsError,
  permission: PermissionError,
  state: StateError,
  quota: QuotaError,
  rate_limited: RateLimitedError,
  busy: BusyError,
  network: NetworkError,
  timeout: TimeoutError,
  protocol: ProtocolError,
  store: StoreError,
  internal: InternalError,
}

const classes = { JumpqrError, ValidationError }
for (const error of Object.values(byKind)) classes[error.name] = error
// On the prototype, where Error has it, so that it is not listed among an error's own parts.
for (const [name, error] of Object.entries(classes)) {
  Object.defineProperty(error.prototype, 'name', { value: name, configurable: true, writable: true })
}

module.exports = { ...classes, byKind }
