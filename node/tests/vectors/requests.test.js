'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Client } = require('jumpqr')
const { json, serve } = require('../server.js')
const { count, keys, load, runAll } = require('./file.js')
const { invoke, isTokenCall, sendsSecret, settled, tokenSettings } = require('./call.js')

/** The first request of a call, or of what makes a client ask for a token as the vector says. */
async function firstRequest(call) {
  const requests = []
  const server = await serve((request, response) => {
    requests.push(request)
    if (isTokenCall(call) && request.token === undefined) json(response, { access_token: 'STALE', expires_in: 7200 })
    else json(response, { errcode: 40001, errmsg: 'stale' })
  })
  try {
    if (!isTokenCall(call)) {
      const credentials = sendsSecret(call) ? tokenSettings(call) : { accessToken: 'TOKEN' }
      const client = new Client({ ...credentials, baseUrl: server.baseUrl, maxRetries: 0 })
      await settled(invoke(client, call, { validate: false }))
      return requests[0]
    }
    const client = new Client({ ...tokenSettings(call), baseUrl: server.baseUrl, maxRetries: 0 })
    await settled(client.downloadQRCodeText())
    if (!call.arguments.force_refresh) return requests[0]
    // stable_token gives the same token although it was called stale: when that happens again, a new one is forced.
    await settled(client.downloadQRCodeText())
    return requests.find((request) => JSON.parse(request.body).force_refresh === true)
  } finally {
    await server.close()
  }
}

test('every request is as documented, byte for byte', async () => {
  const { requests } = load('requests.json', ['requests'])
  const run = await runAll('requests.json', requests, async (vector) => {
    keys(vector, ['name', 'call', 'method', 'path', 'query', 'access_token'], ['body'])
    const request = await firstRequest(vector.call)
    assert.ok(request, 'nothing was sent')
    assert.deepEqual(
      {
        method: request.method,
        path: request.path,
        query: request.query,
        access_token: request.token !== undefined,
        body: request.method === 'GET' ? undefined : request.body.toString(),
      },
      {
        method: vector.method,
        path: vector.path,
        query: vector.query,
        access_token: vector.access_token,
        body: vector.body ?? undefined,
      },
    )
    if (request.method === 'GET') assert.equal(request.body.length, 0)
  })
  count('requests.json', run)
})
