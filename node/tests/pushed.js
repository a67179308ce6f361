'use strict'

// Waits for what the sandbox pushes.

const assert = require('node:assert/strict')
const { setTimeout: pause } = require('node:timers/promises')

/** Waits until the sandbox has sent a push that `isWanted` accepts, and returns it with its answer. */
async function pushed(sandbox, isWanted) {
  const deadline = performance.now() + 60_000
  for (;;) {
    const push = sandbox.pushes().findLast(isWanted)
    if (push !== undefined) return push
    assert.ok(performance.now() < deadline, `the push is not among ${JSON.stringify(sandbox.pushes())}`)
    await pause(10)
  }
}

module.exports = { pushed }
