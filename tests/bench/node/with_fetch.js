// Posts the sample with Node's own fetch, which reads the authority only from NODE_EXTRA_CA_CERTS.
'use strict'

const { url, headers, body, check, serve } = require('./driver.js')

serve(async () => {
  const answer = await fetch(url(), { method: 'POST', headers, body: body() })
  check(await answer.json())
})
