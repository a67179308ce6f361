'use strict'
// A third-party platform on Koa: WeChat pushes to /push, and a merchant begins on /link.
const { buffer } = require('node:stream/consumers')
const Koa = require('koa')
const { Platform } = require('jumpqr')
const { env } = process
const platform = new Platform({
  componentAppid: env.JUMPQR_COMPONENT_APPID,
  componentAppsecret: env.JUMPQR_COMPONENT_APPSECRET,
  messageToken: env.JUMPQR_MESSAGE_TOKEN,
  encodingAesKey: env.JUMPQR_ENCODING_AES_KEY,
  tokenStore: env.JUMPQR_TOKEN_STORE, // for example redis://127.0.0.1/ or dir:/var/lib/jumpqr
  baseUrl: env.JUMPQR_BASE_URL, // WeChat's, unless you test with the sandbox
})
const pages = {
  async '/push'(ctx) {
    ctx.assert(ctx.request.length <= 2 ** 18, 413)
    const handled = await platform.handle(ctx.querystring, await buffer(ctx.req))
    ctx.body = handled.reply // WeChat waits 5 seconds for it.
    handled.finish().catch(({ message }) => console.error(message))
  },
  async '/link'(ctx) {
    const redirect_uri = `${env.ORIGIN}/done`
    ctx.body = `<a href="${await platform.authorizationUrl({ redirect_uri })}">Authorise</a>`
  },
  async '/done'(ctx) {
    ctx.body = `Welcome, ${(await platform.exchange(ctx.query.auth_code ?? '')).authorizer_appid}`
  },
}
const server = new Koa().use(async (ctx) => {
  const path = ctx.path.replace(/^\/push\/.*/, '/push') // also /push/$APPID$
  try {
    if (Object.hasOwn(pages, path)) await pages[path](ctx)
  } catch ({ message, code, errcode, status = 500 }) {
    console.error(`${path}: ${message}`) // The log says why, not the response.
    const isUsed = path === '/done' && [61009, 61010, 'invalid_request'].includes(errcode ?? code)
    if (isUsed) ctx.body = 'Used or expired: see the list of merchants, or use a new link.'
    else Object.assign(ctx, { status: /push/.test(code) ? 403 : status, body: '' })
  }
}).listen(env.PORT, '127.0.0.1', () => console.log(server.address().port))
