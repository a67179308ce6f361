'use strict'

const { checkListener, events, run } = require('./calls.js')
const { Client } = require('./client.js')
const { binding, checkType, encode, native, rawCall } = require('./native.js')
const { Places } = require('./places.js')
const { Handled, bytesOf } = require('./pushes.js')
const { inCamelCase } = require('./camel_case.js')

/** @import { CancelOptions, RawCall } from '../index.js' */

class Platform {
  #native
  #functions
  /** For the platform's own calls, so that no merchant's call delays them. */
  #places
  /** For the calls of all merchants: the busy ones leave places for the others. */
  #shared
  /** For the calls of each merchant, by its appid. */
  #merchants = new Map()

  /** @param {any} options */
  constructor(options = {}) {
    // JSON would leave a function out. The binding refuses the setting, whatever its value.
    const accessToken = typeof options.accessToken === 'function' ? '' : options.accessToken
    const { onCall, ...settings } = options
    this.#functions = { onCall: checkListener(onCall) }
    const json = encode({ ...settings, accessToken })
    this.#native = native(() => new binding.Platform(events, json, this.#functions.onCall !== undefined))
    const { maxConcurrency, queueTimeout } = this.#native
    this.#places = new Places(this.#native)
    this.#shared = new Places({ maxConcurrency: 4 * maxConcurrency, queueTimeout })
  }

  #run(begin, signal) {
    return run(begin, this.#places, signal, this.#functions)
  }

  /**
   * Calls the method with this name. The arguments have the names of its parameters in Rust.
   *
   * @param {string} method
   * @param {unknown} args
   * @param {CancelOptions} [options]
   */
  #call(method, args, { signal } = {}) {
    // Now: the caller may change the arguments while the call waits.
    const json = encode(args)
    return this.#run((...number) => this.#native.call(...number, method, json), signal)
  }

  /**
   * @param {string} query
   * @param {string | Uint8Array} body
   * @param {CancelOptions} [options]
   */
  async handle(query, body, { signal } = {}) {
    checkType('string', { query })
    const bytes = bytesOf(body)
    let handled
    const parts = await this.#run((...number) => {
      handled = this.#native.handle(...number, query, bytes)
    }, signal)
    return new Handled(handled, parts, this.#places, this.#functions)
  }

  async authorizationUrl(link, options) {
    return await this.#call('authorization_url', link, options)
  }

  async exchange(authorizationCode, options) {
    checkType('string', { authorizationCode })
    return await this.#call('exchange', { authorization_code: authorizationCode }, options)
  }

  async forget(appid, options) {
    checkType('string', { appid })
    await this.#call('forget', { authorizer_appid: appid }, options)
  }

  /** @param {CancelOptions} [options] */
  async *merchants({ signal } = {}) {
    const merchants = native(() => this.#native.merchants())
    const next = () => this.#run((...number) => merchants.nextPage(...number), signal)
    for (let page = await next(); page !== null; page = await next()) yield* page
  }

  async readiness(appid, mode, options) {
    checkType('string', { appid, mode })
    return await this.#call('readiness', { authorizer_appid: appid, mode }, options)
  }

  async authorizerInfo(appid, options) {
    checkType('string', { appid })
    return await this.#call('authorizer_info', { authorizer_appid: appid }, options)
  }

  async componentAccessToken(options) {
    return await this.#call('component_access_token', {}, options)
  }

  /**
   * @param {string} path
   * @param {RawCall & CancelOptions} [options]
   */
  async callRaw(path, { query, body, repeatable, ...options } = {}) {
    return JSON.parse(await this.#call('call_raw', rawCall(path, query, body, repeatable), options))
  }

  async startPushTicket(options) {
    return await this.#call('start_push_ticket', {}, options)
  }

  async setVerifyTicket(ticket, options) {
    checkType('string', { ticket })
    await this.#call('set_verify_ticket', { component_verify_ticket: ticket }, options)
  }

  async setAuthorizerRefreshToken(appid, token, options) {
    checkType('string', { appid, token })
    const args = { authorizer_appid: appid, authorizer_refresh_token: token }
    await this.#call('set_authorizer_refresh_token', args, options)
  }

  async tokenStatus(options) {
    return inCamelCase(await this.#call('token_status', {}, options))
  }

  merchant(appid) {
    checkType('string', { appid })
    const merchant = native(() => this.#native.merchant(appid))
    let places = this.#merchants.get(appid)
    if (places === undefined) {
      places = new Places(this.#native, this.#shared)
      this.#merchants.set(appid, places)
    }
    return new Client(merchant, places, this.#functions)
  }
}

module.exports = { Platform }
