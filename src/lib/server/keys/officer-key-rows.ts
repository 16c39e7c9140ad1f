/**
 * The rows of the county's keys. One is believed when the county's hand is under it: a row that
 * somebody wrote into the database is shown as such and nothing is ever sealed to its key.
 */
import * as z from 'zod';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { fingerprintOf, officerKeySchema, type KeyPurpose } from '../../protocol/officer-key.ts';
import { isRecipientKey, type Recipient } from '../../protocol/sealed.ts';
import type { KeyRing } from '../intake-keys/key-ring.ts';
import { lastKeptUnder, type SettingsDeps } from '../settings/kept.ts';
import { handSchema, handsIn, isSignedByCounty, signByCounty, type Parts } from './county-hand.ts';

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
const rowSchema = wordSchema.extend({ hand: handSchema.optional() });
/** What one row says of a key. */
export type KeyWord = z.infer<typeof wordSchema>;
type Row = z.infer<typeof rowSchema>;

/** A key as its last row has it. */
export interface StoredKey extends KeyWord {
  /** The county's hand is under it. */
  readonly signed: boolean;
  /** When its last row was written. */
  readonly changedAt: string;
}

function partsOf(county: string, word: KeyWord): Parts {
  const { state, by, madeAt, confirmedBy, confirmedAt, key } = word;
  const { purpose, keyId, publicKey, salt, box } = key;
  const who = [state, by, madeAt, confirmedBy, confirmedAt];
  return ['officer key', county, ...who, purpose, keyId, publicKey, salt, box];
}

/** The word with the county's hand under it, as it is kept. */
export async function signedWord(county: string, word: KeyWord, ring: KeyRing): Promise<Row> {
  return { ...word, hand: await signByCounty(ring, partsOf(county, word)) };
}

/** What is kept, or null for a row of another form. */
export function readKeyRow(value: string): Row | null {
  try {
    return rowSchema.safeParse(JSON.parse(value)).data ?? null;
  } catch {
    return null;
  }
}

/** Whether the county's hand is under a row. */
export const isSignedRow = (county: string, row: Row, ring: KeyRing | null): Promise<boolean> =>
  isSignedByCounty(ring, partsOf(county, row), row.hand);

/** Every key as its last row has it, by key id. */
export async function storedKeys(place: KeyPlace): Promise<ReadonlyMap<string, StoredKey>> {
  const ring = await handsIn(place.intakeKeyFile);
  const found = new Map<string, StoredKey>();
  for (const [keyId, { value, changed_at: changedAt }] of await lastKeptUnder(place, OFFICER_KEY)) {
    const row = readKeyRow(value);
    // A row that names another key than the one it stands under is nobody's.
    if (row === null) continue;
    const own = row.key.keyId === keyId;
    const signed = own && (await isSignedRow(place.county, row, ring));
    found.set(keyId, { ...row, signed, changedAt });
  }
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
