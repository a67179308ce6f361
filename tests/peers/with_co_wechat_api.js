// Runs co-wechat-api against a sandbox, as its users run it against WeChat.
//
// co-wechat-api is a WeChat client for Node. 3.11.0 is its latest release. Its code is unchanged;
// its `prefix` says where it sends. It has no methods for jump rules, so `API.mixin` adds them.
// They send with its general method `API.request`.
//
// The environment must have the sandbox's JUMPQR_BASE_URL, JUMPQR_APPID and JUMPQR_SECRET. The
// tests reset the sandbox.
'use strict'

const assert = require('node:assert/strict')
const { beforeEach, test } = require('node:test')

const API = require('co-wechat-api')
const { postJSON } = require('co-wechat-api/lib/util')

const { JUMPQR_BASE_URL: SANDBOX, JUMPQR_APPID: APPID, JUMPQR_SECRET: SECRET } = process.env

// A prefix beyond ASCII, which must arrive as UTF-8: WeChat refuses \u escapes.
const PREFIX = 'https://m.example.cn/桌/'
const RULE = {
  prefix: PREFIX,
  permit_sub_rule: 1,
  path: 'pages/index/index',
  open_version: 1,
  debug_url: [`${PREFIX}1`],
  is_edit: 0,
}
const ILLEGAL = { ...RULE, prefix: 'https://m.example.ink/', debug_url: [] }

// Makes a method that posts to `path` with a token, like the methods of co-wechat-api.
const makeMethod = (path) =>
  async function (data) {
    const { accessToken } = await this.ensureAccessToken()
    return this.request(`${this.prefix}${path}?access_token=${accessToken}`, postJSON(data))
  }

API.mixin({
  addJumpQRCode: makeMethod('wxopen/qrcodejumpadd'),
  getJumpQRCode: makeMethod('wxopen/qrcodejumpget'),
  publishJumpQRCode: makeMethod('wxopen/qrcodejumppublish'),
  deleteJumpQRCode: makeMethod('wxopen/qrcodejumpdelete'),
})

function client(secret = SECRET) {
  const api = new API(APPID, secret)
  api.setOpts({ timeout: 10_000 })
  api.prefix = `${SANDBOX}/cgi-bin/`
  return api
}

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

const killTokens = () => control('DELETE', `accounts/${APPID}/tokens`)
const advance = (seconds) => control('POST', 'clock', { advance_seconds: seconds })

// Asserts the number of calls of each interface, and that there were no other requests.
async function assertServed(expected) {
  const { calls, unknown_paths: unknown } = await control('GET', 'counters')
  assert.deepEqual(calls, expected)
  assert.equal(unknown, 0)
}

// Asserts the prefix and the state of each listed rule.
async function assertListed(api, ...rules) {
  const { rule_list: listed } = await api.getJumpQRCode({})
  assert.deepEqual(
    listed.map(({ prefix, state }) => [prefix, state]),
    rules,
  )
}

const refusal = (errcode) => ({ name: 'WeChatAPIError', code: errcode, message: /rid: / })

beforeEach(() => control('POST', 'reset'))

test('the life of a rule takes one token', async () => {
  const api = client()
  assert.ok((await api.getAccessToken()).isValid())

  await api.addJumpQRCode(RULE)
  await assertListed(api, [PREFIX, 1])
  await api.publishJumpQRCode({ prefix: PREFIX })
  await assertListed(api, [PREFIX, 2])
  await api.deleteJumpQRCode({ prefix: PREFIX })
  await assertListed(api)

  await assertServed({
    token: 1,
    addJumpQRCode: 1,
    getJumpQRCode: 3,
    publishJumpQRCode: 1,
    deleteJumpQRCode: 1,
  })
})

test('a refused rule renews no token', async () => {
  const api = client()
  await assert.rejects(api.addJumpQRCode(ILLEGAL), refusal(85066))
  await assertListed(api)
  await assertServed({ token: 1, addJumpQRCode: 1, getJumpQRCode: 1 })
})

// With 40001 instead, co-wechat-api would fetch tokens in an endless loop.
test('a wrong secret is refused after one request', async () => {
  await assert.rejects(client('0'.repeat(32)).getJumpQRCode({}), refusal(40125))
  await assertServed({ token: 1 })
})

test('each killed token is renewed once', async () => {
  const api = client()
  await assertListed(api)
  for (let i = 0; i < 5; i++) {
    await killTokens()
    await advance(1) // The sandbox limits the calls of a second.
    await assertListed(api)
    await assertListed(api)
  }
  // Five of the calls were sent twice: first with the dead token.
  await assertServed({ token: 1 + 5, getJumpQRCode: 1 + 10 + 5 })
})

test('an expired token is renewed', async () => {
  const api = client()
  await api.addJumpQRCode(RULE)
  await advance(7200)
  await assertListed(api, [PREFIX, 1])
  await assertServed({ token: 2, addJumpQRCode: 1, getJumpQRCode: 2 })
})

test('a token outlives the next one by five minutes', async () => {
  const [first, second] = [client(), client()]
  await assertListed(first)
  await assertListed(second)
  await advance(299)
  await assertListed(first)
  await assertServed({ token: 2, getJumpQRCode: 3 })
  await advance(2)
  await assertListed(first)
  await assertListed(second)
  await assertServed({ token: 3, getJumpQRCode: 6 })
})
