'use strict'

// Receiving pushes without a platform.

const assert = require('node:assert/strict')
const { inspect } = require('node:util')
const { test } = require('node:test')
const { Receiver, ValidationError } = require('jumpqr')

const SECRET = 'S3CR3T'
const settings = {
  componentAppid: 'wxplatform00000000',
  messageToken: 'messagetoken',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
}

const typeError = (message) => (error) => {
  assert.ok(error instanceof TypeError, inspect(error))
  assert.equal(error.message, message)
  assert.ok(!inspect(error).includes(SECRET))
  return true
}

test('arguments of another type are refused by name, without their values', () => {
  const receiver = new Receiver(settings)
  const body = 'body: give the raw body, as a Buffer, a Uint8Array or a string'
  assert.throws(() => receiver.receive({ msg_signature: SECRET }, ''), typeError('query: give a string'))
  assert.throws(() => receiver.receive(undefined, ''), typeError('query: give a string'))
  // What a web framework makes of a body that it has parsed, or not read.
  for (const parsed of [{ xml: SECRET }, undefined, null, 1, [SECRET], new ArrayBuffer(1)]) {
    assert.throws(() => receiver.receive('', parsed), typeError(body))
  }
  assert.throws(() => receiver.verifyUrl({ echostr: SECRET }), typeError('query: give a string'))
})

test('a setting that is wrong, missing or not known is refused by name, without its value', () => {
  const refused = (options, ...fields) =>
    assert.throws(() => new Receiver(options), (error) => {
      assert.ok(error instanceof ValidationError, inspect(error))
      assert.deepEqual(error.violations.map(({ field, code }) => `${field} ${code}`), fields)
      assert.ok(!inspect(error, { depth: null }).includes(SECRET), inspect(error))
      return true
    })
  refused(undefined, 'componentAppid empty', 'messageToken empty', 'encodingAesKey empty')
  refused({ ...settings, messageToken: [SECRET] }, 'messageToken wrong_type')
  refused({ ...settings, message_token: SECRET }, 'message_token unknown_setting')
  refused({ ...settings, encodingAesKeyFromer: SECRET }, 'encodingAesKeyFromer unknown_setting')
  refused({ ...settings, encodingAesKeyFormer: SECRET }, 'encodingAesKeyFormer wrong_credential')
  new Receiver({ ...settings, messageTokenFormer: undefined, encodingAesKeyFormer: null })
})

test('a query and a body that are anything but a push are refused', () => {
  const receiver = new Receiver(settings)
  const query = 'timestamp=1&nonce=1&encrypt_type=aes&msg_signature=1'
  for (const [query_, body] of [
    ['', ''],
    ['\ud800', ''],
    ['?'.repeat(5000), ''],
    [query, Buffer.from([0xff, 0, 0xfe])],
    [query, 'x'.repeat(300 * 1024)],
    [query, '<!DOCTYPE xml><xml><Encrypt>A</Encrypt></xml>'],
  ]) {
    assert.throws(() => receiver.receive(query_, body), { name: 'ValidationError', code: 'push_malformed' })
  }
  // As UTF-8, it is a push of somebody else.
  const body = '<xml><ToUserName>中文</ToUserName><Encrypt>A</Encrypt></xml>'
  assert.throws(() => receiver.receive(query, body), { code: 'push_not_signed' })
  assert.throws(() => receiver.verifyUrl(''), { code: 'push_malformed' })
})
