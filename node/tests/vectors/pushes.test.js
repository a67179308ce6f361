'use strict'

const assert = require('node:assert/strict')
const { inspect } = require('node:util')
const { before, test } = require('node:test')
const { InvalidError, Receiver, ValidationError } = require('jumpqr')
const { count, keys, load, runAll } = require('./file.js')

let tables
let compared = 0
before(() => {
  tables = load('pushes.json', ['pushes', 'replies', 'url_checks', 'settings'])
})

const inCamelCase = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
const renamed = (config) => Object.fromEntries(Object.entries(config).map(([name, value]) => [inCamelCase(name), value]))

const EVENT = [
  'info_type', 'create_time', 'authorizer_appid', 'component_verify_ticket', 'authorization_code',
  'authorization_code_expired_time', 'pre_auth_code', 'raw',
]
const SECRET = ['component_verify_ticket', 'authorization_code', 'pre_auth_code', 'raw']

function receiverOf(config) {
  keys(config, ['component_appid', 'message_token', 'encoding_aes_key'], ['message_token_former', 'encoding_aes_key_former'])
  return new Receiver(renamed(config))
}

/** All that may be printed of a value, without where this file is. */
const shown = (value) =>
  [inspect(value, { depth: null, showHidden: true, getters: true }), JSON.stringify(value), String(value)].join('\n').replaceAll(__dirname, '')

/** Fails if what is printed has a token, a key or another secret in it. */
function showsNone(value, config, secrets) {
  const { component_appid: _, ...others } = config
  const text = shown(value)
  for (const secret of [...Object.values(others), ...secrets].filter(Boolean)) {
    assert.ok(!text.includes(secret), `${secret} stands in ${text}`)
  }
}

/** Returns the error that refuses a push. */
function refusalOf(receive, code, config) {
  let error
  try {
    receive()
  } catch (thrown) {
    error = thrown
  }
  assert.ok(error instanceof InvalidError, `it is accepted, or ${inspect(error)}`)
  assert.deepEqual([error.code, error.kind, error.errcode], [code, 'invalid', null])
  showsNone(error, config, [])
  return error
}

async function run(table, check) {
  compared += await runAll('pushes.json', tables[table], check)
}

test('every push is received or refused as its vector says', async () => {
  const texts = new Set()
  await run('pushes', ({ name, config, query, body, ...ending }) => {
    assert.ok(name)
    const receiver = receiverOf(config)
    if (ending.refused !== undefined) {
      keys(ending, ['refused'])
      const error = refusalOf(() => receiver.receive(query, body), ending.refused, config)
      if (ending.refused === 'push_not_decrypted') texts.add(`${error.message} ${error.advice}`)
      return
    }
    keys(ending, ['event'])
    keys(ending.event, ['info_type'], EVENT)
    for (const given of [body, Buffer.from(body), new Uint8Array(Buffer.from(body))]) {
      const push = receiver.receive(query, given)
      assert.equal(push.reply, 'success')
      const event = Object.fromEntries(EVENT.map((field) => [field, push.event[field]]))
      const absent = Object.fromEntries(EVENT.map((field) => [field, null]))
      assert.deepEqual(event, { ...absent, ...ending.event })
      for (const thing of [push, push.event]) showsNone(thing, config, SECRET.map((field) => event[field]))
    }
  })
  assert.equal(texts.size, 1, 'the refusals say why a push cannot be decrypted')
})

test('an encrypted reply is decrypted to the text of its vector', async () => {
  const reply = (xml, tag) => new RegExp(`<${tag}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${tag}>`).exec(xml)[1]
  await run('replies', (vector) => {
    keys(vector, ['name', 'config', 'text', 'timestamp', 'nonce', 'random', 'ciphertext', 'msg_signature'])
    const receiver = receiverOf(vector.config)
    const receive = (timestamp, nonce, signature, body) =>
      receiver.receive(`encrypt_type=aes&timestamp=${timestamp}&nonce=${nonce}&msg_signature=${signature}`, body)
    const { timestamp, nonce, msg_signature: signature, ciphertext, text } = vector
    const push = receive(timestamp, nonce, signature, `<xml><Encrypt>${ciphertext}</Encrypt></xml>`)
    assert.equal(push.event.raw, text)
    const xml = push.encryptReply(text)
    assert.ok(Math.abs(reply(xml, 'TimeStamp') - Date.now() / 1000) < 60)
    const again = receive(reply(xml, 'TimeStamp'), reply(xml, 'Nonce'), reply(xml, 'MsgSignature'), xml)
    assert.equal(again.event.raw, text)
    assert.notEqual(push.encryptReply(text), xml, 'the random bytes are the same')
  })
})

test('every check of an address is answered or refused as its vector says', async () => {
  await run('url_checks', (vector) => {
    keys(vector, ['name', 'config', 'query'], ['echostr', 'refused'])
    const verify = () => receiverOf(vector.config).verifyUrl(vector.query)
    if (vector.refused === undefined) assert.equal(verify(), vector.echostr)
    else refusalOf(verify, vector.refused, vector.config)
  })
})

test('every setting of a receiver is accepted or refused as its vector says', async () => {
  await run('settings', ({ name, config, findings }) => {
    assert.ok(name)
    if (findings.length === 0) {
      showsNone(receiverOf(config), config, [])
      return
    }
    assert.throws(() => receiverOf(config), (error) => {
      assert.ok(error instanceof ValidationError, inspect(error))
      assert.equal(error.code, 'invalid_config')
      const sorted = (list) => list.map(({ field, code }) => `${field} ${code}`).sort()
      const expected = findings.map(({ field, code }) => ({ field: inCamelCase(field), code }))
      assert.deepEqual(sorted(error.violations), sorted(expected))
      showsNone(error, config, [])
      return true
    })
  })
})

test('every vector is compared', () => count('pushes.json', compared))
