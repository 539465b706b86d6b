import type { Command } from 'commander'

export interface BundleKeepOptions {
  readonly keepLast?: string
  readonly keepDaily?: string
  readonly keepWeekly?: string
  readonly keepMonthly?: string
  readonly keepYearly?: string
  readonly keepWithin?: string
}

/** The rules that make sense of bundles, each of which has everything. */
export function addKeepOptions(command: Command): Command {
  return command
    .option('--keep-last <n>', 'keep the newest n (or: unlimited)')
    .option('--keep-daily <n>', 'keep the newest of each of the last n days that have any')
    .option('--keep-weekly <n>', 'the same of ISO weeks')
    .option('--keep-monthly <n>', 'of months')
    .option('--keep-yearly <n>', 'of years')
    .option('--keep-within <span>', 'keep what is younger than this, such as 1y5m7d2h, seen from the newest')
}
