// Calls WeChat for many merchants of one platform, so that the memory of the process can be read.
//
// The first line of standard input is JSON: the platform with its ticket, and the refresh tokens by
// merchant. The driver makes the platform, and prints `ready`. At the next line, it makes two calls
// for each merchant, 64 at once, prints `done`, and waits for the end of the input.
'use strict'

const { createInterface } = require('node:readline')
const { Platform } = require('jumpqr')

const IN_FLIGHT = 64

async function main() {
  const lines = createInterface(process.stdin)[Symbol.asyncIterator]()
  const authorised = JSON.parse((await lines.next()).value)
  const platform = new Platform({
    componentAppid: authorised.component_appid,
    componentAppsecret: authorised.component_appsecret,
    baseUrl: authorised.base_url,
    tokenStore: 'memory:',
    pacing: false,
  })
  await platform.setVerifyTicket(authorised.ticket)
  console.log('ready')
  await lines.next()

  const merchants = Object.entries(authorised.refresh_tokens).values()
  const callForMerchants = async () => {
    for (const [appid, refreshToken] of merchants) {
      await platform.setAuthorizerRefreshToken(appid, refreshToken)
      const client = platform.merchant(appid)
      for (let i = 0; i < 2; i++) await client.getJumpQRCode()
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, callForMerchants))
  console.log('done')
  await lines.next()
}

main()
