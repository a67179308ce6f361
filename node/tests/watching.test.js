'use strict'

// What docs/watching.md shows is true: its recipe for OpenTelemetry, and the event of a call.

const assert = require('node:assert/strict')
const { AsyncLocalStorage } = require('node:async_hooks')
const fs = require('node:fs')
const path = require('node:path')
const { after, before, test } = require('node:test')
const { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = require('@opentelemetry/api')
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base')
const { Sandbox } = require('jumpqr/testing')

const page = fs.readFileSync(path.join(process.env.JUMPQR_SOURCE, '../docs/watching.md'), 'utf8')
const block = (language) => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)[1]

let sandbox
before(() => (sandbox = new Sandbox()))
after(() => sandbox.stop())

/** Adds a rule, with two retries, a renewal and a read-back. */
async function add(client) {
  await client.getJumpQRCode()
  sandbox.inject({ fault: 'token_death', on: 'addJumpQRCode' })
  sandbox.inject({ fault: 'errcode', errcode: -1, on: 'addJumpQRCode' })
  sandbox.inject({ fault: 'status', status: 502, on: 'getJumpQRCode' })
  await client.addJumpQRCode({
    prefix: 'https://m.example.cn/table/',
    path: 'pages/index/index',
    open_version: 1,
    permit_sub_rule: 1,
  })
}

/** Times are positive or 0, and rids are there or not. */
const form = (event) =>
  JSON.parse(JSON.stringify(event), (name, value) => {
    if (name.endsWith('_ms')) return value > 0
    return name === 'rid' ? value !== null : value
  })

/** A manager of contexts, as OpenTelemetry has one for Node. */
class Contexts {
  #storage = new AsyncLocalStorage()
  active() {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }
  with(active, work, self, ...args) {
    return this.#storage.run(active, () => work.call(self, ...args))
  }
  bind(_, target) {
    return target
  }
  enable() {
    return this
  }
  disable() {
    return this
  }
}

test('the page shows the event that a listener gets', async () => {
  const events = []
  await add(sandbox.client({ onCall: (event) => events.push(event) }))
  const found = form(events.at(-1))
  // The first call of a client waits for a connection on a thread, which may take no time.
  delete found.thread_ms
  const shown = form(JSON.parse(block('json')))
  delete shown.thread_ms
  assert.deepEqual(found, shown)
})

test('the recipe for OpenTelemetry', async () => {
  sandbox.reset()
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new Contexts())
  const recipe = new Function('require', `${block('js')}; return onCall`)
  const client = sandbox.client({ onCall: recipe(require) })
  const request = trace.getTracer('test').startSpan('request')
  await context.with(trace.setSpan(context.active(), request), () => add(client))
  await assert.rejects(client.publishJumpQRCode('https://m.example.cn/none'))

  const spans = exporter.getFinishedSpans()
  const added = spans.find(({ name }) => name === 'addJumpQRCode')
  assert.equal(added.kind, SpanKind.CLIENT)
  assert.equal(added.parentSpanContext.spanId, request.spanContext().spanId)
  assert.equal(added.attributes['jumpqr.token_renewed'], true)
  const events = added.events.map(({ name }) => name)
  assert.deepEqual(events, ['request', 'request', 'read_back', 'read_back', 'request'])
  const failed = spans.find(({ name }) => name === 'publishJumpQRCode')
  assert.deepEqual(failed.status, { code: SpanStatusCode.ERROR, message: 'no_such_rule' })
})
