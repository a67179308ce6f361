'use strict'

// The snippets of the installed README, as they stand.

const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { test } = require('node:test')
const { Sandbox } = require('jumpqr/testing')

const readme = fs.readFileSync(path.join(path.dirname(require.resolve('jumpqr')), 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language, text]) => ({ language, text }))

/** What a snippet prints, as a program of its own, in a folder that is removed with all that it leaves behind. */
function printed(text) {
  const file = path.join(__dirname, 'snippet.mjs')
  fs.writeFileSync(file, text)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jumpqr-'))
  try {
    return execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', timeout: 20_000 })
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

const examples = path.join(__dirname, '..', 'examples')
/** An example in the README is a server, which runs until it is stopped: `examples.test.js` runs it. */
const isExample = (text) => fs.readdirSync(examples).some((file) => fs.readFileSync(path.join(examples, file), 'utf8') === text)

const snippets = blocks.flatMap(({ language, text }, index) => {
  const next = blocks[index + 1]
  return language === 'js' && !isExample(text) ? [{ text, prints: next?.language === 'text' ? next.text : '' }] : []
})

for (const [index, { text, prints }] of snippets.entries()) {
  test(`snippet ${index + 1} prints what the README says`, () => assert.equal(printed(text), prints))
}

test('the quick start is there, and shows what a quick start must', () => {
  const [{ text }] = snippets
  for (const part of ['addJumpQRCode', 'rules()', 'publish', 'delete', 'ValidationError', 'StateError']) {
    assert.ok(text.includes(part), part)
  }
})

test('stores and platforms are shown', () => {
  for (const part of ['`dir:', 'setVerifyTicket', 'merchants()', 'readiness', 'tokenStatus']) {
    assert.ok(snippets.some(({ text }) => text.includes(part)), part)
  }
  const shown = blocks.filter(({ text }) => isExample(text))
  assert.equal(shown.length, 1)
  for (const part of ['handle(', 'finish()', 'authorizationUrl(', 'exchange(']) assert.ok(shown[0].text.includes(part), part)
})

test("the sandbox's values are those in the README", () => {
  const sandbox = new Sandbox()
  sandbox.stop()
  for (const value of Object.values(sandbox.component)) assert.ok(readme.includes(`=${value}\n`), value)
})
