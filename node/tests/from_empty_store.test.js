'use strict'

// From an empty store to a published rule of a merchant, and to the end of the authorisation. The sandbox pushes, and a
// script takes the part of the merchant's browser.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const http = require('node:http')
const os = require('node:os')
const path = require('node:path')
const { EventEmitter, once } = require('node:events')
const { buffer } = require('node:stream/consumers')
const { test } = require('node:test')
const { Platform } = require('jumpqr')
const { Sandbox } = require('jumpqr/testing')
const { authorise } = require('./browser.js')

test('from an empty store to a published rule, and to the end of the authorisation', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jumpqr-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  const sandbox = new Sandbox()
  t.after(() => sandbox.stop())
  const { appid } = sandbox.miniProgram
  const { componentAppid } = sandbox.component
  const ofPlatform = `/sandbox/platforms/${componentAppid}`
  sandbox.control('DELETE', `${ofPlatform}/authorizers/${appid}`)
  const tokenStore = `dir:${folder}/tokens`
  const start = () => new Platform({ ...sandbox.component, baseUrl: sandbox.baseUrl, tokenStore })
  const platform = start()

  // Emits each push by its type, with the merchant that it has brought.
  const pushes = new EventEmitter({ captureRejections: true })
  const server = http.createServer(async (request, response) => {
    try {
      const handled = await platform.handle(request.url.split('?')[1], await buffer(request))
      response.end(handled.reply)
      pushes.emit(handled.event.info_type, handled, await handled.finish())
    } catch (error) {
      response.writeHead(500).end()
      pushes.emit('error', error)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  t.after(() => server.closeAllConnections())

  const ticket = once(pushes, 'component_verify_ticket')
  sandbox.control('PUT', ofPlatform, { push_url: `http://127.0.0.1:${server.address().port}/push` })
  const [handledTicket, nobody] = await ticket
  assert.deepEqual([handledTicket.hasChanged, nobody], [true, null])
  assert.equal(handledTicket.event.component_verify_ticket, sandbox.verifyTicket())

  const authorized = once(pushes, 'authorized')
  const link = await platform.authorizationUrl({ redirect_uri: 'https://saas.example.cn/done', auth_type: 'mini_program' })
  const back = await authorise(link, { authorizer_appid: appid })
  const merchant = await platform.exchange(back.searchParams.get('auth_code'))
  assert.deepEqual([merchant.authorizer_appid, merchant.has_refresh_token], [appid, true])
  const [handled, pushedMerchant] = await authorized
  assert.deepEqual([handled.hasChanged, handled.event.authorizer_appid], [false, appid])
  assert.equal(pushedMerchant.authorizer_appid, appid)

  const { verdict, findings } = await platform.readiness(appid, 'ordinary_link')
  assert.notEqual(verdict, 'not_ready', JSON.stringify(findings))
  const client = platform.merchant(appid)
  const prefix = 'https://m.example.cn/table/'
  const debug_url = [`${prefix}?id=1`]
  await client.addJumpQRCode({ prefix, path: 'pages/index/index', open_version: 1, permit_sub_rule: 1, debug_url })
  assert.equal(await client.publishJumpQRCode(prefix), 'answered')

  const unauthorized = once(pushes, 'unauthorized')
  // An end in the second of the authorisation may be that of an earlier one.
  sandbox.advance(2)
  sandbox.control('DELETE', `${ofPlatform}/authorizers/${appid}`)
  const [ended] = await unauthorized
  assert.deepEqual([ended.hasChanged, ended.event.authorizer_appid], [true, appid])
  const asked = sandbox.requests().length
  for (const process of [platform, start()]) {
    await assert.rejects(process.merchant(appid).getJumpQRCode(), { name: 'CredentialsError', code: 'merchant_unauthorized' })
  }
  assert.equal(sandbox.requests().length, asked, 'WeChat was asked')
})
