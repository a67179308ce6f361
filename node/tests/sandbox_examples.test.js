'use strict'

// The examples that need nothing but the sandbox.

const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const path = require('node:path')
const { test } = require('node:test')

const PRINTED = {
  'add-and-publish.mjs': 'https://m.example.cn/table/ opens pages/index/index\n',
  'handle-errors.mjs': 'first add the rule: no_such_rule\n',
}

for (const [example, printed] of Object.entries(PRINTED)) {
  test(`${example} prints what it promises`, () => {
    const file = path.join(__dirname, '..', 'examples', example)
    assert.equal(execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 20_000 }), printed)
  })
}
