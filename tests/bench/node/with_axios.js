// Posts the sample with axios.
'use strict'

const axios = require('axios')
const agents = require('./agent.js')
const { url, headers, rule, check, serve } = require('./driver.js')

const client = axios.create({ ...agents, headers })

serve(async () => check((await client.post(url(), rule())).data))
