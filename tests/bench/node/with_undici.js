// Posts the sample with undici's Pool.
'use strict'

const { Pool } = require('undici')
const { baseUrl, ca, url, headers, body, check, serve } = require('./driver.js')

// As many connections as calls are in flight, at most.
const pool = new Pool(baseUrl, { connections: 64, connect: { ca } })

serve(async () => {
  const answer = await pool.request({ path: url().slice(baseUrl.length), method: 'POST', headers, body: body() })
  check(await answer.body.json())
})
