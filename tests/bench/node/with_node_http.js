// Posts the sample with Node's own node:http and node:https.
'use strict'

const { httpAgent, httpsAgent } = require('./agent.js')
const { request } = httpsAgent ? require('node:https') : require('node:http')
const { url, headers, body, check, serve } = require('./driver.js')

const post = () =>
  new Promise((resolve, reject) => {
    const content = body()
    const length = Buffer.byteLength(content)
    const options = {
      method: 'POST',
      agent: httpsAgent ?? httpAgent,
      headers: { ...headers, 'Content-Length': length },
    }
    const sent = request(url(), options, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part) => (text += part))
      answer.on('end', () => resolve(JSON.parse(text)))
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(content)
  })

serve(async () => check(await post()))
