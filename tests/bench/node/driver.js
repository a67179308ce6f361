// The common code of the Node drivers of the bench, which make calls on order and measure them.
//
// The arguments are a base URL, an access token and, for TLS, a file with the authority to trust.
// Each line of standard input is an order, `WARM IN_FLIGHT CALLS`. The driver makes WARM calls that
// do not count, then CALLS calls that count, IN_FLIGHT at a time. It answers with a line of JSON:
//
// - wall_s: the seconds of all calls that count
// - user_s, system_s: the CPU seconds of this process in this time, outside and inside the kernel
// - latencies_us: the microseconds of each call
'use strict'

const fs = require('node:fs')

const [baseUrl, token, caFile] = process.argv.slice(2)
const ca = caFile && fs.readFileSync(caFile, 'utf8')

// Returns the URL to which the sample is posted.
const url = () => `${baseUrl}/cgi-bin/wxopen/qrcodejumpadd?access_token=${token}`

const headers = { 'Content-Type': 'application/json; charset=utf-8' }

// Returns the sample as an object.
const rule = () => ({
  prefix: 'https://weixin.qq.com/qrcodejump',
  permit_sub_rule: 1,
  path: 'pages/index/index',
  open_version: 1,
  debug_url: ['https://weixin.qq.com/qrcodejump?a=1', 'https://weixin.qq.com/qrcodejump?a=2'],
  is_edit: 0,
})

// Returns the sample as JSON.
const body = () => JSON.stringify(rule())

// Throws an error if the answer is not the server's: its time would be meaningless.
function check(answer) {
  if (answer.errcode !== 0) throw new Error(JSON.stringify(answer))
}

// Yields the orders until the input ends. Reading blocks, because nothing else may happen while the
// driver waits. Each order is sent after the previous one is done, so one read gets one order.
function* readOrders() {
  const buffer = Buffer.alloc(100)
  for (;;) {
    const length = fs.readSync(0, buffer)
    if (length === 0) return
    yield buffer.toString('latin1', 0, length).split(' ').map(Number)
  }
}

// Makes `calls` calls, and returns the time of each in microseconds.
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

// Executes the orders. `call` makes one call.
async function serve(call) {
  for (const [warm, inFlight, calls] of readOrders()) {
    await makeCalls(call, inFlight, warm)
    const [began, cpu] = [performance.now(), process.cpuUsage()]
    const latencies = await makeCalls(call, inFlight, calls)
    const wall = performance.now() - began
    const { user, system } = process.cpuUsage(cpu)
    const taken = {
      wall_s: wall / 1e3,
      user_s: user / 1e6,
      system_s: system / 1e6,
      latencies_us: latencies,
    }
    fs.writeSync(1, `${JSON.stringify(taken)}\n`)
  }
}

module.exports = { baseUrl, token, ca, url, headers, rule, body, check, serve }
