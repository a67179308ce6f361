'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { inspect } = require('node:util')
const { after, before, beforeEach, test } = require('node:test')
const jumpqr = require('jumpqr')
const { Sandbox } = require('jumpqr/testing')
const { deadUrl, json, serve } = require('./server.js')

const { Client, Platform } = jumpqr
const ok = { errcode: 0, errmsg: 'ok', file_name: 'a.txt', file_content: '1' }

let sandbox
let folder
before(() => {
  sandbox = new Sandbox()
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jumpqr-'))
})
beforeEach(() => {
  sandbox.reset()
  fs.rmSync(path.join(folder, 'tokens'), { recursive: true, force: true })
})
after(() => {
  sandbox.stop()
  fs.rmSync(folder, { recursive: true })
})
const tokenStore = () => `dir:${folder}/tokens`

test('a platform calls for its merchants, and fetches each token once', async () => {
  const appids = Array.from({ length: 20 }, (_, number) => `wx00000000000000${number + 10}`)
  const platform = sandbox.platform()
  await platform.setVerifyTicket(sandbox.verifyTicket())
  for (const appid of appids) {
    sandbox.putAccount(appid, { kind: 'mini_program', secret: 'MERCHANTSECRET' })
    await platform.setAuthorizerRefreshToken(appid, sandbox.authorize(appid))
  }
  const calls = appids.flatMap((appid) => Array.from({ length: 3 }, () => platform.merchant(appid).downloadQRCodeText()))
  const files = await Promise.all(calls)
  assert.equal(new Set(files.map(({ file_content }) => file_content)).size, appids.length, 'each merchant has its own file')
  const { token_calls_by_appid: asked } = sandbox.counters()
  const { componentAppid } = sandbox.component
  const once = appids.map((appid) => [appid, { api_authorizer_token: 1 }])
  assert.deepEqual(asked, { [componentAppid]: { api_component_token: 1 }, ...Object.fromEntries(once) })
})

test('a new platform on the same store uses the stored tokens', async () => {
  const { appid } = sandbox.miniProgram
  const platform = sandbox.platform({ tokenStore: tokenStore() })
  await platform.setVerifyTicket(sandbox.verifyTicket())
  await platform.setAuthorizerRefreshToken(appid, sandbox.authorize())
  await platform.merchant(appid).downloadQRCodeText()
  const next = () => sandbox.platform({ tokenStore: tokenStore() }).merchant(appid)
  await next().downloadQRCodeText()
  assert.equal(sandbox.counters().token_calls, 2)
  // The refresh token that came with the first access token is the one that lives.
  sandbox.killTokens()
  await next().downloadQRCodeText()
  assert.deepEqual(sandbox.counters().token_calls_by_appid[appid], { api_authorizer_token: 2 })
})

test('clients of one account share the token in a folder', async () => {
  const clients = Array.from({ length: 8 }, () => sandbox.client({ tokenStore: tokenStore(), pacing: false }))
  sandbox.control('PUT', '/sandbox/limits', { calls_per_second: 1000 })
  await Promise.all(clients.map((client) => client.downloadQRCodeText()))
  assert.equal(sandbox.counters().token_calls, 1)
})

