/**
 * The rows of the county's keys. One is believed when the county's hand is under it: a row that
 * somebody wrote into the database is shown as such and nothing is ever sealed to its key.
 */
import * as z from 'zod';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { fingerprintOf, officerKeySchema, type KeyPurpose } from '../../protocol/officer-key.ts';
import { isRecipientKey, type Recipient } from '../../protocol/sealed.ts';
import type { KeyRing } from '../intake-keys/key-ring.ts';
import { keptUnder, lastKeptUnder, type SettingsDeps } from '../settings/kept.ts';
import { num } from '../store/rows.ts';
import { handSchema, handsIn, isSignedByCounty, signByCounty, type Parts } from './county-hand.ts';
import { raiseKeyHeads, readKeyHeads, tagOfRow, type KeyHead, type KeyHeads } from './key-heads.ts';

/** Names of the kept rows, the key's name behind it; actions of the audit, the state behind it. */
export const OFFICER_KEY = 'officer_key.';
/** How many of one purpose hold at a time: the new one and the one before it. */
export const KEYS_IN_FORCE = 2;

/** Where the rows lie, and whose hand must be under them. */
export interface KeyPlace extends SettingsDeps {
  /** INTAKE_KEY_FILE. */
  readonly intakeKeyFile: string;
}

const wordSchema = z.object({
  state: z.enum(['proposed', 'confirmed', 'refused', 'ended']),
  /** Who made it. */
  by: z.string(),
  madeAt: z.string(),
  /** Who put it in force; empty before. */
  confirmedBy: z.string(),
  confirmedAt: z.string(),
  key: officerKeySchema,
});
/** Which row of its key it is, and `tagOfRow` of the one before (empty: none). Older rows have neither. */
const placeSchema = z.object({ n: z.number().int().min(1), before: z.string().max(43) });
const rowSchema = wordSchema.extend({ hand: handSchema.optional(), place: placeSchema.optional() });
/** What one row says of a key. */
export type KeyWord = z.infer<typeof wordSchema>;
export type KeyRow = z.infer<typeof rowSchema>;

/** A row as it lies there. */
export interface Lying {
  readonly n: number;
  readonly value: string;
}

/** A key as its last row has it. */
export interface StoredKey extends KeyWord {
  /** The county's hand is under it, and it is the last row that the county wrote. */
  readonly signed: boolean;
  /** The row itself: the next one stands behind it. */
  readonly lying: Lying;
  /** When its last row was written. */
  readonly changedAt: string;
}

function partsOf(county: string, { place, ...row }: KeyRow): Parts {
  const { state, by, madeAt, confirmedBy, confirmedAt, key } = row;
  const { purpose, keyId, publicKey, salt, box } = key;
  const who = [state, by, madeAt, confirmedBy, confirmedAt];
  const said = [county, ...who, purpose, keyId, publicKey, salt, box];
  return place ? ['officer key 2', place.n, place.before, ...said] : ['officer key', ...said];
}

/** The word with the county's hand under it, as it is kept behind the row `after` (null: the first). */
export async function signedWord(
  county: string,
  word: KeyWord,
  { ring, after }: { readonly ring: KeyRing; readonly after: Lying | null },
): Promise<KeyRow> {
  const place = after ? { n: after.n + 1, before: tagOfRow(after.value) } : { n: 1, before: '' };
  return { ...word, place, hand: await signByCounty(ring, partsOf(county, { ...word, place })) };
}

/** What is kept, or null for a row of another form. */
export function readKeyRow(value: string): KeyRow | null {
  try {
    return rowSchema.safeParse(JSON.parse(value)).data ?? null;
  } catch {
    return null;
  }
}

/** Whether the county's hand is under a row. */
export const isSignedRow = (county: string, row: KeyRow, ring: KeyRing | null): Promise<boolean> =>
  isSignedByCounty(ring, partsOf(county, row), row.hand);

/**
 * Whether the last of these rows, oldest first, is the last that the county wrote: each says which it
 * is and what stood before it, and none that was noted is missing. A row of before that says nothing
 * counts up to where the county began to note (`heads`), and never behind one that does.
 */
export function isWhole(rows: readonly Lying[], keyId: string, heads: KeyHeads): boolean {
  const head = heads?.get(keyId);
  let [before, isChained] = ['', false];
  for (const [at, { n, value }] of rows.entries()) {
    const place = readKeyRow(value)?.place;
    if (n !== at + 1) return false;
    if (place && (place.n !== n || place.before !== before)) return false;
    if (!place && (isChained || (heads !== null && n > (head?.n ?? 0)))) return false;
    [before, isChained] = [tagOfRow(value), isChained || place !== undefined];
    if (n === head?.n && before !== head.tag) return false;
  }
  return rows.length >= (head?.n ?? 0);
}

/** The rows of every key, oldest first, by key id. */
export async function keyRowsOf(deps: SettingsDeps): Promise<ReadonlyMap<string, readonly Row[]>> {
  const found = new Map<string, Row[]>();
  for (const { name, n, value, changed_at: changedAt } of await keptUnder(deps, OFFICER_KEY)) {
    const keyId = name.slice(OFFICER_KEY.length);
    found.set(keyId, [...(found.get(keyId) ?? []), { n: num(n), value, changedAt }]);
  }
  return found;
}
interface Row extends Lying {
  readonly changedAt: string;
}

