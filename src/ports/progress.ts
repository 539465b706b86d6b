/** In the order in which a run does them. */
export const jobs = ['secrets', 'system', 'recordings'] as const
export type Job = (typeof jobs)[number]

/** What a long piece of work says while it runs. Whoever shows it decides how often. */
export type ProgressEvent =
  /** A new step begins; `total` is in `unit`s, where known. */
  | {
      readonly kind: 'step'
      readonly title: string
      readonly total?: number | undefined
      readonly unit: 'bytes' | 'files' | 'records' | 'none'
    }
  /** So much of the step is done, in its unit; `total` when it has become known. */
  | {
      readonly kind: 'advance'
      readonly done: number
      readonly total?: number | undefined
      readonly detail?: string | undefined
    }
  /** Somebody else is at work, and is waited for, until then at the longest. */
  | { readonly kind: 'waiting'; readonly subject: string; readonly message: string; readonly until: Date }
  /** Something went wrong with one item, and the work goes on. */
  | { readonly kind: 'warning'; readonly subject: string; readonly message: string }

export type Progress = (event: ProgressEvent) => void

export const noProgress: Progress = () => undefined
