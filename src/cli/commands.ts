import type { Command } from 'commander'
import type { Context } from './context.ts'

/** Gives a command, which has its name and summary already, what it takes and does. */
export type DefineCommand = (command: Command, context: Context) => void

interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<DefineCommand>
}

/** The first words of all commands, in the order in which a new user meets them. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'make an instance',
    load: async () => (await import('./init.ts')).defineInit,
  },
  {
    name: 'credential',
    summary: 'the registry of credentials: add, list, show, edit, remove, import',
    load: async () => (await import('./credential/credential.ts')).defineCredential,
  },
  {
    name: 'source',
    summary: 'what is copied: files, recordings, other vaults',
    load: async () => (await import('./source/source.ts')).defineSource,
  },
  {
    name: 'destination',
    summary: 'where copies go',
    load: async () => (await import('./destination/destination.ts')).defineDestination,
  },
  {
    name: 'plan',
    summary: 'what is copied where, and when',
    load: async () => (await import('./plan/plan.ts')).definePlan,
  },
  {
    name: 'routine',
    summary: 'what the daemon does on schedule beside the plans: verify, tell heads, remind guardians',
    load: async () => (await import('./routine/routine.ts')).defineRoutine,
  },
  {
    name: 'alert',
    summary: 'who is told of what goes wrong: mail, SIEM, chats',
    load: async () => (await import('./alert/alert.ts')).defineAlert,
  },
  {
    name: 'key',
    summary: 'the SSH key by which this instance logs in at servers',
    load: async () => (await import('./key/key.ts')).defineKey,
  },
  {
    name: 'glass',
    summary: 'the recovery key: hold a ceremony, open a bundle',
    load: async () => (await import('./glass/glass.ts')).defineGlass,
  },
  {
    name: 'backup',
    summary: 'make copies, list runs and snapshots, verify, read the log',
    load: async () => (await import('./backup/backup.ts')).defineBackup,
  },
  {
    name: 'serve',
    summary: 'the daemon: backs up on schedule, watches, tells people what is wrong',
    load: async () => (await import('./serve.ts')).defineServe,
  },
  {
    name: 'incident',
    summary: 'what is wrong now, since when, and what to do',
    load: async () => (await import('./incident/incident.ts')).defineIncident,
  },
  {
    name: 'restore',
    summary: 'bring files back from a system backup',
    load: async () => (await import('./restore/restore.ts')).defineRestore,
  },
  {
    name: 'recordings',
    summary: 'list sealed recordings, open one',
    load: async () => (await import('./recordings/recordings.ts')).defineRecordings,
  },
  {
    name: 'user',
    summary: 'who may sign in at the API, and in which role',
    load: async () => (await import('./user/user.ts')).defineUser,
  },
  {
    name: 'token',
    summary: 'what programs ask the API with, in the name of a user',
    load: async () => (await import('./token/token.ts')).defineToken,
  },
  {
    name: 'approval',
    summary: 'what needs a second person, and what waits for one',
    load: async () => (await import('./approval/approval.ts')).defineApproval,
  },
  {
    name: 'audit',
    summary: 'who did what, and whether somebody altered that',
    load: async () => (await import('./audit/audit.ts')).defineAudit,
  },
  {
    name: 'config',
    summary: 'the whole configuration as one YAML file',
    load: async () => (await import('./config/config.ts')).defineConfig,
  },
  {
    name: 'install',
    summary: 'write the unit by which systemd runs Redoma as a service',
    load: async () => (await import('./install.ts')).defineInstall,
  },
]
