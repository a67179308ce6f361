'use strict'

const inCamelCase = (name) => name.replace(/_./g, ([, letter]) => letter.toUpperCase())

/** Renames the parts of a token's status as they are written in JavaScript. Null stays null. */
function statusOf(parts) {
  const renamed = Object.entries(parts ?? {}).map(([name, part]) => [inCamelCase(name), part])
  return parts && Object.fromEntries(renamed)
}

module.exports = { statusOf }
