// Posts the sample with Node's own fetch, which knows of a certificate by the environment alone: NODE_EXTRA_CA_CERTS.
'use strict'

const { url, headers, body, check, serve } = require('./driver.js')

serve(async () => check(await (await fetch(url(), { method: 'POST', headers, body: body() })).json()))
