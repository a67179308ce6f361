'use strict'

// How merchants authorise a platform, and what it knows of them.

const assert = require('node:assert/strict')
const { inspect } = require('node:util')
const { after, before, beforeEach, test } = require('node:test')
const { AuthType, ValidationError } = require('jumpqr')
const { Sandbox } = require('jumpqr/testing')
const { authorise } = require('./browser.js')

const redirect_uri = 'https://saas.example.cn/done?shop=1'
const SECRET = 'S3CR3T'

let sandbox
let platform
let appid
before(() => {
  sandbox = new Sandbox()
  appid = sandbox.miniProgram.appid
})
beforeEach(async () => {
  sandbox.reset()
  platform = sandbox.platform()
  await platform.setVerifyTicket(sandbox.verifyTicket())
})
after(() => sandbox.stop())

/** The appids of the merchants. */
async function listed() {
  const appids = []
  for await (const { authorizer_appid, auth_time, has_refresh_token } of platform.merchants()) {
    assert.equal(typeof auth_time, 'number')
    assert.equal(has_refresh_token, true)
    appids.push(authorizer_appid)
  }
  return appids
}

test('a merchant who follows the link comes back with a code, and is stored', async () => {
  const link = await platform.authorizationUrl({ redirect_uri })
  assert.ok(link.startsWith(`${sandbox.baseUrl}/cgi-bin/componentloginpage?`), link)
  const back = await authorise(link, { authorizer_appid: appid })
  assert.equal(back.searchParams.get('shop'), '1')
  const code = back.searchParams.get('auth_code')
  const merchant = await platform.exchange(code)
  const { func_info, ...rest } = merchant
  assert.deepEqual(rest, { authorizer_appid: appid, has_refresh_token: true })
  assert.ok(func_info.some(({ id }) => id === 18), inspect(func_info))
  // The page is loaded again.
  assert.equal((await platform.exchange(code)).authorizer_appid, appid)
  await platform.merchant(appid).downloadQRCodeText()
  await assert.rejects(platform.exchange('queryauthcode@@@unknown'), { errcode: 61009 })
})

test('a link has the fields that it is given', async () => {
  const fields = { redirect_uri, device: 'mobile', biz_appid: 'wx1', category_id_list: [3, 18] }
  for (const auth_type of [AuthType.MINI_PROGRAM, 'mini_program']) {
    const { pathname, searchParams } = new URL(await platform.authorizationUrl({ ...fields, auth_type }))
    assert.equal(pathname, '/wxaopen/safe/bindcomponent')
    const { componentAppid } = sandbox.component
    const wanted = { component_appid: componentAppid, redirect_uri, auth_type: '2', biz_appid: 'wx1', category_id_list: '3|18' }
    for (const [name, value] of Object.entries(wanted)) assert.equal(searchParams.get(name), value)
  }
})

test('a wrong link is refused with all findings, and nothing is sent', async () => {
  const link = { redirect_uri: '/done', device: 'tablet', auth_type: 7, category_id_list: ['x'], shop: 1 }
  await assert.rejects(platform.authorizationUrl(link), (error) => {
    assert.ok(error instanceof ValidationError)
    const fields = error.violations.map(({ field }) => field).sort()
    assert.deepEqual(fields, ['auth_type', 'category_id_list[0]', 'device', 'redirect_uri', 'shop'], error.message)
    return true
  })
  for (const link of [undefined, null, 'https://saas.example.cn/', []]) {
    await assert.rejects(platform.authorizationUrl(link), ValidationError)
  }
  assert.deepEqual(sandbox.counters().platform_calls, {})
})

test('merchants are listed page by page', async () => {
  const appids = Array.from({ length: 501 }, (_, number) => `wx${String(number).padStart(16, '0')}`)
  for (const appid of appids) {
    sandbox.putAccount(appid, { kind: 'mini_program', secret: 'MERCHANTSECRET' })
    sandbox.authorize(appid)
  }
  assert.deepEqual((await listed()).sort(), [appid, ...appids].sort())
  const { componentAppid } = sandbox.component
  assert.equal(sandbox.counters().platform_calls[componentAppid].api_get_authorizer_list, 2)
  for await (const merchant of platform.merchants()) {
    assert.ok(merchant.authorizer_appid)
    break
  }
  assert.equal(sandbox.counters().platform_calls[componentAppid].api_get_authorizer_list, 3)
})

test('the list of merchants ends after an error', async () => {
  sandbox.inject({ fault: 'errcode', errcode: 48001, on: 'api_get_authorizer_list' })
  const merchants = platform.merchants()
  await assert.rejects(merchants.next(), { errcode: 48001 })
  assert.equal((await merchants.next()).done, true)
})

