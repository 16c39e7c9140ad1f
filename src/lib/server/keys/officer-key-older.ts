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
import type { CountyTables } from '../store/tables.ts';
import {
  isSignedRow,
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

/** Whether the audit has the person who made it and, where it came into force, a second one. */
async function isTold({ db, county }: OlderDeps, word: KeyWord): Promise<boolean> {
  const { note } = await noteOf(word);
  const lines = await db
    .selectFrom('audit')
    .select(['action', 'person_id', 'at'])
    .where('county', '=', county)
    .where('note', '=', note)
    .where('action', 'like', `${OFFICER_KEY}%`)
    .execute();
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
  for (const [keyId, { value }] of await lastKeptUnder(deps, OFFICER_KEY)) {
    const word = readKeyRow(value);
    if (word === null || (await isSignedRow(county, word, ring))) continue;
    if (word.key.keyId !== keyId || !(await isTold(deps, word))) {
      left.push(keyId);
      continue;
    }
    const [at, personId] = [now(), 'system' as PersonId];
    const signed = JSON.stringify(await signedWord(county, word, ring));
    const kept = [{ name: `${OFFICER_KEY}${keyId}`, value: signed, at, personId }];
    const { note } = await noteOf(word);
    const audit = [{ at, personId, action: SIGNED_BY_START, caseId: null, note }];
    await store.transact(county, (tx) => tx.write({ kept, audit }));
  }
  await noteHands(intakeKeyFile, now());
  return left;
}
