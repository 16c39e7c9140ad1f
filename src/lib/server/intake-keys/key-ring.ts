/**
 * The county's intake keys: tablets seal copies of their work to the public halves, the server opens
 * them when they come without an unlocked tablet. The file lies outside `DATA_DIR`
 * (`INTAKE_KEY_FILE`), so that a copy of the data folder opens nothing.
 *
 * Two public keys are in force at a time: the current one and the one before, so that a tablet that
 * was away during a change is still understood. Older private halves open old hand-in files for
 * `KEEP_DAYS` more; after that the county's offline recovery key does. The pair that signs ack files
 * and the list of keys lies in the same file; it is replaced by hand only, for tablets know it.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { fromBase64Url, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { newSigningPair } from '../../protocol/ack-file.ts';
import { newKeyPair, privateKeyOf } from '../../protocol/hpke.ts';
import { isRecipientKey, type Recipient } from '../../protocol/sealed.ts';

/** How many public keys tablets may seal to. */
export const KEYS_IN_FORCE = 2;
/** A replaced private half still opens for this long. */
export const KEEP_DAYS = 400;
const DAY_MS = 86_400_000;

const keySchema = z.object({
  keyId: z.string().min(1).max(64),
  publicKey: z.string().length(87),
  privateKey: z.record(z.string(), z.unknown()),
  /** UTC instants. */
  from: z.iso.datetime(),
  replaced: z.iso.datetime().optional(),
});
const ringSchema = z.object({
  v: z.literal(1),
  keys: z.array(keySchema).min(1).max(20),
  /** Newest first; the first signs. Absent in a file of the first form. */
  signers: z.array(keySchema).max(4).optional(),
  /**
   * UTC instant from which no row of an officer's key is believed without a signature of these; absent
   * in a file of before. Here and not in the database: whoever writes that would take it away.
   */
  handsSince: z.iso.datetime().optional(),
  /** UTC instant at which the rights that stood were listed; those of later have a line in the audit. */
  grantsSince: z.iso.datetime().optional(),
});
/** Newest first. */
export type KeyRing = z.infer<typeof ringSchema>;
type RingKey = KeyRing['keys'][number];

/** Where the ring lies: `INTAKE_KEY_FILE`, else a sibling of the data folder. */
export const intakeKeyFile = (dataDir: string, fromEnvironment?: string): string =>
  path.resolve(fromEnvironment || `${path.resolve(dataDir)}.intake-keys.json`);

/** What a ring's keys open: copies of tablets, or sealed cases at rest (server/sealing). */
type RingOf = 'intake' | 'sealing';

async function newKey(now: string, of: RingOf = 'intake'): Promise<RingKey> {
  const { publicKey, privateKey } = await newKeyPair();
  const keyId = `${of}-${randomUUID().slice(0, 8)}`;
  return { keyId, publicKey: toBase64Url(publicKey), privateKey: { ...privateKey }, from: now };
}

/** Where the keys of sealed cases lie: `SEALING_KEY_FILE`, else a sibling of the data folder. */
export const sealingKeyFile = (dataDir: string, fromEnvironment?: string): string =>
  path.resolve(fromEnvironment || `${path.resolve(dataDir)}.sealing-keys.json`);

async function newSigner(now: string): Promise<RingKey> {
  const { publicKey, privateKey } = await newSigningPair();
  const keyId = `ack-${randomUUID().slice(0, 8)}`;
  return { keyId, publicKey: toBase64Url(publicKey), privateKey: { ...privateKey }, from: now };
}

export const readRing = async (file: string): Promise<KeyRing> =>
  ringSchema.parse(JSON.parse(await readFile(file, 'utf8')));

/** Writes beside the file and flushes; returns the draft's name. */
async function draftOf(file: string, ring: KeyRing): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  await handle.writeFile(JSON.stringify(ring));
  await handle.sync();
  await handle.close();
  return draft;
}

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Reads the ring, or makes it once; two starting processes end with the same one. */
export async function intakeKeyRing(file: string, now: string): Promise<KeyRing> {
  try {
    const ring = await readRing(file);
    return ring.signers?.length ? ring : await withSigner(file, ring, now);
  } catch (error) {
    // A ring that is there and cannot be read is never replaced: it may be the only one.
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const fresh = { keys: [await newKey(now)], signers: [await newSigner(now)] };
  return placeOnce(file, { v: 1, ...fresh, handsSince: now });
}

async function placeOnce(file: string, fresh: KeyRing): Promise<KeyRing> {
  const draft = await draftOf(file, fresh);
  // A link never overwrites: whoever came first wins.
  await link(draft, file).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return readRing(file);
}

/** A first ring of sealing keys; one that is there stays. */
export const newSealingRing = async (file: string, now: string): Promise<KeyRing> =>
  placeOnce(file, { v: 1, keys: [await newKey(now, 'sealing')] });

/** A file of the first form gets its signing pair; no tablet knows one yet. */
async function withSigner(file: string, ring: KeyRing, now: string): Promise<KeyRing> {
  await rename(await draftOf(file, { ...ring, signers: [await newSigner(now)] }), file);
  return readRing(file);
}

/** From now on no row is signed for being older; the other keys of the file stay. */
export async function noteHands(file: string, now: string): Promise<void> {
  const ring = await intakeKeyRing(file, now);
  if (ring.handsSince === undefined)
    await rename(await draftOf(file, { ...ring, handsSince: now }), file);
}

/** The rights that stand are listed: no start lists them again. */
export async function noteGrants(file: string, now: string): Promise<void> {
  const ring = await intakeKeyRing(file, now);
  await rename(await draftOf(file, { ...ring, grantsSince: ring.grantsSince ?? now }), file);
}

/** A new current key; what was replaced longer than `KEEP_DAYS` ago and is not in force goes. */
export async function rotateIntakeKey(
  file: string,
  now: string,
  of: RingOf = 'intake',
): Promise<KeyRing> {
  const before = await readRing(file);
  const replaced = before.keys.map((key) => ({ ...key, replaced: key.replaced ?? now }));
  const oldest = Date.parse(now) - KEEP_DAYS * DAY_MS;
  const kept = replaced.filter(
    (key, i) => i < KEYS_IN_FORCE - 1 || Date.parse(key.replaced) >= oldest,
  );
  const ring: KeyRing = { ...before, keys: [await newKey(now, of), ...kept] };
  await rename(await draftOf(file, ring), file);
  return ring;
}

/** What tablets are told to seal to. */
export const intakeRecipients = (ring: KeyRing): Recipient[] =>
  ring.keys.slice(0, KEYS_IN_FORCE).flatMap(({ keyId, publicKey }) => {
    const point = fromBase64Url(publicKey);
    return point && isRecipientKey(point)
      ? [{ kind: 'intake' as const, keyId, publicKey: point }]
      : [];
  });

/** A key pair ready to open slips. */
export interface OpeningPair {
  readonly keyId: string;
  readonly publicKey: Bytes;
  readonly privateKey: CryptoKey;
}

/** The pair of a key id; null for a key that this ring does not have (any more). */
export async function pairOf(ring: KeyRing, keyId: string): Promise<OpeningPair | null> {
  const key = ring.keys.find((k) => k.keyId === keyId);
  const publicKey = key && fromBase64Url(key.publicKey);
  if (!key || !publicKey) return null;
  return { keyId, publicKey, privateKey: await privateKeyOf(key.privateKey) };
}
