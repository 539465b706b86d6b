import type { Expectation } from './held-root.ts'

/** What a child process is started with. No secret is among it: the process list shows which folder a process that hangs belongs to. */
export interface ChildWords {
  readonly expected: Expectation
  /** When it was started, by the clock of who did. */
  readonly startedMs: number
}

export function writeWords({ expected, startedMs }: ChildWords): string[] {
  return [expected.path, expected.mountPoint ?? '', expected.device ?? '', String(startedMs)]
}

export function readWords([path = '', mountPoint = '', device = '', startedMs = '']: string[]): ChildWords {
  return {
    expected: {
      path,
      mountPoint: mountPoint === '' ? undefined : mountPoint,
      device: device === '' ? undefined : device,
    },
    startedMs: Number(startedMs),
  }
}
