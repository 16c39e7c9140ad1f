/** The commands that print a zero, as npm test runs them: each as it is and with a planted fault. */

/**
 * `quick` and `ci` are added to the arguments in the short and in the longer form; `screens`:
 * drives a real browser.
 * @typedef {{ name: string, args: string[], quick?: string[], ci?: string[], plant?: boolean,
 *   needsSamples?: boolean, onlyCi?: boolean, screens?: boolean }} Oracle
 */

/** Attacks side by side: each group in a process of its own. @type {(...names: string[]) => Oracle} */
const attacks = (...names) => ({
  name: `chaos ${names.join(' ')}`,
  args: ['scripts/chaos.ts', ...names],
  quick: ['--quick'],
});

/** The long ones first, so that what runs beside them ends with them. @type {Oracle[]} */
export const ORACLES = [
  { name: 'sim', args: ['scripts/sim.ts'], quick: ['--quick'], ci: ['--ci'] },
  attacks('cut', 'html', 'kill'),
  attacks('crowd', 'nodes', 'media'),
  attacks('full', 'restore', 'cursor', 'old-client'),
  { ...attacks('browser', 'two-tabs'), screens: true },
  { ...attacks('theft'), screens: true },
  {
    name: 'chaos on PostgreSQL',
    args: ['scripts/chaos.ts', 'kill', 'restore', 'cursor', '--db', 'pg'],
    onlyCi: true,
    plant: false,
  },
  { name: 'sim mutants', args: ['scripts/sim.ts', '--mutants'], onlyCi: true, plant: false },
  {
    name: 'sim taught',
    args: ['scripts/sim.ts', '--mutants', '--taught'],
    onlyCi: true,
    plant: false,
  },
  { name: 'authz', args: ['scripts/authz.ts'], quick: ['--quick'] },
  { name: 'authz mutants', args: ['scripts/authz.ts', '--mutants'], onlyCi: true, plant: false },
  {
    name: 'intake-real',
    args: ['scripts/intake-real.ts', '--quick'],
    needsSamples: true,
    screens: true,
  },
  { name: 'replay', args: ['scripts/replay.ts'] },
  { name: 'verify', args: ['scripts/verify.ts', '--sample'] },
  { name: 'verify-audit', args: ['scripts/verify-audit.ts', '--sample'] },
  { name: 'size', args: ['bench/index.ts', 'size'] },
];
