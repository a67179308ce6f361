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
  if (event.question === undefined) call?.end(event)
  else giveToken(call, event)
})

/** Answers a call that asks for a token. One that was aborted gets none, and so sends nothing more. */
async function giveToken(call, { question, rejected, timeLeftMs }) {
  let token
  if (call !== undefined) {
    call.question = question
    call.tokenFailure = undefined
    call.controller = undefined
    try {
      token = await call.accessToken({
        rejected: rejected ?? undefined,
        timeLeftMs,
        // Made only for a function that asks for it.
        get signal() {
          call.controller ??= new AbortController()
          return call.controller.signal
        },
      })
      if (typeof token !== 'string') {
        const found = token === null ? 'null' : typeof token
        token = undefined
        throw new TypeError(`accessToken gave ${found}; it gives a string`)
      }
    } catch (failure) {
      call.tokenFailure = { cause: failure }
    }
    call.question = undefined
    call.controller = undefined
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

/**
 * Begins a call and promises what the binding tells of its end. `begin` gets the number under which that is told, and, where
 * there is a signal, what cancels the call.
 */
function ending(begin, { signal, accessToken }) {
  // Before anything is begun: a caller who cannot abort it must not think so. `null` is none, as with `fetch`.
  const aborts = signal ?? undefined
  if (aborts !== undefined && typeof aborts.addEventListener !== 'function') throw new TypeError('signal: give an AbortSignal')
  return new Promise((resolve, reject) => {
    aborts?.throwIfAborted()
    const cancel = aborts && new binding.Cancel()
    const number = nextNumber()
    native(() => begin(number, cancel))
    let unlisten
    const end = (settle, value, reason) => {
      pending.delete(number)
      if (pending.size === 0) awake.unref()
      unlisten?.()
      settle(value)
      // If a function for tokens is still at work, nobody waits for its token.
      call.controller?.abort(reason)
    }
    const call = {
      accessToken,
      // The number under which it waits for a token.
      question: undefined,
      // Stops the function for tokens.
      controller: undefined,
      // What the function for tokens has thrown.
      tokenFailure: undefined,
      end: ({ answer, error }) => end(resolve, { answer, error, tokenFailure: call.tokenFailure }),
    }
    // Events come in later, when this JavaScript thread is idle.
    pending.set(number, call)
    awake.ref()
    if (aborts === undefined) return
    unlisten = onAbort(aborts, () => {
      end(reject, aborts.reason, aborts.reason)
      native(() => cancel.cancel())
      if (call.question !== undefined) native(() => events.answer(call.question))
    })
  })
}

/** Makes a call, and promises its answer; for `begin` see {@link ending}. */
async function run(begin, options = {}) {
  const { answer, error, tokenFailure } = await ending(begin, options)
  if (error === undefined) return answer
  // V8 knows here who awaits the call, and puts that into the stack; to note it beforehand costs every call.
  const failure = JumpqrError.of(error, tokenFailure)
  Error.captureStackTrace(failure, run)
  throw failure
}

module.exports = { events, run }
