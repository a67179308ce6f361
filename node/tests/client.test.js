'use strict'

const assert = require('node:assert/strict')
const http = require('node:http')
const { inspect } = require('node:util')
const { after, before, beforeEach, test } = require('node:test')
const jumpqr = require('jumpqr')
const { Sandbox, SandboxError } = require('jumpqr/testing')
const { serve } = require('./server.js')

const { Client, OpenVersion, PermitSubRule, RuleSet, RuleState } = jumpqr

const rule = {
  prefix: 'https://m.example.cn/table/',
  path: 'pages/index/index',
  open_version: OpenVersion.DEVELOPMENT,
  permit_sub_rule: PermitSubRule.NOT_OCCUPIED,
}

let sandbox
before(() => (sandbox = new Sandbox()))
beforeEach(() => sandbox.reset())
after(() => sandbox.stop())

test('rules of both modes go through their whole life', async () => {
  const client = sandbox.client()
  await client.addJumpQRCode(rule)
  await client.addJumpQRCode({ ...rule, open_version: OpenVersion.TRIAL }, { isEdit: true })
  await client.addJumpQRCode({ ...rule, path: 'pages/b', is_edit: 1 })
  const list = await client.getJumpQRCode()
  assert.equal(list.qrcodejump_open, true)
  const [listed] = list.rule_list
  // The second modification gave the first back its open_version.
  assert.deepEqual(
    { ...listed },
    { ...rule, path: 'pages/b', debug_url: [], state: RuleState.UNPUBLISHED },
  )
  assert.equal(await client.publishJumpQRCode(rule.prefix), 'answered')
  await client.deleteJumpQRCode(rule.prefix)

  const account = sandbox.client({ account: sandbox.serviceAccount })
  const { appid } = sandbox.miniProgram
  const prefix = 'http://weixin.qq.com/q/kZgfwMTm72Wxxxx'
  await account.addJumpQRCode({ prefix, appid, path: 'pages/a' })
  await account.publishJumpQRCode({ prefix, appid })
  const query = { appid, get_type: 1, prefix_list: [prefix] }
  assert.equal((await account.getJumpQRCode(query)).rule_list[0].state, RuleState.PUBLISHED)
  assert.equal((await account.wxamplinkget())[0].status, 'linked')
  await account.deleteJumpQRCode({ prefix, appid })
})

test('a rule is looked up before it is published or deleted', async () => {
  const client = sandbox.client()
  const prefix = 'https://m.example.cn/s58/'
  const slip = 'https://m.example.cn/s58'
  await client.addJumpQRCode({ ...rule, prefix, debug_url: [] })
  const sent = () => {
    const { publishJumpQRCode = 0, deleteJumpQRCode = 0 } = sandbox.counters().calls
    return [publishJumpQRCode, deleteJumpQRCode]
  }
  const before = sent()
  const error = await client.publishJumpQRCode(slip).catch((error) => error)
  assert.ok(error instanceof jumpqr.StateError)
  assert.deepEqual([error.code, error.outcome], ['no_such_rule', 'not_applied'])
  assert.match(error.message, /did you mean https:\/\/m\.example\.cn\/s58\/\?/)
  assert.equal(await client.deleteJumpQRCode(slip), 'not_there')
  assert.deepEqual(sent(), before)
  const { rule_list: listed } = await client.getJumpQRCode()
  assert.equal(jumpqr.nearestPrefix(slip, listed), prefix)
  assert.equal(await client.publishJumpQRCode(prefix), 'answered')
  assert.equal(await client.publishJumpQRCode(prefix), 'already_published')
  assert.equal(await client.deleteJumpQRCode(slip, { validate: false }), 'answered')
  assert.equal(await client.deleteJumpQRCode(prefix), 'answered')
})

test('a listed rule is edited and sent back', async () => {
  const client = sandbox.client()
  await client.addJumpQRCode(rule)
  const [listed] = (await client.getJumpQRCode()).rule_list
  assert.equal(listed.state, RuleState.UNPUBLISHED)
  assert.equal(await client.addJumpQRCode({ ...listed, path: 'pages/b' }, { isEdit: true }), 'answered')
  assert.deepEqual((await client.getJumpQRCode()).rule_list, [{ ...listed, path: 'pages/b' }])
  const service = { prefix: 'http://weixin.qq.com/q/abc', path: 'pages/a', state: RuleState.UNPUBLISHED }
  const error = await client.addJumpQRCode(service).catch((error) => error)
  assert.deepEqual(error.violations.map(({ field, code }) => [field, code]), [['appid', 'missing_field']])
  assert.match(error.message, /getJumpQRCode does not list/)
})

