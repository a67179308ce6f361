'use strict'

const assert = require('node:assert/strict')
const { once } = require('node:events')
const http = require('node:http')
const { test } = require('node:test')
const { Client } = require('jumpqr')
const { startHostile } = require('./hostile.js')

const variables = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY']

test('an extra authority is trusted besides the others', async () => {
  const program = await startHostile()
  const server = await program.serve('tls-right')
  const { access_token: accessToken, base_url: baseUrl, tls_roots: extraTlsRoots } = server.started
  for (const others of [{}, { tlsRoots: 'bundled' }, { tlsRoots: 'os' }]) {
    const settings = { accessToken, baseUrl, maxRetries: 0, ...others }
    await assert.rejects(new Client(settings).getJumpQRCode(), { code: 'tls_failed', message: /to the extra TLS roots/ })
    await new Client({ ...settings, extraTlsRoots }).getJumpQRCode()
  }
  server.close()
  await program.close()
})

test('a proxy of the environment that cannot be used is not passed over in silence', () => {
  const former = variables.map((name) => [name, process.env[name]])
  for (const name of variables) delete process.env[name]
  try {
    process.env.ALL_PROXY = 'socks4://user:P4SS@proxy'
    assert.throws(
      () => new Client({ accessToken: 'T' }),
      ({ code, message }) =>
        code === 'invalid_config' && /ALL_PROXY cannot be used: SOCKS 4/.test(message) && !message.includes('P4SS'),
    )
    process.env.NO_PROXY = 'localhost, .qq.com'
    new Client({ accessToken: 'T' })
  } finally {
    for (const [name, value] of former) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
})

test('the version of IP is kept', async () => {
  let requests = 0
  const server = http.createServer((_, response) => {
    requests++
    response.end('{"errcode":0,"rule_list":[]}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const settings = { accessToken: 'T', baseUrl: `http://127.0.0.1:${server.address().port}`, maxRetries: 0 }
  await assert.rejects(new Client({ ...settings, ipVersion: 'ipv6' }).getJumpQRCode(), /to an IPv6 address/)
  assert.equal(requests, 0)
  await new Client({ ...settings, ipVersion: 'ipv4' }).getJumpQRCode()
  assert.equal(requests, 1)
  server.close()
  server.closeAllConnections()
})
