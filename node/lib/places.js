'use strict'

/** The places for calls that run at once. More calls wait in a queue. */
class Places {
  #free
  #shared
  #queue = new Set()

  /**
   * A call waits for `queueTimeout` milliseconds. With `shared`, it also takes one of those places,
   * after its own: while it waits for its own, it holds none of the shared ones.
   */
  constructor({ maxConcurrency, queueTimeout }, shared) {
    this.queueTimeout = queueTimeout
    this.#free = maxConcurrency
    this.#shared = shared
  }

  /** Calls `start` once there is a place: now, if one is free. */
  take(start) {
    if (this.#free === 0) {
      this.#queue.add(start)
      return
    }
    this.#free -= 1
    if (this.#shared === undefined) start()
    else this.#shared.take(start)
  }

  /** Takes `start` out of the queue. Returns whether it was there. */
  leave(start) {
    if (this.#queue.delete(start)) return true
    const left = this.#shared?.leave(start) === true
    if (left) this.#add()
    return left
  }

  /** Gives a place back. */
  release() {
    this.#shared?.release()
    this.#add()
  }

  #add() {
    this.#free += 1
    const [next] = this.#queue
    if (next === undefined) return
    this.#queue.delete(next)
    this.take(next)
  }
}

module.exports = { Places }
