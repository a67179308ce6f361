'use strict'

const assert = require('node:assert/strict')
const dns = require('node:dns/promises')
const fs = require('node:fs/promises')
const { test } = require('node:test')
const { Client } = require('jumpqr')
const { Sandbox } = require('jumpqr/testing')
const { json, serve } = require('./server.js')

const ok = { errcode: 0, errmsg: 'ok', file_name: 'a.txt', file_content: '1' }

test('16 calls of 1 s are on their way at once, and neither fs nor dns waits for them', async () => {
  let arrived = 0
  let all
  const together = new Promise((resolve) => (all = resolve))
  let read
  const server = await serve((request, response) => {
    arrived += 1
    if (arrived === 16) all()
    // However slow the machine is, no answer frees a thread before all have arrived and the file is read.
    setTimeout(async () => json(response, (await together, await read, ok)), 1000)
  })
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl, pacing: false })
  const started = performance.now()
  const calls = Array.from({ length: 16 }, () => client.downloadQRCodeText())
  read = Promise.all([fs.readFile(__filename), dns.lookup('localhost')])
  await read
  const readAfter = performance.now() - started
  await Promise.all(calls)
  const calledAfter = performance.now() - started
  await server.close()
  console.log(`16 calls of 1000 ms: ${calledAfter.toFixed(0)} ms; fs.readFile and dns.lookup beside them: ${readAfter.toFixed(1)} ms`)
})

test('at most 64 calls of a client are on their way; the others wait, and no longer than the queue timeout', async () => {
  const held = []
  let arrived = 0
  let most = 0
  let full
  const filled = new Promise((resolve) => (full = resolve))
  const server = await serve((request, response) => {
    arrived += 1
    held.push(response)
    most = Math.max(most, held.length)
    if (held.length === 64) full()
  })
  const answer = () => held.splice(0).forEach((response) => json(response, ok))
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl, pacing: false, queueTimeoutMs: 200 })
  const calls = Array.from({ length: 64 }, () => client.downloadQRCodeText())
  await filled
  const message = /too many other calls/
  const late = { name: 'RateLimitedError', code: 'paced_out', outcome: 'not_applied', message }
  // While none of the 64 is answered.
  await assert.rejects(client.downloadQRCodeText(), late)
  await assert.rejects(client.rules().next(), late)
  await assert.rejects(client.tokenStatus(), late)
  assert.deepEqual([arrived, most], [64, 64])
  const answering = setInterval(answer, 10)
  await Promise.all(calls)
  clearInterval(answering)
  assert.deepEqual([arrived, most], [64, 64])
  await server.close()
})

test('calls at once that wait longer for their slots than their timeout succeed', async () => {
  const sandbox = new Sandbox()
  const client = sandbox.client({ timeoutMs: 3000 })
  const files = await Promise.all(Array.from({ length: 25 }, () => client.downloadQRCodeText()))
  assert.equal(files.length, 25)
  sandbox.stop()
})
