/**
 * A tablet that worked without a vault gets one: its store moves, row by row, into the vault's own
 * database. Forward only; killed at any point it is run again.
 *
 *     freeze the old store (no window writes it any more)
 *       --> a page of plain rows --> sealed --> strict in the new store --> read back, opened, equal
 *           --> strict out of the old one; again until the old one is empty
 *       --> the sync record, last: only now the new store is one
 *       --> the old database is deleted
 *
 * A row is in the old store, in both or in the new one, never in none. What the browser's files
 * still hold of the old rows goes when it tidies them up: this counts as not erased.
 */
import { assert } from '../../domain/values.ts';
import type { DraftRecord, EventRow, MediaRecord, SyncRecord } from '../../ports/tablet-store.ts';
import { sameBytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { SYNC_KEY, storeFailure, type ChunkRow, type MetaRow, type TabletDb } from '../db.ts';
import { DEVICE_KEY } from '../db-name.ts';
import type { StoredCase } from '../own-counts.ts';
import {
  casePlace,
  chunkPlace,
  draftPlace,
  eventPlace,
  factsPlace,
  mediaPlace,
  metaPlace,
  notePlace,
} from '../places.ts';
import type { SealedCase, SealedEvent } from '../sealed-shapes.ts';
import { plainVault, UnreadableBody, type Vault } from '../vault.ts';
import type { Place } from './body.ts';
import { deviceOf, freeze, type FrozenStore } from './frozen-store.ts';

/** Rows of one page; chunks are 64 kB each. */
export const MOVED_PER_PAGE = 200;
export const CHUNKS_PER_PAGE = 16;
/** Derived from the cases and made again by itself. */
const KEPT_LIST = 'list';
/** In the new store's `meta`: all of the old one is here. */
const MOVED_IN = 'movedIn';

export interface Move {
  /** Name of the plain store. */
  readonly from: string;
  /** Device id of that store when the vault was made for it: nobody else's store is touched. */
  readonly dv: string;
  /** The vault's own store, open; nothing else may write there before this has ended. */
  readonly to: TabletDb;
  /** The vault of `to`, unlocked. */
  readonly vault: Vault;
}

/** Another window ended the move while this one slept: from then on nothing may be put. */
class MoveIsOver extends Error {}

/**
 * Moves everything; true when there was anything to move. Rejects with `StoreFailure`, or LOCKED
 * when the vault was locked in the middle: nothing is lost, run it again.
 */
export async function moveStore({ from, dv, to, vault }: Move): Promise<boolean> {
  if ((await deviceOf(from)) !== dv) return false;
  const old = await freeze(from);
  if (!old) return false;
  try {
    const hand = new MovingHand(old, to, vault);
    await hand.moveAll();
    await takeOver(old, to);
  } catch (error) {
    old.close();
    if (error instanceof MoveIsOver) return true;
    throw storeFailure(error);
  }
  await old.delete();
  return true;
}

const plain = plainVault();

/** A row of a table: its key, and what it is in the new store. */
interface Table<Row> {
  readonly name: 'cases' | 'events' | 'drafts' | 'meta' | 'media' | 'chunks';
  readonly perPage: number;
  key(row: Row): IDBValidKey;
  sealed(row: Row): Promise<Row>;
}

class MovingHand {
  private readonly old: FrozenStore;
  private readonly to: TabletDb;
  private readonly vault: Vault;
  private salts: ReadonlyMap<string, string> = new Map();

  constructor(old: FrozenStore, to: TabletDb, vault: Vault) {
    this.old = old;
    this.to = to;
    this.vault = vault;
  }

  async moveAll(): Promise<void> {
    this.salts = await this.allSalts();
    await this.move<StoredCase>({
      ...{ name: 'cases', perPage: MOVED_PER_PAGE, key: (row) => row.id },
      sealed: async (row) => ({
        ...row,
        body: await this.body(row.body, casePlace(row.id)),
        facts: row.facts && (await this.body(row.facts, factsPlace(row.id))),
      }),
    });
    await this.move<EventRow>({
      ...{ name: 'events', perPage: MOVED_PER_PAGE, key: (row) => row.id },
      sealed: async (row) => ({
        ...row,
        body: await this.event(row),
        note: row.note && (await this.body(row.note, notePlace(row.id))),
      }),
    });
    await this.move<DraftRecord>({
      ...{ name: 'drafts', perPage: MOVED_PER_PAGE, key: (row) => row.id },
      sealed: async (row) => ({
        ...row,
        body: await this.body(row.body, draftPlace(row.id, row.rev)),
      }),
    });
    await this.move<ChunkRow>({
      ...{ name: 'chunks', perPage: CHUNKS_PER_PAGE, key: (row) => [row.mediaId, row.n] },
      sealed: async (row) => ({ ...row, body: await this.bytes(row) }),
    });
    await this.move<MediaRecord>({
      ...{ name: 'media', perPage: MOVED_PER_PAGE, key: (row) => row.id },
      sealed: async (row) => ({ ...row, body: await this.file(row) }),
    });
    await this.moveMeta();
  }

  /** Salts of all cases, wherever they lie by now. */
  private async allSalts(): Promise<ReadonlyMap<string, string>> {
    const salts = new Map<string, string>();
    const take = async (rows: readonly StoredCase[], vault: Vault): Promise<void> => {
      for (const { id, body } of rows) {
        const core = await opened(vault.open(body, casePlace(id)));
        if (core) salts.set(id, (core.value as SealedCase).salt);
      }
    };
    await take(await this.to.cases.toArray(), this.vault);
    await take(await this.old.all<StoredCase>('cases'), plain);
    return salts;
  }

  private async move<Row>(table: Table<Row>): Promise<void> {
    for (;;) {
      const rows = await this.old.page<Row>(table.name, table.perPage);
      if (rows.length === 0) return;
      const sealed = await Promise.all(rows.map((row) => table.sealed(row)));
      await this.put(table.name, sealed);
      const keys = rows.map((row) => table.key(row));
      await this.look(table.name, keys, sealed as readonly unknown[] as readonly Bodies[]);
      await this.old.remove(table.name, keys);
    }
  }

  /** Strict, and only while nobody has ended the move: whoever did may have gone on writing. */
  private async put(name: string, rows: readonly unknown[]): Promise<void> {
    const { to } = this;
    await to.transaction('rw', [to.table(name), to.meta], async () => {
      if (await to.meta.get(MOVED_IN)) throw new MoveIsOver();
      await to.table(name).bulkPut([...rows]);
    });
  }

  /** Settings, session and forms by key; the sync record goes last and by itself. */
  private async moveMeta(): Promise<void> {
    const rows = (await this.old.all<MetaRow>('meta')).filter(
      ({ key, body }) => key !== SYNC_KEY && key !== KEPT_LIST && body,
    );
    for (const { key, body } of rows) {
      const sealed = { key, body: await this.body(body as Uint8Array, metaPlace(key)) };
      await this.put('meta', [sealed]);
      await this.look('meta', [key], [sealed]);
      await this.old.remove('meta', [key]);
    }
  }

  /** What was put stands there byte for byte. */
  private async look(
    table: string,
    keys: readonly IDBValidKey[],
    sealed: readonly Bodies[],
  ): Promise<void> {
    const there = await this.to.table<Bodies, IDBValidKey>(table).bulkGet([...keys]);
    for (const [i, row] of sealed.entries())
      for (const column of ['body', 'note', 'facts'] as const)
        assert(same(row[column], there[i]?.[column]), 'what was moved stands in the new store');
  }

  /** One sealed body, opened again before anything else happens to the plain one. */
  private async body(body: Uint8Array, place: Place): Promise<Uint8Array> {
    const was = await opened(plain.open(body, place));
    if (!was) return this.torn(body, place);
    const sealed = await this.vault.capture(was.value, place);
    return this.checked(sealed, was.value, place);
  }

  private async checked(sealed: Uint8Array, value: unknown, place: Place): Promise<Uint8Array> {
    const again = await this.vault.open(sealed, place);
    assert(JSON.stringify(again) === JSON.stringify(value), 'what was sealed opens as it was');
    return sealed;
  }

  /** An event of this tablet that the county may still need goes into the county's envelope. */
  private async event({ id, caseId, state, body }: EventRow): Promise<Uint8Array> {
    const place = eventPlace(id);
    const was = await opened(plain.open(body, place));
    if (!was) return this.torn(body, place);
    const salt = this.salts.get(caseId);
    const own = (state === 'p' || state === 'q') && salt !== undefined;
    if (!own) return this.checked(await this.vault.seal(was.value, place), was.value, place);
    const sealed = await this.vault.captureEvent(was.value as SealedEvent, salt);
    return this.checked(sealed, { ...(was.value as SealedEvent), salt }, place);
  }

  private async file({ id, body }: MediaRecord): Promise<Uint8Array> {
    return this.body(body, mediaPlace(id));
  }

  private async bytes({ mediaId, n, body }: ChunkRow): Promise<Uint8Array> {
    const place = chunkPlace(mediaId, n);
    const was = await opened(plain.openBytes(body, place));
    if (!was) return this.torn(body, place);
    const sealed = await this.vault.captureBytes(was.value as Uint8Array, place);
    const again = await this.vault.openBytes(sealed, place);
    assert(sameBytes(again, was.value as Uint8Array), 'what was sealed opens as it was');
    return sealed;
  }

  /** Nobody can read it now, maybe somebody later: its bytes are kept, sealed, beside the settings. */
  private async torn(body: Uint8Array, place: Place): Promise<Uint8Array> {
    const key = `torn:${place.store}:${place.id}`;
    const kept = await this.vault.capture({ bytes: toBase64Url(body) }, metaPlace(key));
    await this.put('meta', [{ key, body: kept }]);
    return new Uint8Array([0]);
  }
}

interface Bodies {
  readonly body?: Uint8Array | null;
  readonly note?: Uint8Array | null;
  readonly facts?: Uint8Array | null;
}

const same = (a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean =>
  a && b ? sameBytes(a, b) : (a ?? null) === (b ?? null);

/** The value, or null for a torn body; anything else is thrown on. */
async function opened(opening: Promise<unknown>): Promise<{ readonly value: unknown } | null> {
  try {
    return { value: await opening };
  } catch (error) {
    if (error instanceof UnreadableBody) return null;
    throw error;
  }
}

/** The sync record makes the new store the one; it comes when the old one is empty. */
async function takeOver(old: FrozenStore, to: TabletDb): Promise<void> {
  for (const table of ['cases', 'events', 'drafts', 'media', 'chunks'])
    assert((await old.count(table)) === 0, 'the old store is empty');
  const meta = await old.all<MetaRow>('meta');
  const sync = meta.find(({ key }) => key === SYNC_KEY)?.sync;
  // The device stays the same, so it keeps its key: it says nothing of anybody.
  const device = meta.find(({ key }) => key === DEVICE_KEY)?.deviceKey;
  await to.transaction('rw', to.meta, async () => {
    if (await to.meta.get(MOVED_IN)) return;
    const there = (await to.meta.get(SYNC_KEY))?.sync;
    assert(!there || isUntouched(there), 'the vault was not used before the move had ended');
    if (sync) await to.meta.put({ key: SYNC_KEY, sync });
    if (device) await to.meta.put({ key: DEVICE_KEY, deviceKey: device });
    await to.meta.put({ key: MOVED_IN });
  });
}

const isUntouched = ({ dsNext, lastReceiptAt, numberNext }: SyncRecord): boolean =>
  dsNext === 1 && numberNext === 1 && lastReceiptAt === '';
