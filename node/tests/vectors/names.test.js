'use strict'

// The public names. They are the same in every language, except for their case.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const jumpqr = require('jumpqr')
const { Sandbox } = require('jumpqr/testing')
const { count, keys, load } = require('./file.js')

const tables = load('names.json', ['types', 'functions', 'methods', 'enums', 'exceptions', 'faults', 'settings', 'sandbox'])
const folder = path.dirname(require.resolve('jumpqr'))
const types = ['index.d.ts', 'lib/errors.d.ts', 'lib/settings.d.ts']
  .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'))
  .join('\n')

const plain = (name) => name.replaceAll('_', '').toLowerCase()

/** The names that Node has in a table, or those of one type. */
function expected(table, of) {
  const entries = tables[table].filter((entry) => {
    keys(entry, ['name', 'names'], ['of', 'not_in'])
    return entry.not_in?.node === undefined && (of === undefined || entry.of === of)
  })
  return entries.flatMap(({ names }) => names)
}

function compare(found, names) {
  assert.deepEqual(found.map(plain).sort(), names.map(plain).sort())
}

const isClass = (name) => /^[A-Z]/.test(name)
const isError = (name) => jumpqr[name].prototype instanceof Error
const matches = (pattern, text = types) => [...text.matchAll(pattern)].map(([, name]) => name)

test('functions and exceptions have the names of the file', () => {
  const exported = Object.keys(jumpqr)
  compare(exported.filter((name) => !isClass(name)), expected('functions'))
  compare(exported.filter(isClass).filter(isError), expected('exceptions'))
})

test('types of the file are declared', () => {
  const declared = matches(/^export (?:declare )?(?:class|interface|type) (\w+)/gm).map(plain)
  const absent = expected('types').filter((name) => !declared.includes(plain(name)))
  assert.deepEqual(absent, [])
  const others = [...expected('types'), ...expected('exceptions'), ...tables.enums.flatMap(({ of = [] }) => of)].map(plain)
  assert.deepEqual(Object.keys(jumpqr).filter(isClass).filter((name) => !others.includes(plain(name))), [])
})

test('methods have the names of the file', () => {
  for (const of of ['Client', 'Handled', 'Platform', 'Push', 'Receiver', 'RuleSet']) {
    const methods = Object.getOwnPropertyNames(jumpqr[of].prototype)
    compare(methods.filter((name) => name !== 'constructor'), expected('methods', of))
  }
})

test('members of enums have the names of the file', () => {
  for (const of of new Set(tables.enums.map(({ of }) => of))) {
    const names = expected('enums', of)
    if (of === undefined || names.length === 0) continue
    const [, union] = new RegExp(`export type ${of} =(.*?)\\n(?:\\n|export)`, 's').exec(types)
    compare(Object.keys(jumpqr[of] ?? {}).concat(matches(/'(\w+)'/g, union)), names)
  }
})

test('settings have the names of the file', () => {
  const settings = fs.readFileSync(path.join(folder, 'lib/settings.d.ts'), 'utf8')
  const found = matches(/^  (\w+?)(?:Ms)?\?: /gm, settings)
  compare(['accessToken', 'onCall', ...found], expected('settings'))
})

test('the sandbox has the names of the file', () => {
  const sandbox = new Sandbox()
  sandbox.stop()
  const methods = Object.getOwnPropertyNames(Sandbox.prototype).filter((name) => name !== 'constructor')
  compare([...methods, ...Object.keys(sandbox)], expected('sandbox'))
})

test('faults of the sandbox have the names of the file', () => {
  const sandbox = new Sandbox()
  try {
    sandbox.inject({ fault: '?' })
    assert.fail('an unknown fault is accepted')
  } catch (error) {
    const [, faults] = error.message.split('expected one of ')
    compare(faults.replaceAll('`', '').split(', '), expected('faults'))
  } finally {
    sandbox.stop()
  }
})

test('every entry is compared', () => count('names.json', Object.values(tables).flat().length))
