/** Something about the machine, or why it could not be learnt: one missing fact must not cost the others. */
export type Fact<Value> =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'unknown'; readonly reason: string }

export interface InstalledPackage {
  readonly name: string
  readonly version: string
}

export interface Mount {
  readonly mountPoint: string
  readonly fileSystem: string
  readonly device: string
  readonly options: string
}

export interface Hardware {
  readonly architecture: string
  readonly processor: string
  readonly processors: number
  readonly memoryBytes: number
}

/** What must be known of a machine to build one like it. Written as `environment.json` into every system backup. */
export interface EnvironmentFacts {
  readonly schema: 'redoma-environment/1'
  readonly hostName: Fact<string>
  readonly kernel: Fact<string>
  /** The names and values of os-release(5). */
  readonly operatingSystem: Fact<Readonly<Record<string, string>>>
  readonly packages: Fact<readonly InstalledPackage[]>
  readonly mounts: Fact<readonly Mount[]>
  /** systemd services that start with the system. */
  readonly enabledServices: Fact<readonly string[]>
  readonly hardware: Fact<Hardware>
  /** Addresses by interface, with their prefix length. */
  readonly addresses: Fact<Readonly<Record<string, readonly string[]>>>
}

export type CollectEnvironment = () => Promise<EnvironmentFacts>
