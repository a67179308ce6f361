'use strict'

// That the parts of the package agree with one another. JUMPQR_SOURCE is the folder that it was built from.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')

const source = process.env.JUMPQR_SOURCE
const read = (file) => fs.readFileSync(path.join(source, file), 'utf8')

/** A file of types, with those that it exports from others. */
const readTypes = (file) => read(file).replace(/^export \* from '(.*)\.js'$/gm, (_, other) => read(`${other}.d.ts`))

const declared = (file) =>
  [...readTypes(file).matchAll(/^export declare (?:const|class|function) (\w+)/gm)].map(([, name]) => name).sort()

for (const [entry, types] of [
  ['jumpqr', 'index.d.ts'],
  ['jumpqr/testing', 'testing.d.ts'],
]) {
  test(`${entry}: CommonJS, ESM and types have the same names`, async () => {
    const commonJs = require(entry)
    const { default: _, ...esm } = await import(entry)
    assert.deepEqual(Object.keys(commonJs).sort(), declared(types))
    assert.deepEqual(Object.keys(esm).sort(), declared(types))
    for (const name of Object.keys(esm)) assert.equal(esm[name], commonJs[name], name)
  })
}

test('types have the methods and parts that there are', () => {
  const { Client, Handled, Platform, Push, PushEvent, Receiver, check } = require('jumpqr')
  const { Sandbox } = require('jumpqr/testing')
  const members = (file, name) => {
    const [, body] = new RegExp(`export declare class ${name} [^{]*{\\n(.*?)\\n}`, 's').exec(readTypes(file))
    return [...body.matchAll(/^  (?:readonly )?(\w+)[(:<]/gm)].map(([, member]) => member).filter((member) => member !== 'protected')
  }
  const methods = (type) => Object.getOwnPropertyNames(type.prototype)
  assert.deepEqual(members('index.d.ts', 'Client').sort(), methods(Client).sort())
  assert.deepEqual(members('index.d.ts', 'Platform').sort(), methods(Platform).sort())
  assert.deepEqual(members('index.d.ts', 'Receiver').sort(), methods(Receiver).sort())
  // The package makes these, so their constructors are protected.
  for (const [type, ...parts] of [
    [Push, 'event', 'reply'],
    [Handled, 'hasChanged'],
    [PushEvent],
  ]) {
    const names = Reflect.ownKeys(type.prototype).filter((key) => typeof key === 'string' && key !== 'constructor')
    assert.deepEqual(members('index.d.ts', type.name).sort(), [...parts, ...names].sort())
  }
  const sandbox = new Sandbox()
  assert.deepEqual(
    members('testing.d.ts', 'Sandbox').sort(),
    [...methods(Sandbox), ...Object.keys(sandbox)].sort(),
  )
  sandbox.stop()
  let error
  try {
    new Client({})
  } catch (thrown) {
    error = thrown
  }
  assert.deepEqual(members('index.d.ts', 'JumpqrError').sort(), [...Object.keys(error), 'toJSON'].sort())
  assert.deepEqual(Object.keys(check({})).sort(), ['violations', 'warnings'])
})

test('the type of a status has the parts that there are', async () => {
  const { Client } = require('jumpqr')
  const [, body] = /export interface TokenStatus {\n(.*?)\n}/s.exec(read('index.d.ts'))
  const declaredParts = [...body.matchAll(/^  (\w+): /gm)].map(([, part]) => part)
  const status = await new Client({ appid: 'wx1', secret: 'x' }).tokenStatus()
  assert.deepEqual(declaredParts.sort(), Object.keys(status).sort())
})

test('constants and unions in the types are those of the core', () => {
  const { names, ...jumpqr } = require('jumpqr')
  const types = readTypes('index.d.ts')
  for (const [name, table] of [
    ['OpenVersion', names.open_version],
    ['PermitSubRule', names.permit_sub_rule],
    ['Edit', names.is_edit],
    ['RuleState', names.state],
    ['AuthType', names.auth_type],
  ]) {
    const [, union] = new RegExp(`export type ${name} = (.*)`).exec(types)
    assert.equal(union, table.map(({ number }) => number).join(' | '))
    const [, body] = new RegExp(`export declare const ${name}: {(.*?)}`, 's').exec(types)
    const constants = [...body.matchAll(/readonly (\w+): (\d)/g)].map(([, key, number]) => [key, Number(number)])
    assert.deepEqual(constants, Object.entries(jumpqr[name]))
  }
  const words = (text) => [...text.matchAll(/'(\w+)'/g)].map(([, word]) => word)
  const union = (name) => words(new RegExp(`export type ${name} =(.*?)\\n\\n`, 's').exec(types)[1])
  assert.deepEqual(union('ErrorKind'), [...names.kinds])
  assert.deepEqual(union('Outcome'), [...names.outcomes])
  assert.deepEqual(union('LinkStatus').sort(), names.link_statuses.map(({ name }) => name).sort())
  assert.deepEqual(union('Confirmation'), [...names.confirmations])
  assert.deepEqual(union('Device'), [...names.devices])
  assert.deepEqual(union('Mode'), [...names.modes])
  assert.deepEqual(union('Verdict'), [...names.verdicts])
  assert.deepEqual(union('Severity'), [...names.severities])
  assert.deepEqual(union('PreflightVerdict'), [...names.preflight_verdicts])
  const reactions = new Set(names.errcodes.map((code) => code.reaction))
  assert.deepEqual(words(/  reaction: (.*)/.exec(types)[1]).sort(), [...reactions].sort())
})

test('the client has a method for every interface', () => {
  const { Client, names } = require('jumpqr')
  for (const name of names.interfaces) assert.equal(typeof Client.prototype[name], 'function', name)
})

test('every function that Node calls is guarded', () => {
  const files = fs.readdirSync(path.join(source, 'src'))
  let functions = 0
  for (const file of files) {
    for (const block of read(path.join('src', file)).split(/#\[napi(?:\(constructor\))?\]/).slice(1)) {
      const [, signature] = /^\s*(?:#\[expect[^\n]*\]\s*)?pub (fn \w+|struct \w+)?/.exec(block) ?? []
      if (!signature?.startsWith('fn')) continue
      functions += 1
      // `Events::new` only hands Node-API what it gave.
      const guarded = /\b(?:guard|caught|self\.begin)\(/.test(block) || (file === 'events.rs' && signature === 'fn new')
      assert.ok(guarded, `${file}: ${signature}`)
    }
  }
  assert.ok(functions > 20, `${functions} functions`)
})

test('the version is the same everywhere', () => {
  const { version } = require('jumpqr')
  assert.equal(require('jumpqr/package.json').version, version)
  const lock = JSON.parse(read('package-lock.json'))
  assert.deepEqual([lock.version, lock.packages[''].version], [version, version])
  assert.equal(/^\[workspace\.package\]\nversion = "(.*)"$/m.exec(read('../Cargo.toml'))[1], version)
  assert.match(read('Cargo.toml'), /^version\.workspace = true$/m)
})

test('the lock file names no registry and no folder', () => {
  const lock = read('package-lock.json')
  assert.doesNotMatch(lock, /"resolved"/)
  assert.doesNotMatch(lock, /file:/)
})
