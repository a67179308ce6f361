// Posts the sample with the WeChat client co-wechat-api. It has no method for jump rules, so
// `API.mixin` adds one, which sends with the general method `API.request`.
'use strict'

const API = require('co-wechat-api')
const { postJSON } = require('co-wechat-api/lib/util')
const { httpAgent, httpsAgent } = require('./agent.js')
const { baseUrl, token, rule, check, serve } = require('./driver.js')

API.mixin({
  async addJumpQRCode(data) {
    const { accessToken } = await this.ensureAccessToken()
    const url = `${this.prefix}wxopen/qrcodejumpadd?access_token=${accessToken}`
    return this.request(url, postJSON(data))
  },
})

const getToken = async () => ({ accessToken: token, expireTime: Number.MAX_SAFE_INTEGER })
const api = new API('wx1234567890abcdef', '', getToken)
api.prefix = `${baseUrl}/cgi-bin/`
api.setOpts({ agent: httpsAgent ?? httpAgent })

serve(async () => check(await api.addJumpQRCode(rule())))
