'use strict'

const assert = require('node:assert/strict')
const { AsyncLocalStorage } = require('node:async_hooks')
const diagnostics = require('node:diagnostics_channel')
const { once } = require('node:events')
const { after, before, beforeEach, test } = require('node:test')
const { Client, Platform } = require('jumpqr')
const { Sandbox } = require('jumpqr/testing')

const requests = new AsyncLocalStorage()

let sandbox
before(() => (sandbox = new Sandbox()))
beforeEach(() => sandbox.reset())
after(() => sandbox.stop())

test('a listener is called before the promise settles, in the context of its call', async () => {
  const seen = []
  const client = sandbox.client({
    onCall: ({ interface: name }) => seen.push([name, requests.getStore()]),
  })
  const call = (request) =>
    requests.run(request, async () => {
      await client.getJumpQRCode()
      seen.push(['settled', requests.getStore()])
    })
  // A thread gets the token; the later calls run in the event loop.
  await call('first')
  await Promise.all([call('second'), call('third')])
  const of = (request) => seen.filter((entry) => entry[1] === request).map(([name]) => name)
  assert.deepEqual(of('first'), ['stable_token', 'getJumpQRCode', 'settled'])
  assert.deepEqual(of('second'), ['getJumpQRCode', 'settled'])
  assert.deepEqual(of('third'), ['getJumpQRCode', 'settled'])
  assert.equal(seen.length, 7)
})

test('the token function is called in the context of its call', async () => {
  const seen = []
  const client = sandbox.client({
    accessToken() {
      seen.push(requests.getStore())
      return sandbox.accessToken()
    },
  })
  await Promise.all(['first', 'second'].map((request) => requests.run(request, () => client.getJumpQRCode())))
  assert.deepEqual(seen.sort(), ['first', 'second'])
})

test('the channel has the events of all clients while it has a subscriber', async () => {
  const seen = []
  const listen = (event, name) => seen.push([name, event.interface, requests.getStore()])
  const client = sandbox.client()
  await client.getJumpQRCode()
  diagnostics.subscribe('jumpqr:call', listen)
  try {
    await requests.run('first', () => client.getJumpQRCode())
    assert.deepEqual(seen, [['jumpqr:call', 'getJumpQRCode', 'first']])
  } finally {
    diagnostics.unsubscribe('jumpqr:call', listen)
  }
  await client.getJumpQRCode()
  assert.equal(seen.length, 1)
})

test('a listener that throws does not break the call', async () => {
  const client = sandbox.client({
    onCall() {
      throw new RangeError('staged')
    },
  })
  const warned = once(process, 'warning')
  assert.deepEqual((await client.getJumpQRCode()).rule_list, [])
  const [warning] = await warned
  assert.equal(warning.message, 'staged')
  await assert.rejects(client.publishJumpQRCode('https://m.example.cn/none'), { code: 'no_such_rule' })
})

test('an aborted call has an event', async () => {
  let told
  const event = new Promise((resolve) => (told = resolve))
  const client = sandbox.client({ onCall: (it) => it.interface === 'getApiDomainIp' && told(it) })
  await client.getJumpQRCode()
  sandbox.inject({ fault: 'delay', milliseconds: 15000, on: 'getApiDomainIp' })
  const controller = new AbortController()
  const call = client.getApiDomainIp({ signal: controller.signal })
  controller.abort()
  await assert.rejects(call, { name: 'AbortError' })
  assert.equal((await event).code, 'cancelled')
})

test('platforms and their merchants have a listener', async () => {
  const seen = []
  const onCall = ({ interface: name, appid }) => seen.push([name, appid])
  const platform = sandbox.platform({ onCall })
  const { appid } = sandbox.miniProgram
  await platform.setVerifyTicket(sandbox.verifyTicket())
  await platform.setAuthorizerRefreshToken(appid, sandbox.authorize(appid))
  await platform.merchant(appid).getJumpQRCode()
  assert.deepEqual(seen, [
    ['api_component_token', sandbox.component.componentAppid],
    ['api_authorizer_token', appid],
    ['getJumpQRCode', appid],
  ])
})

test('a listener that is not a function is refused', () => {
  for (const make of [
    (onCall) => new Client({ accessToken: 'T', onCall }),
    (onCall) => new Platform({ componentAppid: 'wxplatform00000000', componentAppsecret: 's', onCall }),
  ]) {
    assert.throws(() => make('print'), /^TypeError: onCall is string; give a function$/)
    make(null)
  }
})