test('the status of a token says where it is and how it stands, and holds no secret', async () => {
  const { appid } = sandbox.miniProgram
  const { componentAppid } = sandbox.component
  const absent = { age: null, expiresIn: null, hasRefreshToken: null, verifyTicketAge: null, refusedErrcode: null, refusedFor: null }
  const { store, ...rest } = await sandbox.client().tokenStatus()
  assert.equal(store, 'memory:')
  assert.deepEqual(rest, { interface: 'stable_token', appid, state: 'missing', ...absent })

  const platform = sandbox.platform({ tokenStore: tokenStore() })
  const client = platform.merchant(appid)
  const missing = { store: tokenStore(), state: 'missing', ...absent }
  const own = { interface: 'api_component_token', appid: componentAppid }
  const merchants = { interface: 'api_authorizer_token', appid }
  assert.deepEqual(await platform.tokenStatus(), { ...missing, ...own })
  assert.deepEqual(await client.tokenStatus(), { ...missing, ...merchants, hasRefreshToken: false })

  const [ticket, refreshToken] = [sandbox.verifyTicket(), sandbox.authorize()]
  assert.equal(await platform.setVerifyTicket(ticket), undefined)
  assert.equal(await platform.setAuthorizerRefreshToken(appid, refreshToken), undefined)
  await client.downloadQRCodeText()
  const valid = { ...missing, state: 'valid' }
  for (const [status, parts] of [
    [await platform.tokenStatus(), { ...own, verifyTicketAge: 'recent' }],
    [await client.tokenStatus(), { ...merchants, hasRefreshToken: true }],
  ]) {
    const recent = (seconds) => (Number.isInteger(seconds) && seconds >= 0 && seconds < 60 ? 'recent' : seconds)
    const { age, expiresIn, verifyTicketAge, ...others } = status
    assert.deepEqual(
      { ...others, age: recent(age), expiresIn: recent(7200 - expiresIn), verifyTicketAge: recent(verifyTicketAge) },
      { ...valid, ...parts, age: 'recent', expiresIn: 'recent' },
    )
    assert.ok(![ticket, refreshToken, sandbox.component.componentAppsecret].some((secret) => inspect(status).includes(secret)))
  }
  assert.equal(await sandbox.client({ accessToken: 'TOKEN' }).tokenStatus(), null)
  assert.equal(await sandbox.client({ accessToken: () => 'TOKEN' }).tokenStatus(), null)

  const wrong = sandbox.client({ secret: 'WRONG', tokenStore: tokenStore() })
  let refused
  // A refusal is remembered for a second, each further one twice as long: some time it lasts until here.
  for (let tries = 0; tries < 6 && !refused?.refusedErrcode; tries += 1) {
    await assert.rejects(wrong.downloadQRCodeText(), { name: 'CredentialsError', errcode: 40125 })
    refused = await wrong.tokenStatus()
  }
  assert.deepEqual([refused.refusedErrcode, refused.state], [40125, 'missing'])
  assert.ok(refused.refusedFor < 60)
})

test('the error for a missing credential names it, with advice', async () => {
  const platform = sandbox.platform()
  const client = platform.merchant(sandbox.miniProgram.appid)
  await platform.setAuthorizerRefreshToken(sandbox.miniProgram.appid, 'REFRESH')
  await assert.rejects(client.downloadQRCodeText(), { name: 'CredentialsError', code: 'no_verify_ticket' })
  await platform.setVerifyTicket(sandbox.verifyTicket())
  await assert.rejects(platform.merchant('wx0000000000000000').downloadQRCodeText(), {
    name: 'CredentialsError',
    code: 'no_refresh_token',
  })
})

test('wrong settings of a platform are refused without a secret, also a function for tokens', () => {
  const secret = '5ecr3t'
  const refuse = (Type, options, message) =>
    assert.throws(() => new Type(options), (error) => {
      assert.equal(error.name, 'ValidationError', inspect(error))
      assert.match(error.message, message)
      assert.ok(!inspect(error).includes(secret), inspect(error))
      return true
    })
  const own = { componentAppid: 'wxc', componentAppsecret: secret }
  refuse(Platform, undefined, /^componentAppid: .*; componentAppsecret: /)
  refuse(Platform, { ...own, accessToken: () => secret }, /^accessToken: /)
  const file = path.join(folder, 'timeout')
  fs.writeFileSync(file, '')
  for (const [Type, options] of [[Client, { appid: 'wx1', secret }], [Platform, own]]) {
    refuse(Type, { ...options, tokenStore: `dir:${file}` }, /^tokenStore: \S+\/timeout is not a folder/)
  }
})

test('arguments of a platform are checked, and errors do not repeat them', async () => {
  const platform = sandbox.platform()
  const secret = '5ecr3t'
  for (const [call, name] of [
    [() => platform.setVerifyTicket({ secret }), 'ticket'],
    [() => platform.setAuthorizerRefreshToken('wx1', { secret }), 'token'],
    [() => platform.setAuthorizerRefreshToken({ secret }, secret), 'appid'],
    [async () => platform.merchant(undefined), 'appid'],
  ]) {
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof TypeError)
      assert.equal(error.message, `${name}: give a string`)
      return true
    })
  }
  for (const [call, name] of [
    [() => platform.setVerifyTicket(`${secret}\n`), 'componentVerifyTicket'],
    [() => platform.setVerifyTicket(''), 'componentVerifyTicket'],
    [() => platform.setAuthorizerRefreshToken('wx1', `${secret} `), 'authorizerRefreshToken'],
    [() => platform.setAuthorizerRefreshToken('', secret), 'authorizerAppid'],
    [async () => platform.merchant('wx 1'), 'authorizerAppid'],
  ]) {
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof jumpqr.ValidationError, inspect(error))
      assert.ok(error.message.startsWith(`${name}: `), error.message)
      assert.ok(!inspect(error).includes(secret))
      return true
    })
  }
  const shown = sandbox.platform({ componentAppsecret: secret })
  await shown.setVerifyTicket(secret)
  assert.ok(!inspect([shown, shown.merchant('wx1')], { showHidden: true, depth: null }).includes(secret))
})

