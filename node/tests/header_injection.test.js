'use strict'

// What would end a line of a request, or a word of its first line, is refused before anything is sent.

const assert = require('node:assert/strict')
const { inspect } = require('node:util')
const { test } = require('node:test')
const { Client, CredentialsError, ValidationError } = require('jumpqr')
const { serve } = require('./server.js')

/** Each goes on after what could be right. */
const endings = ['\r\nX: y', '\n', ' HTTP/1.1', '\t', '\0', '\u2028']

test('in a setting', () => {
  const app = { appid: 'wx1', secret: 'P4SS' }
  const fixed = { accessToken: 'T' }
  for (const ending of endings) {
    for (const [name, options] of [
      ['accessToken', { accessToken: `P4SS${ending}` }],
      ['appid', { ...app, appid: `wx1${ending}` }],
      ['secret', { ...app, secret: `P4SS${ending}` }],
      ['baseUrl', { ...fixed, baseUrl: `http://127.0.0.1:1${ending}` }],
      ['proxy', { ...fixed, proxy: `http://user:P4SS@127.0.0.1:1${ending}` }],
    ]) {
      assert.throws(() => new Client(options), (error) => {
        assert.ok(error instanceof ValidationError, inspect(error))
        assert.ok(error.message.startsWith(`${name}: `), inspect(error))
        assert.ok(!inspect(error, { depth: null }).includes('P4SS'))
        return true
      })
    }
  }
})

test('in a token that a function gives', async (t) => {
  let requests = 0
  const server = await serve((_, response) => {
    requests += 1
    response.end('{"errcode":0,"rule_list":[]}')
  })
  t.after(() => server.close())
  for (const ending of endings) {
    const client = new Client({ accessToken: () => `P4SS${ending}`, baseUrl: server.baseUrl })
    await assert.rejects(client.getJumpQRCode(), (error) => {
      assert.ok(error instanceof CredentialsError, inspect(error))
      assert.equal(error.code, 'token_source_failed')
      assert.ok(!inspect(error, { depth: null }).includes('P4SS'))
      return true
    })
  }
  assert.equal(requests, 0)
})
