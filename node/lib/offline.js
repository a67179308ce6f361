'use strict'

const { binding, checkText, encode, native } = require('./native.js')

const parsed = (call) => JSON.parse(native(call))

const check = (rule) => checkCall('addJumpQRCode', rule)

const checkCall = (name, args) => parsed(() => binding.check(name, encode(args)))

function parseDocument(document) {
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document
  return parsed(() => binding.parse(bytes))
}

class RuleSet {
  #native

  constructor(rules) {
    this.#native = native(() => new binding.RuleSet(encode(rules)))
  }

  get size() {
    return native(() => this.#native.size())
  }

  match(link) {
    checkText('link', link)
    return parsed(() => this.#native.matchUrl(link))
  }

  explain(link) {
    checkText('link', link)
    return parsed(() => this.#native.explain(link))
  }
}

function match(rules, link) {
  const set = new RuleSet(rules)
  return { ...set.match(link), reasons: set.explain(link) }
}

const occupies = (prefix, other) => native(() => binding.prefixOccupies(prefix, other))

const nearestPrefix = (prefix, listed) =>
  native(() => binding.prefixNearest(prefix, Array.from(listed, (rule) => rule?.prefix ?? rule)))

const verificationFileLocation = (prefix, fileName) =>
  parsed(() => binding.verificationFileLocation(prefix, fileName))

const launchQuery = (link, scancodeTime) => native(() => binding.miniProgramQuery(link, scancodeTime))

const errcode = (number) => parsed(() => binding.lookupErrcode(number))

module.exports = {
  RuleSet,
  check,
  checkCall,
  errcode,
  launchQuery,
  match,
  nearestPrefix,
  occupies,
  parseDocument,
  verificationFileLocation,
}
