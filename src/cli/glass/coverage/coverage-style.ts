/** Readable on paper, on a phone, by day and by night. */
export const coverageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47); --quiet: light-dark(#565d68, #a3abb8);
  --bad: light-dark(#b3261e, #ff8a80); --warn: light-dark(#8a5a00, #ffc966); --good: light-dark(#1b6e3c, #7fd6a0); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: light-dark(#fff, #16181c); color: light-dark(#1a1c20, #e6e8eb); }
main { max-width: 80rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0; font-size: 1.7rem; }
h2 { margin: 2.5rem 0 0; font-size: 1.2rem; }
.quiet { margin: .2rem 0 1rem; color: var(--quiet); }
.alarm { padding: .6rem 1rem; border-left: .3rem solid var(--bad); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem; margin: 1.5rem 0; }
dl div { display: flex; flex-direction: column-reverse; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0; font-size: 1.7rem; font-variant-numeric: tabular-nums; }
.never dd, .damaged dd { color: var(--bad); }
.changed dd, .doubtful dd, .unknown dd, .empty dd { color: var(--warn); }
.covered dd { color: var(--good); }
dl .none dd { color: var(--quiet); }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word; }
thead th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
td:nth-child(6), td:nth-child(7) { white-space: nowrap; }
tbody th { font-weight: 600; }
tr.damaged td:nth-child(5) { color: var(--bad); }
tr.empty td:nth-child(5) { color: var(--warn); }
@media (max-width: 48rem) { section { overflow-x: auto; } table { min-width: 44rem; } }
@media print { main { max-width: none; padding: 0; } table { font-size: .75rem; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
`
