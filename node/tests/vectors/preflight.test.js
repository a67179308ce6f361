'use strict'

// What the server of a domain sends, and why WeChat does not find the file.

const assert = require('node:assert/strict')
const net = require('node:net')
const { once } = require('node:events')
const { test } = require('node:test')
const { Client, ValidationError } = require('jumpqr')
const { json, serve } = require('../server.js')
const { bytes, count, keys, load, runAll } = require('./file.js')

const file = { file_name: 'UASjIrr8C9.txt', file_content: '7781805a2d7f096b0a277a8db058c316' }
const notFound = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'

/** A server that sends the bytes of a path, and closes the connection. */
async function domain(responses) {
  const answers = Object.entries(responses).map(([path, response]) => [path, bytes(response)])
  const server = net.createServer((socket) => {
    let head = ''
    socket.on('data', (part) => {
      head += part
      if (!head.endsWith('\r\n\r\n')) return
      socket.end(new Map(answers).get(head.split(' ')[1]) ?? notFound)
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { address: `127.0.0.1:${server.address().port}`, close: () => server.close() }
}

/** A WeChat that gives the file, with a client of it. */
async function wechat() {
  const paths = []
  const server = await serve((request, response) => {
    paths.push(request.path)
    json(response, { errcode: 0, ...file })
  })
  const client = new Client({ accessToken: 'ACCESS-TOKEN', baseUrl: server.baseUrl, pacing: false })
  return { client, paths, close: server.close }
}

async function checkPreflight(vector) {
  keys(vector, ['name', 'rule', 'responses', 'verdict', 'findings'], ['downloads'])
  const { rule, responses, downloads, verdict, findings } = vector
  keys(rule, ['prefix'], ['appid'])
  const { client, paths, close } = await wechat()
  const site = responses && (await domain(responses))
  try {
    const found = await client.preflight(rule.appid === undefined ? rule.prefix : rule, {
      file: downloads === undefined ? file : undefined,
      connectTo: site ? [site.address] : undefined,
    })
    assert.deepEqual(paths, downloads ? ['/cgi-bin/wxopen/qrcodejumpdownload'] : [])
    const others = found.findings.filter(({ code }) => code !== 'slow')
    if (others.length === found.findings.length) assert.equal(found.verdict, verdict)
    const named = ({ code, severity }) => ({ code, severity })
    assert.deepEqual(others.map(named), findings.map(named))
    findings.forEach((finding, index) => {
      keys(finding, ['code', 'severity'], ['says'])
      const { seen, why, remedy } = others[index]
      for (const text of finding.says ?? []) assert.ok(`${seen} ${why} ${remedy}`.includes(text), text)
    })
    for (const fetch of found.fetches) assert.ok('wholeMs' in fetch && fetch.attempt >= 1)
  } finally {
    site?.close()
    await close()
  }
}

const names = { timeout: 'timeoutMs', fetch_timeout: 'fetchTimeoutMs', connect_to: 'connectTo', extra_tls_roots: 'extraTlsRoots' }
const inNode = (field) => field.replace(/^\w+/, (name) => names[name] ?? name)

async function checkRefused(vector) {
  keys(vector, ['name', 'arguments', 'findings'])
  const { prefix, appid, ...options } = vector.arguments
  const converted = Object.entries(options).map(([name, value]) => {
    const field = inNode(name)
    return [field, field.endsWith('Ms') ? value * 1000 : value]
  })
  const { client, paths, close } = await wechat()
  try {
    const error = await client.preflight({ prefix, appid }, Object.fromEntries(converted)).catch((error) => error)
    assert.ok(error instanceof ValidationError, String(error))
    assert.equal(error.code, 'invalid_config')
    const sorted = (findings) => findings.map(({ field, code }) => `${field} ${code}`).sort()
    const expected = vector.findings.map(({ field, code }) => ({ field: inNode(field), code }))
    assert.deepEqual(sorted(error.violations), sorted(expected))
    assert.deepEqual(paths, [])
  } finally {
    await close()
  }
}

test('every preflight finds what its vector says', async () => {
  const { preflights, refused } = load('preflight.json', ['preflights', 'refused'])
  const run = await runAll('preflight.json', preflights, checkPreflight, 4)
  count('preflight.json', run + (await runAll('preflight.json', refused, checkRefused)))
})
