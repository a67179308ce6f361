'use strict'

const { events, run } = require('./calls.js')
const { binding, encode, encodeOptions, native } = require('./native.js')
const { statusOf } = require('./token_status.js')

/** `prefix` alone, or a mapping. */
const keyOf = (key) => (typeof key === 'string' ? { prefix: key } : key)

class Client {
  #native
  #accessToken

  constructor(options = {}) {
    // A merchant's, from its platform.
    if (options instanceof binding.Client) {
      this.#native = options
      return
    }
    const { accessToken, ...settings } = options
    const tokenFunction = typeof accessToken === 'function'
    if (tokenFunction) this.#accessToken = accessToken
    else settings.accessToken = accessToken
    this.#native = native(() => new binding.Client(events, encode(settings), tokenFunction))
  }

  #call(name, args, { signal, ...options } = {}) {
    const begin = (number, cancel) =>
      this.#native.call(number, cancel, name, encode(args), encodeOptions(options))
    return run(begin, { signal, accessToken: this.#accessToken })
  }

  async addJumpQRCode(rule, { isEdit, ...options } = {}) {
    const args = isEdit === undefined ? rule : { ...rule, is_edit: Number(isEdit) }
    return await this.#call('addJumpQRCode', args, options)
  }

  async getJumpQRCode(query = {}, options) {
    return await this.#call('getJumpQRCode', query, options)
  }

  async publishJumpQRCode(key, options) {
    return await this.#call('publishJumpQRCode', keyOf(key), options)
  }

  async deleteJumpQRCode(key, options) {
    return await this.#call('deleteJumpQRCode', keyOf(key), options)
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

  async call(name, args = {}, options) {
    return await this.#call(name, args, options)
  }

  async tokenStatus({ signal } = {}) {
    return statusOf(await run((...call) => this.#native.tokenStatus(...call), { signal }))
  }

  async *rules({ appid, signal, ...options } = {}) {
    const rules = native(() => this.#native.rules(encode({ appid }), encodeOptions(options)))
    const next = () => run((...call) => rules.nextPage(...call), { signal, accessToken: this.#accessToken })
    for (let page = await next(); page !== null; page = await next()) yield* page
  }
}

module.exports = { Client }
