'use strict'

// The records in the folder of a store, as another process reads and writes them.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { choice, keys } = require('./file.js')

/** Finds the file with a record. The files beside it have a dot in their names. */
function find(folder, interfaceName) {
  const files = fs.readdirSync(folder)
  const found = files.filter((file) => file.startsWith(`${interfaceName}-`) && !file.includes('.'))
  assert.equal(found.length, 1, `the store has no token of ${interfaceName}`)
  return path.join(folder, found[0])
}

/** Reads the file's two parts: its first line, and the record. */
function read(file) {
  const content = fs.readFileSync(file, 'utf8')
  const end = content.indexOf('\n')
  return [JSON.parse(content.slice(0, end)), JSON.parse(content.slice(end + 1))]
}

/** Returns the content of the file after another process has saved this record in it. */
function contentWith(file, vector) {
  keys(vector, [], ['access_token', 'age', 'expires_in', 'refresh_token'])
  const { access_token: value, age = 0, expires_in: life = 7200, refresh_token } = vector
  const asked_at_ms = (Math.floor(Date.now() / 1000) - age) * 1000
  const access_token = value && { value, asked_at_ms, life_ms: life * 1000 }
  const record = JSON.stringify({ access_token, refresh_token })
  const [head] = read(file)
  const saved = { ...head, version: head.version + 1, length: Buffer.byteLength(record) }
  return `${JSON.stringify(saved)}\n${record}`
}

/** Replaces the record of an interface; it must exist. */
function replace(folder, { interface: interfaceName, ...rest }) {
  const file = find(folder, interfaceName)
  const [kind, value] = choice(rest, ['record', 'content'])
  fs.writeFileSync(file, kind === 'content' ? value : contentWith(file, value))
}

/** Compares the record of an interface. */
function compare(folder, expected) {
  keys(expected, ['interface'], ['access_token', 'refresh_token', 'refused_errcode'])
  const { interface: interfaceName, ...parts } = expected
  const [, record] = read(find(folder, interfaceName))
  const found = {
    access_token: record.access_token?.value ?? null,
    refresh_token: record.refresh_token ?? null,
    refused_errcode: record.refusal?.errcode ?? null,
  }
  const absent = { access_token: null, refresh_token: null, refused_errcode: null }
  assert.deepEqual(found, { ...absent, ...parts })
}

module.exports = { compare, replace }
