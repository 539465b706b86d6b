/*
 * The direction of the layers: a folder imports only from lower rows, never from its own row.
 * test/checks/layers.test.ts plants a violation and makes sure that it is found.
 */
const layers = [
  ['main'],
  ['cli', 'api', 'opener'],
  ['app'],
  [
    'repository',
    'bundle',
    'recordings',
    'scheduling',
    'destinations',
    'sources',
    'notifiers',
    'providers',
    'catalogue',
  ],
  ['ports', 'crypto'],
  ['core'],
]
const anyOf = (names) => `^src/(${names.join('|')})/`
const adapters = ['destinations', 'sources', 'notifiers', 'providers', 'catalogue']

const downwardOnly = layers.flatMap((siblings, depth) =>
  siblings.map((name) => ({
    name: `${name}-imports-only-below`,
    severity: 'error',
    from: { path: `^src/${name}/` },
    to: { path: '^src/', pathNot: anyOf([name, ...layers.slice(depth + 1).flat()]) },
  })),
)

module.exports = {
  forbidden: [
    ...downwardOnly,
    {
      // A test may take one itself: use cases are tested on the real thing, or on the in-memory one.
      name: 'adapters-are-wired-in-main',
      severity: 'error',
      from: { path: '^src/', pathNot: `${anyOf(['main', ...adapters])}|\\.test\\.ts$` },
      to: { path: anyOf(adapters) },
    },
    {
      // What stands alone must stay small, run where nothing can be compiled, and know no way out.
      name: 'opener-stands-alone',
      severity: 'error',
      from: { path: '^src/main/open\\.ts$' },
      to: {
        path: `${anyOf(adapters)}|^src/main/(wire|open-instance)\\.ts$|^src/crypto/native`,
        reachable: true,
      },
    },
    {
      // What it serves is what use cases give: whoever decides something in a route decides it for programs alone.
      name: 'api-asks-use-cases',
      severity: 'error',
      from: { path: '^src/api/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(api|app|ports|core)/' },
    },
    {
      name: 'engine-knows-nothing-of-redoma',
      severity: 'error',
      from: { path: '^src/repository/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/ports/', pathNot: '^src/ports/(destination|clock)\\.ts$' },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-test-in-product',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|^test/|^bench/|^scripts/' },
      to: { path: '\\.test\\.ts$|^test/' },
    },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-unlisted',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/vectors/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
