'use strict'

// What a whole process does: each test runs one.

const assert = require('node:assert/strict')
const { execFile, spawn } = require('node:child_process')
const { once } = require('node:events')
const { test } = require('node:test')
const { promisify } = require('node:util')

const run = (script, env) =>
  promisify(execFile)(process.execPath, ['-e', script], {
    cwd: __dirname,
    env: { ...process.env, ...env },
    timeout: 20_000,
  })

// Counts the threads on which calls block. A thread may end between the listing and the look at it.
const countThreads = String.raw`
    const threads = () =>
      fs.readdirSync('/proc/self/task').filter((id) => {
        try {
          return fs.readFileSync('/proc/self/task/' + id + '/comm', 'utf8') === 'jumpqr\n'
        } catch {
          return false
        }
      }).length
`

test('an idle client and a sandbox let the process exit', async () => {
  const { stdout } = await run(`
    const { Sandbox } = require('jumpqr/testing')
    const sandbox = new Sandbox()
    const client = sandbox.client()
    client.downloadQRCodeText().then(() => console.log('done'))
  `)
  assert.equal(stdout, 'done\n')
})

test('a platform keeps the process alive until a value is stored, and lets it exit when idle', async () => {
  const { stdout } = await run(`
    const { Sandbox } = require('jumpqr/testing')
    const platform = new Sandbox().platform()
    const client = platform.merchant('wx1')
    platform.setAuthorizerRefreshToken('wx1', 'REFRESH').then(async () => console.log((await client.tokenStatus()).hasRefreshToken))
  `)
  assert.equal(stdout, 'true\n')
})

test('a pending call keeps the process until it is answered', async () => {
  const { stdout } = await run(`
    const { Sandbox } = require('jumpqr/testing')
    const sandbox = new Sandbox()
    sandbox.inject({ fault: 'delay', milliseconds: 300, on: 'downloadQRCodeText' })
    sandbox.client().downloadQRCodeText().then(() => console.log('done'))
  `)
  assert.equal(stdout, 'done\n')
})

test('an aborted call does not keep the process, though it is on its way', async () => {
  const started = performance.now()
  const { stdout } = await run(`
    const { Sandbox } = require('jumpqr/testing')
    const sandbox = new Sandbox()
    sandbox.inject({ fault: 'delay', milliseconds: 15000, on: 'downloadQRCodeText' })
    const signal = AbortSignal.timeout(100)
    const alive = setTimeout(() => {}, 200)
    sandbox.client().downloadQRCodeText({ signal }).catch((error) => console.log(error.name))
  `)
  assert.equal(stdout, 'TimeoutError\n')
  assert.ok(performance.now() - started < 10_000)
})

test('NODE_DEBUG=jumpqr shows what a call does besides sending its request, and nothing does without', async () => {
  const script = `
    const { Sandbox } = require('jumpqr/testing')
    const sandbox = new Sandbox()
    sandbox.inject({ fault: 'errcode', errcode: 44990, on: 'downloadQRCodeText' })
    sandbox.client().downloadQRCodeText().then(() => sandbox.stop())
  `
  const { stderr } = await run(script, { NODE_DEBUG: 'jumpqr' })
  const lines = stderr.trim().split('\n')
  assert.match(lines[0], /^JUMPQR \d+: downloadQRCodeText: retry 1 in [\d.]+m?s because of second_rate_limit \(44990\)$/)
  assert.match(lines[1], /^JUMPQR \d+: downloadQRCodeText: done after [\d.]+m?s: 1 retry$/)
  assert.equal(lines.length, 2)
  assert.equal((await run(script, { NODE_DEBUG: '' })).stderr, '')
})

