'use strict'

// How values cross to the binding: as JSON. Errors are JSON in the message of what it throws.

const { debuglog } = require('node:util')
/** @type {Record<string, any>} */
const classes = require('./errors.js')
const { loadBinding } = require('./load.js')

const binding = loadBinding()

// With NODE_DEBUG=jumpqr.
if (debuglog('jumpqr').enabled) binding.logToStderr()

// JSON would write these numbers as null, which means "absent". As texts, they are refused.
function asText(_, value) {
  const isNumber = typeof value === 'number' && !Number.isFinite(value)
  return isNumber || typeof value === 'bigint' ? String(value) : value
}

/**
 * Encodes a value for the binding.
 *
 * @param {unknown} value
 */
function encode(value = null) {
  let text
  try {
    text = JSON.stringify(value)
  } catch {
    // A bigint.
  }
  // Looking at each item costs more than the rest. Only null shows that it may be necessary.
  return text?.includes('null') === false ? text : JSON.stringify(value, asText)
}

/** Encodes options for the binding. Most calls have none. */
const encodeOptions = (options) => {
  for (const _ in options) return encode(options)
}

/**
 * Returns the arguments of a raw call for the binding. The body is JSON already, which keeps the
 * order of its fields.
 *
 * @param {string} path
 * @param {any} query
 * @param {unknown} body
 * @param {boolean | undefined} repeatable
 */
function rawCall(path, query, body, repeatable) {
  checkType('string', { path })
  if (query != null && typeof query !== 'object') throw new TypeError('query: give an object')
  const isIterable = typeof query?.[Symbol.iterator] === 'function'
  const pairs = isIterable ? [...query] : Object.entries(query ?? {})
  return { path, query: pairs.map(finitePair), body: body == null ? null : bodyOf(body), repeatable }
}

/** In a query, `NaN` would be a text like others. The binding refuses null. */
const finitePair = (pair) =>
  Array.isArray(pair) ? pair.map((part) => (typeof part === 'number' && !Number.isFinite(part) ? null : part)) : pair

function bodyOf(body) {
  const json = typeof body === 'object' ? JSON.stringify(body, refuseInfinite) : undefined
  if (json === undefined) throw new TypeError('body: give an object or an array')
  return json
}

function refuseInfinite(_, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('body: give finite numbers')
  return value
}

/**
 * Refuses arguments of another type. The value may be a secret, so the message does not repeat it.
 */
function checkType(type, values) {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== type) throw new TypeError(`${name}: give a ${type}`)
  }
}

/** Calls the binding. What it throws becomes the error that its message describes. */
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
    // Thrown by Node-API itself.
    return thrown
  }
  if (parts.sandbox === undefined) return errorOf(parts)
  return new SandboxError(parts.sandbox, parts.status)
}

/** Makes an error of the class that the binding names. */
function errorOf({ class: name, violations, ...parts }, options) {
  const own = name === 'ValidationError' ? { ...parts, violations } : parts
  return new classes[name](own, options)
}

/** The sandbox did not start, or refused what it was told. */
class SandboxError extends Error {
  constructor(message, status) {
    super(message)
    this.status = status
  }
}
Object.defineProperty(SandboxError.prototype, 'name', { value: 'SandboxError' })

module.exports = { SandboxError, binding, checkType, encode, encodeOptions, errorOf, native, rawCall }
