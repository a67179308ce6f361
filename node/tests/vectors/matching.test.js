'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { RuleSet, launchQuery, matchUrl, nearestPrefix, occupies, verificationFileLocation } = require('jumpqr')
const { count, keys, load, runAll } = require('./file.js')

const checks = {
  matches(vector) {
    keys(vector, ['name', 'rules', 'link', 'opens', 'reasons'], ['hit', 'shadowed'])
    for (const rule of vector.rules) keys(rule, ['prefix'], ['state'])
    const set = new RuleSet(vector.rules)
    assert.equal(set.size, vector.rules.length)
    const { hit, shadowed, opens } = set.matchUrl(vector.link)
    const reasons = set.explain(vector.link)
    assert.deepEqual(matchUrl(vector.rules, vector.link), { hit, shadowed, opens, reasons })
    const codes = reasons.map((reason) => reason && reason.code)
    assert.ok(reasons.every((reason) => reason === null || reason.message.length > 0))
    assert.deepEqual(
      { hit, shadowed, opens, reasons: codes },
      { hit: vector.hit ?? null, shadowed: vector.shadowed ?? null, opens: vector.opens, reasons: vector.reasons },
    )
  },
  occupations(vector) {
    keys(vector, ['name', 'prefix', 'other', 'occupies'])
    assert.equal(occupies(vector.prefix, vector.other), vector.occupies)
  },
  verification_files(vector) {
    keys(vector, ['name', 'prefix', 'file_name'], ['location'])
    assert.equal(verificationFileLocation(vector.prefix, vector.file_name), vector.location ?? null)
  },
  nearest_prefixes(vector) {
    keys(vector, ['name', 'prefix', 'listed'], ['nearest'])
    assert.equal(nearestPrefix(vector.prefix, vector.listed), vector.nearest ?? null)
  },
  launch_queries(vector) {
    keys(vector, ['name', 'link', 'scancode_time', 'query'])
    assert.equal(launchQuery(vector.link, vector.scancode_time), vector.query)
  },
}

test('every link is matched as its vector says', async () => {
  const tables = load('matching.json', Object.keys(checks))
  let run = 0
  for (const [table, vectors] of Object.entries(tables)) run += await runAll('matching.json', vectors, checks[table])
  count('matching.json', run)
})
