'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Sandbox } = require('jumpqr/testing')
const { count, keys, load, runAll } = require('./file.js')
const { invoke } = require('./call.js')

const eventTimes = ['duration_ms', 'thread_ms', 'slot_ms', 'token_ms', 'lock_ms', 'retry_ms', 'wechat_ms']

/** Removes the times, and replaces what differs from run to run. */
function withoutTimes(fields, times, appid) {
  const rest = { ...fields }
  for (const time of times) {
    assert.ok(rest[time] >= 0, time)
    delete rest[time]
  }
  if (rest.appid !== undefined && rest.appid === appid) rest.appid = 'APPID'
  if (/^[0-9a-f]{8}(-[0-9a-f]{8}){2}$/.test(rest.rid)) rest.rid = 'RID'
  return rest
}

async function make(client, call) {
  if (call.interface !== 'call_raw') return await invoke(client, call)
  keys(call.arguments, ['path'])
  return await client.callRaw(call.arguments.path)
}

async function check(vector) {
  keys(vector, ['name', 'before', 'faults', 'call', 'waits', 'events'], ['max_retries'])
  const sandbox = new Sandbox()
  try {
    let events = []
    const onCall = (event) => events.push(event)
    const client = sandbox.client({ onCall, maxRetries: vector.max_retries ?? 3 })
    for (const call of vector.before) await make(client, call)
    for (const fault of vector.faults) sandbox.control('POST', '/sandbox/faults', fault)
    events = []
    const error = await make(client, vector.call).then(() => null, (failure) => failure)
    const last = events.at(-1)
    assert.equal(last.code, error?.code ?? null, error?.stack)
    for (const wait of vector.waits) assert.ok(last[wait] > 0, wait)
    const sum = eventTimes.slice(1).reduce((all, time) => all + last[time], 0)
    assert.ok(last.duration_ms >= sum - 0.001)
    const { appid, secret } = sandbox.miniProgram
    assert.ok(!JSON.stringify(events).includes(secret))
    const found = events.map((event) => ({
      ...withoutTimes(event, eventTimes, appid),
      attempts: event.attempts.map((attempt) => withoutTimes(attempt, ['start_ms', 'duration_ms'])),
    }))
    assert.deepEqual(found, vector.events)
  } finally {
    sandbox.stop()
  }
}

test('the listener gets the events of each call', async () => {
  const { call_events: vectors } = load('call_events.json', ['call_events'])
  count('call_events.json', await runAll('call_events.json', vectors, check))
})