test('a store that others can read is made private again, unless other things are in it', { skip: process.platform === 'win32' }, async () => {
  const client = sandbox.client({ tokenStore: tokenStore() })
  await client.downloadQRCodeText()
  fs.chmodSync(path.join(folder, 'tokens'), 0o755)
  assert.equal((await client.tokenStatus()).state, 'valid')
  assert.equal(fs.statSync(path.join(folder, 'tokens')).mode & 0o777, 0o700)
  fs.writeFileSync(path.join(folder, 'tokens', 'notes.txt'), '')
  fs.chmodSync(path.join(folder, 'tokens'), 0o755)
  const refused = { name: 'StoreError', kind: 'store', code: 'store_not_private', message: /other files/ }
  assert.throws(() => sandbox.client({ tokenStore: tokenStore() }), refused)
  await assert.rejects(client.tokenStatus(), refused)
  fs.unlinkSync(path.join(folder, 'tokens', 'notes.txt'))
  assert.equal((await client.tokenStatus()).state, 'valid')
})

test('the error for an unreachable store names it without its password', async () => {
  const secret = '5ecr3t'
  const server = await deadUrl()
  const client = sandbox.client({ tokenStore: `redis://jumpqr:${secret}@${new URL(server).host}` })
  for (const call of [() => client.downloadQRCodeText(), () => client.tokenStatus()]) {
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof jumpqr.StoreError, inspect(error))
      assert.equal(error.code, 'store_failed')
      assert.ok(error.message.includes(new URL(server).host), error.message)
      assert.ok(!inspect(error).includes(secret))
      return true
    })
  }
  assert.equal(sandbox.counters().token_calls, 0)
})

test('an aborted signal ends a call to the store', async () => {
  const platform = sandbox.platform()
  const signal = AbortSignal.abort()
  for (const call of [
    () => platform.setVerifyTicket('TICKET', { signal }),
    () => platform.setAuthorizerRefreshToken('wx1', 'REFRESH', { signal }),
    () => platform.tokenStatus({ signal }),
    () => sandbox.client().tokenStatus({ signal }),
  ]) {
    await assert.rejects(call(), { name: 'AbortError' })
  }
  assert.equal((await platform.tokenStatus()).verifyTicketAge, null)
  assert.equal((await platform.merchant('wx1').tokenStatus()).hasRefreshToken, false)
})

test('busy merchants leave places for the others and for the platform', async (t) => {
  const held = []
  const most = new Map()
  let onArrival = () => {}
  const server = await serve((request, response) => {
    if (request.path.endsWith('/api_component_token')) return json(response, { component_access_token: 'C', expires_in: 7200 })
    if (request.path.endsWith('/api_authorizer_token')) {
      const { authorizer_appid: appid } = JSON.parse(request.body)
      return json(response, { authorizer_access_token: appid, expires_in: 7200, authorizer_refresh_token: 'R' })
    }
    held.push(response)
    most.set(request.token, (most.get(request.token) ?? 0) + 1)
    onArrival()
  })
  t.after(() => server.close())
  const arrived = (number) =>
    new Promise((resolve) => {
      onArrival = () => held.length >= number && resolve()
      onArrival()
    })
  const platform = new Platform({ ...sandbox.component, baseUrl: server.baseUrl, pacing: false })
  await platform.setVerifyTicket('TICKET')
  const appids = ['wx1', 'wx2', 'wx3', 'wx4', 'wx5']
  for (const appid of appids) await platform.setAuthorizerRefreshToken(appid, 'R')

  const calls = []
  const call = (appid) => calls.push(platform.merchant(appid).downloadQRCodeText())
  // Each call with a client of its own: what they share is the merchant.
  for (let number = 0; number < 70; number += 1) call('wx1')
  await arrived(64)
  call('wx2')
  await arrived(65)
  assert.deepEqual([...most], [['wx1', 64], ['wx2', 1]])

  for (const appid of appids.slice(1)) for (let number = 0; number < 64; number += 1) call(appid)
  await arrived(256)
  assert.equal((await platform.tokenStatus()).state, 'valid')
  // It waits for a place, which does not count towards its timeout.
  const waits = platform.merchant('wx5').downloadQRCodeText({ signal: AbortSignal.timeout(100) })
  await assert.rejects(waits, { name: 'TimeoutError' })
  assert.equal(held.length, 256)
  assert.ok(Math.max(...most.values()) <= 64)

  const answering = setInterval(() => held.splice(0).forEach((response) => json(response, ok)), 10)
  t.after(() => clearInterval(answering))
  assert.equal((await Promise.all(calls)).length, 70 + 1 + 4 * 64)
})
