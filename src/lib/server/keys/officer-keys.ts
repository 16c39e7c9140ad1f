/**
 * 钥匙: public keys of the county's officers, with the private halves under their passphrases. The
 * director makes the recovery key in his browser; another person puts it in force after the two
 * have compared its fingerprint, so that nobody slips in a key of his own.
 *
 *     made (X) ─ proposed ─► confirmed (Y ≠ X) ─► in force: the newest two ─ ended ─► opens old ones
 *                   └──────► refused, or taken back
 *
 * Nothing is ever erased: a backup of years ago still needs its key.
 */
import * as z from 'zod';
import type { Subject } from '../../domain/permissions.ts';
import { isInForce } from '../../domain/permissions.ts';
import type { Instant } from '../../domain/values.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import {
  fingerprintOf,
  KEY_PASSPHRASE_MIN,
  officerKeySchema,
  type KeyPurpose,
  type OfficerKey,
} from '../../protocol/officer-key.ts';
import { isRecipientKey, type Recipient } from '../../protocol/sealed.ts';
import { listAccounts, type AccountDeps } from '../auth/accounts.ts';
import { grantOf, rolesAt } from '../auth/subject.ts';
import type { DeskActDeps } from '../desk/deps.ts';
import { keep, lastKeptUnder, type SettingsDeps } from '../settings/kept.ts';

interface KeyDeps {
  readonly accounts: AccountDeps;
  readonly desk: DeskActDeps;
}

const PREFIX = 'officer_key.';
/** How many of one purpose hold at a time: the new one and the one before it. */
export const KEYS_IN_FORCE = 2;

const storedSchema = z.object({
  state: z.enum(['proposed', 'confirmed', 'refused', 'ended']),
  /** Who made it. */
  by: z.string(),
  madeAt: z.string(),
  /** Who put it in force; empty before. */
  confirmedBy: z.string(),
  confirmedAt: z.string(),
  key: officerKeySchema,
});
type Stored = z.infer<typeof storedSchema>;

/** A key as one reader sees it. */
export interface KeyLine {
  readonly keyId: string;
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly state: Stored['state'];
  /** Tablets and backups are sealed to it now. */
  readonly inForce: boolean;
  readonly madeBy: string;
  readonly madeAt: string;
  readonly confirmedBy: string;
  readonly mayConfirm: boolean;
  readonly mayEnd: boolean;
  /** The wrapped key, for whoever made it alone. */
  readonly own: OfficerKey | null;
}

/** The keys for the page; `mayMake`: whether the reader makes one. */
export interface KeysView {
  readonly mayMake: boolean;
  /** Fewest characters of a key's passphrase. */
  readonly passphraseMin: number;
  readonly lines: readonly KeyLine[];
}

/** Why nothing was done. */
export type KeyRefusal = 'none' | 'second' | 'there' | 'bad';

/** Makes a key: the director. Who keeps the accounts is never who reads the backups. */
const MAKER = 'O5';
const CONFIRMERS = ['O5', 'ADMIN'];
const holds = (roles: readonly string[], some: readonly string[]) =>
  roles.some((role) => some.includes(role));

/** Whether this person has anything to do with keys. */
export const seesKeys = (person: Subject, now: Instant): boolean =>
  holds(rolesAt(person, now), CONFIRMERS);

async function stored(deps: SettingsDeps): Promise<ReadonlyMap<string, Stored>> {
  const found = new Map<string, Stored>();
  for (const [keyId, row] of await lastKeptUnder(deps, PREFIX)) {
    const read = storedSchema.safeParse(JSON.parse(row.value));
    if (read.success) found.set(keyId, read.data);
  }
  return found;
}

/** Newest first. */
const holdingOf = (all: Iterable<Stored>, purpose: KeyPurpose): readonly Stored[] =>
  [...all]
    .filter(({ state, key }) => state === 'confirmed' && key.purpose === purpose)
    .sort((a, b) => (a.confirmedAt < b.confirmedAt ? 1 : -1))
    .slice(0, KEYS_IN_FORCE);

/** The recovery keys in force, and when that changed last; empty: nobody has made one. */
export interface RecoveryInForce {
  readonly recipients: readonly Recipient[];
  /** UTC instant of the last key that came into force or was ended. */
  readonly at: string;
}

/** The same with the moment of the last change: tablets ask for a list that is newer than theirs. */
export async function recoveryInForce(deps: SettingsDeps): Promise<RecoveryInForce> {
  const recipients = await recoveryRecipients(deps);
  const rows = [...(await lastKeptUnder(deps, PREFIX)).values()];
  const changes = rows.flatMap(({ value, changed_at }) => {
    const read = storedSchema.safeParse(JSON.parse(value));
    return read.success && ['confirmed', 'ended'].includes(read.data.state) ? [changed_at] : [];
  });
  return { recipients, at: changes.sort().at(-1) ?? '' };
}

/** What backups, hand-in files and tablets seal to beside the intake key; none: nobody made one. */
export async function recoveryRecipients(deps: SettingsDeps): Promise<readonly Recipient[]> {
  return holdingOf((await stored(deps)).values(), 'recovery').flatMap(({ key }) => {
    const publicKey = fromBase64Url(key.publicKey);
    return publicKey && isRecipientKey(publicKey)
      ? [{ kind: 'recovery' as const, keyId: key.keyId, publicKey }]
      : [];
  });
}

