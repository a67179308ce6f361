'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Receiver } = require('jumpqr')
const { Sandbox, SandboxError } = require('jumpqr/testing')
const { pushed } = require('./pushed.js')
const { serve } = require('./server.js')

test('methods are about the Mini Program by default', (t) => {
  const sandbox = new Sandbox()
  t.after(() => sandbox.stop())
  sandbox.accessToken()
  sandbox.accessToken(sandbox.serviceAccount.appid)
  assert.equal(sandbox.killTokens(), 1)
  assert.deepEqual(sandbox.rules(), [])
  const { appid } = sandbox.miniProgram
  const { componentAppid } = sandbox.component
  const first = sandbox.authorize(undefined, { permissionSets: [18] })
  assert.notEqual(first, sandbox.authorize(appid, { componentAppid }))
  const platform = `/sandbox/platforms/${componentAppid}`
  assert.deepEqual(sandbox.control('GET', `${platform}/authorizers`)[0].permission_sets, [18])
  assert.equal(sandbox.control('GET', `${platform}/ticket`).component_verify_ticket, sandbox.verifyTicket(componentAppid))
})

test('an account is added and changed, whatever its appid', (t) => {
  const sandbox = new Sandbox()
  t.after(() => sandbox.stop())
  sandbox.putAccount('wx/1?#%', { kind: 'service_account', secret: 's', nickname: 'One' })
  sandbox.putAccount('wx/1?#%', { permissionSets: [3], qrcodejumpOpen: false })
  const account = sandbox.control('GET', `/sandbox/accounts/${encodeURIComponent('wx/1?#%')}`)
  assert.equal(account.nickname, 'One')
  assert.deepEqual(account.permission_sets, [3])
  assert.equal(account.qrcodejump_open, false)
  assert.throws(() => sandbox.putAccount('wx1', { colour: 'red' }), { name: 'SandboxError', message: /unknown field `colour`/ })
  assert.throws(() => sandbox.putAccount('wx2', { kind: 'mini_program' }), /secret is missing/)
})

test('the verification file is really fetched', async (t) => {
  const asked = []
  const server = await serve((request, response) => {
    asked.push(request.url)
    response.writeHead(404).end()
  })
  t.after(() => server.close())
  const sandbox = new Sandbox()
  t.after(() => sandbox.stop())
  const client = sandbox.client()
  const rule = { prefix: 'http://m.example.cn/shop/', path: 'pages/index/index', open_version: 1, permit_sub_rule: 1 }
  sandbox.fetchFile({ connectTo: [new URL(server.baseUrl).host], timeoutMs: 5000 })
  await assert.rejects(client.addJumpQRCode(rule), { errcode: 85069 })
  const request = sandbox.requests().at(-1)
  assert.equal(request.errcode, 85069)
  assert.equal(request.reason.code, 'not_found')
  assert.equal(asked[0], '/shop/KCfCAeDG9F.txt')
  sandbox.reset()
  await client.addJumpQRCode(rule)
  assert.throws(() => sandbox.fetchFile({ appid: 'wx1' }), { name: 'SandboxError', message: /no account/ })
  assert.throws(() => sandbox.fetchFile({ connectTo: ['localhost:80'] }), /connect_to\[0\] is /)
  assert.throws(() => sandbox.fetchFile({ port: 80 }), /unknown field `port`/)
})

test('the clock is frozen, moves, and cannot go back', (t) => {
  const sandbox = new Sandbox({ frozenAt: 1_700_000_000 })
  t.after(() => sandbox.stop())
  sandbox.advance(1.5)
  assert.equal(sandbox.control('GET', '/sandbox/clock').unix_seconds, 1_700_000_001.5)
  assert.throws(() => sandbox.advance(-1), /cannot go back/)
  sandbox.reset()
  assert.equal(sandbox.control('GET', '/sandbox/clock').unix_seconds, 1_700_000_000)
})

test('pushes come, also by order, and their answers are recorded', async (t) => {
  const events = []
  const server = await serve((request, response) => {
    try {
      const push = receiver.receive(request.url.split('?')[1], request.body)
      events.push(push.event)
      response.end(push.reply)
    } catch (error) {
      response.writeHead(403).end(error.code)
    }
  })
  t.after(() => server.close())
  const sandbox = new Sandbox({ pushUrl: `${server.baseUrl}/push`, frozenAt: 1_700_000_000 })
  t.after(() => sandbox.stop())
  const { componentAppsecret: _, ...settings } = sandbox.component
  const { componentAppid } = settings
  const receiver = new Receiver(settings)

  const first = await pushed(sandbox, () => true)
  const { finished_at_ms, ...rest } = first
  assert.equal(finished_at_ms, 1_700_000_000_000)
  const ticket = { component_appid: componentAppid, info_type: 'component_verify_ticket', authorizer_appid: null, create_time: 1_700_000_000 }
  const accepted = { attempt: 1, status: 200, body: 'success', error: null, is_success: true }
  assert.deepEqual(rest, { ...ticket, order: null, ...accepted })
  assert.equal(events[0].component_verify_ticket, sandbox.verifyTicket())
  assert.equal(sandbox.pendingPushes(), 0)

  sandbox.orderPush('wrong_signature')
  const wrong = await pushed(sandbox, ({ order }) => order === 'wrong_signature')
  assert.deepEqual([wrong.status, wrong.body, wrong.is_success], [403, 'push_not_signed', false])
  const { appid } = sandbox.miniProgram
  sandbox.authorize(appid, { permissionSets: [33] })
  await pushed(sandbox, ({ info_type }) => info_type === 'updateauthorized')
  sandbox.orderPush('doubled', { authorizerAppid: appid, componentAppid })
  const doubled = await pushed(sandbox, ({ order }) => order === 'doubled')
  assert.deepEqual([doubled.authorizer_appid, doubled.is_success], [appid, true])

  assert.throws(() => sandbox.orderPush('explode'), { name: 'SandboxError', message: /unknown variant `explode`, expected one of/ })
  assert.throws(() => sandbox.orderPush('doubled', { appid }), /unknown field `appid`/)
  assert.throws(() => sandbox.orderPush('doubled', { authorizerAppid: 'wx1' }), SandboxError)
  assert.throws(() => sandbox.orderPush('doubled', { componentAppid: 'wx1' }), SandboxError)
  for (const pushUrl of ['https://127.0.0.1/', 'http://saas.example.cn/', 'x']) {
    assert.throws(() => new Sandbox({ pushUrl }), SandboxError)
  }
})

test('what is wrong is refused with its name', (t) => {
  const sandbox = new Sandbox()
  t.after(() => sandbox.stop())
  assert.throws(() => sandbox.inject({ fault: 'explode' }), /the fault "explode": unknown/)
  assert.throws(() => sandbox.inject({ fault: 'reset', status: 502 }), /status is not a field of the fault "reset"/)
  assert.throws(() => sandbox.authorize('wx1', { permission_sets: [18] }), /unknown field `permission_sets`/)
  assert.throws(() => sandbox.authorize('wx1'), (error) => error instanceof SandboxError && error.status === 404)
  assert.throws(() => new Sandbox({ port: 65536 }), /port is 65536/)
  assert.throws(() => new Sandbox({ frozenAt: -1 }), /frozen_at is -1/)
})
