'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { inspect } = require('node:util')
const { Client, Platform, ValidationError } = require('jumpqr')
const { json, serve } = require('../server.js')
const { bytes, count, keys, load, runAll } = require('./file.js')
const { checkEnding, settled } = require('./call.js')

const tokens = ['ACCESS-TOKEN', 'COMPONENT-TOKEN', 'COMPONENTSECRET', 'ticket@@@', 'S3CRET']

/** A server that expects these requests with this body, and what came otherwise. */
async function script(exchanges, body) {
  const left = [...exchanges]
  const problems = []
  const server = await serve((request, response) => {
    if (request.path === '/cgi-bin/component/api_component_token') {
      json(response, { component_access_token: 'COMPONENT-TOKEN', expires_in: 7200 })
      return
    }
    const expected = left.shift()
    const found = [request.method, request.url, request.body.toString()]
    const wanted = [body === undefined ? 'GET' : 'POST', expected?.target, body ?? '']
    if (inspect(found) !== inspect(wanted)) problems.push(`expected ${inspect(wanted)}, found ${inspect(found)}`)
    if (expected?.reply === undefined) {
      response.socket.destroy()
      return
    }
    keys(expected, ['target', 'reply'])
    keys(expected.reply, ['body'], ['status'])
    response.statusCode = expected.reply.status ?? 200
    response.end(bytes(expected.reply.body))
  })
  const check = () => {
    assert.deepEqual(problems, [])
    assert.deepEqual(left, [], 'requests too few')
  }
  return { server, check }
}

async function callerOf(of, settings) {
  if (of === 'client') {
    const accessToken = ({ rejected }) => (rejected === undefined ? 'ACCESS-TOKEN-1' : 'ACCESS-TOKEN-2')
    return new Client({ ...settings, accessToken })
  }
  assert.equal(of, 'platform')
  const platform = new Platform({
    ...settings,
    componentAppid: 'wxplatform00000000',
    componentAppsecret: 'COMPONENTSECRET',
    tokenStore: 'memory:',
  })
  await platform.setVerifyTicket('ticket@@@T1')
  return platform
}

function callRaw(caller, call) {
  keys(call, ['path'], ['query', 'body', 'repeatable'])
  const { path, query, body, repeatable } = call
  return settled(
    caller.callRaw(path, {
      query: query && Object.fromEntries(query),
      body: body && JSON.parse(body),
      repeatable,
    }),
  )
}

async function checkCall(vector) {
  keys(vector, ['name', 'of', 'call', 'exchanges', 'result'], ['max_retries', 'component_token_field', 'secrets'])
  const { of, call, exchanges, result, max_retries: maxRetries = 0, secrets = [] } = vector
  const { server, check } = await script(exchanges, call.body)
  try {
    const settings = { baseUrl: server.baseUrl, maxRetries, pacing: false, validate: false }
    if (of === 'platform') settings.componentTokenField = vector.component_token_field
    const caller = await callerOf(of, settings)
    checkEnding(result, await callRaw(caller, call), [...tokens, ...secrets])
    check()
  } finally {
    await server.close()
  }
}

async function checkRefused(vector) {
  keys(vector, ['name', 'call', 'findings'])
  const { server, check } = await script([])
  const sorted = (findings) => findings.map(({ field, code }) => `${field} ${code}`).sort()
  try {
    for (const of of ['client', 'platform']) {
      const caller = await callerOf(of, { baseUrl: server.baseUrl, validate: false })
      const { error } = await callRaw(caller, vector.call)
      assert.ok(error instanceof ValidationError, String(error))
      assert.deepEqual(sorted(error.violations), sorted(vector.findings))
      for (const secret of tokens) assert.ok(!inspect(error).includes(secret), inspect(error))
    }
    check()
  } finally {
    await server.close()
  }
}

test('every raw call is sent byte for byte, and ends as its vector says', async () => {
  const { raw_calls: calls, refused } = load('raw_calls.json', ['raw_calls', 'refused'])
  const run = await runAll('raw_calls.json', calls, checkCall)
  count('raw_calls.json', run + (await runAll('raw_calls.json', refused, checkRefused)))
})
