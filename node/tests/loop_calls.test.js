'use strict'

// Calls on connections that are open already: they await their responses in the event loop.

const assert = require('node:assert/strict')
const { AsyncLocalStorage } = require('node:async_hooks')
const { execFile } = require('node:child_process')
const { once } = require('node:events')
const { test } = require('node:test')
const { promisify } = require('node:util')
const { Client } = require('jumpqr')
const { json, serve } = require('./server.js')

const ok = { errcode: 0, errmsg: 'ok', file_name: 'a.txt', file_content: '1' }
const file = { file_name: 'a.txt', file_content: '1' }

/**
 * A server, and a client with `count` open connections. `handle(request, response)` gets the
 * requests that follow.
 */
async function warmed(handle, { count = 1, ...settings } = {}) {
  const opening = []
  const server = await serve((request, response) => {
    if (opening.length === count) return handle(request, response)
    opening.push(response)
    // Each of them has a connection of its own.
    if (opening.length === count) opening.forEach((response) => json(response, ok))
  })
  const { baseUrl } = server
  const client = new Client({ accessToken: 'TOKEN', baseUrl, pacing: false, ...settings })
  await Promise.all(Array.from({ length: count }, () => client.downloadQRCodeText()))
  return { client, close: server.close }
}

test('a response that comes in parts is awaited, and so is an unusual one', async () => {
  const whole = JSON.stringify(ok)
  const { client, close } = await warmed(async (request, response) => {
    if (request.path.endsWith('jumpdownload')) response.setHeader('Content-Length', whole.length)
    response.write(whole.slice(0, 9))
    // Long enough for the first part to arrive alone; if it does not, the test is still right.
    setTimeout(() => response.end(whole.slice(9)), 20)
  })
  assert.deepEqual(await client.downloadQRCodeText(), file)
  // Its response is chunked.
  const published = client.publishJumpQRCode('https://m.example.cn/a/', { validate: false })
  assert.equal(await published, 'answered')
  assert.deepEqual(await client.downloadQRCodeText(), file)
  await close()
})

test('a call whose response does not come times out, and its connection is closed', async () => {
  let closed
  const { client, close } = await warmed((request, response) => {
    if (closed !== undefined) return json(response, ok)
    closed = once(request.socket, 'close')
  })
  const late = { name: 'CallTimeoutError', code: 'timeout' }
  await assert.rejects(client.downloadQRCodeText({ timeoutMs: 100 }), late)
  await closed
  assert.deepEqual(await client.downloadQRCodeText(), file)
  await close()
})

test('a write times out early enough to be read back', async () => {
  const prefix = 'https://m.example.cn/a/'
  const rule = { prefix, permit_sub_rule: 1, path: 'p', open_version: 3, debug_url: [] }
  const paths = []
  const { client, close } = await warmed((request, response) => {
    paths.push(request.path.replace('/cgi-bin/wxopen/qrcodejump', ''))
    // The rule is published, and no response says so.
    if (paths.at(-1) === 'publish') return
    const state = paths.includes('publish') ? 2 : 1
    json(response, { errcode: 0, errmsg: 'ok', rule_list: [{ ...rule, state }], list_size: 1 })
  })
  // The write is sent in the event loop. Its deadline is earlier than the deadline of the look-up.
  assert.equal(await client.publishJumpQRCode(prefix, { timeoutMs: 2000 }), 'read_back')
  assert.deepEqual(paths, ['get', 'publish', 'get'])
  await close()
})

test('a call that times out before those that began earlier is not late', async () => {
  const { client, close } = await warmed(() => {}, { count: 3 })
  const late = { code: 'timeout' }
  const controller = new AbortController()
  const long = client.downloadQRCodeText({ signal: controller.signal })
  await assert.rejects(client.downloadQRCodeText({ timeoutMs: 200 }), late)
  await assert.rejects(client.downloadQRCodeText({ timeoutMs: 100 }), late)
  controller.abort()
  await assert.rejects(long, { name: 'AbortError' })
  await close()
})

test('an abort closes the connection of the call, and releases its place', async () => {
  const arrivals = new EventTarget()
  let sent = 0
  const { client, close } = await warmed(
    (request, response) => {
      sent += 1
      if (sent > 1) return json(response, ok)
      arrivals.dispatchEvent(Object.assign(new Event('request'), { socket: request.socket }))
    },
    { maxConcurrency: 1 },
  )
  const arrival = once(arrivals, 'request')
  const controller = new AbortController()
  const call = client.downloadQRCodeText({ signal: controller.signal })
  const waiting = client.downloadQRCodeText()
  const [{ socket }] = await arrival
  const closed = once(socket, 'close')
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(call, (error) => error === reason)
  await closed
  assert.deepEqual(await waiting, file)
  await close()
})

