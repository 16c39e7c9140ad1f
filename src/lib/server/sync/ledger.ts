/**
 * One transaction's pen: appends events and marks to the county log in memory, keeps the running
 * tag and the folded cases in step, and hands out what must be written.
 */
import type { Actor, EventBody } from '../../domain/case-event.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import {
  assert,
  type CaseId,
  type DeviceId,
  type EventId,
  type Instant,
  type PersonId,
  type Sha256,
} from '../../domain/values.ts';
import type { CaseRecord, Head, WriteBatch } from '../../ports/county-store.ts';
import { asCaseEvent, type EventRow, type LogRow, type MarkRow } from '../../ports/event-store.ts';
import { canonical, cleanText } from '../../protocol/canonical.ts';
import { eventHashSync, nextTagSync, toHex } from '../../protocol/hash.ts';
import { isId, nextId } from '../../protocol/ids.ts';
import { LockedCase } from '../sealing/locked.ts';
import { COUNTY_DEVICE, type CountyDeps } from './deps.ts';
import type { Asker, FollowUp } from './judge.ts';

/** An event with everything the county knows about it, ready to join the log. */
export interface Admitted {
  readonly body: EventBody<string>;
  readonly h: Sha256;
  readonly actor: Actor;
  readonly offset: number;
  readonly dv: DeviceId;
  readonly ds: number;
}

/** Who gets a mark, and about which case. */
export interface MarkOf {
  readonly kind: MarkRow['kind'];
  readonly caseId: CaseId;
  readonly personId: PersonId;
  readonly note: string;
}

export interface Ledger {
  readonly now: Instant;
  head(): Head;
  /** The case as it stands now; an unknown one is empty with the given salt. */
  file(caseId: CaseId, salt: string): CaseFile;
  record(caseId: CaseId): CaseRecord | null;
  /** Puts more cases, just read, under the pen. */
  learn(more: ReadonlyMap<CaseId, CaseRecord>): void;
  /** Cases whose first event was appended here. */
  created(): ReadonlySet<CaseId>;
  touched(): ReadonlySet<CaseId>;
  /** Every event appended so far, in order; a copy. */
  appended(): readonly EventRow[];
  append(admitted: Admitted, salt: string): EventRow;
  /** Appends system events of the county to a case. */
  follow(caseId: CaseId, followUps: readonly FollowUp[]): void;
  mark(of: MarkOf): MarkRow;
  /** All that `work` appends, or nothing and null when it throws: one odd event stops no queue. */
  whole<T>(work: () => T): T | null;
  /** Everything appended since the last call, to be written. */
  take(): Pick<WriteBatch, 'log' | 'cases' | 'agents'>;
}

const SYSTEM: Actor = { code: 'S', personId: 'system' as PersonId, name: '系统' };
const isColumn = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean';
const utf8 = new TextEncoder();

/** A case as the pen had it before a piece of work. */
interface Before {
  readonly record: CaseRecord | undefined;
  readonly created: boolean;
  readonly touched: boolean;
  readonly dirty: boolean;
}

class Pen<S extends Asker> implements Ledger {
  readonly now: Instant;
  readonly #deps: CountyDeps<S>;
  readonly #records: Map<CaseId, CaseRecord>;
  readonly #created = new Set<CaseId>();
  readonly #touched = new Set<CaseId>();
  #appended: EventRow[] = [];
  #dirty = new Set<CaseId>();
  #head: Head;
  #log: LogRow[] = [];
  #lastId = '';
  /** Set while `whole` works. */
  #before: Map<CaseId, Before> | null = null;

  constructor(deps: CountyDeps<S>, start: Head, cases: ReadonlyMap<CaseId, CaseRecord>) {
    this.#deps = deps;
    this.now = deps.clock.now();
    this.#head = start;
    this.#records = new Map(cases);
  }

  head(): Head {
    return this.#head;
  }

  file(caseId: CaseId, salt: string): CaseFile {
    return this.#records.get(caseId)?.file ?? this.#deps.judge.emptyFile(caseId, salt);
  }

  record(caseId: CaseId): CaseRecord | null {
    return this.#records.get(caseId) ?? null;
  }

