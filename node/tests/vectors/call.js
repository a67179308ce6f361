'use strict'

const assert = require('node:assert/strict')
const { inspect } = require('node:util')
const { keys } = require('./file.js')

const tokenCalls = ['stable_token', 'token']
const isTokenCall = (call) => tokenCalls.includes(call.interface)

/** Whether the call sends the appid and the secret of its client, and no token. */
const sendsSecret = (call) => call.interface === 'clearQuotaByAppSecret'

/** Makes a call of the vectors through the package's own methods. The answer has the form of the vectors. */
async function invoke(client, call, options) {
  keys(call, ['interface', 'arguments'])
  const answer = await answerOf(client, call, options)
  if (typeof answer === 'string') return { confirmation: answer }
  if (answer.rule_list !== undefined) return { ...answer, rule_list: answer.rule_list.map(withNulls) }
  return Array.isArray(answer) ? { items: answer } : answer
}

/** A listed rule with null for what is absent, as vectors have it. */
const withNulls = (rule) => ({
  path: null,
  state: null,
  open_version: null,
  debug_url: null,
  permit_sub_rule: null,
  ...rule,
})

async function answerOf(client, call, options) {
  const args = call.arguments
  switch (call.interface) {
    case 'addJumpQRCode':
      return client.addJumpQRCode(args, options)
    case 'getJumpQRCode':
      return client.getJumpQRCode(args, options)
    case 'publishJumpQRCode':
      return client.publishJumpQRCode(args, options)
    case 'deleteJumpQRCode':
      return client.deleteJumpQRCode(args.appid === undefined ? args.prefix : args, options)
    case 'linkMiniprogram':
      keys(args, ['appid', 'notify_users', 'show_profile'])
      return client.linkMiniprogram(args, options)
    case 'downloadQRCodeText':
      keys(args, [])
      return client.downloadQRCodeText(options)
    case 'wxamplinkget':
      keys(args, [])
      return client.wxamplinkget(options)
    case 'unlinkMiniprogram':
      keys(args, ['appid'])
      return client.unlinkMiniprogram(args, options)
    case 'getCallbackIp':
      keys(args, [])
      return client.getCallbackIp(options)
    case 'getApiDomainIp':
      keys(args, [])
      return client.getApiDomainIp(options)
    case 'getApiQuota':
      keys(args, ['cgi_path'])
      return client.getApiQuota(args, options)
    case 'getRidInfo':
      keys(args, ['rid'])
      return client.getRidInfo(args, options)
    case 'clearQuota':
      keys(args, ['appid'])
      return client.clearQuota(args, options)
    case 'clearQuotaByAppSecret':
      return client.clearQuotaByAppSecret(options)
    default:
      throw new Error(`there is no interface ${call.interface}`)
  }
}

/** The settings with which a client sends its secret as the vector does: for its token, or in a call of its own. */
function tokenSettings(call) {
  if (sendsSecret(call)) {
    keys(call.arguments, ['appid', 'secret'])
    return call.arguments
  }
  keys(call.arguments, call.interface === 'token' ? ['appid', 'secret'] : ['appid', 'secret', 'force_refresh'])
  const { appid, secret } = call.arguments
  return { appid, secret, tokenInterface: call.interface }
}

const errorParts = ['kind', 'code', 'errcode', 'errmsg', 'rid', 'retryable', 'outcome']

/** Whether a call ended as it should. `ending` is `{ answer }` or `{ error }`. */
function checkEnding(result, ending, secrets) {
  if ('answer' in result) {
    keys(result, ['answer'])
    if ('error' in ending) assert.fail(`expected an answer, found ${inspect(ending.error)}`)
    assert.deepEqual(ending.answer, result.answer)
    return
  }
  keys(result, ['error'])
  keys(result.error, ['kind', 'code', 'retryable', 'outcome'], [...errorParts, 'says'])
  const { says = [], ...expected } = result.error
  assert.ok('error' in ending, `expected an error, found ${inspect(ending.answer)}`)
  const found = Object.fromEntries(errorParts.map((part) => [part, ending.error[part]]))
  const absent = { errcode: null, errmsg: null, rid: null }
  assert.deepEqual(found, { ...absent, ...expected }, ending.error.stack)
  const said = `${ending.error.message}\n${ending.error.advice}`
  for (const text of says) assert.ok(said.includes(text), `${text} is not said in ${said}`)
  const parts = { ...ending.error, message: ending.error.message, cause: ending.error.cause }
  // The folder of the tests, which stands in a stack, may have any name.
  const printed = inspect(parts, { depth: null }).replaceAll(process.cwd(), '')
  // One letter stands in every text.
  for (const secret of secrets.filter(({ length }) => length !== 1)) {
    assert.ok(!printed.includes(secret), `${secret} stands in ${printed}`)
  }
}

const settled = (promise) => promise.then((answer) => ({ answer }), (error) => ({ error }))

module.exports = { checkEnding, invoke, isTokenCall, sendsSecret, settled, tokenSettings }
