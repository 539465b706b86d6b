import { dirname } from 'node:path'
import type { Clause, ServicePlan } from './plan.ts'
import { capabilitiesOf, sandboxOf } from './sandbox.ts'
import { stamped } from './stamp.ts'
import { programWord, unitText, unitWord } from './unit-words.ts'

/** The whole unit file, each line of it that is not plain with its reason. */
export function serviceUnit(plan: ServicePlan): string {
  const sections = [
    ['[Unit]', ...unitSection(plan)],
    [
      '[Service]',
      ...[...running(plan), ...folders(plan), ...capabilitiesOf(plan), ...sandboxOf(plan)].flatMap(written),
    ],
    ['[Install]', 'WantedBy=multi-user.target'],
  ]
  return stamped(sections.map((lines) => `${lines.join('\n')}\n`).join('\n'))
}

function unitSection({ home, databaseUrlFile }: ServicePlan): string[] {
  const mark = databaseUrlFile === undefined ? 'catalogue.sqlite' : 'catalogue.postgresql'
  return [
    'Description=Redoma, backups of this instance',
    'Documentation=man:redoma(1)',
    'Wants=network-online.target',
    'After=network-online.target remote-fs.target time-sync.target',
    `RequiresMountsFor=${unitWord(home)}`,
    ...written({
      why: 'Before redoma init there is nothing to run: it is skipped then, and has not failed.',
      lines: [`ConditionPathExists=${unitText(`${home}/${mark}`)}`],
    }),
  ]
}

function running(plan: ServicePlan): Clause[] {
  const { program, nodeFolder, user, home, usualHome, logFolder, hostName, databaseUrlFile } = plan
  // Told of its folder, the program keeps its log in there.
  const isUsual = user === undefined && home === usualHome && !logFolder.startsWith(`${home}/`)
  const environment = [
    ...(isUsual ? [] : [`REDOMA_HOME=${home}`]),
    ...(hostName === undefined ? [] : [`REDOMA_HOST=${hostName}`]),
    ...(databaseUrlFile === undefined ? [] : [`DATABASE_URL_FILE=${databaseUrlFile}`]),
    ...(nodeFolder === undefined ? [] : [`PATH=${nodeFolder}:${usualPath}`]),
  ]
  return [
    {
      why: 'It says itself when it is up, what it does, that it lives, and that it stops.',
      lines: ['Type=notify', 'NotifyAccess=main', 'WatchdogSec=2min'],
    },
    { lines: [`ExecStart=${programWord(program)} serve`] },
    { lines: user === undefined ? [] : [`User=${user}`] },
    { lines: environment.map((word) => `Environment=${unitWord(word)}`) },
    {
      why: 'Kept encrypted by systemd-creds where it is there; else instance.key is read in the instance’s folder.',
      lines: ['LoadCredentialEncrypted=redoma-instance-key'],
    },
    {
      why: 'It is told to stop, ends what is under way, and ends the programs that it started itself.',
      lines: ['KillMode=mixed', 'TimeoutStopSec=5min', 'SuccessExitStatus=130'],
    },
    {
      why: 'Usage (2), a key (5) and a damaged catalogue (6) are for a person to put right.',
      lines: ['Restart=on-failure', 'RestartSec=15', 'RestartPreventExitStatus=2 5 6'],
    },
    { why: 'What the machine is there for comes first.', lines: ['CPUWeight=50', 'IOWeight=50'] },
    { why: 'Keys and passwords are in its memory.', lines: ['LimitCORE=0', 'UMask=0077'] },
  ]
}

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

function folders({ home, logFolder, needs }: ServicePlan): Clause[] {
  const isState = dirname(home) === '/var/lib'
  const isLogs = dirname(logFolder) === '/var/log'
  const own = [
    ...(isState ? [`StateDirectory=${unitWord(nameIn(home))}`, 'StateDirectoryMode=0700'] : []),
    ...(isLogs ? [`LogsDirectory=${unitWord(nameIn(logFolder))}`, 'LogsDirectoryMode=0750'] : []),
  ]
  const others = [
    ...(isState ? [] : [home]),
    ...(isLogs || logFolder.startsWith(`${home}/`) ? [] : [logFolder]),
    ...needs.writable,
  ]
  return [
    {
      why: 'All else on the machine is read and never written: a restore is a command that a person types, or goes below the restore root.',
      lines: ['ProtectSystem=strict', ...own],
    },
    {
      why: 'Mounts of its own, apart from those of commands that are typed; and compiled code.',
      lines: [
        'RuntimeDirectory=redoma',
        'RuntimeDirectoryMode=0700',
        'CacheDirectory=redoma',
        'CacheDirectoryMode=0700',
        'Environment=NODE_COMPILE_CACHE=%C/redoma/code',
      ],
    },
    ...(others.length === 0
      ? []
      : [
          {
            why: '"-": a disk that is not there must not keep the rest from being copied.',
            lines: others.map((path) => `ReadWritePaths=${unitWord(`-${path}`)}`),
          },
        ]),
  ]
}

function nameIn(path: string): string {
  return path.slice(dirname(path).length + 1)
}

function written({ why, lines }: Clause): string[] {
  return why === undefined ? [...lines] : [...comment(why), ...lines]
}

/** In lines that fit on a screen. */
function comment(text: string): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > 110) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
