import {
  AuthType,
  Client,
  JumpqrError,
  OpenVersion,
  PermitSubRule,
  Platform,
  Receiver,
  RuleSet,
  ValidationError,
  check,
  errcode,
  matchUrl,
  names,
  type AuthorizedMerchant,
  type ErrorKind,
  type Handled,
  type ListedRule,
  type Mismatch,
  type OrdinaryLinkRule,
  type Push,
  type PushEvent,
  type Readiness,
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

export async function authorise(platform: Platform, query: string, body: Buffer, signal: AbortSignal): Promise<string> {
  const handled: Handled = await platform.handle(query, body, { signal })
  const event: PushEvent = handled.event
  const reply: string = handled.hasChanged ? handled.reply : handled.encryptReply('')
  const pushed: AuthorizedMerchant | null = await handled.finish({ signal })
  // @ts-expect-error A body that a framework has parsed is not the raw one.
  await platform.handle(query, { xml: '' })

  const redirect_uri = 'https://saas.example.cn/done'
  await platform.authorizationUrl({ redirect_uri, auth_type: AuthType.MINI_PROGRAM, device: 'mobile', category_id_list: [18] })
  // @ts-expect-error There is no such type of account.
  await platform.authorizationUrl({ redirect_uri, auth_type: 7 })
  // @ts-expect-error A link leads back to a page.
  await platform.authorizationUrl({ auth_type: 'mini_program' })
  const { authorizer_appid, func_info } = await platform.exchange('code')
  const sets: number[] | undefined = func_info?.map(({ id }) => id)
  for await (const merchant of platform.merchants({ signal })) {
    const since: number | null = merchant.auth_time
    if (!merchant.has_refresh_token) await platform.forget(merchant.authorizer_appid)
    console.log(since)
  }
  const { verdict, findings }: Readiness = await platform.readiness(authorizer_appid, 'ordinary_link')
  if (verdict === 'not_ready') findings.filter(({ severity }) => severity === 'blocks').map(({ errcode }) => errcode)
  const info = await platform.authorizerInfo(authorizer_appid)
  const token: string = await platform.componentAccessToken()
  const pushes: 'restarted' | 'were_running' = await platform.startPushTicket()
  const { ip_list } = await platform.callRaw<{ ip_list: string[] }>('/cgi-bin/getcallbackip', { repeatable: true, signal })
  const raw = await platform.merchant('wx1').callRaw('/a', { query: new URLSearchParams({ a: '1' }), body: {}, timeoutMs: 100 })
  // @ts-expect-error A value of a query is a text or a number.
  await platform.callRaw('/a', { query: { a: true } })
  // @ts-expect-error A platform's calls have the timeout of its settings.
  await platform.callRaw('/a', { timeoutMs: 100 })
  console.log(ip_list.length, raw.a)
  console.log(event.info_type, reply, pushed?.has_refresh_token, sets, info.authorizer_info.nick_name, token, pushes)

  const receiver = new Receiver({ componentAppid: 'wxc', messageToken: 't', encodingAesKey: 'k' })
  const push: Push = receiver.receive(query, new Uint8Array())
  // @ts-expect-error Only a platform has something to finish.
  push.finish()
  return receiver.verifyUrl(query)
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
export const pushing = new Sandbox({ pushUrl: 'http://127.0.0.1:3000/push' })
pushing.orderPush('doubled', { authorizerAppid: 'wx1' })
// @ts-expect-error There is no such order.
pushing.orderPush('tripled')
export const status: number | null | undefined = pushing.pushes()[pushing.pendingPushes()]?.status
sandbox.platform({ component: { componentAppid: 'wxc', componentAppsecret: 'x' }, messageToken: 't', encodingAesKey: 'k' })
sandbox.fetchFile({ appid: 'wx1', connectTo: ['127.0.0.1:8080'], timeoutMs: 3000, extraTlsRoots: 'PEM' })
sandbox.fetchFile()
// @ts-expect-error It is a list.
sandbox.fetchFile({ connectTo: '127.0.0.1:8080' })
sandbox.inject({ fault: 'errcode', errcode: -1, times: 'forever' })
