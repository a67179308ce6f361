// Adds the sample rule through jumpqr.
'use strict'

const { Client } = require('jumpqr')
const { baseUrl, token, ca, rule, serve } = require('./driver.js')

const client = new Client({ accessToken: token, baseUrl, pacing: false, tlsRoots: ca })

serve(() => client.addJumpQRCode(rule()))
