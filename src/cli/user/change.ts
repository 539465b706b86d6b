import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseRole } from './parse-role.ts'

/** What changes a user in one word. */
export function defineUserChanges(group: Command, context: Context): void {
  group
    .command('role')
    .description('give a user another role')
    .argument('<name>')
    .argument('<role>', 'administrator, operator, auditor or guardian')
    .addHelpText('after', example('redoma user role olga auditor'))
    .action(async (name: string, text: string) => {
      const role = parseRole(text)
      await using instance = await context.services.openInstance()
      await (await instance.users()).setRole(name, role)
      instance.log.info('role changed', { user: name, role })
      done(context, `${name} is ${role}`)
    })
  group
    .command('disable')
    .description('let a user in no more; all sessions end, and tokens are good for nothing')
    .argument('<name>')
    .addHelpText('after', example('redoma user disable olga'))
    .action(async (name: string) => {
      await using instance = await context.services.openInstance()
      await (await instance.users()).disable(name)
      instance.log.warn('user disabled', { user: name })
      done(context, `${name} is let in no more`)
    })
  group
    .command('enable')
    .description('let a user in again who was disabled')
    .argument('<name>')
    .addHelpText('after', example('redoma user enable olga'))
    .action(async (name: string) => {
      await using instance = await context.services.openInstance()
      await (await instance.users()).enable(name)
      instance.log.info('user enabled', { user: name })
      done(context, `${name} may sign in again`)
    })
  group
    .command('unlock')
    .description('let a user whose sign-ins failed try again at once')
    .argument('<name>')
    .addHelpText('after', example('redoma user unlock olga'))
    .action(async (name: string) => {
      await using instance = await context.services.openInstance()
      await (await instance.users()).unlock(name)
      instance.log.info('user unlocked', { user: name })
      done(context, `${name} may try again`)
    })
  group
    .command('sign-out')
    .description('end all sessions of a user, who may sign in again; tokens stay good')
    .argument('<name>')
    .addHelpText('after', example('redoma user sign-out olga'))
    .action(async (name: string) => {
      await using instance = await context.services.openInstance()
      await (await instance.users()).signOut(name)
      instance.log.info('user signed out', { user: name })
      done(context, `${name} is signed out everywhere`)
    })
}

function done({ terminal }: Context, words: string): void {
  terminal.print(`${terminal.style.green('✓')} ${words}`)
}
