'use strict'

const { events, run } = require('./calls.js')
const { Client } = require('./client.js')
const { binding, checkText, encode, native } = require('./native.js')
const { CONCURRENCY, Places } = require('./places.js')
const { statusOf } = require('./token_status.js')

class Platform {
  #native
  #queueTimeout
  /** For the calls to the store, so that no merchant's call delays them. */
  #places
  /** For the calls of all merchants: the busy ones leave places for the others. */
  #shared
  /** For the calls of each merchant, by its appid. */
  #merchants = new Map()

  constructor(options = {}) {
    // JSON would leave a function out. The binding refuses the setting, whatever its value.
    const accessToken = typeof options.accessToken === 'function' ? '' : options.accessToken
    this.#native = native(() => new binding.Platform(events, encode({ ...options, accessToken })))
    this.#queueTimeout = native(() => this.#native.queueTimeout())
    this.#places = new Places(CONCURRENCY, this.#queueTimeout)
    this.#shared = new Places(4 * CONCURRENCY, this.#queueTimeout)
  }

  async setVerifyTicket(ticket, { signal } = {}) {
    checkText('ticket', ticket)
    await run((...number) => this.#native.setVerifyTicket(...number, ticket), this.#places, signal)
  }

  async setAuthorizerRefreshToken(appid, token, { signal } = {}) {
    checkText('appid', appid)
    checkText('token', token)
    const begin = (...number) => this.#native.setAuthorizerRefreshToken(...number, appid, token)
    await run(begin, this.#places, signal)
  }

  async tokenStatus({ signal } = {}) {
    return statusOf(await run((...number) => this.#native.tokenStatus(...number), this.#places, signal))
  }

  merchant(appid) {
    checkText('appid', appid)
    const merchant = native(() => this.#native.merchant(appid))
    let places = this.#merchants.get(appid)
    if (places === undefined) {
      places = new Places(CONCURRENCY, this.#queueTimeout, this.#shared)
      this.#merchants.set(appid, places)
    }
    return new Client(merchant, places)
  }
}

module.exports = { Platform }
