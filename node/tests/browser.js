'use strict'

// What a merchant's browser does with the link of a platform.

const assert = require('node:assert/strict')

/** Gives the form of the sandbox's page the account that authorises. Returns where it redirects to. */
async function authorise(link, fields) {
  const page = await fetch(link)
  const text = await page.text()
  assert.equal(page.status, 200, text)
  const [, action] = /<form method="post" action="(.*?)">/.exec(text)
  const unescaped = (value) => value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
  const hidden = [...text.matchAll(/<input type="hidden" name="(.*?)" value="(.*?)">/g)].map(([, name, value]) => [name, unescaped(value)])
  const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields })
  const answer = await fetch(new URL(action, link), { method: 'POST', body, redirect: 'manual' })
  assert.equal(answer.status, 303, await answer.text())
  return new URL(answer.headers.get('location'))
}

module.exports = { authorise }
