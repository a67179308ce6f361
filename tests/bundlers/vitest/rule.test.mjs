import { expect, test } from 'vitest'
import { addRule } from './add_rule.js'

test('a rule is added', async () => expect(await addRule()).toBe('https://m.example.cn/table/'))
