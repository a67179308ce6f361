'use strict'

const { binding, checkType, encode, native } = require('./native.js')

const parsed = (call) => JSON.parse(native(call))

const check = (rule) => checkCall('addJumpQRCode', rule)

function checkCall(interfaceName, args) {
  checkType('string', { interfaceName })
  return parsed(() => binding.checkCall(interfaceName, encode(args)))
}

function parseDocument(document) {
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document
  if (!(bytes instanceof Uint8Array)) throw new TypeError('document: give a string or a Uint8Array')
  return parsed(() => binding.parseDocument(bytes))
}

class RuleSet {
  #native

  constructor(rules) {
    this.#native = native(() => new binding.RuleSet(encode(rules)))
  }

  get size() {
    return native(() => this.#native.size())
  }

  matchUrl(link) {
    checkType('string', { link })
    return parsed(() => this.#native.matchUrl(link))
  }

  explain(link) {
    checkType('string', { link })
    return parsed(() => this.#native.explain(link))
  }
}

function matchUrl(rules, link) {
  const set = new RuleSet(rules)
  return { ...set.matchUrl(link), reasons: set.explain(link) }
}

function occupies(prefix, other) {
  checkType('string', { prefix, other })
  return native(() => binding.occupies(prefix, other))
}

function nearestPrefix(prefix, listed) {
  const prefixes = Array.from(listed, (rule) => rule?.prefix ?? rule)
  checkType('string', { prefix })
  prefixes.forEach((listed) => checkType('string', { listed }))
  return native(() => binding.nearestPrefix(prefix, prefixes))
}

function verificationFileLocation(prefix, fileName) {
  checkType('string', { prefix, fileName })
  return native(() => binding.verificationFileLocation(prefix, fileName))
}

function launchQuery(link, scancodeTime) {
  checkType('string', { link })
  checkType('number', { scancodeTime })
  return native(() => binding.launchQuery(link, scancodeTime))
}

function errcode(number) {
  checkType('number', { number })
  return parsed(() => binding.errcode(number))
}

module.exports = {
  RuleSet,
  check,
  checkCall,
  errcode,
  launchQuery,
  matchUrl,
  nearestPrefix,
  occupies,
  parseDocument,
  verificationFileLocation,
}