/** A service account whose list is too long for one answer, and whose rules can be deleted. */
function longAccount(count) {
  const account = {
    prefixes: Array.from({ length: count }, (_, number) => `http://weixin.qq.com/q/${number}`),
    listings: 0,
    answer(request, response) {
      const body = JSON.parse(request.body)
      if (body.prefix !== undefined) {
        account.prefixes = account.prefixes.filter((prefix) => prefix !== body.prefix)
        return response.end('{"errcode":0}')
      }
      account.listings += 1
      const start = (body.page_num - 1) * body.page_size
      const listed = {
        0: () => account.prefixes.slice(0, 100),
        1: () => account.prefixes.filter((prefix) => body.prefix_list.includes(prefix)),
        2: () => account.prefixes.slice(start, start + body.page_size),
      }[body.get_type]()
      const rules = listed.map((prefix) => ({ prefix, path: 'p' }))
      response.end(JSON.stringify({ errcode: 0, rule_list: rules, total_count: account.prefixes.length }))
    },
  }
  return account
}

test('rules() asks for what is needed, and ends early when it is left', async () => {
  const { appid } = sandbox.miniProgram
  const account = longAccount(450)
  const server = await serve((request, response) => account.answer(request, response))
  const client = new Client({ accessToken: 'T', baseUrl: server.baseUrl, pacing: false })
  const found = []
  for await (const { prefix } of client.rules({ appid })) {
    found.push(prefix)
    // First all rules in one answer, which are too many; then the first page.
    if (found.length === 1) assert.equal(account.listings, 2)
  }
  assert.deepEqual(found, account.prefixes)
  assert.equal(account.listings, 4)
  for await (const listed of client.rules({ appid })) {
    assert.ok(listed.prefix)
    break
  }
  assert.equal(account.listings, 6)
  await server.close()
})

test('each rule may be deleted when rules() gives it', async () => {
  const { appid } = sandbox.miniProgram
  const account = longAccount(450)
  const server = await serve((request, response) => account.answer(request, response))
  const client = new Client({ accessToken: 'T', baseUrl: server.baseUrl, pacing: false })
  let given = 0
  for await (const { prefix } of client.rules({ appid })) {
    given += 1
    await client.deleteJumpQRCode({ prefix, appid })
  }
  assert.equal(given, 450)
  assert.deepEqual(account.prefixes, [])
  await server.close()
})

test('errors are of the class of their kind, with all parts', async () => {
  const client = sandbox.client()
  const invalid = await client.addJumpQRCode({ ...rule, path: '', open_verson: 1 }).catch((error) => error)
  assert.ok(invalid instanceof jumpqr.ValidationError && invalid instanceof jumpqr.InvalidError)
  assert.ok(invalid instanceof jumpqr.JumpqrError && invalid instanceof Error)
  assert.equal(invalid.name, 'ValidationError')
  assert.deepEqual(invalid.violations.map(({ field, code }) => [field, code]).sort(), [
    ['open_verson', 'unknown_field'],
    ['path', 'empty'],
  ])
  assert.match(invalid.stack, /client\.test\.js/, 'the stack says where the call was made')
  assert.equal(sandbox.counters().business_calls, 0)

  sandbox.inject({ fault: 'errcode', errcode: 85076 })
  const refused = await sandbox
    .client({ accessToken: sandbox.accessToken() })
    .addJumpQRCode(rule)
    .catch((error) => error)
  assert.ok(refused instanceof jumpqr.StateError && !(refused instanceof jumpqr.InvalidError))
  assert.equal(refused.code, 'icp_check_failed')
  assert.equal(refused.errcode, 85076)
  assert.match(refused.rid, /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/)
  assert.ok(refused.errmsg.endsWith(refused.rid))
  assert.equal(refused.interface, 'addJumpQRCode')
  assert.equal(refused.outcome, 'not_applied')
  assert.equal(refused.retryable, false)
  assert.ok(refused.advice)
  assert.deepEqual(JSON.parse(JSON.stringify(refused)), { name: 'StateError', message: refused.message, ...refused })
})

test('validate: false sends what the checks refuse', async () => {
  const client = sandbox.client()
  const refused = client.addJumpQRCode({ ...rule, debug_url: ['https://other.cn/'] }, { validate: false })
  await assert.rejects(refused, { errcode: 85068, name: 'InvalidError' })
})

test('wrong settings are refused by their names in JavaScript, without the secret in them', () => {
  const secret = '5ecr3t'
  const refuse = (options, message) =>
    assert.throws(() => new Client(options), (error) => {
      // What there is nothing of is no setting that is wrong.
      assert.equal(error.name, options === undefined ? 'CredentialsError' : 'ValidationError', inspect(error))
      assert.match(error.message, message)
      assert.ok(!inspect(error).includes(secret))
      return true
    })
  refuse(undefined, /no access token, no token source/)
  refuse({ accessToken: secret, timeout: 5 }, /did you mean `timeoutMs`/)
  refuse({ accessToken: secret, timeoutMs: 0 }, /^timeoutMs: /)
  refuse({ accessToken: secret, timeoutMs: Infinity }, /^timeoutMs: /)
  refuse({ accessToken: secret, maxConcurrency: 0 }, /^maxConcurrency: give 1 or more/)
  refuse({ accessToken: { secret } }, /^accessToken: is an object/)
  refuse({ accessToken: () => secret, appid: 'wx1', secret }, /^accessToken: is given besides/)
})

