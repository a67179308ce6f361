'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { RuleSet, launchQuery, matchUrl, nearestPrefix, occupies, verificationFileLocation } = require('jumpqr')
const { count, keys, load, runAll } = require('./file.js')

const checks = {
  matches(vector) {
    const { rules, link, opens } = vector
    const known = ['qrcodejump_open', 'is_released']
    const more = ['hit', 'shadowed', 'opens_for_testers', 'test_version', 'path', ...known]
    keys(vector, ['name', 'rules', 'link', 'opens', 'obstacles', 'reasons'], more)
    for (const rule of rules) keys(rule, ['prefix'], ['state', 'path', 'open_version', 'debug_url'])
    const account = Object.fromEntries(known.map((name) => [name, vector[name]]))
    const list = { rule_list: rules, ...account }
    const set = new RuleSet(list)
    assert.equal(set.size, rules.length)
    const found = set.matchUrl(link)
    const reasons = set.explain(link)
    assert.deepEqual(matchUrl(list, link), { ...found, reasons })
    for (const { message } of [...found.obstacles, ...reasons.filter(Boolean)]) assert.ok(message.length > 0)
    assert.deepEqual(reasons.map((reason) => reason && reason.code), vector.reasons)
    assert.deepEqual(
      { ...found, obstacles: found.obstacles.map(({ code }) => code) },
      {
        hit: vector.hit ?? null,
        shadowed: vector.shadowed ?? null,
        opens,
        obstacles: vector.obstacles,
        opensForTesters: vector.opens_for_testers ?? opens,
        testVersion: vector.test_version ?? null,
        path: vector.path ?? null,
      },
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
