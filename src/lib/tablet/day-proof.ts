/** Reads what the end-of-day line is decided by; opens and hashes the rows of today anew. */
import type { EventRow, TabletStore } from '../ports/tablet-store.ts';
import { eventHash, type Digest } from '../protocol/hash.ts';
import { dayLine, type DayLine, type OwnRow, type RowHashes } from './day-line.ts';
import { exactSync } from './heard.ts';
import { casePlace, eventPlace, notePlace } from './places.ts';
import type { SealedCase, SealedEvent, SealedNote } from './sealed-shapes.ts';
import { RECORDS_PER_TURN, turn } from './turn.ts';
import { aboutTheBody, isBlind, type Vault } from './vault.ts';

export interface ProofDeps {
  readonly store: TabletStore;
  readonly vault: Vault;
  readonly digest: Digest;
  /** Days since 1970 in Asia/Shanghai. */
  today(): number;
}

/** Rows saved this many days ago are still opened: a clock set back over midnight skips none. */
const DAYS_OPENED = 1;

/** Hashes of rows that were opened already; a row is immutable once the county has it. */
type Memory = Map<string, RowHashes>;

/** Makes the proof, and spares reading and opening again what it has seen. */
export class DayProof {
  private readonly deps: ProofDeps;
  private readonly memory: Memory = new Map();
  private seen: { readonly key: string; readonly own: readonly OwnRow[] } | null = null;

  constructor(deps: ProofDeps) {
    this.deps = deps;
  }

  /** The line of this moment. */
  async line(): Promise<DayLine> {
    const { store } = this.deps;
    const waiting = [...(await store.eventsIn('p')), ...(await store.eventsIn('q'))];
    const today = this.deps.today();
    const [media, record] = [await store.media(), await store.sync()];
    const sync = record && (await exactSync(this.deps.vault, record));
    // With anything waiting the answer is no; nothing needs to be opened for it.
    if (waiting.length > 0 || !sync) return dayLine({ sync, own: waiting, media, today });
    let acked = 0;
    for (const c of (await store.counts()).values()) acked += c.a;
    const key = `${sync.gen} ${sync.epoch} ${sync.dsNext} ${sync.safe} ${acked} ${today}`;
    const own = this.seen?.key === key ? this.seen.own : await this.opened(today);
    this.seen = { key, own };
    return dayLine({ sync, own, media, today });
  }

  private async opened(today: number): Promise<OwnRow[]> {
    const known: Known = { memory: this.memory, salts: new Map() };
    const rows = await this.deps.store.eventsIn('a');
    const fresh: EventRow[] = [];
    for (const row of rows)
      // What the county alone opens was compared when it answered: its receipt is over the very copies.
      if (Math.abs(row.day - today) <= DAYS_OPENED && !(await isBlind(this.deps.vault, row.body)))
        fresh.push(row);
    const hashes = new Map<string, RowHashes | null>();
    for (let at = 0; at < fresh.length; at += RECORDS_PER_TURN) {
      if (at > 0) await turn();
      const portion = fresh.slice(at, at + RECORDS_PER_TURN);
      const found = await Promise.all(portion.map((row) => hashesOf(this.deps, row, known)));
      for (const [i, { id }] of portion.entries()) hashes.set(id, found[i] ?? null);
    }
    return rows.map((row) => {
      const its = hashes.get(row.id);
      return its === undefined ? row : { ...row, hashes: its };
    });
  }
}

interface Known {
  readonly memory: Memory;
  readonly salts: Map<string, Promise<string>>;
}

async function hashesOf(
  deps: ProofDeps,
  row: EventRow,
  { memory, salts }: Known,
): Promise<RowHashes | null> {
  const key = `${row.id} ${row.epoch} ${row.seq}`;
  const known = memory.get(key);
  if (known) return known;
  try {
    const { vault, store } = deps;
    const salting = salts.get(row.caseId) ?? saltOf(store, vault, row.caseId);
    salts.set(row.caseId, salting);
    const [{ body, h }, note, salt] = await Promise.all([
      vault.open(row.body, eventPlace(row.id)) as Promise<SealedEvent>,
      row.note && (vault.open(row.note, notePlace(row.id)) as Promise<SealedNote>),
      salting,
    ]);
    const now = await eventHash(deps.digest, salt, body);
    const hashes = { saved: h, now, receipt: note?.h };
    memory.set(key, hashes);
    return hashes;
  } catch (error) {
    aboutTheBody(error);
    return null;
  }
}

async function saltOf(store: TabletStore, vault: Vault, caseId: string): Promise<string> {
  const record = await store.caseOf(caseId);
  if (!record) throw new Error(`no case for ${caseId}`);
  return ((await vault.open(record.body, casePlace(caseId))) as SealedCase).salt;
}