/** Public halves of every recovery key that was ever in force, by key id: what they sealed still opens. */
export async function recoveryKeys(deps: SettingsDeps): Promise<ReadonlyMap<string, string>> {
  const all = [...(await stored(deps)).values()].filter(
    ({ state, key }) => ['confirmed', 'ended'].includes(state) && key.purpose === 'recovery',
  );
  return new Map(all.map(({ key }) => [key.keyId, key.publicKey]));
}

/** The page's view; null for whoever has nothing to do with keys. */
export async function keysFor(deps: KeyDeps, person: Subject): Promise<KeysView | null> {
  const now = deps.desk.now();
  if (!seesKeys(person, now)) return null;
  const [all, accounts] = await Promise.all([stored(deps.desk), listAccounts(deps.accounts.db)]);
  const nameOf = (id: string) => accounts.find((one) => one.personId === id)?.name ?? '';
  const holding = new Set(holdingOf(all.values(), 'recovery').map(({ key }) => key.keyId));
  const lines = [...all.values()].map(async (one): Promise<KeyLine> => {
    const isOpen = one.state === 'proposed';
    const isOwn = one.by === person.personId;
    return {
      keyId: one.key.keyId,
      fingerprint: await fingerprintOf(fromBase64Url(one.key.publicKey) ?? new Uint8Array(0)),
      publicKey: one.key.publicKey,
      ...{ state: one.state, inForce: holding.has(one.key.keyId) },
      ...{ madeBy: nameOf(one.by), madeAt: one.madeAt, confirmedBy: nameOf(one.confirmedBy) },
      mayConfirm: isOpen && !isOwn,
      mayEnd: isOpen || one.state === 'confirmed',
      own: isOwn ? one.key : null,
    };
  });
  const newestFirst = (await Promise.all(lines)).sort((a, b) => (a.madeAt < b.madeAt ? 1 : -1));
  const mayMake = rolesAt(person, now).includes(MAKER);
  return { mayMake, passphraseMin: KEY_PASSPHRASE_MIN, lines: newestFirst };
}

/** The audit first, in a commit of its own: a change of keys without its line would be silent. */
async function write({ desk }: KeyDeps, by: Subject, word: Stored): Promise<void> {
  const at = desk.now();
  const { keyId, publicKey } = word.key;
  const fingerprint = await fingerprintOf(fromBase64Url(publicKey) ?? new Uint8Array(0));
  const line = {
    ...{ at, personId: by.personId, role: rolesAt(by, at).join(','), caseId: null },
    ...{ action: `officer_key.${word.state}`, note: JSON.stringify({ keyId, fingerprint }) },
  };
  await desk.store.transact(desk.county, (tx) => tx.write({ audit: [line] }));
  await keep(desk, { name: `${PREFIX}${keyId}`, value: word }, { personId: by.personId, at });
}

/** Takes a wrapped key that was made in the browser; it holds after a second person. */
export async function proposeKey(
  deps: KeyDeps,
  by: Subject,
  given: unknown,
): Promise<KeyRefusal | null> {
  const now = deps.desk.now();
  if (!rolesAt(by, now).includes(MAKER)) return 'none';
  const read = officerKeySchema.safeParse(given);
  if (!read.success || read.data.purpose !== 'recovery') return 'bad';
  const point = fromBase64Url(read.data.publicKey);
  if (!point || !isRecipientKey(point) || !(await isOnCurve(point))) return 'bad';
  if (!read.data.keyId.startsWith(`${read.data.purpose}-`)) return 'bad';
  const all = await stored(deps.desk);
  if (all.has(read.data.keyId)) return 'there';
  if ([...all.values()].some((one) => one.state === 'proposed')) return 'there';
  const word: Stored = {
    ...{ state: 'proposed', by: by.personId, madeAt: now },
    ...{ confirmedBy: '', confirmedAt: '', key: read.data },
  };
  await write(deps, by, word);
  return null;
}

async function isOnCurve(point: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  return crypto.subtle.importKey('raw', point, curve, false, []).then(
    () => true,
    () => false,
  );
}

/** Whether the maker still has an account and a grant in force: else his key is nobody's. */
async function isStillThere({ accounts, desk }: KeyDeps, personId: string): Promise<boolean> {
  const one = (await listAccounts(accounts.db)).find((a) => a.personId === personId);
  const grants = one?.grants.flatMap((row) => grantOf(row) ?? []) ?? [];
  const makes = grants.some((grant) => grant.role === MAKER && isInForce(grant, desk.now()));
  return one !== undefined && !one.disabled && makes;
}

/** The second person: from here on backups are sealed to it. */
export async function confirmKey(
  deps: KeyDeps,
  by: Subject,
  keyId: string,
): Promise<KeyRefusal | null> {
  const now = deps.desk.now();
  if (!seesKeys(by, now)) return 'none';
  const open = (await stored(deps.desk)).get(keyId);
  if (open?.state !== 'proposed') return 'none';
  if (open.by === by.personId) return 'second';
  if (!(await isStillThere(deps, open.by))) return 'none';
  const word: Stored = { ...open, state: 'confirmed', confirmedBy: by.personId, confirmedAt: now };
  await write(deps, by, word);
  return null;
}

/** Refuses, takes back, or takes out of force; what was sealed to it stays to be opened by it. */
export async function endKey(
  deps: KeyDeps,
  by: Subject,
  keyId: string,
): Promise<KeyRefusal | null> {
  if (!seesKeys(by, deps.desk.now())) return 'none';
  const open = (await stored(deps.desk)).get(keyId);
  if (open === undefined || !['proposed', 'confirmed'].includes(open.state)) return 'none';
  const state = open.state === 'proposed' ? 'refused' : 'ended';
  await write(deps, by, { ...open, state });
  return null;
}