test('a connection that the server has closed is replaced', async () => {
  const { client, close } = await warmed((request, response) => {
    response.setHeader('Connection', 'close')
    json(response, ok)
  })
  for (let number = 0; number < 3; number += 1) {
    assert.deepEqual(await client.downloadQRCodeText(), file)
  }
  await close()
})

test('a call keeps its context, and the stack of its error says where it was made', async () => {
  const refused = { errcode: 40097, errmsg: 'invalid args' }
  const { client, close } = await warmed((request, response) => json(response, refused))
  const storage = new AsyncLocalStorage()
  await storage.run('mine', async () => {
    const error = await client.downloadQRCodeText().catch((error) => error)
    assert.equal(storage.getStore(), 'mine')
    assert.equal(error.errcode, 40097)
    assert.match(error.stack, /loop_calls\.test\.js/)
  })
  await close()
})

/**
 * Runs a script in a process of its own, with `warmed` and a binding whose idle threads end at once.
 */
async function run(script) {
  const prelude = `
    const fs = require('node:fs')
    const { Worker } = require('node:worker_threads')
    const { setTimeout: sleep } = require('node:timers/promises')
    const { Sandbox } = require('jumpqr/testing')
    const sandbox = new Sandbox()
    sandbox.control('PUT', '/sandbox/limits', { calls_per_second: 1000 })
    const settings = { accessToken: sandbox.accessToken(), baseUrl: sandbox.baseUrl, pacing: false }
    const client = sandbox.client(settings)
    const slow = (milliseconds) =>
      sandbox.inject({ fault: 'delay', milliseconds, on: 'getJumpQRCode', times: 'forever' })
    const threads = () =>
      fs.readdirSync('/proc/self/task').filter((id) => {
        try {
          return fs.readFileSync('/proc/self/task/' + id + '/comm', 'utf8') === 'jumpqr\\n'
        } catch {
          return false
        }
      }).length
  `
  const program = `${prelude};(async () => {${script}})()`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], {
    cwd: __dirname,
    env: { ...process.env, JUMPQR_NATIVE_BINDING: process.env.JUMPQR_HOOKED_BINDING },
    timeout: 20_000,
  })
  return stdout
}

const onThreads = process.platform !== 'linux'

test('calls on open connections need no threads', { skip: onThreads }, async () => {
  const stdout = await run(`
    slow(300)
    const many = () => Promise.all(Array.from({ length: 32 }, () => client.getJumpQRCode()))
    await many()
    while (threads() > 0) await sleep(5)
    const calls = many()
    const during = threads()
    await calls
    console.log(during, threads())
  `)
  assert.equal(stdout, '0 0\n')
})

test('a pending call keeps the process, and an aborted one does not', async () => {
  const stdout = await run(`
    await client.downloadQRCodeText()
    slow(300)
    client.getJumpQRCode().then(() => {
      console.log('done')
      sandbox.clearFaults()
      slow(15000)
      const controller = new AbortController()
      client.getJumpQRCode({}, { signal: controller.signal }).catch(({ name }) => console.log(name))
      setTimeout(() => controller.abort(), 50)
    })
  `)
  assert.equal(stdout, 'done\nAbortError\n')
})

test('a thread may end in any way with calls on their way, and others do not notice', async () => {
  const stdout = await run(`
    const ends = ['process.exit()', 'throw new Error("mine")', 'while (true) {}', 'undefined']
    slow(100)
    const work = ends.map((end) => \`
      const { parentPort, workerData } = require('node:worker_threads')
      const { Client } = require('jumpqr')
      const client = new Client(workerData)
      const begin = () => client.getJumpQRCode({}).catch(() => {})
      ;(async () => {
        await Promise.all(Array.from({ length: 8 }, begin))
        for (let number = 0; number < 8; number += 1) begin()
        client.downloadQRCodeText().then(() => {
          parentPort.postMessage('all')
          \${end}
        })
      })()
    \`)
    await Promise.all(work.map(async (code) => {
      const worker = new Worker(code, { eval: true, workerData: settings })
      worker.on('error', () => {})
      await new Promise((resolve) => worker.on('message', resolve))
      await worker.terminate()
    }))
    sandbox.clearFaults()
    const { file_name } = await client.downloadQRCodeText()
    console.log(typeof file_name)
  `)
  assert.equal(stdout, 'string\n')
})

test('what throws after a call is uncaught, and the other calls go on', async () => {
  const stdout = await run(`
    process.on('uncaughtException', ({ message }) => console.log(message))
    const many = () => Array.from({ length: 8 }, () => client.downloadQRCodeText())
    await Promise.all(many())
    const [first, ...others] = many()
    first.then(() => process.nextTick(() => { throw new Error('mine') }))
    console.log((await Promise.all(others)).length)
  `)
  assert.equal(stdout.split('\n').sort().join(' '), ' 7 mine')
})
