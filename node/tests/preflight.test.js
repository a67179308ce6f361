'use strict'

const assert = require('node:assert/strict')
const net = require('node:net')
const { once } = require('node:events')
const { test } = require('node:test')
const { Client, Platform, ValidationError } = require('jumpqr')

const prefix = 'http://m.example.cn/table/'
const file = { file_name: 'UASjIrr8C9.txt', file_content: '7781805a2d7f096b0a277a8db058c316' }

test('an abort rejects at once, and closes the connection', async () => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const connectTo = [`127.0.0.1:${server.address().port}`]
  const client = new Client({ accessToken: 'T' })
  const controller = new AbortController()
  const options = { file, connectTo, timeoutMs: 600_000, fetchTimeoutMs: 600_000, signal: controller.signal }
  const look = client.preflight(prefix, options)
  const [socket] = await once(server, 'connection')
  // The event loop is free while the preflight waits for the response.
  const [request] = await once(socket, 'data')
  assert.match(String(request), /^GET \/table\/UASjIrr8C9\.txt /)
  const closed = once(socket, 'close')
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(look, (error) => error === reason)
  await closed
  server.close()
  await assert.rejects(client.preflight(prefix, { file, signal: AbortSignal.abort() }), { name: 'AbortError' })
})

test("a merchant's client has a preflight, and every form of a rule is looked at", async () => {
  const platform = new Platform({
    componentAppid: 'wxplatform00000000',
    componentAppsecret: 'COMPONENTSECRET',
    tokenStore: 'memory:',
  })
  const merchant = platform.merchant('wx1234567890abcdef')
  const rule = { prefix: 'http://weixin.qq.com/q/kZgfwMTm72W', appid: 'wx1', path: 'p' }
  for (const form of [rule, rule.prefix]) {
    assert.equal((await merchant.preflight(form)).verdict, 'no_file_needed')
  }
  for (const form of [{ path: 'p' }, null, undefined]) {
    await assert.rejects(merchant.preflight(form), (error) => {
      assert.ok(error instanceof ValidationError, String(error))
      assert.deepEqual(error.violations.map(({ field }) => field), ['prefix'])
      return true
    })
  }
})

test('a report says what was seen and what was not', async () => {
  const client = new Client({ accessToken: 'T' })
  const report = await client.preflight('http://127.0.0.1/a/b', { file })
  assert.equal(report.url, 'http://127.0.0.1/a/UASjIrr8C9.txt')
  assert.equal(report.fileName, file.file_name)
  assert.equal(report.isRehearsal, false)
  assert.deepEqual(report.lookedFrom, [])
  assert.match(report.unseen, /cannot be seen from here/)
  const [finding] = report.findings
  assert.deepEqual(finding.addresses, ['127.0.0.1:80'])
  const [fetch] = report.fetches
  assert.equal(fetch.outcome, 'private_address')
  assert.equal(fetch.wholeMs, null)
})
