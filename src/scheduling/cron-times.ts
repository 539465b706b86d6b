import { Cron } from 'croner'
import { messageOf, RedomaError } from '../core/errors.ts'

/** The moments that an expression names. */
export interface CronTimes {
  /** The first one after that time, which itself does not count. */
  after(time: Date): Date | undefined
  /** The last one up to that time, which itself counts. */
  upTo(time: Date): Date | undefined
}

/**
 * Of a time that a change of the clocks leaves out comes the first moment after it, and of one that comes twice the first; whatever has `*` or a step for its minutes
 * or hours goes on by real time instead, as Vixie's cron has it.
 *
 * @throws RedomaError `USAGE`
 */
export function cronTimes(expression: string, timeZone: string): CronTimes {
  const cron = parsed(expression, timeZone)
  return {
    after: (time) => cron.nextRun(time) ?? undefined,
    // They begin with the minute, and `previousRuns` leaves out the time it is given.
    upTo: (time) => cron.previousRuns(1, new Date(Math.floor(time.getTime() / minute + 1) * minute))[0],
  }
}

const minute = 60_000

/** @throws RedomaError `USAGE` */
function parsed(expression: string, timeZone: string): Cron {
  requireTimeZone(timeZone)
  requirePlain(expression)
  const [, , dayOfMonth = '', , dayOfWeek = ''] = expression.trim().split(/\s+/)
  try {
    return new Cron(expression, {
      timezone: timeZone,
      mode: '5-part',
      fixedTimeRule: 'no-wildcard',
      // crontab(5): a day matches either of the two fields when both are restricted, and one that begins with * is not.
      domAndDow: dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*'),
      paused: true,
    })
  } catch (error) {
    throw noCron(expression, messageOf(error).replace(/^CronPattern: /, ''))
  }
}

/** crontab(5) alone: what croner understands besides (`L`, `#`, `@daily`, seconds) no other program would. */
function requirePlain(expression: string): void {
  const withoutNames = expression.replaceAll(names, '1')
  const fields = withoutNames.trim().split(/\s+/)
  if (fields.length !== 5) throw noCron(expression, `it has ${fields.length} fields, not five`)
  if (expression.length > 200 || !fields.every((field) => /^[\d*,/-]+$/.test(field))) throw noCron(expression)
}

const names = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi

function noCron(expression: string, why?: string): RedomaError {
  const reason = why === undefined ? '' : `: ${why}`
  return new RedomaError('USAGE', `${JSON.stringify(expression)} is not a cron expression${reason}`, {
    hint: 'It has five fields, minute, hour, day, month and weekday: "0 5 * * *" is every day at 05:00.',
  })
}

/** @throws RedomaError `USAGE` for what is no name of the IANA time zone database */
export function requireTimeZone(timeZone: string): void {
  try {
    // Offsets (`+01:00`) are taken, too, and know nothing of summer.
    if (!/^[A-Za-z]/.test(timeZone)) throw new RangeError('an offset')
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw new RedomaError('USAGE', `${JSON.stringify(timeZone)} is not a time zone`, {
      hint: 'Zones have names such as Europe/Lisbon or UTC: timedatectl list-timezones',
    })
  }
}