test('readiness says what blocks the rules of a merchant', async () => {
  const { componentAppid } = sandbox.component
  sandbox.authorize(appid, { permissionSets: [33] })
  const readiness = await platform.readiness(appid, 'ordinary_link')
  assert.equal(readiness.verdict, 'not_ready')
  const [{ message, ...finding }] = readiness.findings
  assert.deepEqual(finding, { field: 'func_info', code: 'missing_permission_set', severity: 'blocks', errcode: 61007 })
  assert.match(message, /18/)
  sandbox.authorize(appid, { permissionSets: [18] })
  assert.notEqual((await platform.readiness(appid, 'ordinary_link')).verdict, 'not_ready')
  const { findings } = await platform.readiness(appid, 'service_account')
  assert.equal(findings[0].code, 'wrong_account')
  assert.equal(sandbox.counters().platform_calls[componentAppid].api_get_authorizer_info, 3)
  await assert.rejects(platform.readiness(appid, 'both'), (error) => {
    assert.deepEqual(error.violations.map(({ field, code }) => [field, code]), [['mode', 'unknown_value']])
    return true
  })
})

test('what WeChat says about a merchant has no token', async () => {
  const { authorizer_info, authorization_info } = await platform.authorizerInfo(appid)
  assert.equal(typeof authorizer_info.nick_name, 'string')
  assert.ok(authorizer_info.MiniProgramInfo)
  assert.deepEqual(Object.keys(authorization_info).sort(), ['authorizer_appid', 'func_info'])
})

test('a forgotten merchant is found in the list again', async () => {
  const client = platform.merchant(appid)
  await platform.setAuthorizerRefreshToken(appid, sandbox.authorize())
  assert.equal((await client.tokenStatus()).hasRefreshToken, true)
  assert.equal(await platform.forget(appid), undefined)
  assert.equal((await client.tokenStatus()).hasRefreshToken, false)
  await client.downloadQRCodeText()
  assert.equal((await client.tokenStatus()).hasRefreshToken, true)
})

test("the platform's token is fetched once, for other programs too", async () => {
  const token = await platform.componentAccessToken()
  assert.equal(await platform.componentAccessToken(), token)
  const { componentAppid } = sandbox.component
  assert.deepEqual(sandbox.counters().token_calls_by_appid, { [componentAppid]: { api_component_token: 1 } })
  const answer = await fetch(`${sandbox.baseUrl}/cgi-bin/component/api_create_preauthcode?component_access_token=${token}`, {
    method: 'POST',
    body: JSON.stringify({ component_appid: componentAppid }),
  })
  assert.match((await answer.json()).pre_auth_code, /^preauthcode@@@/)
})

test('pushes of tickets are restarted', async () => {
  const { componentAppid } = sandbox.component
  assert.equal(await platform.startPushTicket(), 'were_running')
  sandbox.control('PUT', `/sandbox/platforms/${componentAppid}/ticket`, { paused: true })
  assert.equal(await platform.startPushTicket(), 'restarted')
})

test('arguments of another type are refused by name, without their values', async () => {
  const body = 'body: give the raw body, as a Buffer, a Uint8Array or a string'
  for (const [call, message] of [
    [() => platform.handle({ msg_signature: SECRET }, ''), 'query: give a string'],
    [() => platform.handle('', { xml: SECRET }), body],
    [() => platform.handle('', undefined), body],
    [() => platform.exchange(undefined), 'authorizationCode: give a string'],
    [() => platform.exchange([SECRET]), 'authorizationCode: give a string'],
    [() => platform.forget(1), 'appid: give a string'],
    [() => platform.readiness(appid), 'mode: give a string'],
    [() => platform.readiness(undefined, 'ordinary_link'), 'appid: give a string'],
    [() => platform.authorizerInfo({}), 'appid: give a string'],
  ]) {
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof TypeError)
      assert.equal(error.message, message)
      assert.ok(!inspect(error).includes(SECRET))
      return true
    })
  }
  for (const call of [
    () => platform.forget('wx 1'),
    () => platform.authorizerInfo(''),
    () => platform.exchange(''),
    () => platform.exchange(`${SECRET}\ud800`),
  ]) {
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof ValidationError, inspect(error))
      assert.ok(!inspect(error, { depth: null }).includes(SECRET), inspect(error))
      return true
    })
  }
})

test('an aborted signal ends a call of the platform', async () => {
  const signal = AbortSignal.abort()
  for (const call of [
    () => platform.handle('', '', { signal }),
    () => platform.authorizationUrl({ redirect_uri }, { signal }),
    () => platform.exchange('queryauthcode@@@x', { signal }),
    () => platform.forget(appid, { signal }),
    () => platform.merchants({ signal }).next(),
    () => platform.readiness(appid, 'ordinary_link', { signal }),
    () => platform.authorizerInfo(appid, { signal }),
    () => platform.componentAccessToken({ signal }),
    () => platform.startPushTicket({ signal }),
  ]) {
    await assert.rejects(call(), { name: 'AbortError' })
  }
  assert.deepEqual(sandbox.counters().platform_calls, {})
})
