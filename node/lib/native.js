'use strict'

// How values cross to the binding: as JSON, and errors as JSON in the text of what it throws.

const { debuglog } = require('node:util')
const { JumpqrError } = require('./errors.js')
const { loadBinding } = require('./load.js')

const binding = loadBinding(() => require('../binding.js'))

// With NODE_DEBUG=jumpqr.
if (debuglog('jumpqr').enabled) binding.logToStderr()

// JSON has no place for these numbers and would turn them into null, which means "left out"; as texts they are checked.
const asText = (value) =>
  typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value

/** A value for the binding. */
function encode(value = null) {
  let text
  try {
    text = JSON.stringify(value)
  } catch {
    // A bigint.
  }
  // Looking at each item costs more than the rest; only null shows that there may be a reason to.
  return text?.includes('null') === false ? text : JSON.stringify(value, (_, item) => asText(item))
}

/** Options for the binding; most calls have none. */
const encodeOptions = (options) => {
  for (const _ in options) return encode(options)
}

/** Refuses what is no text without a word of what it is: it may be a secret. */
function checkText(name, value) {
  if (typeof value !== 'string') throw new TypeError(`${name}: give a string`)
}

/** Calls the binding; what it throws becomes the error that it stands for. */
function native(call) {
  try {
    return call()
  } catch (thrown) {
    throw decoded(thrown)
  }
}

function decoded(thrown) {
  let parts
  try {
    parts = JSON.parse(thrown.message)
  } catch {
    // Thrown by Node-API itself; `StringExpected` and the like: an argument of another type.
    return /Expected$|^InvalidArg$/.test(thrown.code) ? new TypeError(thrown.message, { cause: thrown }) : thrown
  }
  return parts.sandbox === undefined ? JumpqrError.of(parts) : new SandboxError(parts.sandbox, parts.status)
}

/** The sandbox did not start, or did not do what it was told. */
class SandboxError extends Error {
  constructor(message, status) {
    super(message)
    this.status = status
  }
}
Object.defineProperty(SandboxError.prototype, 'name', { value: 'SandboxError' })

module.exports = { SandboxError, binding, checkText, encode, encodeOptions, native }
