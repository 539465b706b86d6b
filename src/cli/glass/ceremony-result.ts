import type { CeremonyElsewhereResult, CeremonyResult } from '../../app/hold-ceremony.ts'
import { checkValueOf } from '../../bundle/ceremony/recovery-key.ts'
import type { Generation } from '../../ports/catalogue.ts'
import type { Context } from '../context.ts'
import { printable } from '../printable.ts'
import { fingerprintLines } from './fingerprint-lines.ts'
import { generationJson } from './json.ts'

export function showHeld(
  { terminal }: Context,
  result: CeremonyResult,
  before: Generation | undefined,
  json: boolean,
): void {
  const { generation, files, shares, proven, warnings } = result
  for (const warning of warnings)
    terminal.note(`${terminal.noteStyle.yellow('warning:')} ${printable(warning)}`)
  if (json) {
    terminal.printJson({ ...generationJson(generation), files, shares, proven })
    return
  }
  const { bold, dim, green } = terminal.style
  const formerly =
    before === undefined
      ? []
      : fingerprintLines(`  ${dim('formerly   ')}`, before.fingerprint, terminal.style)
  terminal.say(
    `${green('✓')} Generation ${generation.number} has a recovery key (${generation.profile})${generation.scope === undefined ? '' : `, of the scope ${generation.scope} alone`}.`,
    `  ${dim('recipient  ')} ${shortened(generation.recipient)}`,
    ...fingerprintLines(`  ${dim('fingerprint')}`, generation.fingerprint, terminal.style),
    ...formerly,
    ...files.map((file) => `  ${dim('written    ')} ${bold(printable(file))}`),
    '',
    ...provenLines(shares, proven),
    keepLine(generation.passwordFile !== undefined, shares > 0),
    'Keep the recovery card and the openers off this machine, and not beside the secrets that open it.',
  )
}

export function showHeldElsewhere(
  { terminal }: Context,
  result: CeremonyElsewhereResult,
  json: boolean,
): void {
  const { key, files, shares, proven } = result
  if (json) {
    const { profile, recipient, fingerprint, heldAt } = key
    terminal.printJson({
      profile,
      recipient,
      fingerprint,
      checkValue: checkValueOf(key),
      heldAt: heldAt.toISOString(),
      files,
      shares,
      proven,
    })
    return
  }
  const { bold, dim, green } = terminal.style
  terminal.say(
    `${green('✓')} A recovery key (${key.profile}) for ${printable(key.instanceName ?? '')}.`,
    `  ${dim('recipient  ')} ${shortened(key.recipient)}`,
    ...fingerprintLines(`  ${dim('fingerprint')}`, key.fingerprint, terminal.style),
    ...fingerprintLines(`  ${dim('check value')}`, checkValueOf(key), terminal.style),
    ...files.map((file) => `  ${dim('written    ')} ${bold(printable(file))}`),
    '',
    ...provenLines(shares, proven),
    'Bring recovery-key.json to the instance, and there: redoma glass adopt recovery-key.json',
    'It asks for the check value: take the recovery card with you, and not by the same way as the file.',
    'Keep the openers with the card: those beside the copies could be anybody’s.',
  )
}

function provenLines(shares: number, proven: readonly number[]): string[] {
  if (shares === 0) return []
  if (proven.length === shares) return ['Every share was taken down and proven.']
  const unproven = Array.from({ length: shares }, (_, at) => at + 1).filter(
    (number) => !proven.includes(number),
  )
  return [
    `NOT PROVEN: share${unproven.length === 1 ? '' : 's'} ${unproven.join(', ')}. Hold a drill as soon as ${unproven.length === 1 ? 'its guardian has it' : 'their guardians have them'}.`,
  ]
}

function keepLine(hasPassword: boolean, hasShares: boolean): string {
  const needed = [...(hasPassword ? ['the master password'] : []), ...(hasShares ? ['enough shares'] : [])]
  return `The identity files go beside the copies at every destination: useless without ${needed.join(' or ')}.`
}

function shortened(recipient: string): string {
  return recipient.length <= 64 ? recipient : `${recipient.slice(0, 40)}…${recipient.slice(-12)}`
}
