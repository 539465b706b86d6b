import type { Approval } from '../../ports/approval.ts'
import { stateOf } from '../../ports/approval-json.ts'
import { formatTime } from '../figures.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'

export function stateWord(approval: Approval, now: Date, { green, yellow, red, dim }: Style): string {
  const { answer, usedAt } = approval
  const by = printable(answer?.by ?? '')
  switch (stateOf(approval, now)) {
    case 'waiting':
      return yellow('waits for a second person')
    case 'agreed':
      return green(`agreed by ${by}, and not done yet`)
    case 'refused':
      return red(`refused by ${by}`)
    case 'expired':
      return dim('expired')
    case 'done':
      return `agreed by ${by}, done ${formatTime(usedAt ?? now)}`
  }
}
