'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const { inspect } = require('node:util')
const { test } = require('node:test')
const { Client } = require('jumpqr')
const { startHostile } = require('../hostile.js')
const { choice, count, keys, load, runAll } = require('./file.js')
const { invoke, settled } = require('./call.js')

/** How many ms later than its deadline a call may end. */
const grace = 250

/** How often a call is made that ends too late: the machine may be busy with something else. */
const tries = 3

/** How many KiB of memory answers without end may take. */
const memory = 16 << 10

const rule = { prefix: 'https://m.example.cn/a/', path: 'pages/index/index', open_version: 1, permit_sub_rule: 1 }
const write = { interface: 'addJumpQRCode', arguments: rule }
const read = { interface: 'getJumpQRCode', arguments: {} }

/** The most memory that this process has had so far, in KiB. */
const peak = () => Number(/^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1])

function compare(result, ending) {
  const [kind, expected] = choice(result, ['answer', 'error'])
  if (kind === 'answer') {
    if ('error' in ending) assert.fail(`expected an answer, found ${inspect(ending.error)}`)
    assert.deepEqual(ending.answer, expected)
    return
  }
  keys(expected, ['kind', 'code', 'retryable', 'outcome'], ['errcode'])
  assert.ok('error' in ending, `expected an error, found ${inspect(ending.answer)}`)
  const { code, errcode, outcome, retryable } = ending.error
  const found = { kind: ending.error.kind, code, errcode, outcome, retryable }
  assert.deepEqual(found, { errcode: null, ...expected }, ending.error.stack)
}

/** Whether an error says what it should, and no token. */
function checkTexts(error, says, token) {
  const text = `${error.message} ${error.advice}`
  for (const words of says) assert.ok(text.includes(words), text)
  const parts = { ...error, message: error.message, stack: error.stack, cause: error.cause }
  assert.ok(!inspect(parts, { depth: null }).includes(token))
}

/** Whether the call can end in time. */
async function inTime(program, vector, call, ending) {
  const late = []
  while (late.length < tries) {
    late.push(await meet(program, vector, call, ending))
    if (late.at(-1) <= grace) return
  }
  assert.fail(`${call.interface} ended ${late} ms after its deadline`)
}

/** Makes the call, and compares everything. Gives how many ms after its deadline it ended. */
async function meet(program, vector, call, { result, requests, ...rest }) {
  keys(rest, [])
  const { timeout_ms: timeoutMs = 10_000, max_retries: maxRetries = 0, second_call: secondCall = false } = vector
  const server = await program.serve(vector.fault)
  const { access_token: accessToken, base_url: baseUrl, tls_roots: tlsRoots } = server.started
  const settings = { accessToken, baseUrl, timeoutMs, maxRetries, pacing: false }
  const client = new Client(tlsRoots === null ? settings : { ...settings, tlsRoots })
  if (secondCall) {
    await invoke(client, read)
    await server.seen()
  }
  const begun = performance.now()
  const ending = await settled(invoke(client, call))
  const taken = performance.now() - begun
  const seen = await server.seen()
  server.close()
  compare(result, ending)
  assert.deepEqual(seen.requests, requests.slice(0, seen.requests.length))
  assert.equal(seen.elsewhere, 0)
  if ('error' in ending) checkTexts(ending.error, vector.says ?? [], accessToken)
  return taken - timeoutMs
}

test('every fault ends as documented, in time, and within bounds of memory', async () => {
  const { faults } = load('faults.json', ['faults'])
  const isEndless = ({ group }) => group === 'endless'
  const others = faults.filter((vector) => !isEndless(vector))
  const program = await startHostile()
  const check = async (vector) => {
    keys(
      vector,
      ['name', 'group', 'fault', 'write', 'read'],
      ['timeout_ms', 'max_retries', 'second_call', 'says'],
    )
    await inTime(program, vector, write, vector.write)
    await inTime(program, vector, read, vector.read)
  }
  try {
    let ran = await runAll('faults.json', others, check, 8)
    const before = peak()
    ran += await runAll('faults.json', faults.filter(isEndless), check, 2)
    const grown = peak() - before
    assert.ok(grown <= memory, `answers without end took ${grown} KiB`)
    count('faults.json', ran)
  } finally {
    await program.close()
  }
})
