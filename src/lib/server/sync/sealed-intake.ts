/**
 * Sealed rows at the county: opened, and pushed in the name of whose vault they are.
 *
 *     copy ─ shape? ─ device enrolled? ─ slip? ─ key? ─ opens? ─► push as its owner, loosely
 *               │           │               │       │       │        (a hole stops nothing behind it)
 *               └───────────┴──── held ─────┴───────┴───────┘  raw, for good; opened later by itself
 *
 * The carrier gives nothing but the bytes: actor, area and rights are those of the person who enrolled
 * the device. An event that came plain before, or comes plain later, is the same event (`dup`).
 */
import type { DeviceId, EventId, Instant, Sha256 } from '../../domain/values.ts';
import type { AsideRow, AuditRow, CountyTx, DeviceRow } from '../../ports/county-store.ts';
import { fromBase64Url, type Bytes } from '../../protocol/bytes.ts';
import { receiptInput, receiptOf, toBase64Url, toHex } from '../../protocol/hash.ts';
import { envelopeOf } from '../../protocol/sealed.ts';
import type { CopiedEvent } from '../../protocol/sealed-event.ts';
import {
  HELD_CODES,
  HELD_NO_ROOM,
  sealedRowSchema,
  slipsOf,
  type HeldCode,
  type SealedAnswer,
  type SealedPush,
  type SealedResult,
  type SealedRow,
} from '../../protocol/sealed-rows.ts';
import { isId } from '../../protocol/ids.ts';
import type { Slip } from '../../protocol/slip.ts';
import type { PushResult, WireEvent } from '../../protocol/sync.ts';
import type { CopyOpener } from '../intake-keys/open-copies.ts';
import { checkTemporaryNumbers } from './agent-number.ts';
import type { CountyDeps, SealedDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import {
  HELD_CHARS_MAX,
  HELD_CHARS_OF_ONE_MAX,
  HELD_ROWS_MAX,
  HELD_ROWS_OF_ONE_MAX,
} from './limits.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { attachmentsArrived } from './media-rows.ts';
import { mirrorToMasters } from './mirror.ts';
import { push, readEvents } from './push.ts';
import { meetQueryCodes } from './query-codes.ts';
import { copiedEvent } from './sealed-open.ts';
import { refreshAccess } from './visibility.ts';

/** What the desk's page of kept rows says. */
const WHY: Readonly<Record<HeldCode, string>> = {
  SEALED_NO_SLIP: '开它的那一张没一起来，来了自己会打开',
  SEALED_NO_KEY: '县里现在的钥匙打不开，钥匙到了自己会打开',
  SEALED_BROKEN: '路上坏了；平板上的那份还在，联网会再来',
  SEALED_EARLY: '它前头的还没到，到了自己会打开',
  SEALED_NO_DEVICE: '这台平板县里没登记过，登记了自己会打开',
};

/** A row with what it says; `held` when it says nothing yet. */
type Read =
  | { readonly row: SealedRow; readonly event: CopiedEvent }
  | { readonly row: SealedRow | null; readonly held: HeldCode };

/** One row of a push as it came. */
type Came = SealedPush['rows'][number];

export interface SealedCarried {
  readonly came: Came;
  readonly read: Read;
  readonly slip: Slip | undefined;
}

/** Opens everything; outside of the transaction, for it takes its time. */
async function opened(opener: CopyOpener, sealed: SealedPush): Promise<SealedCarried[]> {
  const slips = new Map(slipsOf(sealed).map((slip) => [slip.id, slip]));
  for (const slip of slips.values()) opener.know(slip);
  return Promise.all(
    sealed.rows.map(async (came) => {
      const row = sealedRowSchema.safeParse(came);
      const copy = row.success ? fromBase64Url(row.data.copy) : null;
      const envelope = copy && envelopeOf(copy);
      const slip = envelope === null ? undefined : slips.get(envelope);
      if (!row.success || !copy)
        return { came, read: { row: null, held: 'SEALED_BROKEN' as const }, slip };
      return { came, read: await readRow(opener, row.data, copy), slip };
    }),
  );
}

async function readRow(opener: CopyOpener, row: SealedRow, copy: Bytes): Promise<Read> {
  const event = await copiedEvent(opener, row.id, copy);
  return event.ok ? { row, event: event.value } : { row, held: event.error };
}

interface Scene<S extends Asker> {
  readonly deps: CountyDeps<S>;
  /** Whose the devices of the rows are; those that nobody enrolled are missing. */
  readonly owners: ReadonlyMap<string, S>;
  readonly tx: CountyTx;
  readonly carrier: Asker;
  readonly now: Instant;
}

const resultOf = (result: PushResult | undefined): SealedResult => {
  if (result?.s === 'stored' || result?.s === 'dup') {
    const { s, seq, tag, at } = result;
    return { s, seq, tag, at };
  }
  if (result?.s === 'rejected') return { s: 'rejected', code: result.code };
  return { s: 'conflict' };
};

/** Raw text of a held row: what is needed to open it another day. */
const rawOf = ({ came, slip }: SealedCarried): string =>
  JSON.stringify({ ...came, ...(slip ? { slip } : {}) });

/** Its name beside the log is its bytes': the event's own id stays free for the event. */
function asideRow<S extends Asker>(
  { deps, carrier, now }: Scene<S>,
  carried: SealedCarried,
  code: HeldCode,
): AsideRow {
  const raw = rawOf(carried);
  const utf8 = new TextEncoder();
  const name = deps.digest(utf8.encode(`${carried.came.id} ${carried.came.copy}`));
  return {
    id: toBase64Url(name.subarray(0, 16)) as EventId,
    h: toHex(deps.digest(utf8.encode(raw))) as Sha256,
    // The column takes what any database keeps; as it came it stands in `raw`.
    dv: (isId(carried.came.dv) ? carried.came.dv : '') as DeviceId,
    ds: Math.max(0, carried.came.ds),
    personId: carrier.personId,
    caseId: '' as AsideRow['caseId'],
    salt: '',
    ...{ code, reason: WHY[code], raw, receivedAt: now, offset: 0, adoptedSeq: null },
  };
}

type Filled = (SealedResult | undefined)[];

/** Room for unopened rows that is left: of all, and of one carrier. */
async function heldRoom(tx: CountyTx, { personId }: Asker) {
  const [all, one] = [
    { rows: 0, chars: 0 },
    { rows: 0, chars: 0 },
  ];
  for (const code of HELD_CODES)
    for (const row of await tx.asideOpen(code, HELD_ROWS_MAX))
      for (const sum of row.personId === personId ? [all, one] : [all]) {
        sum.rows += 1;
        sum.chars += row.raw.length;
      }
  return {
    takes: ({ raw }: AsideRow): boolean => {
      const rows = Math.min(HELD_ROWS_MAX - all.rows, HELD_ROWS_OF_ONE_MAX - one.rows);
      const chars = Math.min(HELD_CHARS_MAX - all.chars, HELD_CHARS_OF_ONE_MAX - one.chars);
      if (rows < 1 || chars < raw.length) return false;
      for (const sum of [all, one]) {
        sum.rows += 1;
        sum.chars += raw.length;
      }
      return true;
    },
  };
}

/** Keeps what cannot be opened, as far as there is room; the same bytes lie there once. */
async function hold<S extends Asker>(
  scene: Scene<S>,
  held: ReadonlyMap<number, { readonly carried: SealedCarried; readonly code: HeldCode }>,
  results: Filled,
): Promise<void> {
  if (held.size === 0) return;
  const rows = new Map<EventId, { readonly row: AsideRow; readonly indexes: number[] }>();
  for (const [index, { carried, code }] of held) {
    const row = asideRow(scene, carried, code);
    const known = rows.get(row.id) ?? { row, indexes: [] };
    known.indexes.push(index);
    rows.set(row.id, known);
    results[index] = { s: 'held', code };
  }
  const here = await scene.tx.known([...rows.keys()]);
  const fresh = [...rows.values()].filter(({ row }) => !here.has(row.id));
  if (fresh.length === 0) return;
  const room = await heldRoom(scene.tx, scene.carrier);
  const aside: AsideRow[] = [];
  for (const { row, indexes } of fresh)
    if (room.takes(row)) aside.push(row);
    else for (const index of indexes) results[index] = { s: 'held', code: HELD_NO_ROOM };
  await scene.tx.write({ aside });
}

interface OfDevice {
  readonly index: number;
  readonly carried: SealedCarried;
  readonly row: SealedRow;
  readonly event: CopiedEvent;
}

/** The wire's form of opened rows: what a plain request of the device would have said. */
function asRequest(dv: string, rows: readonly OfDevice[]) {
  const cases = new Map<string, { id: string; salt: string; c: number }>();
  const events = rows.map(({ row, event: { body, salt } }): WireEvent => {
    // The same case under two salts is two cases to the judge, and the second is refused there.
    const key = `${body.caseId} ${salt}`;
    const known = cases.get(key) ?? { id: body.caseId, salt, c: cases.size };
    cases.set(key, known);
    const { type: t, v, occurredAt: at, payload: p } = body;
    return { c: known.c, ds: row.ds, id: row.id, t, v, at, p };
  });
  return { dv, events, cases: [...cases.values()].map(({ id, salt }) => ({ id, salt })) };
}

/** Rows behind a hole whose case has not begun wait for what is missing. */
function early(rows: readonly OfDevice[], ledger: Ledger, lastDs: number): Set<OfDevice> {
  const begun = new Set<string>();
  const waiting = new Set<OfDevice>();
  let next = lastDs + 1;
  for (const one of rows) {
    const { caseId, type } = one.event.body;
    const here = ledger.record(caseId as never) !== null || begun.has(caseId);
    if (one.row.ds === next) next += 1;
    if (type === 'case.drafted') begun.add(caseId);
    else if (!here && one.row.ds >= next) waiting.add(one);
  }
  return waiting;
}

/** All rows of one device: judged as its owner's, in one go. */
async function pushAs<S extends Asker>(
  { deps, tx, carrier, now }: Scene<S>,
  { owner, device }: { readonly owner: S; readonly device: DeviceRow },
  rows: readonly OfDevice[],
): Promise<{ results: readonly PushResult[]; waiting: ReadonlySet<OfDevice>; seq: number }> {
  const ids = rows.map(({ event }) => event.body.caseId as never);
  const ledger = openLedger(deps, await tx.head(), await tx.cases([...new Set(ids)]));
  const waiting = early(rows, ledger, device.lastDs);
  const going = rows.filter((one) => !waiting.has(one));
  const request = asRequest(device.dv, going);
  const { lastDs, offsetSeconds: offset } = device;
  const events = readEvents(deps, request);
  const done = await push(deps, tx, {
    ...{ asker: owner, request, events, ledger, lastDs, offset, loose: true },
  });
  await mirrorToMasters(deps, tx, ledger);
  await meetQueryCodes(deps, tx, ledger);
  await checkTemporaryNumbers(deps, tx, { ledger, personId: owner.personId });
  await attachmentsArrived(tx, ledger, ledger.touched());
  const stored = done.results.filter(({ s }) => s === 'stored').length;
  const line: AuditRow = {
    ...{ at: now, personId: carrier.personId, action: 'sealed.taken', caseId: null },
    note: `${device.dv} ${stored}`,
  };
  const audit = [...(done.batch.audit ?? []), ...(stored > 0 ? [line] : [])];
  const dsHi = Math.max(device.dsHi, done.lastDs);
  const devices = done.lastDs === lastDs ? [] : [{ ...device, lastDs: done.lastDs, dsHi }];
  await tx.write({ ...ledger.take(), ...done.batch, audit, devices });
  const access = await refreshAccess(deps, tx, { asker: owner, ledger });
  await tx.write({ ...ledger.take(), ...access });
  return { results: done.results, waiting, seq: ledger.head().seq };
}

/** Sorts the rows: those that say something by device, in the order of their places. */
function byDevice(all: readonly SealedCarried[]): Map<string, OfDevice[]> {
  const devices = new Map<string, OfDevice[]>();
  for (const [index, carried] of all.entries()) {
    const { read } = carried;
    if (!('event' in read)) continue;
    const { row, event } = read;
    const rows = devices.get(row.dv) ?? [];
    rows.push({ index, carried, row, event });
    devices.set(row.dv, rows);
  }
  for (const rows of devices.values()) rows.sort((a, b) => a.row.ds - b.row.ds);
  return devices;
}

async function inside<S extends Asker>(
  scene: Scene<S>,
  all: readonly SealedCarried[],
): Promise<Filled> {
  const results: Filled = all.map(() => undefined);
  const held = new Map<number, { carried: SealedCarried; code: HeldCode }>();
  for (const [index, carried] of all.entries())
    if ('held' in carried.read) held.set(index, { carried, code: carried.read.held });
  for (const [dv, rows] of byDevice(all)) {
    const device = await scene.tx.device(dv as DeviceId);
    const owner = scene.owners.get(dv);
    if (!device || !owner) {
      for (const { index, carried } of rows) held.set(index, { carried, code: 'SEALED_NO_DEVICE' });
      continue;
    }
    const done = await pushAs(scene, { owner, device }, rows);
    let next = 0;
    for (const one of rows)
      if (done.waiting.has(one)) held.set(one.index, { ...one, code: 'SEALED_EARLY' });
      else results[one.index] = resultOf(done.results[next++]);
  }
  await hold(scene, held, results);
  return results;
}

/** The persons who enrolled the devices; an enrolment never changes hands. */
async function ownersOf<S extends Asker>(
  deps: CountyDeps<S>,
  sealed: SealedDeps<S>,
  all: readonly SealedCarried[],
): Promise<Map<string, S>> {
  const named = [...byDevice(all).keys()];
  const devices = await deps.store.transact(deps.county, (tx) =>
    Promise.all(named.map((dv) => tx.device(dv as DeviceId))),
  );
  const owners = new Map<string, S>();
  for (const device of devices) {
    const owner = device && (await sealed.askerOf(device.personId));
    if (owner) owners.set(device.dv, owner);
  }
  return owners;
}

/** The answer's part for sealed rows. */
export interface SealedTaken {
  readonly answer: SealedAnswer;
  /** How many rows joined the log just now. */
  readonly stored: number;
}

/**
 * Takes sealed rows in, in one durable transaction of their own; idempotent, and the answer is final
 * once it is given. `carrier` is who brought them.
 */
export async function takeSealed<S extends Asker>(
  deps: CountyDeps<S>,
  carrier: Asker,
  push: SealedPush,
): Promise<SealedTaken | null> {
  const { sealed } = deps;
  if (!sealed) return null;
  const all = await opened(await sealed.opener(), push);
  const owners = await ownersOf(deps, sealed, all);
  let [before, after] = [0, 0];
  const results = await deps.store.transact(deps.county, async (tx) => {
    before = (await tx.head()).seq;
    const filled = await inside({ deps, owners, tx, carrier, now: deps.clock.now() }, all);
    after = (await tx.head()).seq;
    return filled;
  });
  if (after > before) deps.committed?.(after);
  const whole = results.map((result): SealedResult => result ?? { s: 'conflict' });
  const links = whole.flatMap(({ s }, index) => {
    const { id = '', copy = '' } = push.rows[index] ?? {};
    const bytes = fromBase64Url(copy) ?? new Uint8Array(0);
    return s === 'stored' || s === 'dup' ? [{ id, h: toHex(deps.digest(bytes)) }] : [];
  });
  const answer = { results: whole, receipt: receiptOf(deps.digest(receiptInput(links))) };
  return { answer, stored: whole.filter(({ s }) => s === 'stored').length };
}
