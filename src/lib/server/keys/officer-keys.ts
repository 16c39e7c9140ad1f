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
import type { Subject } from '../../domain/permissions.ts';
import { isInForce } from '../../domain/permissions.ts';
import type { Instant } from '../../domain/values.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import {
  fingerprintOf,
  KEY_PASSPHRASE_MIN,
  officerKeySchema,
  type OfficerKey,
} from '../../protocol/officer-key.ts';
import { isRecipientKey } from '../../protocol/sealed.ts';
import { areOneHand } from '../settings/account-resets.ts';
import { listAccounts, type AccountDeps } from '../auth/accounts.ts';
import { grantOf, rolesAt } from '../auth/subject.ts';
import type { DeskActDeps } from '../desk/deps.ts';
import type { CountyKeyring } from '../intake-keys/county-keys.ts';
import {
  holdingOf,
  noteOf,
  OFFICER_KEY,
  signedWord,
  storedKeys,
  type KeyPlace,
  type KeyWord,
  type Lying,
  type StoredKey,
} from './officer-key-rows.ts';

export { KEYS_IN_FORCE, recoveryRecipients } from './officer-key-rows.ts';

interface KeyDeps {
  readonly accounts: AccountDeps;
  readonly desk: DeskActDeps;
  readonly container: {
    readonly env: { readonly intakeKeyFile: string };
    readonly keys: CountyKeyring;
  };
}

const placeOf = ({ desk, container }: KeyDeps): KeyPlace => ({
  ...{ db: desk.db, county: desk.county, intakeKeyFile: container.env.intakeKeyFile },
});

/** A key as one reader sees it. */
export interface KeyLine {
  readonly keyId: string;
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly state: KeyWord['state'];
  /** Nobody put it there by the county's acts: no hand of the county is under its row. */
  readonly foreign: boolean;
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

/** Stands as if somebody had proposed it or put it in force, and the county knows nothing of it. */
const isForeign = ({ signed, state }: StoredKey): boolean =>
  !signed && (state === 'proposed' || state === 'confirmed');

/** The page's view; null for whoever has nothing to do with keys. */
export async function keysFor(deps: KeyDeps, person: Subject): Promise<KeysView | null> {
  const now = deps.desk.now();
  if (!seesKeys(person, now)) return null;
  const [all, accounts] = await Promise.all([
    storedKeys(placeOf(deps)),
    listAccounts(deps.accounts.db),
  ]);
  const nameOf = (id: string) => accounts.find((one) => one.personId === id)?.name ?? '';
  const holding = new Set(holdingOf(all.values(), 'recovery').map(({ key }) => key.keyId));
  const lines = [...all.values()].map(async (one): Promise<KeyLine> => {
    const isOpen = one.state === 'proposed';
    const isOwn = one.signed && one.by === person.personId;
    return {
      keyId: one.key.keyId,
      fingerprint: await fingerprintOf(fromBase64Url(one.key.publicKey) ?? new Uint8Array(0)),
      publicKey: one.key.publicKey,
      ...{ state: one.state, inForce: holding.has(one.key.keyId), foreign: isForeign(one) },
      ...{ madeBy: nameOf(one.by), madeAt: one.madeAt, confirmedBy: nameOf(one.confirmedBy) },
      mayConfirm: isOpen && one.signed && one.by !== person.personId,
      mayEnd: isOpen || one.state === 'confirmed',
      own: isOwn ? one.key : null,
    };
  });
  const newestFirst = (await Promise.all(lines)).sort((a, b) => (a.madeAt < b.madeAt ? 1 : -1));
  const mayMake = rolesAt(person, now).includes(MAKER);
  return { mayMake, passphraseMin: KEY_PASSPHRASE_MIN, lines: newestFirst };
}

interface Next {
  readonly word: KeyWord;
  /** The row it stands behind; null: the first of its key. */
  readonly after: Lying | null;
}

/** The row under the county's hand and its line in the audit, in one commit; false: another was first. */
async function write(deps: KeyDeps, by: Subject, { word, after }: Next): Promise<boolean> {
  const { desk, container } = deps;
  const [at, { personId }] = [desk.now(), by];
  const row = await signedWord(desk.county, word, { ring: await container.keys.ring(), after });
  const name = `${OFFICER_KEY}${word.key.keyId}`;
  const kept = { name, value: JSON.stringify(row), at, personId };
  const line = { at, personId, role: rolesAt(by, at).join(','), caseId: null };
  const audit = [{ ...line, ...(await noteOf(word)) }];
  const done = await desk.store.transact(desk.county, async (tx) => {
    if ((await tx.keptRows(name)) !== (after?.n ?? 0)) return false;
    await tx.write({ kept: [kept], audit });
    return true;
  });
  // Notes how far it has come, outside the database.
  await storedKeys(placeOf(deps));
  return done;
}

/** What a row says, without its hand. */
const wordOf = ({ state, by, madeAt, confirmedBy, confirmedAt, key }: KeyWord): KeyWord => ({
  ...{ state, by, madeAt, confirmedBy, confirmedAt, key },
});

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
  const all = await storedKeys(placeOf(deps));
  if (all.has(read.data.keyId)) return 'there';
  if ([...all.values()].some((one) => one.signed && one.state === 'proposed')) return 'there';
  const word: KeyWord = {
    ...{ state: 'proposed', by: by.personId, madeAt: now },
    ...{ confirmedBy: '', confirmedAt: '', key: read.data },
  };
  return (await write(deps, by, { word, after: null })) ? null : 'there';
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
  const open = (await storedKeys(placeOf(deps))).get(keyId);
  if (open?.state !== 'proposed' || !open.signed) return 'none';
  if (await areOneHand(deps.desk, [open.by, by.personId], now)) return 'second';
  if (!(await isStillThere(deps, open.by))) return 'none';
  const said = { state: 'confirmed' as const, confirmedBy: by.personId, confirmedAt: now };
  const word = { ...wordOf(open), ...said };
  return (await write(deps, by, { word, after: open.lying })) ? null : 'none';
}

/** Refuses, takes back, or takes out of force; what was sealed to it stays to be opened by it. */
export async function endKey(
  deps: KeyDeps,
  by: Subject,
  keyId: string,
): Promise<KeyRefusal | null> {
  if (!seesKeys(by, deps.desk.now())) return 'none';
  const open = (await storedKeys(placeOf(deps))).get(keyId);
  if (open === undefined || !['proposed', 'confirmed'].includes(open.state)) return 'none';
  const state = open.state === 'proposed' ? 'refused' : 'ended';
  const word: KeyWord = { ...wordOf(open), state };
  return (await write(deps, by, { word, after: open.lying })) ? null : 'none';
}
