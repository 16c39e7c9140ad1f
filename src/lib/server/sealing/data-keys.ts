/**
 * The keys under which sealed cases lie at rest, and whom each is wrapped to: the county's sealing
 * keys in force (SEALING_KEY_FILE, outside DATA_DIR) and its recovery keys, so that a lost file
 * loses nothing. Rows are only added; a key that came into force later adds its wrap.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import * as z from 'zod';
import { ok, type Result } from '../../domain/values.ts';
import { fromBase64Url, randomBytes, textBytes, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { hpkeOpen, hpkeSeal } from '../../protocol/hpke.ts';
import { KEYS_IN_FORCE, pairOf, type KeyRing, type OpeningPair } from '../intake-keys/key-ring.ts';
import { headFor, type Opener } from '../keys/sealed-file.ts';
import { num } from '../store/rows.ts';
import type { CountyTables } from '../store/tables.ts';
import type { DataKey } from './box.ts';

type Db = Kysely<CountyTables>;

const wrapSchema = z.object({
  kind: z.enum(['sealing', 'recovery']),
  keyId: z.string(),
  /** Public half, so that the next key can be wrapped to it when its private half is away. */
  publicKey: z.string(),
  box: z.string(),
  /** On the wrap for the newest sealing key: only who has its private half can have made the key. */
  mark: z.optional(z.string()),
});
export type Wrap = z.infer<typeof wrapSchema>;
/** Whom a data key is wrapped to; `publicKey` in base64url. */
export type WrapFor = Omit<Wrap, 'box' | 'mark'>;

export interface WrappedKey {
  readonly n: number;
  readonly id: string;
  readonly madeFor: string;
  readonly wraps: readonly Wrap[];
}

const info = textBytes('daiban at rest 1');

export async function readKeys(db: Db, county: string): Promise<readonly WrappedKey[]> {
  const query = db.selectFrom('sealed_key').selectAll().where('county', '=', county);
  const rows = await query.orderBy('n').execute();
  return rows.map(({ n, id, made_for: madeFor, wraps }) => {
    return { n: num(n), id, madeFor, wraps: z.array(wrapSchema).parse(JSON.parse(wraps)) };
  });
}

/** The sealing keys of a ring that new data keys are wrapped to. */
export const inForce = (ring: KeyRing): readonly WrapFor[] =>
  ring.keys.slice(0, KEYS_IN_FORCE).map(({ keyId, publicKey }) => {
    return { kind: 'sealing', keyId, publicKey };
  });

async function wrapTo(raw: Bytes, id: string, to: WrapFor): Promise<Wrap[]> {
  const point = fromBase64Url(to.publicKey);
  if (!point) return [];
  if (to.kind === 'recovery') {
    // In the form of backups, so that passphrase or sheets open it as they open those.
    const { keys } = await headFor([{ ...to, kind: to.kind, publicKey: point }], raw);
    return keys.map(({ box }) => ({ ...to, box }));
  }
  const box = toBase64Url(await hpkeSeal(point, { plain: raw, info, aad: textBytes(id) }));
  return [{ ...to, box }];
}

/** Opens with one private half; null when it is not wrapped to it. */
export async function unwrap(key: WrappedKey, pair: OpeningPair): Promise<DataKey | null> {
  const wrap = key.wraps.find(({ keyId }) => keyId === pair.keyId);
  const sealed = wrap && fromBase64Url(wrap.box);
  if (!sealed) return null;
  const raw = await hpkeOpen(pair, { sealed, info, aad: textBytes(key.id) });
  return raw?.length === 32 ? { id: key.id, raw } : null;
}

/** Opens with a recovery key; a sentence where it does not. */
export async function unwrapRecovered(
  key: WrappedKey,
  opener: Opener,
): Promise<Result<DataKey, string>> {
  const keys = key.wraps.filter(({ kind }) => kind === 'recovery');
  const raw = await opener({ v: 1, keys });
  return raw.ok ? ok({ id: key.id, raw: raw.value }) : raw;
}

/** Opens with whatever of the ring it is wrapped to. */
export async function unwrapWith(ring: KeyRing, key: WrappedKey): Promise<DataKey | null> {
  for (const { keyId } of key.wraps) {
    const pair = await pairOf(ring, keyId);
    const opened = pair && (await unwrap(key, pair));
    if (opened) return opened;
  }
  return null;
}

/**
 * The mark of a data key: anybody can wrap a key of his own to the public half of a sealing key, and
 * a row of that would be the newest. 43 characters; null where the ring has not that key.
 */
function markOf(ring: KeyRing | null, madeFor: string, { id, raw }: DataKey): string | null {
  const secret = ring?.keys.find(({ keyId }) => keyId === madeFor)?.privateKey['d'];
  if (typeof secret !== 'string' || secret === '') return null;
  const mark = createHmac('sha256', secret).update(`daiban data key 1|${id}|`).update(raw);
  return mark.digest('base64url');
}

/** Whether the county made this key, and nobody who merely writes its database. */
export function isOwnKey(ring: KeyRing | null, key: WrappedKey, opened: DataKey): boolean {
  const said = key.wraps.find(({ keyId }) => keyId === key.madeFor)?.mark ?? '';
  const mark = markOf(ring, key.madeFor, opened);
  if (mark === null || said.length !== mark.length) return false;
  return timingSafeEqual(Buffer.from(said), Buffer.from(mark));
}

export interface NewKeyFor {
  readonly county: string;
  readonly n: number;
  readonly madeFor: string;
  readonly to: readonly WrapFor[];
  /** Null while its file is away. */
  readonly ring: KeyRing | null;
  /** UTC instant. */
  readonly at: string;
}

/** Makes a data key; it stands in the database before anything lies under it. Null: somebody was first. */
export async function makeKey(db: Db, of: NewKeyFor): Promise<DataKey | null> {
  const { county, n, madeFor, to, ring, at } = of;
  const raw = randomBytes(32);
  const id = toBase64Url(randomBytes(16));
  const mark = markOf(ring, madeFor, { id, raw });
  const plain = (await Promise.all(to.map((one) => wrapTo(raw, id, one)))).flat();
  const wraps = plain.map((one) => (mark && one.keyId === madeFor ? { ...one, mark } : one));
  const row = { county, n, id, made_for: madeFor, wraps: JSON.stringify(wraps), made_at: at };
  const into = db.insertInto('sealed_key').values(row);
  const done = await into
    .onConflict((on) => on.columns(['county', 'n']).doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n ? { id, raw } : null;
}

/** Adds the wraps that it lacks; answers the key as it stands then. */
export async function wrapMore(
  db: Db,
  { county, key, to }: { county: string; key: WrappedKey; to: readonly WrapFor[] },
  opened: DataKey,
): Promise<WrappedKey> {
  const lacks = to.filter((one) => key.wraps.every(({ keyId }) => keyId !== one.keyId));
  if (lacks.length === 0) return key;
  const raw = new Uint8Array(opened.raw);
  const more = (await Promise.all(lacks.map((one) => wrapTo(raw, key.id, one)))).flat();
  const wraps = [...key.wraps, ...more];
  await db
    .updateTable('sealed_key')
    .set({ wraps: JSON.stringify(wraps) })
    .where('county', '=', county)
    .where('n', '=', key.n)
    .execute();
  return { ...key, wraps };
}
