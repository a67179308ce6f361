// What the Node drivers of the bench have in common: they make calls when they are told to, and say what those took.
//
// A driver is started with a base URL, an access token and, for TLS, a file with the certificate to trust. Each line of its
// standard input is an order, `WARM IN_FLIGHT CALLS`: so many calls that do not count, then so many that do, so many at a
// time. It answers with a line of JSON: the seconds that all of them took (wall_s), those of processor time of this process,
// user and system (cpu_s), and the microseconds that each took (latencies_us).
'use strict'

const fs = require('node:fs')

const [baseUrl, token, caFile] = process.argv.slice(2)
const ca = caFile && fs.readFileSync(caFile, 'utf8')

// Where the sample is posted to.
const url = () => `${baseUrl}/cgi-bin/wxopen/qrcodejumpadd?access_token=${token}`

const headers = { 'Content-Type': 'application/json; charset=utf-8' }

// The sample.
const rule = () => ({
  prefix: 'https://weixin.qq.com/qrcodejump',
  permit_sub_rule: 1,
  path: 'pages/index/index',
  open_version: 1,
  debug_url: ['https://weixin.qq.com/qrcodejump?a=1', 'https://weixin.qq.com/qrcodejump?a=2'],
  is_edit: 0,
})

// The sample, as a peer sends it.
const body = () => JSON.stringify(rule())

// Throws unless this is what the server answers: a measurement of something else is none.
function check(answer) {
  if (answer.errcode !== 0) throw new Error(JSON.stringify(answer))
}

// The orders, until there are no more. Nothing else is to happen while the driver waits for one, so it blocks; an order is
// given when the one before is done, so that it comes alone.
function* orders() {
  const buffer = Buffer.alloc(100)
  for (;;) {
    const length = fs.readSync(0, buffer)
    if (length === 0) return
    yield buffer.toString('latin1', 0, length).split(' ').map(Number)
  }
}

// Makes so many calls, and returns what each took, in microseconds.
async function makeCalls(call, inFlight, calls) {
  const latencies = []
  let begun = 0
  const repeat = async () => {
    while (begun < calls) {
      begun++
      const began = performance.now()
      await call()
      latencies.push((performance.now() - began) * 1000)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, repeat))
  return latencies
}

// Obeys the orders; `call` makes one call.
async function serve(call) {
  for (const [warm, inFlight, calls] of orders()) {
    await makeCalls(call, inFlight, warm)
    const [began, cpu] = [performance.now(), process.cpuUsage()]
    const latencies = await makeCalls(call, inFlight, calls)
    const wall = performance.now() - began
    const { user, system } = process.cpuUsage(cpu)
    const taken = { wall_s: wall / 1e3, cpu_s: (user + system) / 1e6, latencies_us: latencies }
    fs.writeSync(1, `${JSON.stringify(taken)}\n`)
  }
}

module.exports = { baseUrl, token, ca, url, headers, rule, body, check, serve }
