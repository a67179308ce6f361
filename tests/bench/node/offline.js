// Prints what checking the sample takes, and finding the rule that covers a link among few and many: a line of JSON with
// nanoseconds, by what they are for.
'use strict'

const { RuleSet, check } = require('jumpqr')

// Of so many attempts, the best counts: what disturbs one makes it longer.
const ATTEMPTS = 10

// So many links are looked up, spread over all rules.
const LINKS = 1000

const SAMPLE = {
  prefix: 'https://weixin.qq.com/qrcodejump',
  permit_sub_rule: 1,
  path: 'pages/index/index',
  open_version: 1,
  debug_url: ['https://weixin.qq.com/qrcodejump?a=1', 'https://weixin.qq.com/qrcodejump?a=2'],
}

// The nanoseconds that one takes.
function best(each, args) {
  const attempts = []
  for (let i = 0; i < ATTEMPTS; i++) {
    const begun = performance.now()
    for (const argument of args) each(argument)
    attempts.push(performance.now() - begun)
  }
  return (Math.min(...attempts) * 1e6) / args.length
}

const taken = { check: best(check, Array(LINKS).fill(SAMPLE)) }
for (const count of [10, 1000, 100_000]) {
  const prefixes = Array.from({ length: count }, (_, number) => `https://m.example.cn/${number}/`)
  const rules = new RuleSet(prefixes.map((prefix) => ({ prefix })))
  const links = Array.from({ length: LINKS }, (_, number) => `${prefixes[(number * 7919) % count]}a?b=1`)
  taken[`match among ${count} rules`] = best((link) => rules.match(link), links)
}
console.log(JSON.stringify(taken))
