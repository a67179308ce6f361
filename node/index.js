'use strict'

const { Client } = require('./lib/client.js')
const errors = require('./lib/errors.js')
const names = require('./lib/names.js')
const offline = require('./lib/offline.js')
const { Platform } = require('./lib/platform.js')

module.exports = { Client, Platform, ...errors, ...names, ...offline }
