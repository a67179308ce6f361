'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { QrCode, qr } = require('jumpqr')

const link = 'https://m.example.cn/table/?id=7'

test('text for a terminal has a line for two rows', () => {
  const code = qr(link)
  assert.ok(code instanceof QrCode)
  const lines = (text) => text.split('\n').slice(0, -1)
  const count = Math.ceil((code.matrix.length + 8) / 2)
  assert.equal(lines(code.terminal()).length, count)
  assert.ok(lines(code.terminal()).every((line) => line.startsWith('\x1b[') && line.endsWith('\x1b[0m')))
  assert.equal(lines(code.plain()).length, count)
  assert.match(code.plain(), /^[ ▀▄█\n]+$/)
})

test('the usual picture has modules of 8 pixels', () => {
  const code = qr(link)
  const png = Buffer.from(code.png())
  assert.equal(png.readUInt32BE(16), 8 * (code.matrix.length + 8))
  assert.deepEqual(png, Buffer.from(code.png({ scale: 8 })))
})

test('arguments of another type are refused', () => {
  assert.throws(() => qr(7), new TypeError('link: give a string'))
  assert.throws(() => qr(link, { level: 1 }), new TypeError('level: give a string'))
  assert.throws(() => qr(link).png({ scale: '8' }), new TypeError('scale: give a number'))
  assert.throws(() => qr(link).svg({ caption: 7 }), new TypeError('caption: give a string'))
  for (const scale of [1.5, -1, 2 ** 32 + 8, Number.NaN]) {
    assert.throws(() => qr(link).png({ scale }), new RangeError('scale: give a whole number, 1 to 64'))
  }
})
