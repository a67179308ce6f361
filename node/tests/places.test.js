'use strict'

const assert = require('node:assert/strict')
const path = require('node:path')
const { test } = require('node:test')

const { Places } = require(path.join(path.dirname(require.resolve('jumpqr')), 'lib', 'places.js'))

/** Places, and the names of the calls that they have started. */
function recorded(maxConcurrency, shared) {
  const places = new Places({ maxConcurrency, queueTimeout: 0 }, shared)
  const started = []
  const take = (name) => {
    const start = () => started.push(name)
    places.take(start)
    return start
  }
  return { places, started, take }
}

test('a call starts at once if a place is free, and the others start in the order in which they came', () => {
  const { places, started, take } = recorded(2)
  for (const name of ['a', 'b', 'c', 'd']) take(name)
  assert.deepEqual(started, ['a', 'b'])
  places.release()
  assert.deepEqual(started, ['a', 'b', 'c'])
})

test('a call that leaves the queue never starts', () => {
  const { places, started, take } = recorded(1)
  take('a')
  const start = take('b')
  take('c')
  assert.equal(places.leave(start), true)
  assert.equal(places.leave(start), false)
  places.release()
  assert.deepEqual(started, ['a', 'c'])
})

test('a call that leaves the queue for a shared place gives its own place back', () => {
  const shared = recorded(1)
  shared.take('other')
  const { places, started, take } = recorded(1, shared.places)
  const start = take('a')
  take('b')
  places.leave(start)
  shared.places.release()
  assert.deepEqual(started, ['b'])
})

test('a call that waits for its own place holds no shared one', () => {
  const shared = recorded(2)
  const { take } = recorded(1, shared.places)
  take('a')
  take('b')
  shared.take('other')
  assert.deepEqual(shared.started, ['other'])
})
