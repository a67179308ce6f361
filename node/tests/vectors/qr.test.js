'use strict'

// The pictures of a code are the same in every language.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { ValidationError, qr } = require('jumpqr')
const { bytes, count, keys, load, runAll } = require('./file.js')

const encode = ({ link, level }) => qr(bytes(link).toString(), level === undefined ? {} : { level })

const checks = {
  codes(vector) {
    keys(vector, ['name', 'link', 'code', 'svg', 'png'], ['level', 'caption', 'scale'])
    keys(vector.code, ['level', 'version', 'matrix'])
    const code = encode(vector)
    assert.equal(code.link, bytes(vector.link).toString())
    const matrix = code.matrix.map((row) => row.map(Number).join(''))
    assert.deepEqual({ level: code.level, version: code.version, matrix }, vector.code)
    assert.equal(code.svg({ caption: vector.caption }), vector.svg)
    assert.deepEqual(Buffer.from(code.png({ scale: vector.scale ?? 1 })), bytes(vector.png))
  },
  refused(vector) {
    keys(vector, ['name', 'link', 'findings'], ['level', 'scale', 'says'])
    assert.throws(
      () => encode(vector).png({ scale: vector.scale ?? 1 }),
      (error) => {
        assert.ok(error instanceof ValidationError)
        assert.deepEqual(error.violations.map(({ field, code }) => ({ field, code })), vector.findings)
        for (const text of vector.says ?? []) assert.ok(error.message.includes(text), error.message)
        return true
      },
    )
  },
}

test('every link has its pictures, or is refused', async () => {
  const tables = load('qr.json', Object.keys(checks))
  let run = 0
  for (const [table, vectors] of Object.entries(tables)) run += await runAll('qr.json', vectors, checks[table])
  count('qr.json', run)
})
