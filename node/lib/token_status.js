'use strict'

const inCamelCase = (name) => name.replace(/_./g, ([, letter]) => letter.toUpperCase())

/** What the binding says of a token, with the names that its parts have here; null where it says nothing. */
const statusOf = (parts) =>
  parts && Object.fromEntries(Object.entries(parts).map(([name, part]) => [inCamelCase(name), part]))

module.exports = { statusOf }
