'use strict'
// A third-party platform on Express: WeChat pushes to /push and /push/$APPID$, and a merchant
// begins on /link.
const express = require('express')
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
const app = express()

app.post('/push{/:appid}', express.raw({ type: () => true }), async (request, response) => {
  const query = request.originalUrl.split('?')[1] ?? ''
  const handled = await platform.handle(query, request.body ?? '')
  response.send(handled.reply) // WeChat waits 5 seconds for it.
  handled.finish().catch(({ message }) => console.error(message))
})

app.get('/link', async (request, response) => {
  const redirect_uri = `${env.ORIGIN}/done`
  response.send(`<a href="${await platform.authorizationUrl({ redirect_uri })}">Authorise</a>`)
})

app.get('/done', async (request, response) => {
  const { authorizer_appid } = await platform.exchange(request.query.auth_code ?? '')
  response.send(`Welcome, ${authorizer_appid}`)
})

app.use(({ message, code, errcode }, { path }, response, next) => {
  console.error(`${path}: ${message}`) // The log says why, not the response.
  const isUsed = path === '/done' && [61009, 61010, 'invalid_request'].includes(errcode ?? code)
  if (isUsed) response.send('Used or expired: see the list of merchants, or use a new link.')
  else response.status(/push/.test(code) ? 403 : 500).end()
})
const server = app.listen(env.PORT, '127.0.0.1', () => console.log(server.address().port))
