// Runs co-wxapp-open-api against a sandbox, as a third-party platform runs it against WeChat.
//
// co-wxapp-open-api 1.1.50 is as released. It has methods for all calls of jump rules, and sends where its prefixes say.
// Its methods are generators, which its users run with co.
//
// Needs the sandbox's JUMPQR_BASE_URL and JUMPQR_APPID in the environment, and resets that sandbox.
'use strict'

const assert = require('node:assert/strict')
const { beforeEach, test } = require('node:test')

const co = require('co')
const API = require('co-wxapp-open-api')

const { JUMPQR_BASE_URL: SANDBOX, JUMPQR_APPID: APPID } = process.env
const COMPONENT = 'wx7c0d1e2f3a4b5c6d'
const COMPONENT_SECRET = '636f6d706f6e656e746170707365637e'

const PREFIX = 'https://m.example.cn/桌/'

// What the sandbox's control endpoint answers.
async function control(method, endpoint, body) {
  const answer = await fetch(`${SANDBOX}/sandbox/${endpoint}`, {
    method,
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })
  const json = await answer.json()
  assert.ok(answer.ok, json.error)
  return json
}

// The client of the merchant, whose methods return promises.
async function merchant({ ticket } = {}) {
  const pushed = await control('GET', `platforms/${COMPONENT}/ticket`)
  const authorized = await control('PUT', `platforms/${COMPONENT}/authorizers/${APPID}`, { permission_sets: [18] })
  const refreshToken = authorized.authorizer_refresh_token
  const api = new API(COMPONENT, COMPONENT_SECRET, APPID, refreshToken, ticket ?? pushed.component_verify_ticket)
  api.setOpts({ timeout: 10_000 })
  api.prefix = `${SANDBOX}/cgi-bin/`
  api.wxopenPrefix = `${SANDBOX}/cgi-bin/wxopen/`
  const promised = (name) => co.wrap(api[name]).bind(api)
  const methods = ['addQrcodeJump', 'getQrcodeJump', 'publishQrcodeJump', 'deleteQrcodeJump', 'downloadQrcodeJump']
  return Object.fromEntries(methods.map((name) => [name, promised(name)]))
}

const add = (api, prefix = PREFIX) => api.addQrcodeJump(prefix, 1, 'pages/index/index', 1, [], 0)

// Asserts the state of the rules that are there.
async function assertListed(api, ...states) {
  const { rule_list: listed } = await api.getQrcodeJump()
  assert.deepEqual(
    listed.map(({ prefix, state }) => [prefix, state]),
    states.map((state) => [PREFIX, state]),
  )
}

// Asserts how many calls of each interface reached the sandbox, and that nothing else did.
async function assertServed(expected) {
  const { calls, unknown_paths: unknown } = await control('GET', 'counters')
  assert.deepEqual(calls, expected)
  assert.equal(unknown, 0)
}

const refusal = (errcode) => ({ name: 'WeChatAPIError', code: errcode, message: /rid: / })

beforeEach(() => control('POST', 'reset'))

test('a rule, from added to deleted, takes one token of the platform and one of the merchant', async () => {
  const api = await merchant()
  const { file_name: name, file_content: content } = await api.downloadQrcodeJump()
  assert.ok(name && content)
  await add(api)
  await assertListed(api, 1)
  await api.publishQrcodeJump(PREFIX)
  await assertListed(api, 2)
  await api.deleteQrcodeJump(PREFIX)
  await assertListed(api)
  await assertServed({
    api_component_token: 1,
    api_authorizer_token: 1,
    downloadQRCodeText: 1,
    addJumpQRCode: 1,
    getJumpQRCode: 3,
    publishJumpQRCode: 1,
    deleteJumpQRCode: 1,
  })
})

test('a bad rule is refused, and renews nothing', async () => {
  const api = await merchant()
  await assert.rejects(add(api, 'https://m.example.ink/'), refusal(85066))
  await assertServed({ api_component_token: 1, api_authorizer_token: 1, addJumpQRCode: 1 })
})

test('a wrong ticket is refused, once', async () => {
  await assert.rejects((await merchant({ ticket: 'ticket@@@wrong' })).getQrcodeJump(), refusal(61006))
  await assertServed({ api_component_token: 1 })
})

// It keeps the refresh token that it began with, as WeChat lets it.
test('a token that was killed is renewed with the same refresh token', async () => {
  const api = await merchant()
  for (let renewals = 0; renewals < 3; renewals++) {
    await assertListed(api)
    await control('DELETE', `accounts/${APPID}/tokens`)
    await control('POST', 'clock', { advance_seconds: 1 }) // Only so many calls are served in a second.
  }
  await assertListed(api)
  await assertServed({ api_component_token: 4, api_authorizer_token: 4, getJumpQRCode: 4 + 3 })
})
