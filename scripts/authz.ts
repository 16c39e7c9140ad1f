/**
 * npm run -s authz [-- --quick] [--mutants] [--plant] [--no-build]: who may see and do what.
 *
 *     expected.csv, acts.csv, routes.csv ──▶ can(), every cell
 *        (written by hand)               ├─▶ a real server, every cell that has an address: forms,
 *                                        │   pushes, pages, feeds (no-address.csv has the rest)
 *                                        └─▶ a real server: pages, panes, media, lists, export,
 *                                            pulls and forged events, everybody as everybody else
 *
 * `late` counts events of who has or had the case that are taken and wait for another hand (K10, K21).
 * Ends with 1 when a cell is wrong, a forged field was believed, a word of a case was read by whom
 * it is not for, or too little was tried. `--mutants` plants fifteen bugs in `can()`: all must be seen.
 * `--plant` gives everybody a director's rights: then 1 is what must come, 2 says it was not seen.
 */
import { ensureBuilt } from './house/ground.mjs';
import { demandUnderstood } from './house/options.ts';
import { LIFECYCLE } from '../src/lib/domain/lifecycle.ts';
import { can } from '../src/lib/domain/permissions.ts';
import { attack } from '../tests/authz/attack.ts';
import { everyCell } from '../tests/authz/cells.ts';
import { CELLS_MIN, runMatrix, unspoken } from '../tests/authz/matrix.ts';
import { MUTANTS, mutantCan } from '../tests/authz/mutants.ts';
import { routesUnspoken } from '../tests/authz/routes.ts';

const FLAGS = ['--quick', '--mutants', '--plant', '--no-build'];
demandUnderstood(
  process.argv.slice(2),
  { flags: FLAGS },
  `npm run -s authz -- [${FLAGS.join('] [')}]`,
);
const flag = (name: string): boolean => process.argv.includes(`--${name}`);
const say = (line: string): void => console.error(`» ${line}`);
const SHOWN_MAX = 60;

/** Least numbers below which a zero means nothing. */
const MINIMUM = { quick: 400, whole: 4_000 } as const;
const FORGED_MIN = { quick: 300, whole: 1_300 } as const;
/** Of the cells, as the server answers them: the short form takes a fixed share. */
const OVER_HTTP_MIN = { quick: 8_000, whole: 120_000 } as const;
const CAUGHT_MIN = 10;

function show(title: string, lines: readonly string[]): void {
  for (const line of lines.slice(0, SHOWN_MAX)) say(`${title}: ${line}`);
  if (lines.length > SHOWN_MAX) say(`${title}: and ${lines.length - SHOWN_MAX} more`);
}

async function mutants(): Promise<number> {
  const missed: string[] = [];
  for (const [n, { name }] of MUTANTS.entries()) {
    const { wrong } = runMatrix(await mutantCan(n));
    say(`${name}: ${wrong.length} cells wrong`);
    if (wrong.length === 0) missed.push(name);
  }
  const caught = MUTANTS.length - missed.length;
  const figures = { mutants: MUTANTS.length, caught, missed, minimum: CAUGHT_MIN };
  console.log(JSON.stringify(figures));
  return missed.length === 0 && caught >= CAUGHT_MIN ? 0 : 1;
}

async function whole(): Promise<number> {
  const short = flag('quick') || flag('plant');
  const length = short ? 'quick' : 'whole';
  const matrix = runMatrix(can);
  const silent = [...unspoken(Object.keys(LIFECYCLE)), ...routesUnspoken()];
  say(`${matrix.cells} cells asked of can(), ${matrix.allowed} of them allowed`);
  if (!flag('no-build')) ensureBuilt();
  const options = { short, plant: flag('plant'), say };
  const found = await attack(options);
  const asked = await everyCell(found, options);
  const wrong = [...silent, ...matrix.wrong, ...found.wrong];
  show('wrong', wrong);
  show('believed', found.forgedAccepted);
  show('leak', found.leaks);
  const minimum = MINIMUM[length];
  const figures = {
    cells: matrix.cells,
    overHttp: asked.asked,
    noAddress: asked.unasked,
    late: asked.late,
    answers: found.cells,
    forged: found.forged,
    wrong: wrong.length,
    forgedAccepted: found.forgedAccepted.length,
    leaks: found.leaks.length,
    ...{ attempts: found.attempts, minimum },
  };
  console.log(JSON.stringify(figures));
  const harm = figures.wrong + figures.forgedAccepted + figures.leaks;
  if (flag('plant')) return harm > 0 && figures.leaks > 0 ? 1 : 2;
  const enough =
    matrix.cells >= CELLS_MIN &&
    found.attempts >= minimum &&
    found.cells >= minimum &&
    asked.asked >= OVER_HTTP_MIN[length] &&
    (short || asked.asked + asked.unasked === matrix.cells) &&
    found.forged >= FORGED_MIN[length];
  return harm === 0 && enough ? 0 : 1;
}

process.exitCode = await (flag('mutants') ? mutants() : whole());
