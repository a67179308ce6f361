'use strict'

// The calls of this JavaScript thread.

const { AsyncResource } = require('node:async_hooks')
const diagnostics = require('node:diagnostics_channel')
const { binding, errorOf, native } = require('./native.js')

/** Every call of the process is an event of this channel. */
const channel = diagnostics.channel('jumpqr:call')

/** The calls that run on a thread, by number. */
const running = new Map()
let lastNumber = 0

/** How many promises are pending. */
let pending = 0
// The binding keeps no process alive. This timer does, while promises are pending.
const awake = setInterval(() => {}, 2 ** 31 - 1)
awake.unref()

const parsed = (json) => (json === null ? undefined : JSON.parse(json))

// Bun and Deno have Node-API, but not the event loop of Node.
const { bun, deno } = process.versions

const events = new binding.Events((number, answer, error, tokenRequest, callEvents) => {
  const call = running.get(number)
  if (tokenRequest !== null) {
    call.inContext(requestToken, number, call, JSON.parse(tokenRequest))
    return
  }
  if (callEvents !== null) call.inContext(tell, call, JSON.parse(callEvents))
  call.end({ answer: parsed(answer), error: parsed(error) })
}, setTimer, (bun ?? deno) === undefined)

/** Whether the binding was told that the channel has subscribers. */
let isWatched = false

/** Tells the binding whether the channel has subscribers, if that has changed. */
function watch() {
  if (channel.hasSubscribers === isWatched) return
  isWatched = channel.hasSubscribers
  native(() => events.watch(isWatched))
}

/** Hands the events to the client's own listener and to the channel. */
function tell({ onCall }, callEvents) {
  for (const event of callEvents) {
    try {
      onCall?.(event)
    } catch (failure) {
      // The call must not fail because of it.
      process.emitWarning(failure instanceof Error ? failure : `onCall threw ${String(failure)}`)
    }
    channel.publish(event)
  }
}

const anywhere = (work, ...args) => work(...args)

/** Returns a caller of functions that keeps the context of the call for `AsyncLocalStorage`. */
function contextOf({ accessToken, onCall }) {
  if (accessToken === undefined && onCall === undefined && !isWatched) return anywhere
  const resource = new AsyncResource('jumpqr.call')
  return (work, ...args) => resource.runInAsyncScope(work, null, ...args)
}

/** Ends the calls that are out of time, after a delay in milliseconds, if there is one. */
function setTimer(delay) {
  if (delay != null) setTimeout(() => setTimer(native(() => events.timeOut())), delay).unref()
}

/**
 * Gives a call the token of the caller's function. An aborted call gets none, so it is not sent.
 */
async function requestToken(number, call, { rejected, timeLeftMs }) {
  let token
  if (!call.isSettled) {
    try {
      const given = await call.accessToken({
        rejected: rejected ?? undefined,
        timeLeftMs,
        // Made only for a function that reads it.
        get signal() {
          call.controller ??= new AbortController()
          return call.controller.signal
        },
      })
      if (typeof given !== 'string') {
        const found = given === null ? 'null' : typeof given
        throw new TypeError(`accessToken gave ${found}; it gives a string`)
      }
      token = given
    } catch (failure) {
      call.tokenFailure = { cause: failure }
    }
    call.controller = undefined
  }
  native(() => events.giveToken(number, token))
}

// One listener for each signal, however many calls it aborts: Node warns of a leak from the
// eleventh.
const handlersOf = new WeakMap()

/** Calls `handler` when the signal is aborted. Returns how to stop that. */
function onAbort(signal, handler) {
  const handlers = handlersOf.get(signal) ?? new Set()
  handlersOf.set(signal, handlers)
  if (handlers.size === 0) {
    handlers.listener = () => [...handlers].forEach((abort) => abort())
    signal.addEventListener('abort', handlers.listener, { once: true })
  }
  handlers.add(handler)
  return () => {
    handlers.delete(handler)
    if (handlers.size === 0) signal.removeEventListener('abort', handlers.listener)
  }
}

/** Makes a call once there is a place, and promises its ending. */
function perform(begin, places, signal, functions) {
  // Before anything begins: the caller could not abort it. `null` is no signal, as with `fetch`.
  if (signal != null && typeof signal.addEventListener !== 'function') {
    throw new TypeError('signal: give an AbortSignal')
  }
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    watch()
    const call = { ...functions }
    call.inContext = contextOf(call)
    let number, queuedAt, timer, stopListening

    const settle = (action, value, reason) => {
      if (call.isSettled) return
      call.isSettled = true
      pending -= 1
      if (pending === 0) awake.unref()
      clearTimeout(timer)
      stopListening?.()
      action(value)
      // If the function for tokens still runs, nobody waits for its token.
      call.controller?.abort(reason)
    }

    const start = (waited, hasPlace) => {
      clearTimeout(timer)
      // It may wrap: no call runs for as long as four billion others.
      number = lastNumber = (lastNumber + 1) >>> 0
      running.set(number, call)
      call.end = ({ answer, error, failure }) => {
        running.delete(number)
        if (hasPlace) places.release()
        settle(resolve, { answer, error, failure, tokenFailure: call.tokenFailure })
      }
      try {
        setTimer(native(() => begin(number, waited)))
      } catch (failure) {
        call.end({ failure })
      }
    }

    pending += 1
    awake.ref()
    const startInPlace = () => start(queuedAt === undefined ? 0 : performance.now() - queuedAt, true)
    places.take(startInPlace)
    if (number === undefined) {
      queuedAt = performance.now()
      timer = setTimeout(() => {
        places.leave(startInPlace)
        // The binding refuses a call that has waited for so long.
        start(Math.ceil(places.queueTimeout), false)
      }, places.queueTimeout)
    }
    if (signal == null || call.isSettled) return
    stopListening = onAbort(signal, () => {
      settle(reject, signal.reason, signal.reason)
      if (number === undefined) places.leave(startInPlace)
      else native(() => events.cancel(number))
    })
  })
}

/**
 * Makes a call, and promises its answer. `begin` gets the number of the call, and the milliseconds
 * that it has waited for its place.
 */
async function run(...call) {
  const { answer, error, failure: thrown, tokenFailure } = await perform(...call)
  if (thrown !== undefined) throw thrown
  if (error === undefined) return answer
  // V8 now knows who awaits the call, and adds that to the stack. To note it before costs every
  // call.
  const failure = errorOf(error, tokenFailure)
  Error.captureStackTrace(failure, run)
  throw failure
}

/** Returns the function, or `null` without a listener. Refuses other values. */
function checkListener(onCall) {
  if (onCall == null) return undefined
  if (typeof onCall !== 'function') throw new TypeError(`onCall is ${typeof onCall}; give a function`)
  return onCall
}

module.exports = { checkListener, events, run }
