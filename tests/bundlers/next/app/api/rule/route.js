import { addRule } from '../../../add_rule.js'

export const dynamic = 'force-dynamic'

export async function GET() {
  return new Response(await addRule())
}
