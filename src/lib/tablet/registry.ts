/**
 * Which vaults this tablet has and what opens them, in clear, in a database of its own:
 *
 *     daiban-vaults   vaults  vaultId, database, wraps, tries, contactAt, seenAt, day ..   no names
 *                     clear   the county's public keys, the canary of the self-test
 *     daiban-<id>     one vault: everything else, sealed
 *
 * A wrap is on the disk before the first personal row is; every write is strict and reads what it
 * changes inside its own transaction, so that two tabs never forget a wrong try.
 */
import * as z from 'zod/mini';
import { randomBytes, sameBytes } from '../protocol/bytes.ts';
import type { Digest } from '../protocol/hash.ts';
import { REGISTRY, REGISTRY_VERSION, VAULTS_STORE, CLEAR_STORE } from './registry-look.ts';
import type { SelfTestFault } from './vault-types.ts';
import { wrapSchema } from './vault/wraps.ts';

/** Agents who share one tablet; a village committee has two or three. */
export const VAULTS_MAX = 6;
/** Version of what writes here; a newer one leaves it behind as a canary. */
export const REGISTRY_WRITER = 1;

const whole = z.int().check(z.gte(0));
const id = z.string().check(z.regex(/^[\w-]{22}$/));

const vaultRowSchema = z.object({
  vaultId: id,
  database: z.string().check(z.regex(/^daiban-[\w-]{22}$/)),
  /** Device id of the vault's store, by which the county names it. */
  dv: id,
  sign: whole,
  wraps: z.array(wrapSchema).check(z.minLength(1), z.maxLength(16)),
  /** Recovery keys whose wrap the county has; the wraps themselves do not stay here. */
  countyKeys: z.optional(z.array(z.string()).check(z.maxLength(16))),
  tries: z.object({ wrong: whole, lastAt: z.number() }),
  /** Quick digits that wrong tries ended, told to the owner at his next unlock. */
  guessed: z.optional(z.object({ times: whole, at: z.number() })),
  /** Wall clocks as `vault/lock.ts` has them, whole days on the disk. */
  contactAt: z.number(),
  seenAt: z.number(),
  bar: z.nullable(z.enum(['revoked', 'lost'])),
  /** Coarse day of the enrolment. */
  day: whole,
  /** Name of the plain store whose rows are on their way into this vault; null when all are here. */
  movingFrom: z.nullable(z.literal('daiban')),
  /** Cards that the county was told of last; missing: told before this was noted. */
  told: z.optional(z.array(z.string()).check(z.maxLength(16))),
  /** Cards that opened it once and never do again. */
  spent: z.optional(z.array(z.string()).check(z.maxLength(64))),
  /** False from the first wrap until the county has its own: then nothing personal is in it. */
  ready: z.boolean(),
});
/** One vault of this tablet, in clear: it says nothing of the person. */
export type VaultRow = z.infer<typeof vaultRowSchema>;

const DAY_MS = 86_400_000;
/** The start of the day: thirty days need no finer clock, and a finer one tells his hours. */
const dayOf = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;

/**
 * What of a row lies on the disk. W_county does not: with it the director's sentence and the tablet
 * alone would open the vault, without the second sheet. An earlier build kept it; it goes here.
 */
function keptRow(row: VaultRow): VaultRow {
  const coarse = { contactAt: dayOf(row.contactAt), seenAt: dayOf(row.seenAt) };
  const county = row.wraps.flatMap((w) => (w.kind === 'county' ? [w.keyId] : []));
  if (county.length === 0) return { ...row, ...coarse };
  const wraps = row.wraps.filter(({ kind }) => kind !== 'county');
  return { ...row, ...coarse, wraps, countyKeys: county };
}

/** What a row may change to; the rest is written once. */
export type VaultChange = Partial<Omit<VaultRow, 'vaultId' | 'database' | 'day'>>;

/** Opens the registry and makes it when it is missing. */
export function openRegistry(): Promise<Registry> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(REGISTRY, REGISTRY_VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(VAULTS_STORE, { keyPath: 'vaultId' });
      request.result.createObjectStore(CLEAR_STORE);
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close();
      resolve(new Registry(db));
    };
    request.onerror = () => reject(request.error ?? new Error('registry does not open'));
  });
}

type Work<T> = (store: IDBObjectStore, done: (value: T) => void) => void;

/** The open registry. */
export class Registry {
  private readonly db: IDBDatabase;

  constructor(db: IDBDatabase) {
    this.db = db;
  }

