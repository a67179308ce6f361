// Posts the sample with undici's Pool.
'use strict'

const { Pool } = require('undici')
const { baseUrl, ca, url, headers, body, check, serve } = require('./driver.js')

// The maximum number of calls in flight.
const pool = new Pool(baseUrl, { connections: 64, connect: { ca } })

serve(async () => {
  const path = url().slice(baseUrl.length)
  const answer = await pool.request({ path, method: 'POST', headers, body: body() })
  check(await answer.body.json())
})
