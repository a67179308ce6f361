'use strict'

// The hostile server: the program `hostile` of the crate `jumpqr-tests`. JUMPQR_HOSTILE is its path.

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const net = require('node:net')
const readline = require('node:readline')

/** The lines of a stream, one by one; empty where there is none any more. */
function lines(stream) {
  const iterator = readline.createInterface({ input: stream })[Symbol.asyncIterator]()
  return async () => (await iterator.next()).value ?? ''
}

/** Runs the program. Its `serve(fault)` starts a server that meets every request with this fault. */
async function startHostile() {
  const program = spawn(process.env.JUMPQR_HOSTILE, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [host, port] = (await lines(program.stdout)()).split(':')

  async function serve(fault) {
    const control = net.connect({ host, port: Number(port) })
    await once(control, 'connect')
    const next = lines(control)
    const ask = async (line) => {
      control.write(`${line}\n`)
      const answer = await next()
      assert.match(answer, /^\{/)
      return JSON.parse(answer)
    }
    return {
      started: await ask(fault),
      /** What it has seen; connections that are kept meet their fault. */
      seen: () => ask('seen'),
      close: () => control.destroy(),
    }
  }

  return {
    serve,
    async close() {
      // It ends when its standard input does.
      program.stdin.end()
      await once(program, 'exit')
    },
  }
}

module.exports = { startHostile }
