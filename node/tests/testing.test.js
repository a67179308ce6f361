'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Sandbox, SandboxError } = require('jumpqr/testing')

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

test('the clock is frozen, moves, and cannot go back', (t) => {
  const sandbox = new Sandbox({ frozenAt: 1_700_000_000 })
  t.after(() => sandbox.stop())
  sandbox.advance(1.5)
  assert.equal(sandbox.control('GET', '/sandbox/clock').unix_seconds, 1_700_000_001.5)
  assert.throws(() => sandbox.advance(-1), /cannot go back/)
  sandbox.reset()
  assert.equal(sandbox.control('GET', '/sandbox/clock').unix_seconds, 1_700_000_000)
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
