'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { errcode, names } = require('jumpqr')
const { count, keys, load } = require('./file.js')

/** Of each table with objects: what each must have, and what the vectors do not tell. */
const objects = {
  errcodes: { told: ['number', 'name', 'kind', 'reaction', 'wait_seconds', 'retryable'], more: ['errmsg', 'meaning', 'advice'] },
  own_codes: { told: ['name', 'kind', 'retryable'], more: ['advice'] },
  findings: { told: ['name', 'warning'], more: [] },
  link_statuses: { told: ['number', 'name'], more: [] },
}
const texts = ['kinds', 'outcomes', 'confirmations']
const explained = ['mismatches', 'obstacles']

test('every stable name is that of the file, in its order, and there are no others', () => {
  const file = load('errcodes.json', [...Object.keys(objects), ...texts, ...explained])
  for (const [table, { told, more }] of Object.entries(objects)) {
    const found = names[table].map((entry) => {
      keys(entry, [...told, ...more])
      return Object.fromEntries(told.map((key) => [key, entry[key]]))
    })
    const defaults = table === 'errcodes' ? { wait_seconds: 0 } : {}
    assert.deepEqual(found, file[table].map((vector) => ({ ...defaults, ...vector })))
  }
  for (const table of texts) assert.deepEqual(names[table], file[table])
  for (const table of explained) {
    for (const reason of names[table]) keys(reason, ['code', 'message'])
    assert.deepEqual(names[table].map(({ code }) => code), file[table])
  }
  for (const { number } of file.errcodes) {
    assert.deepEqual(errcode(number), names.errcodes.find((entry) => entry.number === number))
  }
  for (const number of [0, 1, -2, 85066.5, NaN, 2 ** 60]) assert.equal(errcode(number), null)
  count('errcodes.json', Object.values(file).flat().length)
})
