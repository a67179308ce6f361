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
    await run((...call) => this.#native.setVerifyTicket(...call, ticket), { signal })
  }

  async setAuthorizerRefreshToken(appid, token, { signal } = {}) {
    checkText('appid', appid)
    checkText('token', token)
    await run((...call) => this.#native.setAuthorizerRefreshToken(...call, appid, token), { signal })
  }

  async tokenStatus({ signal } = {}) {
    return statusOf(await run((...call) => this.#native.tokenStatus(...call), { signal }))
  }

  merchant(appid) {
    checkText('appid', appid)
    return new Client(native(() => this.#native.merchant(appid)))
  }
}

module.exports = { Platform }