  /** Rows that are whole; one that was changed by hand is as good as none. */
  async vaults(): Promise<readonly VaultRow[]> {
    const rows = await this.run<unknown[]>(VAULTS_STORE, 'readonly', (store, done) => {
      const all = store.getAll();
      all.onsuccess = () => done(all.result);
    });
    return rows.flatMap((row) => {
      const known = vaultRowSchema.safeParse(row);
      return known.success ? [keptRow(known.data)] : [];
    });
  }

  async vault(vaultId: string): Promise<VaultRow | null> {
    return (await this.vaults()).find((row) => row.vaultId === vaultId) ?? null;
  }

  /** False when the vault is here already or there is no room for one more. */
  add(row: VaultRow): Promise<boolean> {
    return this.run<boolean>(VAULTS_STORE, 'readwrite', (store, done) => {
      const keys = store.getAllKeys();
      keys.onsuccess = () => {
        const free = keys.result.length < VAULTS_MAX && !keys.result.includes(row.vaultId);
        if (free) store.add(keptRow(row));
        done(free);
      };
    });
  }

  /** Reads, changes and writes in one strict transaction; null when the vault is not here. */
  change(vaultId: string, how: (row: VaultRow) => VaultChange): Promise<VaultRow | null> {
    return this.run<VaultRow | null>(VAULTS_STORE, 'readwrite', (store, done) => {
      const got = store.get(vaultId);
      got.onsuccess = () => {
        const known = vaultRowSchema.safeParse(got.result);
        if (!known.success) return done(null);
        const before = keptRow(known.data);
        const { vaultId: same, database, day } = before;
        const next = keptRow({ ...before, ...how(before), vaultId: same, database, day });
        // Most contacts of a day change nothing: then nothing is written either.
        if (JSON.stringify(next) !== JSON.stringify(known.data)) store.put(next);
        done(next);
      };
    });
  }

  /** Only for a vault that nothing personal was written into; true when it was one. */
  async removeUnready(vaultId: string): Promise<boolean> {
    return this.run<boolean>(VAULTS_STORE, 'readwrite', (store, done) => {
      const got = store.get(vaultId);
      got.onsuccess = () => {
        const unready = (got.result as VaultRow | undefined)?.ready === false;
        if (unready) store.delete(vaultId);
        done(unready);
      };
    });
  }

  /** A public value, as it was put. */
  clear(key: string): Promise<unknown> {
    return this.run<unknown>(CLEAR_STORE, 'readonly', (store, done) => {
      const got = store.get(key);
      got.onsuccess = () => done(got.result as unknown);
    });
  }

  /** Keeps what is public anyway: the county's keys. */
  putClear(key: string, value: unknown): Promise<void> {
    return this.run<void>(CLEAR_STORE, 'readwrite', (store, done) => {
      store.put(value, key);
      done(undefined);
    });
  }

  /**
   * Whether this disk keeps what it was given, asked before the first wrap: writes random bytes,
   * reads them back on another connection, compares their hashes, leaves the canary.
   */
  async selfTest(digest: Digest): Promise<SelfTestFault | null> {
    try {
      const canary = await this.clear('canary');
      if (typeof canary === 'number' && canary > REGISTRY_WRITER) return 'canary';
      const bytes = randomBytes(SELF_TEST_BYTES);
      await this.putClear('selfTest', bytes);
      const second = await openRegistry();
      const back = await second.clear('selfTest').finally(() => second.close());
      if (!(back instanceof Uint8Array)) return 'strict';
      if (!sameBytes(await digest(bytes), await digest(new Uint8Array(back)))) return 'strict';
      await this.putClear('selfTest', null);
      await this.putClear('canary', REGISTRY_WRITER);
      return null;
    } catch (error) {
      return (error as { name?: string }).name === 'QuotaExceededError' ? 'full' : 'broken';
    }
  }

  close(): void {
    this.db.close();
  }

  private run<T>(name: string, mode: IDBTransactionMode, work: Work<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const tx = this.db.transaction(name, mode, { durability: 'strict' });
      let outcome: { readonly value: T } | null = null;
      tx.oncomplete = () =>
        outcome ? resolve(outcome.value) : reject(new Error('nothing was done'));
      tx.onabort = () => reject(tx.error ?? new Error('registry write failed'));
      work(tx.objectStore(name), (value) => (outcome = { value }));
    });
  }
}

/** As much as a draft has. */
const SELF_TEST_BYTES = 64 * 1024;
