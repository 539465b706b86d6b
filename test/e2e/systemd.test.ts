import { execFile, execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { overlayMissing } from '../support/in-overlay.ts'
import { programMissing } from '../support/programs.ts'
import { redomaProgram } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const root = join(import.meta.dirname, '../..')
const bootScript = join(root, 'test/support/systemd/boot.sh')

/** A systemd of the test's own, as first process of namespaces, with the unit as it is but for the program that it starts. */
describe.skipIf(cannotBoot())('under systemd, by the unit of redoma install', () => {
  test('the service is up when it says so, backs up with the key that systemd keeps, and stops when it is told', async () => {
    await using work = await temporaryFolder()
    await writeFile(join(work.path, 'prepare'), preparation)
    await writeFile(join(work.path, 'story'), story)

    const { stdout } = await promisify(execFile)('sh', [bootScript, work.path], { timeout: 240_000 })

    const told = await readFile(join(work.path, 'told'), 'utf8').catch(
      () => `nothing; systemd said ${stdout}`,
    )
    const [code, ...said] = (await readFile(join(work.path, 'backup'), 'utf8').catch(() => told)).split('\n')
    expect([code, said.join('|')]).toEqual(['0', expect.anything()])
    expect(told).toMatch(/^up: active$/m)
    expect(told).toMatch(/^status: StatusText=the backup ended with 0$/m)
    expect(told).toMatch(/^stopped: Result=success$/m)
    expect(told).toMatch(/^stopped: ExecMainStatus=0$/m)
    expect(await readFile(join(work.path, 'back/etc/hostname'), 'utf8')).toBe(
      await readFile('/etc/hostname', 'utf8'),
    )
    // Of the machine, and not of the walls round the service.
    const environment = await readFile(join(work.path, 'environment.json'), 'utf8')
    expect(environment).toContain('"/run/work"')
    expect(environment).not.toMatch(/"\/(var\/lib\/redoma|var\/tmp|run\/redoma)"/)
  })
})

/** In the copy of the machine: an instance, its unit, and its key where systemd-creds puts it. */
const preparation = `
rm -rf /var/lib/redoma /var/log/redoma /var/cache/redoma
redoma=${redomaProgram}
echo 'seldom-Quartz 71 anvil_harbour' > /root/password
echo '{"schema":"redoma-credentials/1","credentials":[{"id":"1","title":"a","kind":"password","secret":"hunter2"}]}' > /root/vault.json
$redoma init
$redoma credential import /root/vault.json
$redoma source add host --files /etc/hostname
$redoma destination add nas --local /srv/copies
$redoma glass ceremony --password-file /root/password --out /root/ceremony
$redoma install
mkdir -p -m 700 /etc/credstore.encrypted
systemd-creds encrypt --with-key=host --name=redoma-instance-key /var/lib/redoma/instance.key /etc/credstore.encrypted/redoma-instance-key
rm /var/lib/redoma/instance.key
units=/etc/systemd/system
mkdir $units/redoma.service.d
cat > $units/redoma.service.d/test.conf <<'END'
[Unit]
DefaultDependencies=no
Wants=
After=
[Service]
ExecStart=
ExecStart=${root}/node_modules/.bin/node ${root}/test/support/systemd/a-service.ts ${redomaProgram}
# It may lie in /tmp, which the unit hides.
BindReadOnlyPaths=${root}
ReadWritePaths=/run/work
StandardOutput=append:/run/work/printed
StandardError=append:/run/work/printed
END
cat > $units/redoma-story.service <<'END'
[Unit]
DefaultDependencies=no
After=redoma.service
Wants=redoma.service
[Service]
Type=oneshot
ExecStart=/bin/sh /run/work/story
ExecStopPost=systemctl exit --force
END
cat > $units/redoma-test.target <<'END'
[Unit]
DefaultDependencies=no
Wants=redoma-story.service
END
`

const story = `
exec > /run/work/told 2>&1
echo "up: $(systemctl is-active redoma)"
for second in $(seq 120); do [ -e /run/work/backup ] && break; sleep 1; done
echo "status: $(systemctl show --property=StatusText redoma)"
systemctl stop redoma
systemctl show --property=Result --property=ExecMainStatus redoma | sed 's/^/stopped: /'
systemd-creds decrypt --name=redoma-instance-key /etc/credstore.encrypted/redoma-instance-key /var/lib/redoma/instance.key
chmod 600 /var/lib/redoma/instance.key
${redomaProgram} restore latest --source host --to /run/work/back
${redomaProgram} restore latest --source instance --to /run/work/instance
cp "$(find /run/work/instance -name environment.json)" /run/work/environment.json
`

function cannotBoot(): boolean {
  if (['systemd-creds', 'unshare'].some((name) => programMissing(name)) || overlayMissing()) return true
  // Where the second version of control groups is not writable, systemd does not come up.
  const probe =
    'd=$(awk \'$3 == "cgroup2" { print $2; exit }\' /proc/mounts)/redoma-probe && mkdir "$d" && rmdir "$d"'
  try {
    execFileSync('sh', ['-euc', probe], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
}
