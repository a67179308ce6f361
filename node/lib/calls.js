'use strict'

// The calls that are on their way, from this JavaScript thread.

const { binding, native } = require('./native.js')
const { JumpqrError } = require('./errors.js')

const pending = new Map()
let lastNumber = 0

// The binding keeps no process alive; this does, while calls are pending.
const awake = setInterval(() => {}, 2 ** 31 - 1)
awake.unref()

const events = new binding.Events((text) => {
  const event = JSON.parse(text)
  const call = pending.get(event.call)
  if (event.question !== undefined) giveToken(call, event)
  else if (event.error === undefined) call?.resolve(event.answer)
  else call?.reject(event.error)
})

/** Answers a call that asks for a token. One that was aborted gets none, and so sends nothing more. */
async function giveToken(call, { question, rejected, timeLeftMs }) {
  let token
  if (call !== undefined) {
    call.question = question
    call.tokenFailure = undefined
    try {
      token = await call.accessToken({ rejected: rejected ?? undefined, timeLeftMs })
      if (typeof token !== 'string') {
        const found = token === null ? 'null' : typeof token
        token = undefined
        throw new TypeError(`accessToken gave ${found}; it gives a string`)
      }
    } catch (failure) {
      call.tokenFailure = { cause: failure }
    }
    call.question = undefined
  }
  // Where the call was aborted meanwhile, this question has been answered.
  native(() => events.answer(question, token))
}

function nextNumber() {
  do lastNumber = (lastNumber + 1) >>> 0
  while (pending.has(lastNumber))
  return lastNumber
}

// One listener a signal, however many calls it ends: Node warns of a leak from the eleventh on.
const endings = new WeakMap()

function onAbort(signal, end) {
  let ends = endings.get(signal)
  if (ends === undefined) {
    ends = new Set()
    endings.set(signal, ends)
  }
  if (ends.size === 0) {
    ends.listener = () => [...ends].forEach((abort) => abort())
    signal.addEventListener('abort', ends.listener, { once: true })
  }
  ends.add(end)
  return () => {
    ends.delete(end)
    if (ends.size === 0) signal.removeEventListener('abort', ends.listener)
  }
}

/** The error that a call which began at `site` ends with. */
function errorOf(parts, site, options) {
  const error = JumpqrError.of(parts, options)
  const [, ...frames] = site.stack.split('\n')
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n')
  return error
}

/**
 * Begins a call and promises how it ends. `begin` gets the number under which the binding tells that, and returns the handle
 * with which a call that still waits for its turn is withdrawn.
 */
function run(begin, { signal, accessToken } = {}) {
  // Before anything is begun: a caller who cannot abort it must not think so. `null` is none, as with `fetch`.
  const aborts = signal ?? undefined
  if (aborts !== undefined && typeof aborts.addEventListener !== 'function') throw new TypeError('signal: give an AbortSignal')
  // Where the call was made: the error itself is made when it ends, from nowhere.
  const site = {}
  Error.captureStackTrace(site, run)
  return new Promise((resolve, reject) => {
    aborts?.throwIfAborted()
    const number = nextNumber()
    const handle = native(() => begin(number))
    let unlisten
    const end = (settle, value) => {
      pending.delete(number)
      if (pending.size === 0) awake.unref()
      unlisten?.()
      settle(value)
    }
    const call = {
      accessToken,
      // The number under which it waits for a token.
      question: undefined,
      // What the function for tokens has thrown.
      tokenFailure: undefined,
      resolve: (answer) => end(resolve, answer),
      reject: (parts) => end(reject, errorOf(parts, site, call.tokenFailure)),
    }
    // Events come in later, when this JavaScript thread is idle.
    pending.set(number, call)
    awake.ref()
    if (aborts === undefined) return
    unlisten = onAbort(aborts, () => {
      end(reject, aborts.reason)
      native(() => binding.withdraw(handle))
      if (call.question !== undefined) native(() => events.answer(call.question))
    })
  })
}

module.exports = { events, run }
