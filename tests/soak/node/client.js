'use strict'

// The soak client in Node: 64 promises at a time. Run it with --expose-gc, because a client is
// closed when it is collected.

const { once } = require('node:events')
const { JumpqrError, Client } = require('jumpqr')

const APPID = 'wx1234567890abcdef'
const calls = Number(process.env.SOAK_CALLS)
const inFlight = Number(process.env.SOAK_IN_FLIGHT)

const lines = []

/** Writes all collected lines. If the reader is slower, waits for it. */
async function flush() {
  const text = lines.splice(0).join('')
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

async function say(line) {
  lines.push(`${line}\n`)
  if (lines.length >= 256) await flush()
}

/** Reports the end of a part, and waits for the start of the next one. */
async function reportAndWait(line) {
  lines.push(`${line}\n`)
  await flush()
  process.stdin.resume()
  await Promise.race([once(process.stdin, 'data'), once(process.stdin, 'end')])
  process.stdin.pause()
}

async function request(client, number) {
  if (number % 2 === 0) {
    const { rule_list: rules } = await client.getJumpQRCode({
      appid: APPID,
      prefix_list: [`http://weixin.qq.com/q/g${number}`],
    })
    return `listed ${rules.length} ${rules[0].prefix} ${rules.at(-1).path}`
  }
  return client.addJumpQRCode({
    prefix: `http://weixin.qq.com/q/a${number}`,
    appid: APPID,
    path: 'pages/index/index',
  })
}

async function makeCall(client, number) {
  try {
    return await request(client, number)
  } catch (error) {
    if (!(error instanceof JumpqrError)) throw error
    const { kind, code, errcode, rid, outcome } = error
    return `error ${kind} ${code} ${errcode ?? '-'} ${rid ?? '-'} ${outcome}`
  }
}

async function makeCalls(clients) {
  let next = 0
  const work = async () => {
    while (next < calls) {
      const number = next++
      await say(`${number} ${await makeCall(clients[(number >> 1) & 1], number)}`)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
}

async function main() {
  let clients = [0, 3].map(
    (maxRetries) =>
      new Client({
        appid: 'wxsoak000000000000',
        secret: 'secret',
        baseUrl: process.env.JUMPQR_BASE_URL,
        pacing: false,
        maxRetries,
      }),
  )
  await reportAndWait(`start ${clients.length}`)
  await makeCalls(clients)
  clients = undefined
  // Several rounds: the event loop may still hold references.
  for (let round = 0; round < 3; round++) {
    global.gc()
    await new Promise(setImmediate)
  }
  await reportAndWait('end')
}

main()
