'use strict'

// No object of the package shows a secret to those who print it: a debugger, a log, a report of an error.

const assert = require('node:assert/strict')
const { inspect } = require('node:util')
const { test } = require('node:test')
const { Client, Platform, Receiver } = require('jumpqr')
const { json, serve } = require('./server.js')

const SECRET = 'S3CR3T'

/** All that an object has, its prototypes and what is hidden included. */
const shown = (thing) => inspect(thing, { depth: null, showHidden: true, getters: true }) + JSON.stringify(thing)

function showsNothing(error) {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    assert.ok(!(shown(cause) + cause.stack).includes(SECRET), `${error.name}: ${error.code}`)
  }
  return error instanceof Error
}

test('a client and a platform show no secret', () => {
  const proxy = `http://user:${SECRET}@127.0.0.1:1`
  for (const thing of [
    new Client({ appid: 'wx1', secret: SECRET, proxy }),
    new Client({ accessToken: SECRET }),
    new Platform({ componentAppid: 'wx0', componentAppsecret: SECRET }),
    new Platform({ componentAppid: 'wx0', componentAppsecret: SECRET }).merchant('wx1'),
    new Receiver({ componentAppid: 'wx0', messageToken: SECRET, encodingAesKey: SECRET.repeat(8).slice(5) }),
  ]) {
    assert.ok(!shown(thing).includes(SECRET))
  }
})

test('the refusal of a setting shows no secret', () => {
  for (const options of [
    { accessToken: [SECRET] },
    { accessToken: `${SECRET}\n` },
    { accessToken: SECRET, timeoutMs: -1 },
    { appid: 'wx1', secret: SECRET, accessToken: SECRET },
    { appid: 'wx1', secret: { SECRET } },
    { appid: 'wx1', secret: SECRET, unknown: 1 },
    { appid: 'wx1', secret: `${SECRET}\ud800` },
    { appid: 'wx1', secret: 's', tokenStore: `redis://user:${SECRET}@127.0.0.1:none` },
    { appid: 'wx1', secret: 's', proxy: `http://user:${SECRET}@127.0.0.1:none` },
  ]) {
    assert.throws(() => new Client(options), showsNothing)
  }
  assert.throws(() => new Platform({ componentAppid: 'wx0', componentAppsecret: `${SECRET}\n` }), showsNothing)
})

test('the error of a call shows no secret', async () => {
  const server = await serve((_, response) => json(response, { errcode: 40001, errmsg: `invalid ${SECRET}` }))
  const nowhere = { baseUrl: 'http://127.0.0.1:1', maxRetries: 0 }
  const platform = new Platform({ componentAppid: 'wx0', componentAppsecret: SECRET, ...nowhere })
  for (const call of [
    () => new Client({ accessToken: SECRET, baseUrl: server.baseUrl }).downloadQRCodeText(),
    () => new Client({ appid: 'wx1', secret: SECRET, baseUrl: server.baseUrl }).downloadQRCodeText(),
    () => new Client({ accessToken: SECRET, ...nowhere }).downloadQRCodeText(),
    () => new Client({ accessToken: () => `${SECRET}\n`, ...nowhere }).downloadQRCodeText(),
    () => new Client({ accessToken: () => [SECRET], ...nowhere }).downloadQRCodeText(),
    () => platform.setVerifyTicket(`${SECRET}\ud800\n`).then(() => platform.merchant('wx1').downloadQRCodeText()),
    () => platform.exchange(SECRET),
    () => platform.exchange(`${SECRET}\ud800\n`),
    () => platform.handle(`msg_signature=${SECRET}`, `<xml><Encrypt>${SECRET}</Encrypt></xml>`),
    () => platform.setAuthorizerRefreshToken('wx1', `${SECRET}\n`).then(() => platform.merchant('wx1').downloadQRCodeText()),
  ]) {
    await assert.rejects(call, showsNothing)
  }
  await server.close()
})