test('worker threads call, and end with calls on their way', async () => {
  const { stdout } = await run(`
    const { Worker } = require('node:worker_threads')
    const { once } = require('node:events')
    const { Sandbox } = require('jumpqr/testing')
    const sandbox = new Sandbox()
    const work = \`
      const { parentPort, workerData } = require('node:worker_threads')
      const { Client } = require('jumpqr')
      const client = new Client({ ...workerData, pacing: false })
      client.downloadQRCodeText().then(({ file_name }) => {
        parentPort.postMessage(file_name)
        const asking = new Client({ baseUrl: workerData.baseUrl, accessToken: () => new Promise(() => {}), pacing: false })
        for (let number = 0; number < 70; number += 1) {
          client.getJumpQRCode().catch(() => {})
          asking.getJumpQRCode().catch(() => {})
        }
      })
    \`
    const workerData = { ...sandbox.miniProgram, baseUrl: sandbox.baseUrl }
    sandbox.inject({ fault: 'delay', milliseconds: 500, on: 'getJumpQRCode', times: 'forever' })
    ;(async () => {
      const workers = Array.from({ length: 4 }, () => new Worker(work, { eval: true, workerData }))
      const messages = await Promise.all(workers.map((worker) => once(worker, 'message')))
      await Promise.all(workers.map((worker) => worker.terminate()))
      // The answers to those who have gone come in.
      await new Promise((resolve) => setTimeout(resolve, 800))
      const file = await sandbox.client().downloadQRCodeText()
      console.log(messages.length, messages.every(([name]) => name === file.file_name))
    })()
  `)
  assert.equal(stdout, '4 true\n')
})

test('a worker that is terminated takes its threads with it, whatever its calls wait for', async () => {
  const { stdout } = await run(`
    const fs = require('node:fs')
    const { Worker } = require('node:worker_threads')
    const { once } = require('node:events')
    const work = \`
      const { parentPort } = require('node:worker_threads')
      const { Client } = require('jumpqr')
      let asked = 0
      const accessToken = () => {
        asked += 1
        if (asked === 128) parentPort.postMessage('all')
        return new Promise(() => {})
      }
      const timeoutMs = 600_000
      for (const signal of [undefined, new AbortController().signal]) {
        const client = new Client({ accessToken, timeoutMs, pacing: false })
        // 64 of them wait for a token, the others for a place.
        for (let number = 0; number < 100; number += 1) client.downloadQRCodeText({ signal }).catch(() => {})
      }
    \`
    ${countThreads}
    ;(async () => {
      const worker = new Worker(work, { eval: true })
      await once(worker, 'message')
      const during = threads()
      await worker.terminate()
      // The threads of the terminated worker end with it.
      while (threads() > 0) await new Promise((resolve) => setTimeout(resolve, 10))
      console.log(during >= 128)
    })()
  `)
  assert.equal(stdout, 'true\n')
})

test('calls of a collected client still answer, and its threads serve the next client', async () => {
  const { stdout } = await run(`
    require('node:v8').setFlagsFromString('--expose-gc')
    const gc = require('node:vm').runInNewContext('gc')
    const fs = require('node:fs')
    const { Sandbox } = require('jumpqr/testing')
    const sandbox = new Sandbox()
    ${countThreads}
    ;(async () => {
      sandbox.control('PUT', '/sandbox/limits', { calls_per_second: 1000 })
      for (let round = 0; round < 40; round += 1) {
        const answer = sandbox.client({ accessToken: sandbox.accessToken(), pacing: false }).wxamplinkget().catch((e) => e.errcode)
        gc()
        if ((await answer) === undefined) throw new Error('no answer')
      }
      // A thread that was just started has the name of the thread that started it.
      console.log(threads() < 10)
    })()
  `)
  assert.equal(stdout, 'true\n')
})

test('calls one after the other have one thread', async () => {
  const { stdout } = await run(`
    const fs = require('node:fs')
    const { Sandbox } = require('jumpqr/testing')
    const sandbox = new Sandbox()
    sandbox.control('PUT', '/sandbox/limits', { calls_per_second: 1000 })
    const client = sandbox.client({ accessToken: sandbox.accessToken(), pacing: false })
    ${countThreads}
    ;(async () => {
      for (let number = 0; number < 200; number += 1) await client.downloadQRCodeText()
      console.log(threads())
    })()
  `)
  assert.equal(stdout, '1\n')
})

