// Agents of node:http and node:https that keep connections and trust the authority.
'use strict'

const { ca } = require('./driver.js')

module.exports = ca
  ? { httpsAgent: new (require('node:https').Agent)({ keepAlive: true, ca }) }
  : { httpAgent: new (require('node:http').Agent)({ keepAlive: true }) }
