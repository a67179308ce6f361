// What to do after an error: it depends on the kind.

import { JumpqrError, StateError, ValidationError } from 'jumpqr'
import { Sandbox } from 'jumpqr/testing'

const client = new Sandbox().client()
try {
  await client.publishJumpQRCode('https://m.example.cn/other/')
} catch (error) {
  if (error instanceof ValidationError) console.log('change the request:', error.violations)
  else if (error instanceof StateError) console.log('first add the rule:', error.code)
  else if (error instanceof JumpqrError) console.log(error.retryable ? 'call again' : error.advice)
  else throw error
}
