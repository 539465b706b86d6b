import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { loadDatagrams } from '../../../src/crypto/native.ts'
import { notifySystemd } from '../../../src/main/notify-systemd.ts'
import { readSettings } from '../../../src/main/settings.ts'

/** What a service does, and no more: it is up, makes a backup, says how that ended, and waits until it is told to stop. `$1`: `bin/redoma`. */
const notify = notifySystemd(readSettings(process.env).systemd, loadDatagrams())
const waiting = setInterval(() => undefined, 60_000)
process.on('SIGTERM', () => {
  notify.stopping()
  clearInterval(waiting)
})
notify.ready()
const { status, stdout, stderr } = spawnSync(process.argv[2] ?? '', ['backup', 'create', '--json'], {
  encoding: 'utf8',
})
notify.status(`the backup ended with ${status}`)
writeFileSync('/run/work/backup', `${status}\n${stdout}\n${stderr}`)
