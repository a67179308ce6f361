'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Client } = require('jumpqr')
const { deadUrl, serve } = require('../server.js')
const { bytes, choice, count, keys, load, runAll } = require('./file.js')
const { checkEnding, invoke, isTokenCall, settled, tokenSettings } = require('./call.js')

const bodyLimit = 4 << 20

/** A flow as a script for a server on loopback and for a token source. */
class Script {
  constructor(flow) {
    keys(flow, ['name', 'call', 'policy', 'steps', 'result'])
    keys(flow.policy, ['timeout_ms', 'delays_ms'], ['hosts', 'validate'])
    this.flow = flow
    this.tokenCall = isTokenCall(flow.call)
    this.problems = []
    this.tokens = []
    this.sends = []
    this.nextToken = undefined
    let wait = 0
    let retry = 0
    for (const entry of flow.steps) {
      const [kind, step] = choice(entry, ['get_token', 'send', 'wait'])
      if (kind === 'get_token') {
        keys(step, [], ['rejected', 'token', 'error', 'takes_ms'])
        this.tokens.push(step)
      } else if (kind === 'send') {
        keys(step, ['path'], ['host', 'access_token', 'body', 'timeout_ms', 'reply', 'failure', 'takes_ms'])
        // A host that is not reached sees nothing.
        if (step.failure?.cause !== 'connect') this.sends.push({ ...step, least: wait })
        wait = 0
      } else {
        keys(step, ['ms'])
        wait = Math.max(0, step.ms - flow.policy.delays_ms[retry])
        retry += 1
      }
    }
    this.lastAnswer = undefined
  }

  /** What the client asks for its tokens. */
  source() {
    if (this.tokenCall) return tokenSettings(this.flow.call)
    const noneNewer = this.tokens.some((step) => step.token === undefined && step.error === undefined)
    if (noneNewer) return { accessToken: this.tokens[0].token }
    return {
      accessToken: ({ rejected }) => {
        const step = this.tokens.shift()
        this.expect('the token asked for', rejected, step === undefined ? 'nothing more' : (step.rejected ?? undefined))
        if (step?.error !== undefined) {
          assert.equal(step.error, 'token_source_failed')
          throw new Error('staged')
        }
        return step.token
      },
    }
  }

  expect(what, found, expected) {
    if (found !== expected) this.problems.push(`${what}: expected ${expected}, found ${found}`)
  }

  handle(host, request, response) {
    if (this.tokenCall && this.sends.length === 0 && this.nextToken === undefined && request.token !== undefined) {
      // The token is what the client sends next.
      this.nextToken = request.token
      response.end('{"errcode":0,"file_name":"a.txt","file_content":"1"}')
      return
    }
    const send = this.sends.shift()
    if (send === undefined) {
      this.problems.push(`a request too many: ${request.method} ${request.path}`)
      response.end()
      return
    }
    this.expect('method', request.method, this.flow.call.interface === 'token' ? 'GET' : 'POST')
    this.expect('path', request.path, send.path)
    this.expect('host', host, send.host ?? 0)
    this.expect('access token', request.token, send.access_token ?? undefined)
    if (send.body !== undefined) this.expect('body', request.body.toString(), send.body)
    if (send.least > 0) {
      const waited = performance.now() - this.lastAnswer
      if (waited < send.least) this.problems.push(`waited ${waited} ms, not ${send.least}`)
    }
    this.answer(send, response)
    this.lastAnswer = performance.now()
  }

  answer({ reply, failure }, response) {
    if (reply !== undefined) {
      keys(reply, ['body'], ['status'])
      response.statusCode = reply.status ?? 200
      response.end(bytes(reply.body))
      return
    }
    keys(failure, ['cause', 'sent'])
    if (failure.cause === 'connection_lost') response.socket.destroy()
    else if (failure.cause === 'body_too_large') response.end(Buffer.alloc(bodyLimit + 1, ' '))
    // On a timeout the client gives up.
    else assert.equal(failure.cause, 'timeout')
  }

  async hosts() {
    const sends = this.flow.steps.flatMap((entry) => entry.send ?? [])
    const servers = []
    for (let host = 0; host < (this.flow.policy.hosts ?? 1); host += 1) {
      const own = sends.filter((send) => (send.host ?? 0) === host)
      const dead = own.length > 0 && own.every((send) => send.failure?.cause === 'connect')
      servers.push(
        dead
          ? { baseUrl: await deadUrl(), close() {} }
          : await serve((request, response) => this.handle(host, request, response)),
      )
    }
    return servers
  }

  async run() {
    const { call, policy, result } = this.flow
    const servers = await this.hosts()
    const [baseUrl, ...alternateBaseUrls] = servers.map((server) => server.baseUrl)
    const client = new Client({
      ...this.source(),
      baseUrl,
      alternateBaseUrls,
      bodyLimit,
      timeoutMs: policy.timeout_ms,
      maxRetries: policy.delays_ms.length,
    })
    const asked = this.tokenCall ? client.downloadQRCodeText() : invoke(client, call, { validate: policy.validate ?? true })
    const ending = await settled(asked)
    for (const server of servers) await server.close()
    if (this.tokenCall && 'answer' in result) {
      assert.equal(this.nextToken, result.answer.access_token)
    } else {
      const tokens = this.flow.steps.flatMap((entry) => entry.get_token?.token ?? [])
      const secrets = this.tokenCall ? [call.arguments.secret] : tokens
      checkEnding(result, ending, secrets)
    }
    assert.deepEqual(this.problems, [])
    assert.equal(this.sends.length, 0, 'requests too few')
  }
}

test('every flow goes through its steps', async () => {
  const { flows } = load('flows.json', ['flows'])
  count('flows.json', await runAll('flows.json', flows, (flow) => new Script(flow).run(), 16))
})
