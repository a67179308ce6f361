'use strict'

// A server on loopback that does what a test says.

const http = require('node:http')
const net = require('node:net')
const { once } = require('node:events')

/** Gives each request, with its whole body, to `handle(request, response)`; `request.token` is the access token in the query. */
async function serve(handle) {
  const server = http.createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const [path, query = ''] = request.url.split('?')
    const fields = query.split('&').filter(Boolean)
    const token = fields.find((field) => field.startsWith('access_token='))
    Object.assign(request, {
      path,
      query: fields.filter((field) => field !== token).join('&'),
      token: token && decodeURIComponent(token.slice('access_token='.length)),
      body: Buffer.concat(chunks),
    })
    handle(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The URL of a port on which nobody listens. */
async function deadUrl() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

const json = (response, value) => response.end(JSON.stringify(value))

module.exports = { deadUrl, json, serve }
