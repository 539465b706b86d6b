import type { Command } from 'commander'
import type { UnlockedLock } from '../../app/unlock-repositories.ts'
import type { Context } from '../context.ts'
import { count, formatSpan } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { namedPlace, type PlaceOptions, withRepositoryOptions } from '../restore/where-to-look.ts'
import type { Style } from '../style.ts'
import { table } from '../table.ts'

interface UnlockOptions extends Omit<PlaceOptions, 'from'> {
  readonly at?: string[]
  readonly all?: true
  readonly dryRun?: true
  readonly json?: true
}

export function defineBackupUnlock(group: Command, context: Context): void {
  withRepositoryOptions(
    group
      .command('unlock')
      .description('list the locks of the repositories, and remove those of nobody who lives')
      .option('--at <destination...>', 'at these destinations only'),
  )
    .option('--all', 'remove every lock, also of who is at work')
    .option('--dry-run', 'only tell what would be removed')
    .option('--json', 'print the locks as JSON')
    .addHelpText(
      'after',
      example(
        'redoma backup unlock --dry-run',
        'redoma backup unlock --at nas',
        'redoma backup unlock --repository /media/nas/system --password-file F',
      ),
    )
    .action(async (options: UnlockOptions) => {
      const { terminal } = context
      const choice = { all: options.all === true, dryRun: options.dryRun === true }
      if (choice.all && !choice.dryRun) {
        terminal.note(
          `${terminal.noteStyle.yellow('warning:')} whoever is at work loses its lock, and may not notice for five minutes`,
        )
      }
      const locks = await unlock(context, options, choice)
      if (options.json) terminal.printJson(locks.map(lockJson))
      else terminal.print(...lines(locks, choice.dryRun, terminal.style))
    })
}

async function unlock(
  context: Context,
  options: UnlockOptions,
  choice: { readonly all: boolean; readonly dryRun: boolean },
): Promise<readonly UnlockedLock[]> {
  const { services, signal } = context
  await using named = await namedPlace(context, options, 'writing')
  if (named !== undefined) return await services.unlockRepository(named, choice, signal)
  await using instance = await services.openInstance()
  const targets = await instance.repositoryTargets(options.at ?? [])
  return await instance.unlockRepositories(targets, choice, signal)
}

function lockJson({ destination, lock, removed }: UnlockedLock): object {
  const { id, kind } = lock
  if (lock.kind !== 'readable') return { destination, id, kind, removed }
  const { exclusive, hostname, username, pid } = lock.lock
  return {
    destination,
    id,
    kind: exclusive ? 'exclusive' : 'shared',
    hostname,
    username,
    pid,
    secondsSinceRefresh: Math.round(lock.ageMs / 1000),
    state: lock.state.kind,
    why: lock.state.kind === 'alive' ? undefined : lock.state.why,
    removed,
  }
}

function lines(locks: readonly UnlockedLock[], dryRun: boolean, style: Style): string[] {
  const { green, dim } = style
  if (locks.length === 0) return [`${green('✓')} There is no lock.`]
  const columns = [
    { title: 'LOCK', cut: 'nothing' },
    { title: 'AT' },
    { title: 'KIND' },
    { title: 'OF' },
    { title: 'REFRESHED', align: 'right' },
    { title: 'STATE' },
  ] as const
  const removed = locks.filter((one) => one.removed).length
  const done = dryRun ? `Would remove ${count(removed, 'lock')}` : `Removed ${count(removed, 'lock')}`
  const kept = locks.length - removed
  return [
    ...table(
      columns,
      locks.map((one) => row(one, dryRun, style)),
      style,
    ),
    '',
    `${removed === 0 || dryRun ? dim('·') : green('✓')} ${done}${kept === 0 ? '' : `, kept ${kept}`}.`,
  ]
}

function row({ destination, lock, removed }: UnlockedLock, dryRun: boolean, style: Style): string[] {
  const fate = removed ? (dryRun ? ', would be removed' : ', removed') : ''
  const start = [lock.id.slice(0, 8), printable(destination)]
  switch (lock.kind) {
    case 'empty':
      return [...start, '', '', '', `empty${fate}`]
    case 'unreadable':
      return [...start, '?', '', '', `${style.red('unreadable')}${fate}`]
    case 'readable': {
      const { exclusive, pid, username, hostname } = lock.lock
      const { state } = lock
      const why = state.kind === 'alive' ? style.green('alive') : `${style.yellow(state.kind)}: ${state.why}`
      return [
        ...start,
        exclusive ? 'exclusive' : 'shared',
        printable(`process ${pid} of ${username} on ${hostname}`),
        `${formatSpan(lock.ageMs)} ago`,
        `${why}${fate}`,
      ]
    }
  }
}
