'use strict'

const { events, run } = require('./calls.js')
const { Client } = require('./client.js')
const { binding, checkType, encode, native } = require('./native.js')
const { Places } = require('./places.js')
const { statusOf } = require('./token_status.js')

/** @import { TokenStoreOptions } from '../index.js' */

class Platform {
  #native
  /** For the calls to the store, so that no merchant's call delays them. */
  #places
  /** For the calls of all merchants: the busy ones leave places for the others. */
  #shared
  /** For the calls of each merchant, by its appid. */
  #merchants = new Map()

  /** @param {any} options */
  constructor(options = {}) {
    // JSON would leave a function out. The binding refuses the setting, whatever its value.
    const accessToken = typeof options.accessToken === 'function' ? '' : options.accessToken
    this.#native = native(() => new binding.Platform(events, encode({ ...options, accessToken })))
    const { maxConcurrency, queueTimeout } = this.#native
    this.#places = new Places(this.#native)
    this.#shared = new Places({ maxConcurrency: 4 * maxConcurrency, queueTimeout })
  }

  /**
   * @param {string} ticket
   * @param {TokenStoreOptions} [options]
   */
  async setVerifyTicket(ticket, { signal } = {}) {
    checkType('string', { ticket })
    await run((...number) => this.#native.setVerifyTicket(...number, ticket), this.#places, signal)
  }

  /**
   * @param {string} appid
   * @param {string} token
   * @param {TokenStoreOptions} [options]
   */
  async setAuthorizerRefreshToken(appid, token, { signal } = {}) {
    checkType('string', { appid, token })
    const begin = (...number) => this.#native.setAuthorizerRefreshToken(...number, appid, token)
    await run(begin, this.#places, signal)
  }

  /** @param {TokenStoreOptions} [options] */
  async tokenStatus({ signal } = {}) {
    const begin = (...number) => this.#native.tokenStatus(...number)
    return statusOf(await run(begin, this.#places, signal))
  }

  merchant(appid) {
    checkType('string', { appid })
    const merchant = native(() => this.#native.merchant(appid))
    let places = this.#merchants.get(appid)
    if (places === undefined) {
      places = new Places(this.#native, this.#shared)
      this.#merchants.set(appid, places)
    }
    return new Client(merchant, places)
  }
}

module.exports = { Platform }
