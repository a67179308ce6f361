// Adds a rule in the sandbox, publishes it, and prints it.

import { OpenVersion, PermitSubRule } from 'jumpqr'
import { Sandbox } from 'jumpqr/testing'

const sandbox = new Sandbox()
const client = sandbox.client()
const rule = {
  prefix: 'https://m.example.cn/table/',
  path: 'pages/index/index',
  open_version: OpenVersion.DEVELOPMENT,
  permit_sub_rule: PermitSubRule.NOT_OCCUPIED,
  debug_url: ['https://m.example.cn/table/?id=1'],
}

await client.addJumpQRCode(rule)
await client.publishJumpQRCode(rule.prefix)
for await (const listed of client.rules()) console.log(listed.prefix, 'opens', listed.path)