  learn(more: ReadonlyMap<CaseId, CaseRecord>): void {
    for (const [caseId, record] of more)
      if (!this.#records.has(caseId)) this.#records.set(caseId, record);
  }

  created(): ReadonlySet<CaseId> {
    return this.#created;
  }

  touched(): ReadonlySet<CaseId> {
    return this.#touched;
  }

  appended(): readonly EventRow[] {
    return [...this.#appended];
  }

  #place(id: EventId, h: Sha256): Head {
    const { seq, tag } = this.#head;
    this.#head = { seq: seq + 1, tag: nextTagSync(this.#deps.digest, tag, { id, h }) };
    return this.#head;
  }

  /** How the case stood when `whole` began, should it come to nothing. */
  #remember(caseId: CaseId): void {
    if (this.#before?.has(caseId) !== false) return;
    this.#before.set(caseId, {
      record: this.#records.get(caseId),
      created: this.#created.has(caseId),
      touched: this.#touched.has(caseId),
      dirty: this.#dirty.has(caseId),
    });
  }

  append({ body, h, ...rest }: Admitted, salt: string): EventRow {
    const { judge } = this.#deps;
    const { caseId } = body;
    const old = this.#records.get(caseId);
    assert(old === undefined || old.salt === salt, 'a case has one salt for ever');
    // Its words lie under a key that is not here: nothing can be folded onto them.
    if (old?.locked) throw new LockedCase('its key is not here');
    this.#remember(caseId);
    const before = this.file(caseId, salt);
    const place = this.#place(body.id, h);
    const row: EventRow = { kind: 'event', ...place, h, ...body, ...rest, receivedAt: this.now };
    const file = judge.evolve(before, asCaseEvent(row));
    const firstSeq = old?.firstSeq ?? row.seq;
    const columns = judge.columns(file);
    assert(Object.values(columns).every(isColumn), 'a column holds one plain value');
    this.#records.set(caseId, { caseId, salt, firstSeq, lastSeq: row.seq, file, columns });
    if (old === undefined) this.#created.add(caseId);
    this.#touched.add(caseId);
    this.#dirty.add(caseId);
    this.#log.push(row);
    this.#appended.push(row);
    return row;
  }

  /** System events of one commit have ids in a row: on the wire the first says them all. */
  #nextId(): EventId {
    this.#lastId = isId(this.#lastId) ? nextId(this.#lastId) : this.#deps.clock.eventId();
    return this.#lastId as EventId;
  }

  follow(caseId: CaseId, followUps: readonly FollowUp[]): void {
    const salt = this.#records.get(caseId)?.salt;
    assert(salt !== undefined, 'only a known case has system events');
    // A push is never stopped by a case whose key is away; what is derived comes with its next event.
    if (this.#records.get(caseId)?.locked) return;
    for (const { type, v, payload } of followUps) {
      const id = this.#nextId();
      const clean = cleanText(payload);
      const body: EventBody<string> = { id, caseId, type, v, occurredAt: this.now, payload: clean };
      const h = eventHashSync(this.#deps.digest, salt, body);
      this.append({ body, h, actor: SYSTEM, offset: 0, dv: COUNTY_DEVICE, ds: 0 }, salt);
    }
  }

  mark({ kind, caseId, personId, note }: MarkOf): MarkRow {
    const { clock, digest } = this.#deps;
    const id = clock.eventId();
    const h = toHex(digest(utf8.encode(canonical({ id, kind, caseId, personId, note })))) as Sha256;
    const place = this.#place(id, h);
    const row: MarkRow = { kind, ...place, id, h, caseId, personId, note, receivedAt: this.now };
    this.#log.push(row);
    return row;
  }

  whole<T>(work: () => T): T | null {
    const before = new Map<CaseId, Before>();
    const head = this.#head;
    const [logged, appended] = [this.#log.length, this.#appended.length];
    this.#before = before;
    try {
      return work();
    } catch {
      for (const [caseId, { record, created, touched, dirty }] of before) {
        if (record === undefined) this.#records.delete(caseId);
        else this.#records.set(caseId, record);
        if (!created) this.#created.delete(caseId);
        if (!touched) this.#touched.delete(caseId);
        if (!dirty) this.#dirty.delete(caseId);
      }
      this.#head = head;
      this.#log.length = logged;
      this.#appended.length = appended;
      return null;
    } finally {
      this.#before = null;
    }
  }

  take(): Pick<WriteBatch, 'log' | 'cases' | 'agents'> {
    const cases = [...this.#dirty].flatMap((caseId) => this.#records.get(caseId) ?? []);
    const agents = cases.flatMap(({ caseId, file }) =>
      this.#deps.judge.agents(file).map((personId) => ({ personId, caseId })),
    );
    const batch = { log: this.#log, cases, agents };
    this.#log = [];
    this.#dirty = new Set();
    return batch;
  }
}

/** Opens the pen at the current head over the cases that were read. */
export const openLedger = <S extends Asker>(
  deps: CountyDeps<S>,
  start: Head,
  cases: ReadonlyMap<CaseId, CaseRecord>,
): Ledger => new Pen(deps, start, cases);
