'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Client } = require('jumpqr')
const { serve } = require('../server.js')
const { bytes, count, keys, load, runAll } = require('./file.js')
const { checkEnding, invoke, isTokenCall, sendsSecret, settled, tokenSettings } = require('./call.js')

const tokens = ['ACCESS-TOKEN-1', 'ACCESS-TOKEN-2']

async function check({ call, reply, result }) {
  const body = bytes(reply.body)
  let nextToken
  const server = await serve((request, response) => {
    nextToken ??= request.token
    response.statusCode = reply.status ?? 200
    response.end(body)
  })
  const settings = { baseUrl: server.baseUrl, maxRetries: 0 }
  try {
    if (!isTokenCall(call)) {
      const accessToken = ({ rejected }) => (rejected === undefined ? tokens[0] : tokens[1])
      const secrets = sendsSecret(call) ? [call.arguments.secret] : tokens
      const credentials = sendsSecret(call) ? tokenSettings(call) : { accessToken }
      const client = new Client({ ...settings, ...credentials })
      checkEnding(result, await settled(invoke(client, call, { validate: false })), secrets)
      return
    }
    const client = new Client({ ...settings, ...tokenSettings(call) })
    const ending = await settled(client.downloadQRCodeText())
    if ('answer' in result) {
      keys(result.answer, ['access_token', 'expires_in'])
      assert.equal(nextToken, result.answer.access_token)
    } else {
      assert.equal(nextToken, undefined)
      checkEnding(result, ending, [call.arguments.secret])
    }
  } finally {
    await server.close()
  }
}

test('every answer is read as its vector says', async () => {
  const { answers } = load('answers.json', ['answers'])
  const run = await runAll('answers.json', answers, async (vector) => {
    keys(vector, ['name', 'call', 'reply', 'result'])
    keys(vector.reply, ['body'], ['status'])
    await check(vector)
  })
  count('answers.json', run)
})
