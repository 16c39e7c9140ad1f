/** The whole check against a real server process over a county of its own. */
import { readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CountyProcess, freePort } from '../../scripts/intake/county-process.ts';
import { CASES, PEOPLE } from './cast.ts';
import { seedCounty } from './county.ts';
import { forge } from './forge.ts';
import { visit } from './http-cells.ts';
import { press } from './press.ts';
import { comparePull } from './pull.ts';
import { nothingFound, type Found } from './verdict.ts';
import { Visitor } from './visitor.ts';

/** In the short form: one person of every kind that the table tells apart. */
const SHORT = [
  ...['agent', 'sister', 'town', 'registrar', 'director', 'sealeddesk', 'clerknamed', 'expired'],
];

/** `plant` gives everybody the rights of a listed director: everything must turn red. */
export interface AttackOptions {
  readonly short: boolean;
  readonly plant: boolean;
  readonly say: (line: string) => void;
}

async function visitorsOf(origin: string, short: boolean): Promise<Visitor[]> {
  const visitors = [Visitor.nobody(origin, 'V'), Visitor.nobody(origin, 'S')];
  for (const person of PEOPLE) {
    if (!short || SHORT.includes(person.user))
      visitors.push(await Visitor.signedIn(origin, person));
  }
  return visitors;
}

function databaseIn(dataDir: string): string {
  const name = readdirSync(dataDir).find((one) => /\.(sqlite|db)$/.test(one));
  if (name === undefined) throw new Error('the county has no database file');
  return path.join(dataDir, name);
}

/** Seeds, starts, attacks, clears away. */
export async function attack(options: AttackOptions): Promise<Found> {
  const { short, say } = options;
  const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-authz-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${String(port)}`;
  const county = new CountyProcess({ dataDir, port, origin });
  const found = nothingFound();
  try {
    const director = PEOPLE.find(({ user }) => user === 'directorlisted') ?? null;
    const seeded = await seedCounty(dataDir, { asIf: options.plant ? director : null });
    say(`a county of ${PEOPLE.length} people, ${CASES.length} cases and ${seeded.events} events`);
    await county.start();
    const visitors = await visitorsOf(origin, short);
    say(`${visitors.length} people are in`);
    const sample = (n: number): boolean => !short || n % 4 === 0 || n >= CASES.length - 6;
    for (const visitor of visitors) {
      await visit(found, visitor, { seeded, sample });
      await comparePull(found, visitor);
    }
    const file = databaseIn(dataDir);
    if (!options.plant) for (const visitor of visitors) await press(found, visitor, file);
    const by = (user: string) => visitors.find(({ person }) => person.user === user);
    const [agent, other] = [by('agent'), by('sister')];
    if (!agent || !other) throw new Error('nobody is there to lie');
    if (!options.plant) await forge(found, { agent, other }, { file, short });
    found.attempts += found.forged;
    return found;
  } finally {
    await county.kill();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
