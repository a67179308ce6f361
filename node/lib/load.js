'use strict'

// Loads the native binding. If the system cannot use the binding, the generated loader blames npm
// and hides the system's own words in a chain of causes; this module puts them into the message.

/** The error and its causes, from the outermost on. */
function* chain(error) {
  for (let cause = error; cause instanceof Error; cause = cause.cause) yield cause
}

/** What the user can do about the reason for which the system refused the file. */
function advice(reason) {
  if (/GLIBC_\d/.test(reason)) {
    return 'The binding was built for a newer C library than this system has. ' +
      'Install the published package, which needs glibc 2.17, or build the package on this system.'
  }
  return 'Install the package anew on this system: ' +
    'a binding of another platform, or a damaged file, cannot be loaded.'
}

/** Calls `load`, which requires the binding; if the system refuses the file, the error says why. */
function loadBinding(load) {
  try {
    return load()
  } catch (error) {
    // The loader copies its errors without their codes; what is left are the files that were not
    // there.
    const absent = /^Cannot find (native binding|module)/
    const refused = [...chain(error)].find(({ message }) => !absent.test(message))
    if (refused === undefined) throw error
    const reason = refused.message
    const message = `jumpqr: the native binding cannot be loaded: ${reason}. ${advice(reason)}`
    throw Object.assign(new Error(message, { cause: error }), { code: 'ERR_DLOPEN_FAILED' })
  }
}

module.exports = { loadBinding }
