'use strict'

const { Sandbox } = require('jumpqr/testing')

/** Adds a rule in the sandbox, and returns the prefix as WeChat lists it. */
async function addRule() {
  const sandbox = new Sandbox()
  try {
    const client = sandbox.client()
    await client.addJumpQRCode({
      prefix: 'https://m.example.cn/table/',
      path: 'pages/index/index',
      open_version: 1,
      permit_sub_rule: 1,
    })
    return (await client.getJumpQRCode()).rule_list[0].prefix
  } finally {
    sandbox.stop()
  }
}

module.exports = { addRule }
