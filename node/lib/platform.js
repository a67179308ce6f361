'use strict'

const { events, run } = require('./calls.js')
const { Client } = require('./client.js')
const { binding, checkText, encode, native } = require('./native.js')
const { statusOf } = require('./token_status.js')

class Platform {
  #native

  constructor(options = {}) {
    // JSON would leave a function out; the binding refuses the setting, whatever it is.
    const accessToken = typeof options.accessToken === 'function' ? '' : options.accessToken
    this.#native = native(() => new binding.Platform(events, encode({ ...options, accessToken })))
  }

  async setVerifyTicket(ticket, { signal } = {}) {
    checkText('ticket', ticket)
    await run((number) => this.#native.setVerifyTicket(number, ticket), { signal })
  }

  async setAuthorizerRefreshToken(appid, token, { signal } = {}) {
    checkText('appid', appid)
    checkText('token', token)
    await run((number) => this.#native.setAuthorizerRefreshToken(number, appid, token), { signal })
  }

  async tokenStatus({ signal } = {}) {
    return statusOf(await run((number) => this.#native.tokenStatus(number), { signal }))
  }

  merchant(appid) {
    checkText('appid', appid)
    return new Client(native(() => this.#native.merchant(appid)))
  }
}

module.exports = { Platform }