/** Every key as its last row has it, by key id; notes how far the rows have come. */
export async function storedKeys(place: KeyPlace): Promise<ReadonlyMap<string, StoredKey>> {
  const { county, intakeKeyFile } = place;
  // The heads first: rows that come meanwhile are more than they say, never fewer.
  const heads = await readKeyHeads(intakeKeyFile, county);
  const ring = await handsIn(intakeKeyFile);
  const found = new Map<string, StoredKey>();
  const seen = new Map<string, KeyHead>();
  // Rows of before are noted by a start alone, which asks the audit.
  let isNoting = true;
  for (const [keyId, rows] of await keyRowsOf(place)) {
    const lying = rows.at(-1);
    const row = readKeyRow(lying?.value ?? '');
    // A row that names another key than the one it stands under is nobody's.
    if (!lying || row === null) continue;
    const own = row.key.keyId === keyId && isWhole(rows, keyId, heads);
    const signed = own && (await isSignedRow(county, row, ring));
    found.set(keyId, { ...row, signed, changedAt: lying.changedAt, lying });
    isNoting &&= heads !== null || rows.every(({ value }) => readKeyRow(value)?.place);
    if (signed && row.place)
      seen.set(keyId, { n: lying.n, tag: tagOfRow(lying.value), state: row.state });
  }
  if (isNoting) await raiseKeyHeads(intakeKeyFile, county, seen);
  return found;
}

/** Those that hold, newest first. */
export const holdingOf = (all: Iterable<StoredKey>, purpose: KeyPurpose): readonly StoredKey[] =>
  [...all]
    .filter(({ state, key, signed }) => signed && state === 'confirmed' && key.purpose === purpose)
    .sort((a, b) => (a.confirmedAt < b.confirmedAt ? 1 : -1))
    .slice(0, KEYS_IN_FORCE);

/** The recovery keys in force, and when that changed last; empty: nobody has made one. */
export interface RecoveryInForce {
  readonly recipients: readonly Recipient[];
  /** UTC instant of the last key that came into force or was ended. */
  readonly at: string;
}

const recipientsIn = (all: Iterable<StoredKey>): readonly Recipient[] =>
  holdingOf(all, 'recovery').flatMap(({ key }) => {
    const publicKey = fromBase64Url(key.publicKey);
    return publicKey && isRecipientKey(publicKey)
      ? [{ kind: 'recovery' as const, keyId: key.keyId, publicKey }]
      : [];
  });

/** The same with the moment of the last change: tablets ask for a list that is newer than theirs. */
export async function recoveryInForce(place: KeyPlace): Promise<RecoveryInForce> {
  const all = [...(await storedKeys(place)).values()];
  const changes = all
    .filter(({ state, signed }) => signed && (state === 'confirmed' || state === 'ended'))
    .map(({ changedAt }) => changedAt);
  return { recipients: recipientsIn(all), at: changes.sort().at(-1) ?? '' };
}

/** What backups, hand-in files and tablets seal to beside the intake key; none: nobody made one. */
export const recoveryRecipients = async (place: KeyPlace): Promise<readonly Recipient[]> =>
  recipientsIn((await storedKeys(place)).values());

/** Keys that stand as proposed or in force without the county's hand: made by hand, or from before a lost file. */
export const unsignedKeys = async (place: KeyPlace): Promise<readonly StoredKey[]> =>
  [...(await storedKeys(place)).values()].filter(
    ({ state, signed }) => !signed && (state === 'proposed' || state === 'confirmed'),
  );

/** Names of keys that were noted as proposed or in force, and of which no row is left. */
export async function keysAway(place: KeyPlace): Promise<readonly string[]> {
  const heads = await readKeyHeads(place.intakeKeyFile, place.county);
  const there = await keyRowsOf(place);
  return [...(heads ?? [])].flatMap(([keyId, { state }]) =>
    ['proposed', 'confirmed'].includes(state) && !there.has(keyId) ? [keyId] : [],
  );
}

/** Public halves of every recovery key that was ever in force, by key id: what they sealed still opens. */
export async function recoveryKeys(deps: SettingsDeps): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { value } of (await lastKeptUnder(deps, OFFICER_KEY)).values()) {
    const row = readKeyRow(value);
    if (row?.key.purpose !== 'recovery') continue;
    if (row.state === 'confirmed' || row.state === 'ended')
      found.set(row.key.keyId, row.key.publicKey);
  }
  return found;
}

/** What the audit says of a change of a key. */
export async function noteOf(word: KeyWord): Promise<{ action: string; note: string }> {
  const { keyId, publicKey } = word.key;
  const fingerprint = await fingerprintOf(fromBase64Url(publicKey) ?? new Uint8Array(0));
  return { action: `${OFFICER_KEY}${word.state}`, note: JSON.stringify({ keyId, fingerprint }) };
}
