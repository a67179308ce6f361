// Runs co-wxapp-open-api against a sandbox, as a third-party platform runs it against WeChat.
//
// The code of co-wxapp-open-api 1.1.50 is unchanged; its prefixes say where it sends. It has
// methods for all calls of jump rules. They are generators, which its users run with co.
//
// The environment must have the sandbox's JUMPQR_BASE_URL and JUMPQR_APPID. The tests reset the
// sandbox.
'use strict'

const assert = require('node:assert/strict')
const { beforeEach, test } = require('node:test')

const co = require('co')
const API = require('co-wxapp-open-api')

const { JUMPQR_BASE_URL: SANDBOX, JUMPQR_APPID: APPID } = process.env
const COMPONENT = 'wx7c0d1e2f3a4b5c6d'
const COMPONENT_SECRET = '636f6d706f6e656e746170707365637e'

const PREFIX = 'https://m.example.cn/桌/'

// Returns the answer of the sandbox's control endpoint.
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

// Returns a client of the merchant. Its methods return promises.
async function makeMerchant({ ticket } = {}) {
  const pushed = await control('GET', `platforms/${COMPONENT}/ticket`)
  const endpoint = `platforms/${COMPONENT}/authorizers/${APPID}`
  const authorized = await control('PUT', endpoint, { permission_sets: [18] })
  const refreshToken = authorized.authorizer_refresh_token
  const usedTicket = ticket ?? pushed.component_verify_ticket
  const api = new API(COMPONENT, COMPONENT_SECRET, APPID, refreshToken, usedTicket)
  api.setOpts({ timeout: 10_000 })
  api.prefix = `${SANDBOX}/cgi-bin/`
  api.wxopenPrefix = `${SANDBOX}/cgi-bin/wxopen/`
  const promised = (name) => co.wrap(api[name]).bind(api)
  const methods = [
    'addQrcodeJump',
    'getQrcodeJump',
    'publishQrcodeJump',
    'deleteQrcodeJump',
    'downloadQrcodeJump',
  ]
  return Object.fromEntries(methods.map((name) => [name, promised(name)]))
}

const add = (api, prefix = PREFIX) => api.addQrcodeJump(prefix, 1, 'pages/index/index', 1, [], 0)

// Asserts the state of each listed rule.
async function assertListed(api, ...states) {
  const { rule_list: listed } = await api.getQrcodeJump()
  assert.deepEqual(
    listed.map(({ prefix, state }) => [prefix, state]),
    states.map((state) => [PREFIX, state]),
  )
}

// Asserts the number of calls of each interface, and that there were no other requests.
async function assertServed(expected) {
  const { calls, unknown_paths: unknown } = await control('GET', 'counters')
  assert.deepEqual(calls, expected)
  assert.equal(unknown, 0)
}

const refusal = (errcode) => ({ name: 'WeChatAPIError', code: errcode, message: /rid: / })

beforeEach(() => control('POST', 'reset'))

test('the life of a rule takes one token of the platform and one of the merchant', async () => {
  const api = await makeMerchant()
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

test('a refused rule renews no token', async () => {
  const api = await makeMerchant()
  await assert.rejects(add(api, 'https://m.example.ink/'), refusal(85066))
  await assertServed({ api_component_token: 1, api_authorizer_token: 1, addJumpQRCode: 1 })
})

test('a wrong ticket is refused after one request', async () => {
  const api = await makeMerchant({ ticket: 'ticket@@@wrong' })
  await assert.rejects(api.getQrcodeJump(), refusal(61006))
  await assertServed({ api_component_token: 1 })
})

// The client keeps its first refresh token, which WeChat accepts again.
test('a killed token is renewed with the same refresh token', async () => {
  const api = await makeMerchant()
  for (let renewals = 0; renewals < 3; renewals++) {
    await assertListed(api)
    await control('DELETE', `accounts/${APPID}/tokens`)
    // The sandbox limits the calls of a second.
    await control('POST', 'clock', { advance_seconds: 1 })
  }
  await assertListed(api)
  await assertServed({ api_component_token: 4, api_authorizer_token: 4, getJumpQRCode: 4 + 3 })
})
