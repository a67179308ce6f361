'use strict'

const assert = require('node:assert/strict')
const { after, before, test } = require('node:test')
const { Client, ValidationError, check, checkCall, parseDocument } = require('jumpqr')
const { json, serve } = require('../server.js')
const { bytes, choice, count, keys, load, runAll } = require('./file.js')
const { invoke, settled } = require('./call.js')

let server
let client
let received = 0

before(async () => {
  server = await serve((request, response) => {
    received += 1
    const file = { file_name: 'a.txt', file_content: '1' }
    json(response, { errcode: 0, errmsg: 'ok', ...file, quota: {}, request: {} })
  })
  client = new Client({ accessToken: 'TOKEN', baseUrl: server.baseUrl, pacing: false })
})
after(() => server.close())

/** A call with violations is refused with all of them and not sent; one with none is sent. */
async function checkSending(call, report) {
  const before = received
  const { error } = await settled(invoke(client, call))
  if (report.violations.length === 0) {
    assert.equal(error, undefined)
    // Before a rule is deleted, it is looked up.
    assert.ok(received > before)
  } else {
    assert.ok(error instanceof ValidationError, String(error))
    assert.deepEqual(error.violations, report.violations)
    assert.equal(received, before)
  }
}

async function reportOf(input) {
  const [kind, value] = choice(input, ['mapping', 'document', 'call'])
  if (kind === 'call') {
    const report = checkCall(value.interface, value.arguments)
    await checkSending(value, report)
    return report
  }
  let mapping = value
  if (kind === 'document') {
    try {
      mapping = parseDocument(bytes(value))
    } catch (error) {
      assert.ok(error instanceof ValidationError, String(error))
      return { violations: error.violations, warnings: [] }
    }
  }
  const report = check(mapping)
  await checkSending({ interface: 'addJumpQRCode', arguments: mapping }, report)
  return report
}

function compare(level, expected, found) {
  const left = [...found]
  for (const wanted of expected) {
    keys(wanted, ['field', 'code'], ['contains'])
    const index = left.findIndex(
      ({ field, code, message }) =>
        field === wanted.field &&
        code === wanted.code &&
        (wanted.contains ?? []).every((part) => message.includes(part)),
    )
    assert.notEqual(index, -1, `no ${level} ${JSON.stringify(wanted)} in ${JSON.stringify(found)}`)
    left.splice(index, 1)
  }
  assert.deepEqual(left, [], `${level} too many`)
}

test('every input has exactly its findings', async () => {
  const { validations } = load('validation.json', ['validations'])
  const run = await runAll('validation.json', validations, async (vector) => {
    keys(vector, ['name', 'input', 'violations', 'warnings'])
    const report = await reportOf(vector.input)
    keys(report, ['violations', 'warnings'])
    compare('violation', vector.violations, report.violations)
    compare('warning', vector.warnings, report.warnings)
  })
  count('validation.json', run)
})
