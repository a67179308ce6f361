'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { isDeepStrictEqual } = require('node:util')
const { test } = require('node:test')
const { Client, Platform } = require('jumpqr')
const { serve } = require('../server.js')
const { bytes, choice, count, keys, load, runAll } = require('./file.js')
const { checkEnding, invoke, settled } = require('./call.js')
const stored = require('./stored.js')

/** The requests that are to come, and what came otherwise. */
class Script {
  exchanges = []
  problems = []

  handle(request, response) {
    const expected = this.exchanges.shift()
    if (expected === undefined) {
      this.problems.push(`a request too many: ${request.method} ${request.path}`)
      response.socket.destroy()
      return
    }
    keys(expected, ['path', 'query', 'reply'], ['body'])
    keys(expected.reply, ['body'], ['status'])
    const found = {
      method: request.method,
      path: request.path,
      query: Object.fromEntries(new URLSearchParams(request.url.split('?')[1])),
      body: request.body.length === 0 ? undefined : JSON.parse(request.body),
    }
    const { path, query, body } = expected
    const wanted = { method: body === undefined ? 'GET' : 'POST', path, query, body }
    if (!isDeepStrictEqual(found, wanted)) {
      this.problems.push(`expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`)
    }
    response.statusCode = expected.reply.status ?? 200
    response.end(bytes(expected.reply.body))
  }

  check() {
    assert.deepEqual(this.problems, [])
    assert.deepEqual(this.exchanges, [], 'requests too few')
  }
}

/** The client of the account, and the platform that it is of, as a process that has just started makes them. */
function start([kind, account], settings) {
  if (kind === 'app') {
    keys(account, ['appid', 'secret'], ['token_interface'])
    const { appid, secret, token_interface: tokenInterface } = account
    return { client: new Client({ ...settings, appid, secret, tokenInterface }) }
  }
  keys(account, ['component_appid', 'component_appsecret', 'appid'], ['component_token_field'])
  const platform = new Platform({
    ...settings,
    componentAppid: account.component_appid,
    componentAppsecret: account.component_appsecret,
    componentTokenField: account.component_token_field,
  })
  return { platform, client: platform.merchant(account.appid) }
}

/** What no error may print. */
function secretsOf([, account], steps) {
  const exchanges = steps.flatMap((step) => step.exchanges ?? [])
  return [
    account.secret,
    account.component_appsecret,
    ...steps.flatMap((step) => [step.set_verify_ticket, step.set_authorizer_refresh_token, step.set_secret]),
    ...steps.flatMap(({ store }) => [store?.content, store?.record?.access_token, store?.record?.refresh_token].flat()),
    ...exchanges.flatMap(({ query }) => [query.access_token, query.component_access_token]),
    ...exchanges.flatMap(({ body }) => [body?.component_verify_ticket, body?.authorizer_refresh_token]),
  ].filter(Boolean)
}

const inCamelCase = (name) => name.split('_').reduce((done, word) => done + word[0].toUpperCase() + word.slice(1))

async function runVector(vector) {
  keys(vector, ['name', 'account', 'steps'])
  const [kind, given] = choice(vector.account, ['app', 'merchant'])
  const account = [kind, { ...given }]
  const secrets = secretsOf(account, vector.steps)
  const script = new Script()
  const server = await serve((request, response) => script.handle(request, response))
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jumpqr-'))
  const tokens = path.join(folder, 'tokens')
  const settings = {
    baseUrl: server.baseUrl,
    tokenStore: `dir:${tokens}`,
    maxRetries: 0,
    pacing: false,
    validate: false,
    timeoutMs: 10_000,
  }
  let now = start(account, settings)
  const steps = {
    set_verify_ticket: (ticket) => now.platform.setVerifyTicket(ticket),
    set_authorizer_refresh_token: (token) => now.platform.setAuthorizerRefreshToken(account[1].appid, token),
    async refused({ says, ...text }) {
      const [kind, value] = choice(text, ['set_verify_ticket', 'set_authorizer_refresh_token'])
      await assert.rejects(async () => steps[kind](value), (error) => {
        assert.equal(error.code, 'invalid_config')
        for (const part of says) assert.ok(error.message.includes(part), error.message)
        assert.ok(!error.message.includes(value), error.message)
        return true
      })
    },
    new_client(value) {
      assert.equal(value, true)
      now = start(account, settings)
    },
    set_secret(secret) {
      assert.equal(kind, 'app')
      account[1].secret = secret
      now = start(account, settings)
    },
    store: (vector) => stored.replace(tokens, vector),
    stored: (vector) => stored.compare(tokens, vector),
    async token_status(parts) {
      const status = await now.client.tokenStatus()
      for (const [name, part] of Object.entries(parts)) assert.equal(status[inCamelCase(name)], part, name)
    },
    async call(call, { exchanges, result }) {
      script.exchanges = [...exchanges]
      checkEnding(result, await settled(invoke(now.client, call)), secrets)
      script.check()
    },
  }
  try {
    for (const step of vector.steps) {
      const { exchanges, result, ...rest } = step
      const [kind, value] = choice(rest, Object.keys(steps))
      keys(step, kind === 'call' ? [kind, 'exchanges', 'result'] : [kind])
      await steps[kind](value, step)
    }
  } finally {
    await server.close()
    fs.rmSync(folder, { recursive: true })
  }
}

// One after another: what WeChat refuses is remembered for 5 s, in which the next call must come.
test('every account gets its tokens as the vector says', async () => {
  const { tokens } = load('tokens.json', ['tokens'])
  count('tokens.json', await runAll('tokens.json', tokens, runVector))
})

test('every renewal asks and stores exactly what it must', async () => {
  const { renewals } = load('renewals.json', ['renewals'])
  count('renewals.json', await runAll('renewals.json', renewals, runVector))
})
