'use strict'

// What a user reads if the system cannot use the native binding.

const assert = require('node:assert/strict')
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { test } = require('node:test')

const { loadBinding } = require(path.join(path.dirname(require.resolve('jumpqr/package.json')), 'lib', 'load.js'))

/** Copies the installed package, and puts `content` in the place of its binding. */
function withBinding(content) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jumpqr-load-'))
  fs.cpSync(path.dirname(require.resolve('jumpqr/package.json')), folder, { recursive: true })
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.node'))) {
    fs.writeFileSync(path.join(folder, file), content)
  }
  return folder
}

test('a binding that the system refuses is an error with the reason of the system', () => {
  const folder = withBinding('this is not a library')
  const script = 'try { require(process.argv[1]) } catch (error) { console.log(JSON.stringify([error.code, error.message])) }'
  const { stdout } = spawnSync(process.execPath, ['-e', script, folder], { encoding: 'utf8' })
  fs.rmSync(folder, { recursive: true })
  const [code, message] = JSON.parse(stdout)
  assert.equal(code, 'ERR_DLOPEN_FAILED')
  assert.match(message, /^jumpqr: the native binding cannot be loaded: .*\.node.* Install the package anew/)
  assert.doesNotMatch(message, /npm has a bug/)
})

test('the error for a C library that is too old names it, with advice', () => {
  const refused = new Error("libc.so.6: version `GLIBC_2.34' not found")
  const absent = new Error("Cannot find module 'jumpqr-linux-x64-gnu'", { cause: refused })
  const loader = new Error('Cannot find native binding.', { cause: absent })
  const load = () => {
    throw loader
  }
  assert.throws(() => loadBinding(load), (error) => {
    assert.match(error.message, /GLIBC_2\.34' not found.*newer C library.*glibc 2\.17/)
    assert.equal(error.cause, loader)
    return true
  })
})

test('a binding that is missing keeps the words of the loader', () => {
  const absent = new Error("Cannot find module 'jumpqr-linux-x64-gnu'")
  const missing = new Error('Cannot find native binding.', { cause: absent })
  const load = () => {
    throw missing
  }
  assert.throws(() => loadBinding(load), (error) => error === missing)
})