test('rules are indexed once, and many links matched', () => {
  const prefixes = Array.from({ length: 50_000 }, (_, number) => `https://m.example.cn/${number}/`)
  const candidates = prefixes.map((prefix) => ({ prefix, state: RuleState.PUBLISHED }))
  const rules = new RuleSet(candidates)
  for (const prefix of prefixes.slice(-200)) {
    const { hit, shadowed, opens } = rules.matchUrl(`${prefix}a`)
    assert.deepEqual({ hit, shadowed, opens }, { hit: prefix, shadowed: null, opens: true })
  }
  assert.equal(rules.size, prefixes.length)
})

test('a value that is not a rule is named, and a link that is not a text is a TypeError', async () => {
  assert.throws(() => new RuleSet([{ prefix: 'https://a.cn/' }, {}, { prefix: 'https://a.cn/', state: 3 }]), (error) => {
    assert.ok(error instanceof jumpqr.ValidationError)
    assert.deepEqual(error.violations.map(({ field }) => field), ['[1].prefix', '[2].state'])
    return true
  })
  assert.throws(() => new RuleSet([]).matchUrl(), { name: 'TypeError', message: 'link: give a string' })
  const client = sandbox.client()
  await client.addJumpQRCode(rule)
  const listed = new RuleSet(await client.getJumpQRCode())
  const found = listed.matchUrl(`${rule.prefix}a`)
  assert.equal(found.hit, rule.prefix)
  assert.equal(found.path, rule.path)
  assert.deepEqual(found.obstacles.map(({ code }) => code), ['not_published'])
  assert.deepEqual(listed.explain('https://m.example.cn/').map(({ code }) => code), ['not_a_sub_path'])
})

test('a client shows no secret', () => {
  const client = new Client({ appid: 'wx1', secret: '5ecr3t' })
  assert.ok(!inspect(client, { showHidden: true, depth: null }).includes('5ecr3t'))
})

test('a value that JSON cannot express is checked, not left out', async () => {
  const { violations } = jumpqr.check({ ...rule, open_version: NaN, permit_sub_rule: 1n })
  assert.deepEqual(violations.map(({ field, code }) => [field, code]), [['open_version', 'wrong_type']])
  await assert.rejects(sandbox.client().addJumpQRCode({ ...rule, path: '\ud800' }), { code: 'invalid_request' })
  await assert.rejects(sandbox.client().addJumpQRCode(undefined), { name: 'ValidationError' })
})

test('a raw call takes its query in several forms, and its body is JSON', async () => {
  const received = []
  const server = await serve((request, response) => {
    received.push([request.method, request.url, request.body.toString()])
    response.end('{"a":1}')
  })
  const client = new Client({ accessToken: 'T', baseUrl: server.baseUrl })
  const queries = [{ a: '1', b: 2 }, new URLSearchParams('a=1&b=2'), new Map([['a', '1'], ['b', 2]]), [['a', 1n], ['b', '2']]]
  for (const query of queries) assert.deepEqual(await client.callRaw('/a', { query }), { a: 1 })
  await client.callRaw('/a', { query: null, body: null, signal: null })
  await client.callRaw('/a', { body: { z: 'é', toJSON: undefined, a: [] } })
  const target = '/a?access_token=T'
  assert.deepEqual(received, [
    ...queries.map(() => ['GET', `${target}&a=1&b=2`, '']),
    ['GET', target, ''],
    ['POST', target, '{"z":"é","a":[]}'],
  ])
  const circular = { code: 'S3CRET' }
  circular.self = circular
  for (const body of ['S3CRET', 7, true, circular, { code: 'S3CRET', n: NaN }, { code: 'S3CRET', n: 1n }]) {
    await assert.rejects(client.callRaw('/a', { body }), (error) => {
      assert.ok(error instanceof TypeError, inspect(error))
      return !inspect(error).includes('S3CRET')
    })
  }
  for (const query of [{ a: NaN }, { a: 1.5 }, { a: true }, { a: null }, ['a'], [['a']], { access_token: 'S3CRET' }]) {
    await assert.rejects(client.callRaw('/a', { query }), ({ code, interface: of, violations: [{ field }] }) => {
      assert.deepEqual([code, of, field], ['invalid_request', '/a', 'query[0]'])
      return true
    })
  }
  for (const query of ['a=S3CRET', 7]) await assert.rejects(client.callRaw('/a', { query }), { message: 'query: give an object' })
  await assert.rejects(client.callRaw(7), TypeError)
  await assert.rejects(client.callRaw('/a', { repeatable: 'S3CRET' }), ({ violations: [{ field }] }) => field === 'repeatable')
  await assert.rejects(client.callRaw('/a', { retries: 1 }), ({ code }) => code === 'invalid_config')
  assert.equal(received.length, 6)
  await server.close()
})

