'use strict'

const { Client } = require('./lib/client.js')
const { QrCode, qr } = require('./lib/codes.js')
const errors = require('./lib/errors.js')
const names = require('./lib/names.js')
const offline = require('./lib/offline.js')
const { Platform } = require('./lib/platform.js')
const { Handled, Push, PushEvent, Receiver } = require('./lib/pushes.js')

module.exports = {
  Client,
  Handled,
  Platform,
  Push,
  PushEvent,
  QrCode,
  Receiver,
  qr,
  ...errors,
  ...names,
  ...offline,
}
