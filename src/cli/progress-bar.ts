import type { Clock } from '../ports/clock.ts'
import type { Progress, ProgressEvent } from '../ports/progress.ts'
import { formatBytes, formatSpan, formatTime } from './figures.ts'
import { displayWidth, printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

const quietMs = 1000
const redrawMs = 100
const barColumns = 24

type Step = Extract<ProgressEvent, { kind: 'step' }>

export interface ProgressBar extends Disposable {
  readonly progress: Progress
}

/**
 * One line that is drawn again and again on a terminal, for steps that last longer than a second; nothing at all
 * elsewhere. Warnings, and what is waited for, stay on the screen above it.
 */
export function startProgressBar(terminal: Terminal, clock: Clock): ProgressBar {
  const begun = clock.now().getTime()
  let step: Step | undefined
  let stepBegun = begun
  let drawnAt = begun + quietMs - redrawMs
  let shown = false

  const clear = (): void => {
    if (shown) terminal.stderr.write('\r\u001b[K')
    shown = false
  }
  const draw = (done: number, total: number | undefined, detail: string | undefined): void => {
    const now = clock.now().getTime()
    if (!terminal.live || step === undefined || now - drawnAt < redrawMs) return
    drawnAt = now
    const line = progressLine({ step, done, total: total ?? step.total, detail, elapsedMs: now - stepBegun })
    terminal.stderr.write(`\r${fit(line, (terminal.stderr.columns ?? 80) - 1)}\u001b[K`)
    shown = true
  }
  const progress: Progress = (event) => {
    switch (event.kind) {
      case 'step':
        step = event
        stepBegun = clock.now().getTime()
        draw(0, event.total, undefined)
        break
      case 'advance':
        draw(event.done, event.total, event.detail)
        break
      case 'warning':
        clear()
        terminal.note(
          `${terminal.noteStyle.yellow('warning:')} ${printable(event.subject)}: ${printable(event.message)}`,
        )
        break
      case 'waiting':
        clear()
        terminal.note(
          `${terminal.noteStyle.dim('waiting:')} ${printable(event.subject)}: ${printable(event.message)}; until ${formatTime(event.until)} at the longest`,
        )
        break
    }
  }
  return { progress, [Symbol.dispose]: clear }
}

export interface ProgressState {
  readonly step: Step
  readonly done: number
  readonly total: number | undefined
  readonly detail: string | undefined
  readonly elapsedMs: number
}

/** `Reading files  ━━━━━━────  42 %  1.2 GiB of 3.0 GiB  210 MiB/s  8 s left  etc/passwd` */
export function progressLine({ step, done, total, detail, elapsedMs }: ProgressState): string {
  const amount = (value: number): string =>
    step.unit === 'bytes' ? formatBytes(value) : `${value.toLocaleString('en-US')} ${step.unit}`
  const parts = [step.title]
  const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total)
  if (share !== undefined) {
    const filled = Math.round(share * barColumns)
    parts.push(`${'━'.repeat(filled)}${'─'.repeat(barColumns - filled)} ${Math.floor(share * 100)} %`)
  }
  if (step.unit !== 'none' && done > 0) {
    parts.push(total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`)
    const perSecond = (done / Math.max(elapsedMs, 1)) * 1000
    if (step.unit === 'bytes') parts.push(`${formatBytes(perSecond)}/s`)
    if (share !== undefined && share > 0.01 && total !== undefined) {
      parts.push(`${formatSpan(((total - done) / perSecond) * 1000)} left`)
    }
  }
  if (detail !== undefined) parts.push(printable(detail))
  return parts.join('  ')
}

function fit(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line
  let kept = ''
  let width = 0
  for (const character of line) {
    width += displayWidth(character)
    if (width > columns - 1) break
    kept += character
  }
  return `${kept}…`
}
