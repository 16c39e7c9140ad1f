/**
 * npm run -s chaos -- NAME… [--quick|--full] [--plant] [--db sqlite|pg]: attacks on real processes.
 *
 *     tablets (the real client code) ─▶ line that cuts and lies ─✂─▶ county process ─☠─▶ database
 *                        └── what was promised ──▶ compared with the log and the export ◀──┘
 *
 * One JSON line per attack; with several names a last one over all. Ends with 1 when anything was
 * lost, doubled or altered or too little was tried. `--plant` breaks the guarded safety: then 1 is
 * what must come, and 2 says that the attack did not see it.
 */
import path from 'node:path';
import { ensureBuilt, ROOT } from './house/ground.mjs';
import { harm, type Attack, type AttackOptions, type Figures } from '../tests/chaos/attack.ts';
import { Places } from '../tests/chaos/place.ts';
import { postgresBinaries } from '../tests/postgres.ts';
import { demandUnderstood } from './house/options.ts';

const ATTACKS: Readonly<Record<string, () => Promise<Attack>>> = {
  cut: async () => (await import('../tests/chaos/attacks/cut.ts')).cut,
  html: async () => (await import('../tests/chaos/attacks/html.ts')).html,
  kill: async () => (await import('../tests/chaos/attacks/kill.ts')).kill,
  full: async () => (await import('../tests/chaos/attacks/full.ts')).full,
  restore: async () => (await import('../tests/chaos/attacks/restore.ts')).restore,
  cursor: async () => (await import('../tests/chaos/attacks/cursor.ts')).cursor,
  media: async () => (await import('../tests/chaos/attacks/media.ts')).media,
  browser: async () => (await import('../tests/chaos/attacks/browser.ts')).browser,
  'two-tabs': async () => (await import('../tests/chaos/attacks/two-tabs.ts')).twoTabs,
  theft: async () => (await import('../tests/chaos/attacks/theft.ts')).theft,
  nodes: async () => (await import('../tests/chaos/attacks/nodes.ts')).nodes,
  crowd: async () => (await import('../tests/chaos/attacks/crowd.ts')).crowd,
  'old-client': async () => (await import('../tests/chaos/attacks/old-client.ts')).oldClient,
};

type Database = AttackOptions['db'];
/** Attacks that mean something on one database only. */
const ONLY_ON: Readonly<Record<string, Database>> = {
  ...{ nodes: 'pg', full: 'sqlite', browser: 'sqlite', 'two-tabs': 'sqlite' },
  theft: 'sqlite',
};

/** Only against a hang: a machine full of other work takes ten times as long as a quiet one. */
const MINUTES_MAX = { planted: 5, quick: 5, normal: 10, full: 120 } as const;

const args = process.argv.slice(2);
const flag = (name: string): boolean => args.includes(`--${name}`);
/** A planted fault is seen in the shortest form or never. */
function lengthAsked(): AttackOptions['length'] {
  if (flag('full')) return 'full';
  if (flag('plant')) return 'planted';
  return flag('quick') ? 'quick' : 'normal';
}
const length = lengthAsked();
const db = args[args.indexOf('--db') + 1] === 'pg' && flag('db') ? 'pg' : 'sqlite';
const names = args.filter((a, i) => !a.startsWith('--') && args[i - 1] !== '--db');
const FLAGS = ['--quick', '--full', '--plant', '--no-build'];
const USAGE = `npm run -s chaos -- ${Object.keys(ATTACKS).join('|')} [${FLAGS.join('] [')}] [--db pg]`;
demandUnderstood(
  names.length === 0 ? ['no name'] : args,
  { flags: FLAGS, values: { '--db': ['pg', 'sqlite'] }, names: Object.keys(ATTACKS) },
  USAGE,
);
// What is started again and again is compiled once: counties, seeds, restores.
process.env['NODE_COMPILE_CACHE'] ??= path.join(ROOT, 'node_modules', '.cache', 'compiled');
const say = (line: string): void => console.log(`» ${line}`);

function printed(
  [name, on]: readonly [string, Database],
  figures: Figures,
  tookMs: number,
): Record<string, unknown> {
  const { zeros, seen, ...counts } = figures;
  const seconds = Math.round(tookMs / 100) / 10;
  return { chaos: name, db: on, length, ...counts, ...zeros, ...seen, seconds };
}

/** 0 clean, 1 harm or too little tried, 2 a plant that was not seen. */
function codeOf(figures: readonly Figures[]): number {
  if (flag('plant')) return figures.every((one) => harm(one) > 0) ? 1 : 2;
  return figures.every((one) => harm(one) === 0 && one.attempts >= one.minimum) ? 0 : 1;
}

async function run(): Promise<number> {
  // With --no-build the build that is there judges, whatever the sources say by now.
  if (!flag('no-build')) ensureBuilt();
  const places = { sqlite: new Places('sqlite'), pg: new Places('pg') };
  const all: Figures[] = [];
  try {
    for (const name of names) {
      const on = ONLY_ON[name] ?? db;
      const attack = await ATTACKS[name]?.();
      if (!attack) continue;
      if (on === 'pg' && postgresBinaries() === null) {
        say(`${name}: left out, no PostgreSQL here (apt-get install postgresql)`);
        continue;
      }
      const options: AttackOptions = {
        ...{ length, plant: flag('plant'), db: on, say },
        place: () => places[on].next(),
        emptyPlace: () => places[on].next(true),
      };
      const started = performance.now();
      const figures = await attack(options);
      all.push(figures);
      console.log(JSON.stringify(printed([name, on], figures, performance.now() - started)));
    }
  } finally {
    await places.sqlite.close();
    await places.pg.close();
  }
  if (all.length === 0) {
    // Nothing was tried: neither a zero nor a plant that was seen.
    console.log(JSON.stringify({ chaos: names, db, length, skipped: 'no PostgreSQL here' }));
    return flag('plant') ? 2 : 0;
  }
  const sum = (of: (one: Figures) => number) => all.reduce((total, one) => total + of(one), 0);
  const tooLittle = all.filter((one) => one.attempts < one.minimum).length;
  if (names.length > 1)
    console.log(
      JSON.stringify({
        ...{ chaos: names, db, length, attempts: sum((f) => f.attempts) },
        ...{ minimum: sum((f) => f.minimum), lost: sum((f) => f.lost) },
        ...{ doubled: sum((f) => f.doubled), altered: sum((f) => f.altered) },
        ...{ harm: sum(harm), triedTooLittle: tooLittle },
      }),
    );
  return codeOf(all);
}

// Ended from outside, it takes its servers with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// A run that hangs is a run that failed; the servers go with this process.
setTimeout(
  () => {
    say(`not finished after ${MINUTES_MAX[length]} minutes per attack`);
    process.exit(1);
  },
  MINUTES_MAX[length] * names.length * 60_000,
).unref();
process.exit(await run());
