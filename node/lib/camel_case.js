'use strict'

const camelCased = (name) => name.replace(/_./g, ([, letter]) => letter.toUpperCase())

/**
 * Renames the parts of an answer, and of the objects in it, as they are written in JavaScript. All
 * else stays.
 */
function inCamelCase(answer) {
  if (Array.isArray(answer)) return answer.map(inCamelCase)
  if (!(answer instanceof Object)) return answer
  return Object.fromEntries(Object.entries(answer).map(([name, part]) => [camelCased(name), inCamelCase(part)]))
}

module.exports = { inCamelCase }
