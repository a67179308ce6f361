'use strict'

const { Client } = require('./lib/client.js')
const { Platform } = require('./lib/platform.js')
const { SandboxError, binding, encode, native } = require('./lib/native.js')

const credentials = ([appid, secret]) => ({ appid, secret })

const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const encodeSnakeCase = (fields) =>
  encode(Object.fromEntries(Object.entries(fields).map(([name, value]) => [snakeCase(name), value])))

// A sandbox runs until it is stopped. Its clients know its address only, so nothing else may hold it.
const running = new Set()

class Sandbox {
  #native

  constructor({ port, frozenAt, allowHosts, pushUrl } = {}) {
    this.#native = native(() => new binding.Sandbox(port, frozenAt, allowHosts, pushUrl))
    running.add(this.#native)
    this.baseUrl = this.#call('baseUrl')
    this.miniProgram = credentials(this.#call('miniProgram'))
    this.serviceAccount = credentials(this.#call('serviceAccount'))
    const [componentAppid, componentAppsecret, messageToken, encodingAesKey] = this.#call('component')
    this.component = { componentAppid, componentAppsecret, messageToken, encodingAesKey }
  }

  #call(method, ...args) {
    return native(() => this.#native[method](...args))
  }

  client({ account = this.miniProgram, ...settings } = {}) {
    const source = settings.accessToken === undefined ? account : {}
    return new Client({ ...source, baseUrl: this.baseUrl, ...settings })
  }

  platform({ component = this.component, ...settings } = {}) {
    return new Platform({ ...component, baseUrl: this.baseUrl, ...settings })
  }

  inject(fault) {
    return this.#call('inject', encode(fault))
  }

  clearFaults() {
    this.#call('clearFaults')
  }

  accessToken(appid) {
    return this.#call('accessToken', appid)
  }

  killTokens(appid) {
    return this.#call('killTokens', appid)
  }

  verifyTicket(componentAppid) {
    return this.#call('verifyTicket', componentAppid)
  }

  authorize(appid, options = {}) {
    return this.#call('authorize', appid, encode(options))
  }

  pushes() {
    return JSON.parse(this.#call('pushes'))
  }

  pendingPushes() {
    return this.#call('pendingPushes')
  }

  orderPush(order, options = {}) {
    this.#call('orderPush', order, encode(options))
  }

  putAccount(appid, changes = {}) {
    this.#call('putAccount', appid, encodeSnakeCase(changes))
  }

  fetchFile({ appid, ...settings } = {}) {
    this.#call('fetchFile', appid, encodeSnakeCase(settings))
  }

  rules(appid) {
    return JSON.parse(this.#call('rules', appid))
  }

  requests() {
    return JSON.parse(this.#call('requests'))
  }

  counters() {
    return JSON.parse(this.#call('counters'))
  }

  advance(seconds) {
    this.#call('advance', seconds)
  }

  reset() {
    this.#call('reset')
  }

  control(method, path, body) {
    return JSON.parse(this.#call('control', method, path, encode(body)))
  }

  stop() {
    this.#call('stop')
    running.delete(this.#native)
  }
}

// Node 20 has the symbol since 20.5.
if (Symbol.dispose !== undefined) {
  Object.defineProperty(Sandbox.prototype, Symbol.dispose, { value: Sandbox.prototype.stop })
}

module.exports = { Sandbox, SandboxError }
