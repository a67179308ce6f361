'use strict'

// Which native binding is loaded, and what a user reads if it is missing or the system refuses it.
// JUMPQR_RELEASED is the package as npm installs it: without a binding.

const assert = require('node:assert/strict')
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { after, test } = require('node:test')

const released = process.env.JUMPQR_RELEASED
const { loadBinding, platformOf } = require(path.join(released, 'lib', 'load.js'))
const targets = require(path.join(released, 'package.json')).napi.targets

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'jumpqr-load-'))
after(() => fs.rmSync(root, { recursive: true }))

// The heads of two programs for Linux.
for (const [libc, linker] of [['gnu', '/lib64/ld-linux-x86-64.so.2'], ['musl', '/lib/ld-musl-x86_64.so.1']]) {
  fs.writeFileSync(path.join(root, libc), `\x7fELF\0\0\0${linker}\0`)
}

/** Installs the package alone, and beside it packages with these files. */
function install(packages = {}) {
  const folder = fs.mkdtempSync(path.join(root, 'app-'))
  const modules = path.join(folder, 'node_modules')
  fs.cpSync(released, path.join(modules, 'jumpqr'), { recursive: true })
  for (const [name, files] of Object.entries(packages)) {
    fs.mkdirSync(path.join(modules, name), { recursive: true })
    for (const [file, content] of Object.entries(files)) fs.writeFileSync(path.join(modules, name, file), content)
  }
  return modules
}

/** Requires the loader or the package in a process of this platform. Returns what it got. */
function load(modules, { platform = 'linux', arch = 'x64', libc = 'gnu', entry = 'lib/load.js', env = {} } = {}) {
  const script = `
    const fake = { platform: '${platform}', arch: '${arch}' }
    if ('${platform}' === 'linux') fake.execPath = ${JSON.stringify(path.join(root, libc))}
    for (const [key, value] of Object.entries(fake)) Object.defineProperty(process, key, { value })
    try {
      const loaded = require(${JSON.stringify(path.join(modules, 'jumpqr', entry))})
      console.log(JSON.stringify({ binding: loaded.loadBinding?.() ?? 'loaded' }))
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }))
    }
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  assert.equal(stderr, '')
  return JSON.parse(stdout)
}

const described = (target) => {
  const [platform, arch, libc] = platformOf(target).split('-')
  return { platform, arch, libc }
}

test('the targets of the package have the names that Node has for them', () => {
  assert.deepEqual(targets.map(platformOf), [
    'linux-x64-gnu',
    'linux-arm64-gnu',
    'linux-x64-musl',
    'linux-arm64-musl',
    'darwin-x64',
    'darwin-arm64',
    'win32-x64-msvc',
    'win32-arm64-msvc',
  ])
})

for (const target of targets) {
  const name = `jumpqr-${platformOf(target)}`
  const { platform, arch, libc } = described(target)

  test(`${target}: the binding is loaded from the package of this platform`, () => {
    const stub = (of) => ({ 'index.js': `module.exports = '${of}'` })
    const modules = install(Object.fromEntries(targets.map((of) => [`jumpqr-${platformOf(of)}`, stub(of)])))
    assert.deepEqual(load(modules, described(target)), { binding: target })
  })

  test(`${target}: if its package is missing, the error has package, platform, C library, causes and remedies`, () => {
    const { code, message } = load(install(), described(target))
    assert.equal(code, 'MODULE_NOT_FOUND')
    const libcWords = { gnu: ' with glibc', musl: ' with musl' }[libc] ?? ''
    const [head, ...causes] = message.split('\n')
    assert.equal(
      head,
      `jumpqr: the package ${name} is not installed. ` +
        `It has the native binding for ${platform} on ${arch}${libcWords}. Three causes are usual:`,
    )
    assert.equal(causes.length, 3)
    assert.match(causes[0], /--omit=optional.*lock file.*npm install --include=optional$/)
    assert.match(causes[1], /musl \(Alpine\).*glibc must be 2\.17 or newer.*Install in the image/)
    assert.equal(/this system has \d/.test(causes[1]), libc === 'gnu')
    assert.ok(causes[2].includes(`A bundler left out jumpqr.${platformOf(target)}.node. Declare jumpqr external`))
  })
}

test('a platform without a binding is an error with those that have one', () => {
  const { code, message } = load(install(), { platform: 'freebsd' })
  assert.equal(code, 'ERR_UNSUPPORTED_PLATFORM')
  assert.match(message, /^jumpqr: there is no native binding for freebsd-x64, only for linux-x64-gnu, .*win32-arm64-msvc\. Build/)
})

test('a binding that was built here is loaded rather than the package of this platform', () => {
  const modules = install({ 'jumpqr-linux-x64-gnu': { 'index.js': 'module.exports = "package"' } })
  fs.writeFileSync(path.join(modules, 'jumpqr', 'jumpqr.linux-x64-gnu.node'), 'this is not a library')
  assert.equal(load(modules).code, 'ERR_DLOPEN_FAILED')
})

test('JUMPQR_NATIVE_BINDING names the binding, and nothing else is tried', () => {
  const modules = install({ 'jumpqr-linux-x64-gnu': { 'index.js': 'module.exports = "package"' } })
  const chosen = path.join(modules, 'chosen.js')
  const env = { JUMPQR_NATIVE_BINDING: chosen }
  const { code, message } = load(modules, { env })
  assert.equal(code, 'ERR_DLOPEN_FAILED')
  assert.ok(message.includes(chosen), message)
  fs.writeFileSync(chosen, 'module.exports = "chosen"')
  assert.deepEqual(load(modules, { env }), { binding: 'chosen' })
})

test('a binding that the system refuses is an error with the reason of the system', () => {
  const modules = install({ 'jumpqr-linux-x64-gnu': { 'index.node': 'this is not a library' } })
  const { code, message } = load(modules, { entry: 'index.js' })
  assert.equal(code, 'ERR_DLOPEN_FAILED')
  assert.match(message, /^jumpqr: the native binding cannot be loaded: .*\.node.* Install the package anew/)
})

test('the error for a C library that is too old names it, with advice', () => {
  const cause = new Error("libc.so.6: version `GLIBC_2.34' not found")
  const refuse = () => {
    throw cause
  }
  assert.throws(() => loadBinding(refuse), (error) => {
    assert.match(error.message, /GLIBC_2\.34' not found.*newer C library.*glibc 2\.17/)
    assert.equal(error.cause, cause)
    return true
  })
})