const hooked = process.env.JUMPQR_HOOKED_BINDING

test('threads with nothing to do end, and no call is lost with them', async () => {
  assert.ok(hooked, 'JUMPQR_HOOKED_BINDING names a binding with the test hooks')
  // With the hooks, a thread stays for 5 ms.
  const { stdout } = await run(
    `
    const fs = require('node:fs')
    const { setTimeout: sleep } = require('node:timers/promises')
    const { Client } = require('jumpqr')
    ${countThreads}
    let asked = 0
    let all
    const accessToken = () => {
      asked += 1
      if (asked % 64 === 0) all()
      return token
    }
    let token
    const client = new Client({ accessToken, pacing: false })
    ;(async () => {
      let failed = 0
      for (let round = 0; round < 50; round += 1) {
        // All of them have a thread, until the last has one.
        token = new Promise((resolve) => (all = resolve))
        const calls = await Promise.allSettled(Array.from({ length: 64 }, () => client.downloadQRCodeText()))
        failed += calls.filter(({ reason }) => reason?.code === 'token_source_failed').length
        await sleep(4 + (round % 3))
      }
      console.log(failed)
      while (threads() > 0) await sleep(5)
    })()
  `,
    { JUMPQR_NATIVE_BINDING: hooked },
  )
  assert.equal(stdout, '3200\n')
})

test('a panic, on a thread of the pool or on the JavaScript thread, is an error, and the process lives on', async () => {
  assert.ok(hooked, 'JUMPQR_HOOKED_BINDING names a binding with the test hooks')
  const { stdout } = await run(
    `
    const { Sandbox } = require('jumpqr/testing')
    const { InternalError, checkCall } = require('jumpqr')
    const client = new Sandbox().client()
    ;(async () => {
      const error = await client.call('panic').catch((error) => error)
      console.log(error instanceof InternalError, error.code, error.message)
      try { checkCall('panic', {}) } catch (error) { console.log(error instanceof InternalError, error.message) }
      console.log(Object.keys(await client.downloadQRCodeText()).length)
    })()
  `,
    { JUMPQR_NATIVE_BINDING: hooked },
  )
  assert.deepEqual(stdout.split('\n'), [
    'true internal a panic: asked for [internal]; whether the change was applied is not known',
    'true a panic: asked for [internal]; whether the change was applied is not known',
    '2',
    '',
  ])
})

test('the installed package cannot panic on purpose', async () => {
  const { Client, checkCall } = require('jumpqr')
  const unknown = { name: 'ValidationError', code: 'invalid_request' }
  assert.throws(() => checkCall('panic', {}), unknown)
  await assert.rejects(new Client({ accessToken: 'TOKEN' }).call('panic'), unknown)
})

test('npx jumpqr is the command', async () => {
  const jumpqr = (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn('npx', ['--no-install', 'jumpqr', ...args], { cwd: __dirname })
      const out = []
      child.stdout.on('data', (data) => out.push(data))
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, out: Buffer.concat(out).toString() }))
    })
  const { version } = require('jumpqr')
  assert.deepEqual(await jumpqr('--version'), { code: 0, out: `jumpqr ${version}\n` })
  const added = await jumpqr('--sandbox', '--json', 'get')
  assert.equal(added.code, 0)
  assert.equal(JSON.parse(added.out).ok, true)
  const usage = await jumpqr('--json', 'errcode', 'x')
  assert.equal(usage.code, 2)
  assert.equal(JSON.parse(usage.out).ok, false)
})

test('the command ends at Ctrl-C', async () => {
  const bin = require('node:path').join(require.resolve('jumpqr'), '../bin/jumpqr.js')
  const child = spawn(process.execPath, [bin, 'sandbox'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'close'), [0, null])
})
