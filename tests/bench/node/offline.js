// Measures the check of the sample, and matching a link against few and many rules. Prints a line
// of JSON: nanoseconds by operation.
'use strict'

const { RuleSet, check } = require('jumpqr')

// The best of several attempts counts: disturbances only make an attempt longer.
const ATTEMPTS = 10

// The number of matched links, spread over all rules.
const LINKS = 1000

const SAMPLE = {
  prefix: 'https://weixin.qq.com/qrcodejump',
  permit_sub_rule: 1,
  path: 'pages/index/index',
  open_version: 1,
  debug_url: ['https://weixin.qq.com/qrcodejump?a=1', 'https://weixin.qq.com/qrcodejump?a=2'],
}

// Returns the nanoseconds of one operation.
function measureBest(each, args) {
  const attempts = []
  for (let i = 0; i < ATTEMPTS; i++) {
    const begun = performance.now()
    for (const argument of args) each(argument)
    attempts.push(performance.now() - begun)
  }
  return (Math.min(...attempts) * 1e6) / args.length
}

const taken = { check: measureBest(check, Array(LINKS).fill(SAMPLE)) }
for (const count of [10, 1000, 100_000]) {
  const prefixes = Array.from({ length: count }, (_, number) => `https://m.example.cn/${number}/`)
  const rules = new RuleSet(prefixes.map((prefix) => ({ prefix })))
  const pickLink = (_, number) => `${prefixes[(number * 7919) % count]}a?b=1`
  const links = Array.from({ length: LINKS }, pickLink)
  taken[`match among ${count} rules`] = measureBest((link) => rules.matchUrl(link), links)
}
console.log(JSON.stringify(taken))