test('an accessToken function is asked, once more when its token is stale', async () => {
  const asked = []
  const client = sandbox.client({
    accessToken: async (request) => {
      asked.push(request)
      return request.rejected === undefined ? 'stale' : sandbox.accessToken()
    },
  })
  await client.downloadQRCodeText()
  for await (const listed of client.rules()) assert.fail(listed)
  assert.deepEqual(asked.map(({ rejected }) => rejected), [undefined, 'stale', undefined, 'stale'])
  assert.ok(asked.every(({ timeLeftMs }) => timeLeftMs > 0 && timeLeftMs <= 30_000))
})

test('what an accessToken function throws is the cause of the error of its own call', async () => {
  const client = sandbox.client({
    accessToken: () => {
      throw new RangeError('out of tokens')
    },
  })
  await assert.rejects(client.downloadQRCodeText(), (error) => {
    assert.ok(error instanceof jumpqr.CredentialsError)
    assert.equal(error.code, 'token_source_failed')
    assert.ok(error.cause instanceof RangeError)
    return true
  })
  const other = new Client({ accessToken: 'TOKEN', baseUrl: sandbox.baseUrl })
  const chained = sandbox.client({ accessToken: async () => (await other.downloadQRCodeText()).file_name })
  await assert.rejects(chained.downloadQRCodeText(), (error) => {
    assert.equal(error.code, 'token_source_failed')
    assert.ok(error.cause instanceof jumpqr.CredentialsError)
    assert.equal(error.cause.errcode, 40001)
    return true
  })
  for (const value of [undefined, null, 7]) {
    await assert.rejects(sandbox.client({ accessToken: () => value }).downloadQRCodeText(), (error) => {
      assert.match(error.cause.message, /it gives a string/)
      return true
    })
  }
  await assert.rejects(sandbox.client({ accessToken: () => '' }).downloadQRCodeText(), { code: 'token_source_failed' })
})

test('an accessToken function that never answers ends with the call', async () => {
  const client = sandbox.client({ accessToken: () => new Promise(() => {}), timeoutMs: 100 })
  await assert.rejects(client.downloadQRCodeText(), { name: 'CallTimeoutError' })
})

test('a token function may use another client', async () => {
  const provider = sandbox.client({ pacing: false })
  const client = sandbox.client({
    pacing: false,
    accessToken: async () => {
      await provider.downloadQRCodeText()
      return sandbox.accessToken()
    },
  })
  sandbox.control('PUT', '/sandbox/limits', { calls_per_second: 1000 })
  await Promise.all(Array.from({ length: 100 }, () => client.downloadQRCodeText()))
})

test('the sandbox does what it is told, and says what it does not know', async () => {
  sandbox.inject({ fault: 'errcode', errcode: -1, when: 'after', on: 'addJumpQRCode' })
  assert.equal(await sandbox.client().addJumpQRCode(rule), 'read_back')
  assert.equal(sandbox.rules().length, 1)
  assert.ok(sandbox.requests().some((request) => request.interface === 'addJumpQRCode'))
  const client = sandbox.client({ accessToken: sandbox.accessToken() })
  sandbox.killTokens()
  await assert.rejects(client.getJumpQRCode(), { errcode: 40001 })
  assert.throws(() => sandbox.control('GET', '/sandbox/nothing'), (error) => {
    assert.ok(error instanceof SandboxError)
    assert.equal(error.status, 404)
    return true
  })
  assert.throws(() => new Sandbox({ port: new URL(sandbox.baseUrl).port * 1 }), SandboxError)
  assert.throws(() => new Sandbox({ allowHosts: ['http://wechat.test'] }), SandboxError)
})

test('the sandbox refuses web pages, and serves a host that is allowed', async () => {
  const other = new Sandbox({ allowHosts: ['wechat.test'] })
  const { port } = new URL(other.baseUrl)
  const status = (headers) =>
    new Promise((resolve, reject) => {
      const request = http.get({ port, host: '127.0.0.1', path: '/sandbox', headers, agent: false }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      request.on('error', reject)
    })
  try {
    assert.equal(await status({}), 200)
    assert.equal(await status({ host: 'wechat.test' }), 200)
    assert.equal(await status({ host: 'evil.example' }), 403)
    assert.equal(await status({ origin: 'https://evil.example' }), 403)
  } finally {
    other.stop()
  }
})
