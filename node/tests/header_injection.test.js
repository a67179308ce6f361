'use strict'

// A value with white space or a control character could end a line of a request, or a word in its
// first line. It is refused before anything is sent.

const assert = require('node:assert/strict')
const { inspect } = require('node:util')
const { test } = require('node:test')
const { Client, CredentialsError, ValidationError } = require('jumpqr')
const { serve } = require('./server.js')

/** Each one follows a valid value. */
const suffixes = ['\r\nX: y', '\n', ' HTTP/1.1', '\t', '\0', '\u2028']

test('a setting that could end a line of a request is refused', () => {
  const app = { appid: 'wx1', secret: 'P4SS' }
  const fixed = { accessToken: 'T' }
  for (const suffix of suffixes) {
    for (const [name, options] of [
      ['accessToken', { accessToken: `P4SS${suffix}` }],
      ['appid', { ...app, appid: `wx1${suffix}` }],
      ['secret', { ...app, secret: `P4SS${suffix}` }],
      ['baseUrl', { ...fixed, baseUrl: `http://127.0.0.1:1${suffix}` }],
      ['proxy', { ...fixed, proxy: `http://user:P4SS@127.0.0.1:1${suffix}` }],
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

test('a token of a function that could end a line of a request is refused', async (t) => {
  let requests = 0
  const server = await serve((_, response) => {
    requests += 1
    response.end('{"errcode":0,"rule_list":[]}')
  })
  t.after(() => server.close())
  for (const suffix of suffixes) {
    const client = new Client({ accessToken: () => `P4SS${suffix}`, baseUrl: server.baseUrl })
    await assert.rejects(client.getJumpQRCode(), (error) => {
      assert.ok(error instanceof CredentialsError, inspect(error))
      assert.equal(error.code, 'token_source_failed')
      assert.ok(!inspect(error, { depth: null }).includes('P4SS'))
      return true
    })
  }
  assert.equal(requests, 0)
})
