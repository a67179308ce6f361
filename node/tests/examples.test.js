'use strict'

// The examples of a platform, as programs of their own. The sandbox pushes to them, and a script
// plays the merchant's browser.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { test } = require('node:test')
const { Sandbox } = require('jumpqr/testing')
const { authorise } = require('./browser.js')
const { pushed } = require('./pushed.js')

const folder = path.join(__dirname, '..', 'examples')
const ORIGIN = 'https://saas.example.cn'

/** Starts an example, until the end of the test. Returns the address of its server. */
async function start(t, file, sandbox, tokenStore) {
  const { componentAppid, componentAppsecret, messageToken, encodingAesKey } = sandbox.component
  const example = spawn(process.execPath, [path.join(folder, file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PORT: '0',
      ORIGIN,
      JUMPQR_BASE_URL: sandbox.baseUrl,
      JUMPQR_TOKEN_STORE: tokenStore,
      JUMPQR_COMPONENT_APPID: componentAppid,
      JUMPQR_COMPONENT_APPSECRET: componentAppsecret,
      JUMPQR_MESSAGE_TOKEN: messageToken,
      JUMPQR_ENCODING_AES_KEY: encodingAesKey,
    },
  })
  t.after(() => example.kill())
  const [port] = await Promise.race([
    once(example.stdout, 'data'),
    once(example, 'exit').then(([code]) => assert.fail(`${file} ended with ${code}`)),
  ])
  return `http://127.0.0.1:${String(port).trim()}`
}

for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('-platform.js'))) {
  test(`${file} receives pushes, and authorises a merchant`, async (t) => {
    const store = fs.mkdtempSync(path.join(os.tmpdir(), 'jumpqr-'))
    t.after(() => fs.rmSync(store, { recursive: true }))
    const tokenStore = `dir:${store}/tokens`
    const sandbox = new Sandbox()
    t.after(() => sandbox.stop())
    const { appid } = sandbox.miniProgram
    const ofPlatform = `/sandbox/platforms/${sandbox.component.componentAppid}`
    sandbox.control('DELETE', `${ofPlatform}/authorizers/${appid}`)
    const address = await start(t, file, sandbox, tokenStore)
    const text = async (url) => (await fetch(url)).text()

    sandbox.control('PUT', ofPlatform, { push_url: `${address}/push` })
    const ticket = await pushed(sandbox, ({ info_type }) => info_type === 'component_verify_ticket')
    assert.ok(ticket.is_success, JSON.stringify(ticket))
    for (const [order, status] of [['wrong_signature', 403], ['doctype', 403], ['doubled', 200], ['out_of_order', 200]]) {
      sandbox.orderPush(order)
      assert.equal((await pushed(sandbox, (push) => push.order === order)).status, status, order)
    }
    sandbox.orderPush('oversized')
    const { is_success: isAccepted } = await pushed(sandbox, (push) => push.order === 'oversized')
    assert.ok(!isAccepted)
    for (const url of ['/push?signature=1', '/push/wx5a6b7c8d9e0f1a2b?signature=1']) {
      const refused = await fetch(`${address}${url}`, { method: 'POST' })
      assert.deepEqual([refused.status, await refused.text()], [403, ''])
    }

    const [, link] = /href="(.*?)"/.exec(await text(`${address}/link`))
    const back = await authorise(link, { authorizer_appid: appid })
    assert.equal(back.origin + back.pathname, `${ORIGIN}/done`)
    assert.equal(await text(`${address}/done${back.search}`), `Welcome, ${appid}`)
    assert.ok((await pushed(sandbox, ({ info_type }) => info_type === 'authorized')).is_success)
    // Whoever comes without a good code sees what to do.
    for (const query of ['', '?auth_code=', '?auth_code=queryauthcode@@@used']) {
      assert.match(await text(`${address}/done${query}`), /see the list of merchants, or use a new link/, query)
    }
    // Another process on the same store calls for the merchant.
    await sandbox.platform({ tokenStore }).merchant(appid).downloadQRCodeText()
  })
}

test('examples are short enough to be read', () => {
  for (const file of fs.readdirSync(folder)) {
    const lines = fs.readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n')
    assert.ok(lines.length <= 40, `${file} has ${lines.length} lines`)
    assert.ok(lines.every((line) => line.length <= 100), file)
  }
})
