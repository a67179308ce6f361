'use strict'

const { Client } = require('./lib/client.js')
const { Platform } = require('./lib/platform.js')
const { SandboxError, binding, encode, native } = require('./lib/native.js')

const credentials = ([appid, secret]) => ({ appid, secret })

// A sandbox runs until it is stopped, not until nobody holds it: its clients hold its address only.
const running = new Set()

class Sandbox {
  #native

  constructor({ port = 0, allowHosts = [] } = {}) {
    this.#native = native(() => new binding.Sandbox(port, allowHosts))
    running.add(this.#native)
    this.baseUrl = native(() => this.#native.baseUrl())
    this.miniProgram = credentials(native(() => this.#native.miniProgram()))
    this.serviceAccount = credentials(native(() => this.#native.serviceAccount()))
    const [componentAppid, componentAppsecret] = native(() => this.#native.platform())
    this.component = { componentAppid, componentAppsecret }
  }

  client(options) {
    return this.#clientOf(this.miniProgram, options)
  }

  serviceAccountClient(options) {
    return this.#clientOf(this.serviceAccount, options)
  }

  platform(options) {
    return new Platform({ ...this.component, baseUrl: this.baseUrl, ...options })
  }

  #clientOf(account, options) {
    const source = options?.accessToken === undefined ? account : {}
    return new Client({ ...source, baseUrl: this.baseUrl, ...options })
  }

  control(method, path, body) {
    return JSON.parse(native(() => this.#native.control(method, path, encode(body))))
  }

  inject(fault) {
    return this.control('POST', '/sandbox/faults', fault).id
  }

  clearFaults() {
    this.control('DELETE', '/sandbox/faults')
  }

  accessToken(appid = this.miniProgram.appid) {
    return this.control('POST', `/sandbox/accounts/${appid}/tokens`).access_token
  }

  killTokens(appid = this.miniProgram.appid) {
    this.control('DELETE', `/sandbox/accounts/${appid}/tokens`)
  }

  verifyTicket() {
    return this.control('GET', `/sandbox/platforms/${this.component.componentAppid}/ticket`).component_verify_ticket
  }

  authorize(appid = this.miniProgram.appid, options = {}) {
    const path = `/sandbox/platforms/${this.component.componentAppid}/authorizers/${appid}`
    return this.control('PUT', path, options).authorizer_refresh_token
  }

  putAccount(appid, account) {
    return this.control('PUT', `/sandbox/accounts/${appid}`, account)
  }

  rules(appid = this.miniProgram.appid) {
    return this.control('GET', `/sandbox/accounts/${appid}/rules`)
  }

  requests() {
    return this.control('GET', '/sandbox/requests')
  }

  counters() {
    return this.control('GET', '/sandbox/counters')
  }

  advance(seconds) {
    this.control('POST', '/sandbox/clock', { advance_seconds: seconds })
  }

  reset() {
    this.control('POST', '/sandbox/reset')
  }

  stop() {
    native(() => this.#native.stop())
    running.delete(this.#native)
  }
}

// Node 20 has the symbol since 20.5.
if (Symbol.dispose !== undefined) {
  Object.defineProperty(Sandbox.prototype, Symbol.dispose, { value: Sandbox.prototype.stop })
}

module.exports = { Sandbox, SandboxError }
