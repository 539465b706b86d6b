import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addIdentityOptions } from './identity-options.ts'

test('a command that takes a recovery key cannot be dumped before it begins', async () => {
  const order: string[] = []
  const services = {
    forbidDumps: async () => {
      await Promise.resolve()
      order.push('dumps forbidden')
    },
  }
  const program = new Command('redoma')
  addIdentityOptions(program.command('verify'), { services }).action(() => {
    order.push('begun')
  })

  await program.parseAsync(['verify', '--identity', 'F'], { from: 'user' })

  expect(order).toEqual(['dumps forbidden', 'begun'])
})
