import {
  Client,
  JumpqrError,
  OpenVersion,
  PermitSubRule,
  Platform,
  RuleSet,
  ValidationError,
  check,
  errcode,
  matchUrl,
  names,
  type ErrorKind,
  type ListedRule,
  type Mismatch,
  type OrdinaryLinkRule,
  type Rule,
  type ServiceAccountRule,
  type TokenState,
  type TokenStatus,
} from 'jumpqr'
import { Sandbox } from 'jumpqr/testing'

const ordinary: OrdinaryLinkRule = {
  prefix: 'https://m.example.cn/',
  path: 'pages/a',
  open_version: OpenVersion.TRIAL,
  permit_sub_rule: PermitSubRule.OCCUPIED,
}
const service: ServiceAccountRule = { prefix: 'http://weixin.qq.com/q/a', path: 'pages/a', appid: 'wx1' }

// A rule narrows on what tells the modes apart.
export function narrowed(rule: Rule): string | 1 | 2 | 3 {
  return rule.appid === undefined ? rule.open_version : rule.appid
}

// @ts-expect-error The modes cannot be mixed.
export const mixed: Rule = { ...ordinary, appid: 'wx1' }
// @ts-expect-error An ordinary-link rule needs open_version.
export const short: Rule = { prefix: 'https://m.example.cn/', path: 'pages/a', permit_sub_rule: 1 }
// @ts-expect-error There is no such version.
export const version: OpenVersion = 4
// @ts-expect-error A secret needs an appid.
new Client({ secret: 'x' })
// @ts-expect-error Either a token or a secret.
new Client({ accessToken: 'x', appid: 'wx1', secret: 'x' })
// @ts-expect-error There is no such setting.
new Client({ accessToken: 'x', timeout: 5 })

const client = new Client({ accessToken: async ({ rejected, timeLeftMs }) => `${rejected ?? ''}${timeLeftMs}`, timeoutMs: 5 })
new Client({ appid: 'wx1', secret: 'x', proxy: 'direct', maxConcurrency: 8, tokenInterface: 'token', tokenStore: 'memory:' })

// @ts-expect-error A platform has an appsecret.
new Platform({ componentAppid: 'wxc' })
// @ts-expect-error The tokens of a platform have their own interfaces.
new Platform({ componentAppid: 'wxc', componentAppsecret: 'x', tokenInterface: 'token' })
// @ts-expect-error An account's secret is a client's.
new Platform({ componentAppid: 'wxc', componentAppsecret: 'x', appid: 'wx1', secret: 'x' })
// @ts-expect-error A client is not a platform.
new Client({ appid: 'wx1', secret: 'x', componentAppid: 'wxc' })

export async function merchants(signal: AbortSignal): Promise<TokenState | undefined> {
  const platform = new Platform({
    componentAppid: 'wxc',
    componentAppsecret: 'x',
    componentTokenField: 'component_access_token',
    tokenStore: 'dir:/var/lib/jumpqr',
    timeoutMs: 5000,
  })
  await platform.setVerifyTicket('ticket', { signal })
  await platform.setAuthorizerRefreshToken('wx1', 'token', { signal })
  const own: TokenStatus = await platform.tokenStatus()
  const merchant: Client = platform.merchant('wx1')
  const status: TokenStatus | null = await merchant.tokenStatus({ signal })
  const seconds: number | null = own.verifyTicketAge
  console.log(seconds, own.state === 'valid')
  return status?.state
}

export async function calls(signal: AbortSignal): Promise<void> {
  const done: 'answered' | 'read_back' | 'not_there' | 'already_published' = await client.addJumpQRCode(service, { isEdit: true, signal })
  const list = await client.getJumpQRCode({ appid: 'wx1', get_type: 2, page_num: 1, page_size: 200 })
  const quota: number | null = list.qrcodejump_pub_quota
  // @ts-expect-error A page has a number and a size.
  await client.getJumpQRCode({ appid: 'wx1', get_type: 2 })
  for await (const rule of client.rules()) {
    const listed: ListedRule = rule
    matchUrl([listed], 'https://m.example.cn/')
    await client.addJumpQRCode({ ...rule, path: 'pages/b' }, { isEdit: true })
    await client.addJumpQRCode({ ...rule, path: 'pages/b', appid: 'wx1' }, { isEdit: true })
  }
  const rules = new RuleSet(await client.getJumpQRCode())
  const hit: string | null = rules.matchUrl('https://m.example.cn/').hit
  const reasons: (Mismatch | null)[] = rules.explain('https://m.example.cn/')
  await client.publishJumpQRCode('https://m.example.cn/')
  await client.deleteJumpQRCode({ prefix: 'http://weixin.qq.com/q/a', appid: 'wx1' })
  try {
    await client.downloadQRCodeText({ timeoutMs: 100 })
  } catch (error) {
    if (error instanceof ValidationError) error.violations.map(({ field }) => field)
    else if (error instanceof JumpqrError) {
      const kind: ErrorKind = error.kind
      const number: number | null = error.errcode
      console.log(kind, number)
    }
  }
  console.log(done, quota, hit, reasons, check(ordinary).warnings, errcode(85066)?.advice, names.kinds)
}

const sandbox = new Sandbox({ port: 0, allowHosts: ['wechat.test'] })
sandbox.client({ pacing: false })
sandbox.platform({ tokenStore: 'memory:' })
export const ticket: string = sandbox.verifyTicket()
export const refreshToken: string = sandbox.authorize('wx1', { permissionSets: [18] })
sandbox.client({ accessToken: sandbox.accessToken() })
sandbox.inject({ fault: 'errcode', errcode: -1, times: 'forever' })
