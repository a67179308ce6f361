// Posts the sample with co-wechat-api, a WeChat client. It has no method for jump rules: `API.mixin` adds one, which sends with
// `API.request`, its way to any interface.
'use strict'

const API = require('co-wechat-api')
const { postJSON } = require('co-wechat-api/lib/util')
const { httpAgent, httpsAgent } = require('./agent.js')
const { baseUrl, token, rule, check, serve } = require('./driver.js')

API.mixin({
  async addJumpQRCode(data) {
    const { accessToken } = await this.ensureAccessToken()
    return this.request(`${this.prefix}wxopen/qrcodejumpadd?access_token=${accessToken}`, postJSON(data))
  },
})

const forever = async () => ({ accessToken: token, expireTime: Number.MAX_SAFE_INTEGER })
const api = new API('wx1234567890abcdef', '', forever)
api.prefix = `${baseUrl}/cgi-bin/`
api.setOpts({ agent: httpsAgent ?? httpAgent })

serve(async () => check(await api.addJumpQRCode(rule())))
