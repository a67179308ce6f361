'use strict'

// What WeChat pushes to a platform.

const { inspect } = require('node:util')
const { run } = require('./calls.js')
const { binding, checkType, encode, native } = require('./native.js')

/** @import { CancelOptions } from '../index.js' */

/** Returns the bytes of a body, as they are now: the caller may change them later. */
function bytesOf(body) {
  if (typeof body === 'string') return new TextEncoder().encode(body)
  if (body instanceof Uint8Array) return new Uint8Array(body)
  throw new TypeError('body: give the raw body, as a Buffer, a Uint8Array or a string')
}

/** What a push says. What is secret in it is shown to nobody who only prints the event. */
class PushEvent {
  #parts

  constructor(parts) {
    this.#parts = parts
  }

  get info_type() {
    return this.#parts.info_type ?? null
  }

  get create_time() {
    return this.#parts.create_time ?? null
  }

  get authorizer_appid() {
    return this.#parts.authorizer_appid ?? null
  }

  get component_verify_ticket() {
    return this.#parts.component_verify_ticket ?? null
  }

  get authorization_code() {
    return this.#parts.authorization_code ?? null
  }

  get authorization_code_expired_time() {
    return this.#parts.authorization_code_expired_time ?? null
  }

  get pre_auth_code() {
    return this.#parts.pre_auth_code ?? null
  }

  get raw() {
    return this.#parts.raw ?? null
  }

  toJSON() {
    const { info_type, create_time, authorizer_appid, authorization_code_expired_time } = this
    return { info_type, create_time, authorizer_appid, authorization_code_expired_time }
  }

  [inspect.custom](_depth, options) {
    return `PushEvent ${inspect(this.toJSON(), options)}`
  }
}

class Push {
  #native

  constructor(push, { event, reply }) {
    this.#native = push
    this.event = new PushEvent(event)
    this.reply = reply
  }

  encryptReply(text) {
    checkType('string', { text })
    return native(() => this.#native.encryptReply(text))
  }
}

class Handled extends Push {
  #native
  #places
  #functions

  constructor(push, parts, places, functions) {
    super(push, parts)
    this.#native = push
    this.#places = places
    this.#functions = functions
    this.hasChanged = parts.has_changed
  }

  /** @param {CancelOptions} [options] */
  async finish({ signal } = {}) {
    return await run((...number) => this.#native.finish(...number), this.#places, signal, this.#functions)
  }
}

class Receiver {
  #native

  constructor(settings = {}) {
    this.#native = native(() => new binding.Receiver(encode(settings)))
  }

  receive(query, body) {
    checkType('string', { query })
    const bytes = bytesOf(body)
    const push = native(() => this.#native.receive(query, bytes))
    return new Push(push, JSON.parse(native(() => push.parts())))
  }

  verifyUrl(query) {
    checkType('string', { query })
    return native(() => this.#native.verifyUrl(query))
  }
}

module.exports = { Handled, Push, PushEvent, Receiver, bytesOf }
