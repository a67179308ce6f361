'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { inspect } = require('node:util')
const { test } = require('node:test')
const { Client, Platform } = require('jumpqr')
const { count, keys, load, runAll } = require('./file.js')

const types = { client: Client, platform: Platform }

const lib = path.join(path.dirname(require.resolve('jumpqr')), 'lib')
/** The names of all settings in JavaScript. */
const names = [...fs.readFileSync(path.join(lib, 'settings.d.ts'), 'utf8').matchAll(/^  (\w+)\?: /gm)].map(([, name]) => name)
names.push('accessToken')

/** The name of a setting in JavaScript, for its name in Rust; a duration has a unit. */
function nameOf(name) {
  const camelCase = name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
  return names.includes(`${camelCase}Ms`) ? `${camelCase}Ms` : camelCase
}

function check({ of, settings, findings, code }) {
  const options = {}
  for (const [name, value] of Object.entries(settings)) {
    const isDuration = nameOf(name).endsWith('Ms') && typeof value === 'number'
    options[nameOf(name)] = isDuration ? value * 1000 : value
  }
  let error
  try {
    new types[of](options)
  } catch (thrown) {
    error = thrown
  }
  if (findings.length === 0 && code === undefined) {
    assert.equal(error, undefined, error?.stack)
    return
  }
  assert.ok(error !== undefined, 'the settings were accepted')
  assert.equal(error.code, code ?? 'invalid_config')
  const sorted = (list) => list.map(({ field, code }) => `${field} ${code}`).sort()
  const expected = findings.map(({ field, code }) => ({ field: nameOf(field), code }))
  assert.deepEqual(sorted(error.violations ?? []), sorted(expected), error.message)
  assert.ok(!inspect(error, { depth: null }).includes('P4SS'), error.message)
}

test('every setting is accepted or refused as its vector says', async () => {
  const { settings } = load('settings.json', ['settings'])
  const given = new Set()
  const run = await runAll('settings.json', settings, (vector) => {
    const optional = ['code', 'untyped', 'signed', 'parameters', 'threads']
    keys(vector, ['name', 'of', 'settings', 'findings'], optional)
    Object.keys(vector.settings).forEach((name) => given.add(nameOf(name)))
    check(vector)
  })
  assert.deepEqual(names.filter((name) => !given.has(name)), [], 'settings without a vector')
  count('settings.json', run)
})
