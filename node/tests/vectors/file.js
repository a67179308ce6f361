'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')

const folder = process.env.JUMPQR_VECTORS
assert.ok(folder, 'JUMPQR_VECTORS names the folder of the vectors')

/** Fails on a key that is not known, and on one that is missing. */
function keys(object, required, optional = []) {
  for (const key of Object.keys(object)) {
    assert.ok(required.includes(key) || optional.includes(key), `unknown key ${key}`)
  }
  for (const key of required) assert.ok(key in object, `missing key ${key}`)
}

/** The one key of a choice, and its value. */
function choice(object, known) {
  const entries = Object.entries(object)
  assert.equal(entries.length, 1, `one of ${known}, not ${Object.keys(object)}`)
  assert.ok(known.includes(entries[0][0]), `unknown key ${entries[0][0]}`)
  return entries[0]
}

/** The tables of a file, each vector's name unique in it. */
function load(file, tables) {
  const content = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'))
  keys(content, tables)
  const names = Object.values(content).flat().map((vector) => vector.name)
  if (file !== 'errcodes.json') {
    assert.ok(names.every(Boolean))
    assert.equal(new Set(names).size, names.length, 'names are unique')
  }
  return content
}

/** The bytes that stand in a vector. */
function bytes(raw) {
  if (typeof raw === 'string') return Buffer.from(raw)
  if ('base16' in raw) {
    keys(raw, ['base16'])
    assert.match(raw.base16, /^([0-9a-f]{2})*$/)
    return Buffer.from(raw.base16, 'hex')
  }
  keys(raw, ['repeat', 'times'])
  return Buffer.from(raw.repeat.repeat(raw.times))
}

/** Runs every vector, at most `width` at once, and says which failed; else how many there are. */
async function runAll(file, vectors, check, width = 1) {
  const failures = []
  let done = 0
  const queue = vectors.values()
  const worker = async () => {
    for (const vector of queue) {
      try {
        await check(vector)
      } catch (error) {
        failures.push(`${vector.name}: ${error.stack}`)
      }
      done += 1
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  assert.equal(failures.length, 0, `${failures.length} of ${done} failed\n${failures.join('\n')}`)
  return done
}

const count = (file, number) => console.log(`vectors: ${file} ${number}`)

module.exports = { bytes, choice, count, keys, load, runAll }
