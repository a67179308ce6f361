'use strict'

const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { Client } = require('jumpqr')
const { json, serve } = require('./server.js')

const ok = { errcode: 0, errmsg: 'ok', file_name: 'a.txt', file_content: '1' }

/** A server that answers when it is told to. */
async function holding() {
  const held = []
  const arrivals = new EventTarget()
  const server = await serve((request, response) => {
    held.push(response)
    arrivals.dispatchEvent(new Event('request'))
  })
  return {
    ...server,
    held,
    arrival: (number) =>
      new Promise((resolve) => {
        const look = () => held.length >= number && resolve()
        arrivals.addEventListener('request', look)
        look()
      }),
    answer: () => held.splice(0).forEach((response) => json(response, ok)),
  }
}

test('an abort rejects at once with its reason, though the server is silent', async () => {
  const server = await holding()
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl })
  const controller = new AbortController()
  const call = client.downloadQRCodeText({ signal: controller.signal })
  await server.arrival(1)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(call, (error) => error === reason)
  assert.equal(server.held.length, 1, 'the server has not answered')
  server.answer()
  await server.close()
})

test('a signal that is aborted already sends nothing; AbortSignal.timeout works', async () => {
  const server = await holding()
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl })
  await assert.rejects(client.downloadQRCodeText({ signal: AbortSignal.abort() }), { name: 'AbortError' })
  await assert.rejects(client.rules({ signal: AbortSignal.abort() }).next(), { name: 'AbortError' })
  assert.equal(server.held.length, 0)
  await assert.rejects(client.downloadQRCodeText({ signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' })
  await server.close()
})

test('a call that is aborted while it waits for a place is not sent', async () => {
  const server = await holding()
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl, pacing: false })
  const calls = Array.from({ length: 64 }, () => client.downloadQRCodeText())
  await server.arrival(64)
  const controller = new AbortController()
  const waiting = client.downloadQRCodeText({ signal: controller.signal })
  controller.abort()
  await assert.rejects(waiting, { name: 'AbortError' })
  server.answer()
  await Promise.all(calls)
  // It would have been sent before this one.
  const last = client.downloadQRCodeText()
  await server.arrival(1)
  assert.equal(server.held.length, 1)
  server.answer()
  await last
  await server.close()
})

test('calls that are aborted while they wait for their slots are not sent', async () => {
  let sent = 0
  const server = await serve((request, response) => {
    sent += 1
    json(response, ok)
  })
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl })
  const controller = new AbortController()
  const { signal } = controller
  // Five a second: the last ones wait for longer than a slow machine takes for the first.
  const calls = Array.from({ length: 16 }, () => client.downloadQRCodeText({ signal }))
  await Promise.any(calls)
  controller.abort()
  const ends = await Promise.allSettled(calls)
  const aborted = ends.filter(({ reason }) => reason?.name === 'AbortError').length
  // They would have been sent before this one.
  await client.downloadQRCodeText()
  assert.ok(aborted > 0, 'none waited')
  assert.ok(sent <= 16 - 5 + 1, `${sent} were sent`)
  await server.close()
})

test('the slots of calls that are aborted are given back', async () => {
  let sent = 0
  const server = await serve((request, response) => {
    sent += 1
    json(response, ok)
  })
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl })
  for (let call = 0; call < 5; call += 1) await client.downloadQRCodeText()
  const controller = new AbortController()
  const { signal } = controller
  const calls = Array.from({ length: 64 }, () => client.downloadQRCodeText({ signal }))
  await new Promise((resolve) => setTimeout(resolve, 100))
  controller.abort()
  await Promise.allSettled(calls)
  // Behind them it would wait for 14 s.
  await client.downloadQRCodeText({ signal: AbortSignal.timeout(10_000) })
  assert.ok(sent < 64, `${sent} were sent`)
  await server.close()
})

test('a value that is not a signal is refused before anything is sent, and null is no signal', async () => {
  const server = await holding()
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl })
  await assert.rejects(client.downloadQRCodeText({ signal: {} }), { name: 'TypeError', message: /^signal: / })
  assert.equal(server.held.length, 0)
  const call = client.downloadQRCodeText({ signal: null })
  await server.arrival(1)
  server.answer()
  await call
  await server.close()
})

test('a call that is aborted while it waits for a token gets none, and is not sent', async () => {
  const server = await holding()
  const controller = new AbortController()
  const gate = new EventTarget()
  const asked = once(gate, 'asked')
  let open = false
  const client = new Client({
    baseUrl: server.baseUrl,
    pacing: false,
    async accessToken() {
      gate.dispatchEvent(new Event('asked'))
      if (!open) await once(gate, 'open')
      return 'TOKEN'
    },
  })
  const call = client.downloadQRCodeText({ signal: controller.signal })
  await asked
  controller.abort()
  await assert.rejects(call, { name: 'AbortError' })
  open = true
  gate.dispatchEvent(new Event('open'))
  // It would have been sent before this one.
  const last = client.downloadQRCodeText()
  await server.arrival(1)
  assert.equal(server.held.length, 1)
  server.answer()
  await last
  await server.close()
})

test('a call that is aborted while it waits for a token releases its place', async () => {
  const server = await serve((request, response) => json(response, ok))
  const controller = new AbortController()
  let asked = 0
  let all
  const waiting = new Promise((resolve) => (all = resolve))
  const client = new Client({
    baseUrl: server.baseUrl,
    pacing: false,
    accessToken() {
      asked += 1
      if (asked === 64) all()
      return asked > 64 ? 'TOKEN' : new Promise(() => {})
    },
  })
  const calls = Array.from({ length: 64 }, () => client.downloadQRCodeText({ signal: controller.signal }))
  await waiting
  controller.abort()
  await Promise.all(calls.map((call) => assert.rejects(call, { name: 'AbortError' })))
  // The places are taken as long as the calls' timeout of 30 s otherwise.
  assert.deepEqual(await client.downloadQRCodeText({ timeoutMs: 20_000 }), { file_name: 'a.txt', file_content: '1' })
  await server.close()
})

test('the function for tokens is told when nobody waits for its token any more', async () => {
  const signals = []
  let asked
  const accessToken = ({ signal }) => {
    signals.push(signal)
    asked?.()
    return signals.length === 3 ? 'TOKEN' : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  const server = await serve((_, response) => json(response, ok))
  const client = new Client({ accessToken, baseUrl: server.baseUrl })

  const controller = new AbortController()
  const aborted = client.downloadQRCodeText({ signal: controller.signal })
  await new Promise((resolve) => (asked = resolve))
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(aborted, (error) => error === reason)
  assert.equal(signals[0].reason, reason)

  await assert.rejects(client.downloadQRCodeText({ timeoutMs: 100 }), { name: 'CallTimeoutError', code: 'timeout' })
  assert.equal(signals[1].reason.name, 'AbortError')

  await client.downloadQRCodeText()
  assert.equal(signals[2].aborted, false)
  await server.close()
})

test('a signal of many calls has one listener, and none when they are done', async () => {
  const server = await serve((request, response) => json(response, ok))
  const client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl, pacing: false })
  let listeners = 0
  let most = 0
  const controller = new AbortController()
  const { signal } = controller
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args) => ((listeners += 1), (most = Math.max(most, listeners)), addEventListener.apply(signal, args))
  signal.removeEventListener = (...args) => ((listeners -= 1), removeEventListener.apply(signal, args))
  await Promise.all(Array.from({ length: 20 }, () => client.downloadQRCodeText({ signal })))
  assert.deepEqual({ listeners, most }, { listeners: 0, most: 1 })
  await server.close()
})
