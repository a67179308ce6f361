'use strict'

const { checkListener, events, run } = require('./calls.js')
const { inCamelCase } = require('./camel_case.js')
const { binding, checkType, encode, encodeOptions, native, rawCall } = require('./native.js')
const { Places } = require('./places.js')

/**
 * @import { AddOptions, CallOptions, PreflightOptions, RawCallOptions, RulesOptions, TokenStoreOptions } from '../index.js'
 */

class Client {
  #native
  #places
  #functions = {}

  /**
   * A platform gives the native client of a merchant, the places of the merchant's calls, and its
   * own functions.
   *
   * @param {any} options
   * @param {Places} [places]
   * @param {any} [functions]
   */
  constructor(options = {}, places, functions) {
    if (options instanceof binding.Client) {
      this.#native = options
      this.#places = places
      this.#functions = functions
      return
    }
    const { accessToken, onCall, ...settings } = options
    const isFunction = typeof accessToken === 'function'
    if (isFunction) this.#functions.accessToken = accessToken
    else settings.accessToken = accessToken
    this.#functions.onCall = checkListener(onCall)
    const listens = this.#functions.onCall !== undefined
    this.#native = native(() => new binding.Client(events, encode(settings), isFunction, listens))
    this.#places = new Places(this.#native)
  }

  #run(begin, signal) {
    return run(begin, this.#places, signal, this.#functions)
  }

  /**
   * @param {string} name
   * @param {unknown} args
   * @param {CallOptions} [options]
   */
  #call(name, args, { signal, ...options } = {}) {
    // Now: the caller may change the arguments while the call waits.
    const [json, settings] = [encode(args), encodeOptions(options)]
    const begin = (number, waited) => this.#native.call(number, waited, name, json, settings)
    return this.#run(begin, signal)
  }

  /**
   * @param {any} rule
   * @param {AddOptions} [options]
   */
  async addJumpQRCode(rule, { isEdit, ...options } = {}) {
    const args = isEdit === undefined ? rule : { ...rule, is_edit: Number(isEdit) }
    return await this.#call('addJumpQRCode', args, options)
  }

  async getJumpQRCode(query = {}, options) {
    return await this.#call('getJumpQRCode', query, options)
  }

  async publishJumpQRCode(key, options) {
    return await this.#call('publishJumpQRCode', key, options)
  }

  async deleteJumpQRCode(key, options) {
    return await this.#call('deleteJumpQRCode', key, options)
  }

  async downloadQRCodeText(options) {
    return await this.#call('downloadQRCodeText', {}, options)
  }

  async linkMiniprogram(link, options) {
    return await this.#call('linkMiniprogram', link, options)
  }

  async wxamplinkget(options) {
    return await this.#call('wxamplinkget', {}, options)
  }

  async unlinkMiniprogram(link, options) {
    return await this.#call('unlinkMiniprogram', link, options)
  }

  async getCallbackIp(options) {
    return await this.#call('getCallbackIp', {}, options)
  }

  async getApiDomainIp(options) {
    return await this.#call('getApiDomainIp', {}, options)
  }

  async getApiQuota(query, options) {
    return await this.#call('getApiQuota', query, options)
  }

  async getRidInfo(query, options) {
    return await this.#call('getRidInfo', query, options)
  }

  async clearQuota(account, options) {
    return await this.#call('clearQuota', account, options)
  }

  async clearQuotaByAppSecret(options) {
    return await this.#call('clearQuotaByAppSecret', {}, options)
  }

  async call(interfaceName, args = {}, options) {
    checkType('string', { interfaceName })
    return await this.#call(interfaceName, args, options)
  }

  /**
   * @param {string} path
   * @param {RawCallOptions} [options]
   */
  async callRaw(path, { query, body, repeatable, ...options } = {}) {
    return JSON.parse(await this.#call('call_raw', rawCall(path, query, body, repeatable), options))
  }

  /**
   * @param {any} rule
   * @param {PreflightOptions} [options]
   */
  async preflight(rule, { signal, ...options } = {}) {
    const { prefix, appid } = typeof rule === 'string' ? { prefix: rule } : (rule ?? {})
    const json = encode({ prefix, appid, ...options })
    const begin = (number, waited) => this.#native.preflight(number, waited, json)
    return inCamelCase(await this.#run(begin, signal))
  }

  /** @param {TokenStoreOptions} [options] */
  async tokenStatus({ signal } = {}) {
    return inCamelCase(await this.#run((...number) => this.#native.tokenStatus(...number), signal))
  }

  /** @param {RulesOptions} [options] */
  async *rules({ appid, signal, ...options } = {}) {
    if (appid != null) checkType('string', { appid })
    const rules = native(() => this.#native.rules(appid, encodeOptions(options)))
    const next = () => this.#run((...number) => rules.nextPage(...number), signal)
    for (let page = await next(); page !== null; page = await next()) yield* page
  }
}

module.exports = { Client }
