/**
 * Keys that were put in force before rows carried the county's hand: signed once, at the first start
 * of a program that asks for it, and only where the audit has both hands that made them. The file of
 * signers remembers that it was done, so no row that is written later is ever signed by a start.
 */
import type { Kysely } from 'kysely';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { CountyStore } from '../../ports/county-store.ts';
import { codeOf, intakeKeyRing, noteHands, readRing } from '../intake-keys/key-ring.ts';
import { lastKeptUnder } from '../settings/kept.ts';
import { num } from '../store/rows.ts';
import type { CountyTables } from '../store/tables.ts';
import { readKeyHeads, tagOfRow, writeKeyHeads, type KeyHead } from './key-heads.ts';
import {
  isSignedRow,
  isWhole,
  keyRowsOf,
  noteOf,
  OFFICER_KEY,
  readKeyRow,
  signedWord,
  type KeyWord,
} from './officer-key-rows.ts';

export interface OlderDeps {
  readonly db: Kysely<CountyTables>;
  readonly county: string;
  readonly store: CountyStore;
  readonly intakeKeyFile: string;
  now(): Instant;
}

/** The audit's action for such a signature. */
export const SIGNED_BY_START = `${OFFICER_KEY}signed`;

async function isThere(file: string): Promise<boolean> {
  return readRing(file).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
}

async function linesOf({ db, county }: Pick<OlderDeps, 'db' | 'county'>, word: KeyWord) {
  const { note } = await noteOf(word);
  const lines = db.selectFrom('audit').select(['action', 'person_id', 'at']);
  const about = lines.where('county', '=', county).where('note', '=', note);
  return about.where('action', 'like', `${OFFICER_KEY}%`).orderBy('n').execute();
}

/** Whether the audit has the person who made it and, where it came into force, a second one. */
async function isTold(deps: OlderDeps, word: KeyWord): Promise<boolean> {
  const lines = await linesOf(deps, word);
  const has = (action: string, who: string) =>
    lines.some((line) => line.action === `${OFFICER_KEY}${action}` && line.person_id === who);
  if (!has('proposed', word.by)) return false;
  if (word.confirmedBy === '') return word.state !== 'confirmed';
  return word.confirmedBy !== word.by && has('confirmed', word.confirmedBy);
}

/** Signs what the audit tells of; answers the names of keys that stay without. */
export async function signOlderKeys(deps: OlderDeps): Promise<readonly string[]> {
  const { county, store, intakeKeyFile, now } = deps;
  if (!(await isThere(intakeKeyFile))) return [];
  const ring = await intakeKeyRing(intakeKeyFile, now());
  if (ring.handsSince !== undefined) return [];
  const left: string[] = [];
  for (const [keyId, { n, value }] of await lastKeptUnder(deps, OFFICER_KEY)) {
    const word = readKeyRow(value);
    if (word === null || (await isSignedRow(county, word, ring))) continue;
    if (word.key.keyId !== keyId || !(await isTold(deps, word))) {
      left.push(keyId);
      continue;
    }
    const [at, personId] = [now(), 'system' as PersonId];
    const after = { n: num(n), value };
    const signed = JSON.stringify(await signedWord(county, word, { ring, after }));
    const kept = [{ name: `${OFFICER_KEY}${keyId}`, value: signed, at, personId }];
    const { note } = await noteOf(word);
    const audit = [{ at, personId, action: SIGNED_BY_START, caseId: null, note }];
    await store.transact(county, (tx) => tx.write({ kept, audit }));
  }
  await noteHands(intakeKeyFile, now());
  return left;
}

/** The last line of the audit about it says the same; none is left where lines were taken away for age. */
async function isLastTold(deps: HeadsDeps, word: KeyWord): Promise<boolean> {
  const lines = (await linesOf(deps, word)).filter(({ action }) => action !== SIGNED_BY_START);
  return lines.length === 0 || lines.at(-1)?.action === `${OFFICER_KEY}${word.state}`;
}

type HeadsDeps = Omit<OlderDeps, 'store' | 'now'>;

/** How far the rows of each key have come that are under the county's hand and told by the audit. */
async function headsThere(deps: HeadsDeps): Promise<ReadonlyMap<string, KeyHead>> {
  const ring = await readRing(deps.intakeKeyFile);
  const heads = new Map<string, KeyHead>();
  for (const [keyId, rows] of await keyRowsOf(deps)) {
    const [last, word] = [rows.at(-1), readKeyRow(rows.at(-1)?.value ?? '')];
    if (!last || word?.key.keyId !== keyId || !isWhole(rows, keyId, null)) continue;
    if (!(await isSignedRow(deps.county, word, ring)) || !(await isLastTold(deps, word))) continue;
    heads.set(keyId, { n: last.n, tag: tagOfRow(last.value), state: word.state });
  }
  return heads;
}

/** Begins to note how far keys have come: once, as what lies there is told by the audit. */
export async function beginKeyHeads(deps: HeadsDeps): Promise<void> {
  const { county, intakeKeyFile } = deps;
  if (!(await isThere(intakeKeyFile)) || (await readKeyHeads(intakeKeyFile, county))) return;
  await writeKeyHeads(intakeKeyFile, county, await headsThere(deps));
}

/**
 * What is to be noted when this database is put back: what it has holds, though it is less. A key that
 * was ended or refused since stays as it was noted, and is not believed: it is to be ended anew. Null:
 * nothing was noted yet, the next start does.
 */
export async function keyHeadsAnew(deps: HeadsDeps): Promise<ReadonlyMap<string, KeyHead> | null> {
  const noted = await readKeyHeads(deps.intakeKeyFile, deps.county);
  if (!noted || !(await isThere(deps.intakeKeyFile))) return null;
  const over = [...noted].filter(([, { state }]) => state === 'ended' || state === 'refused');
  return new Map([...(await headsThere(deps)), ...over]);
}
