'use strict'

// Loads the native binding from the package of this platform, an optional dependency. If the
// binding was built here, it lies beside `lib` instead.

const fs = require('node:fs')
const { createRequire } = require('node:module')
const manifest = require('../package.json')

/** The platform of a Rust target, in Node's words. */
function platformOf(target) {
  const [cpu, , system, libc] = target.split('-')
  const arch = { x86_64: 'x64', aarch64: 'arm64' }[cpu]
  return [{ windows: 'win32' }[system] ?? system, arch, libc].filter(Boolean).join('-')
}

/** The C library of Node: the head of its file names the program that links it. */
function libcOfNode() {
  const head = Buffer.alloc(4096)
  try {
    const file = fs.openSync(process.execPath, 'r')
    fs.readSync(file, head, 0, head.length, 0)
    fs.closeSync(file)
  } catch {
    // The usual one, then.
  }
  return head.includes('/ld-musl-') ? 'musl' : 'gnu'
}

/** The platform of this process, for example `linux-x64-gnu`. */
function platformOfProcess() {
  const { arch, platform } = process
  const libc = platform === 'linux' ? libcOfNode() : { win32: 'msvc' }[platform]
  return [platform, arch, libc].filter(Boolean).join('-')
}

/** The version of glibc, in words. Reading it takes 20 ms, so only errors have it. */
function describeGlibc() {
  try {
    /** @type {any} */
    const report = process.report.getReport()
    const { glibcVersionRuntime } = report.header
    return glibcVersionRuntime ? `; this system has ${glibcVersionRuntime}` : ''
  } catch {
    return ''
  }
}

/** The error for a platform that no binding is built for. */
function unsupported(platform) {
  const platforms = manifest.napi.targets.map(platformOf).join(', ')
  const message = `jumpqr: there is no native binding for ${platform}, only for ${platforms}. ` +
    'Build the package on this system, with Rust and `npm run build`.'
  return Object.assign(new Error(message), { code: 'ERR_UNSUPPORTED_PLATFORM' })
}

/** The error for a binding that is not installed. */
function missing(platform, cause) {
  const name = `jumpqr-${platform}`
  const [system, arch, libc] = platform.split('-')
  const libcWords = { gnu: ' with glibc', musl: ' with musl' }[libc] ?? ''
  const message = [
    `jumpqr: the package ${name} is not installed. ` +
      `It has the native binding for ${system} on ${arch}${libcWords}. Three causes are usual:`,
    '1. npm left out optional dependencies (--omit=optional), or node_modules or the lock file was ' +
      'made on another platform. Remove node_modules and package-lock.json, and run on this system: ' +
      'npm install --include=optional',
    '2. node_modules was installed with another C library. musl (Alpine) has a package of its own, ' +
      `and glibc must be 2.17 or newer${libc === 'gnu' ? describeGlibc() : ''}. ` +
      'Install in the image that runs the program.',
    `3. A bundler left out jumpqr.${platform}.node. Declare jumpqr external, and copy the packages ` +
      `jumpqr and ${name} into node_modules beside the bundle. ` +
      'Or set JUMPQR_NATIVE_BINDING to the path of this file.',
  ].join('\n')
  return Object.assign(new Error(message, { cause }), { code: 'MODULE_NOT_FOUND' })
}

/** The error for a binding that the system refuses. */
function refused(cause) {
  const advice = /GLIBC_\d/.test(cause.message)
    ? 'The binding was built for a newer C library than this system has. Install the published ' +
      `package, which needs glibc 2.17${describeGlibc()}. Or build the package on this system.`
    : 'Install the package anew on this system: ' +
      'a binding of another platform, or a damaged file, cannot be loaded.'
  const message = `jumpqr: the native binding cannot be loaded: ${cause.message}. ${advice}`
  return Object.assign(new Error(message, { cause }), { code: 'ERR_DLOPEN_FAILED' })
}

/**
 * Loads the binding. Bundlers follow `require` and warn of each package that is not installed, but
 * no binding can be in a bundle: therefore `load` is not the `require` that they know.
 *
 * @returns {typeof import('../binding.js')}
 */
function loadBinding(load = createRequire(__filename)) {
  const platform = platformOfProcess()
  const built = `../jumpqr.${platform}.node`
  const chosen = process.env.JUMPQR_NATIVE_BINDING
  let absent
  for (const place of chosen ? [chosen] : [built, `jumpqr-${platform}`]) {
    try {
      return load(place)
    } catch (error) {
      absent = /** @type {NodeJS.ErrnoException} */ (error)
      if (chosen || !/^(ERR_)?MODULE_NOT_FOUND$/.test(absent.code ?? '')) throw refused(absent)
    }
  }
  const isTarget = manifest.napi.targets.some((target) => platformOf(target) === platform)
  throw isTarget ? missing(platform, absent) : unsupported(platform)
}

module.exports = { loadBinding, platformOf }
