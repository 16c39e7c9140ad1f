/**
 * Sealed rows at the county: opened, and pushed in the name of whose vault they are.
 *
 *     copy ─ shape? ─ device enrolled? ─ slip? ─ key? ─ opens? ─► push as its owner, loosely
 *               │           │               │       │       │        (a hole stops nothing behind it)
 *               └───────────┴──── held ─────┴───────┴───────┘  raw, for good; opened later by itself
 *
 * One whose inside names another person than the device outside is held as broken: a copy is bound to its
 * writer, and whoever carries it cannot make it his own by writing his device id over it.
 * One that its device should have signed and did not is held likewise (sealed-proof.ts).
 *
 * The carrier gives nothing but the bytes: actor, area and rights are those of the person who enrolled
 * the device. An event that came plain before, or comes plain later, is the same event (`dup`).
 */
import type { DeviceId } from '../../domain/values.ts';
import type { AuditRow, DeviceRow } from '../../ports/county-store.ts';
import { fromBase64Url, type Bytes } from '../../protocol/bytes.ts';
import { receiptInput, receiptOf, toHex } from '../../protocol/hash.ts';
import { envelopeOf } from '../../protocol/sealed.ts';
import type { CopiedEvent } from '../../protocol/sealed-event.ts';
import {
  sealedRowSchema,
  slipsOf,
  type HeldCode,
  type SealedAnswer,
  type SealedPush,
  type SealedResult,
  type SealedRow,
} from '../../protocol/sealed-rows.ts';
import type { PushResult, WireEvent } from '../../protocol/sync.ts';
import type { CopyOpener } from '../intake-keys/open-copies.ts';
import { checkTemporaryNumbers } from './agent-number.ts';
import type { CountyDeps, SealedDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { attachmentsArrived } from './media-rows.ts';
import { mirrorToMasters } from './mirror.ts';
import { push, readEvents, seenOf } from './push.ts';
import { meetQueryCodes } from './query-codes.ts';
import {
  hold,
  type Filled,
  type Read,
  type SealedCarried,
  type SealedScene,
  type Vouched,
} from './sealed-held.ts';
import { copiedEvent } from './sealed-open.ts';
import { sealedProofs, type SealedProof } from './sealed-proof.ts';
import { refreshAccess } from './visibility.ts';

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

const resultOf = (result: PushResult | undefined): SealedResult => {
  if (result?.s === 'stored' || result?.s === 'dup') {
    const { s, seq, tag, at } = result;
    return { s, seq, tag, at };
  }
  if (result?.s === 'rejected') return { s: 'rejected', code: result.code };
  return { s: 'conflict' };
};

type Opened = Omit<OfDevice, 'proof'>;
interface OfDevice {
  readonly index: number;
  readonly carried: SealedCarried;
  readonly row: SealedRow;
  readonly event: CopiedEvent;
  readonly proof: SealedProof;
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
  scene: SealedScene<S>,
  { owner, device }: { readonly owner: S; readonly device: DeviceRow },
  rows: readonly OfDevice[],
): Promise<{ results: readonly PushResult[]; waiting: ReadonlySet<OfDevice>; seq: number }> {
  const { deps, tx } = scene;
  const ids = rows.map(({ event }) => event.body.caseId as never);
  const ledger = openLedger(deps, await tx.head(), await tx.cases([...new Set(ids)]));
  const waiting = early(rows, ledger, device.lastDs);
  const going = rows.filter((one) => !waiting.has(one));
  const request = asRequest(device.dv, going);
  const { lastDs, offsetSeconds: offset } = device;
  const events = readEvents(deps, request);
  const done = await push(deps, tx, {
    ...{ asker: owner, request, events, ledger, lastDs, offset, loose: true },
    seen: seenOf(device),
  });
  await mirrorToMasters(deps, tx, ledger);
  await meetQueryCodes(deps, tx, ledger);
  await checkTemporaryNumbers(deps, tx, { ledger, personId: owner.personId });
  await attachmentsArrived(tx, ledger, ledger.touched());
  const joined = going.filter((_, n) => done.results[n]?.s === 'stored');
  const audit = [...(done.batch.audit ?? []), ...takenLines(scene, device, joined)];
  const dsHi = Math.max(device.dsHi, done.lastDs);
  const devices = done.lastDs === lastDs ? [] : [{ ...device, lastDs: done.lastDs, dsHi }];
  await tx.write({ ...ledger.take(), ...done.batch, audit, devices });
  const access = await refreshAccess(deps, tx, { asker: owner, ledger });
  await tx.write({ ...ledger.take(), ...access });
  return { results: done.results, waiting, seq: ledger.head().seq };
}

/** Who brought it, how much of it was not signed, and who took it all the same. */
function takenLines<S extends Asker>(
  { carrier, vouched, now }: SealedScene<S>,
  { dv }: DeviceRow,
  joined: readonly OfDevice[],
): AuditRow[] {
  if (joined.length === 0) return [];
  const unsigned = joined.filter(({ proof }) => proof !== 'signed').length;
  const told = unsigned === 0 ? '' : ` unsigned ${unsigned}`;
  const { personId } = carrier;
  const line = { at: now, personId, action: 'sealed.taken', caseId: null };
  const lines = [{ ...line, note: `${dv} ${joined.length}${told}` }];
  if (vouched === null) return lines;
  const { by, reason } = vouched;
  const note = `${dv} ${joined.length} ${reason}`;
  return [...lines, { ...line, personId: by.personId, action: 'sealed.adopted', note }];
}

/** Sorts the rows: those that say something by device, in the order of their places. */
function byDevice(all: readonly SealedCarried[]): Map<string, Opened[]> {
  const devices = new Map<string, Opened[]>();
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

/** The rows that may go on: signed by their device, or of those that need not be. */
async function proven<S extends Asker>(
  { deps, tx, vouched }: SealedScene<S>,
  device: DeviceRow,
  rows: readonly Opened[],
): Promise<readonly OfDevice[]> {
  const proofs = await sealedProofs(deps, tx, { device, rows: rows.map(({ row }) => row) });
  return rows
    .map((one, n): OfDevice => ({ ...one, proof: proofs[n] ?? 'wanted' }))
    .filter(({ proof }) => vouched !== null || proof !== 'wanted');
}

async function inside<S extends Asker>(
  scene: SealedScene<S>,
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
    const his = rows.filter(({ event: { by } }) => by === undefined || by === owner.personId);
    const going = await proven(scene, device, his);
    for (const one of rows)
      if (!his.includes(one)) held.set(one.index, { carried: one.carried, code: 'SEALED_BROKEN' });
      else if (!going.some(({ index }) => index === one.index))
        held.set(one.index, { carried: one.carried, code: 'SEALED_SIGNATURE' });
    const done = await pushAs(scene, { owner, device }, going);
    let next = 0;
    for (const one of going)
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
export const takeSealed = <S extends Asker>(
  deps: CountyDeps<S>,
  carrier: Asker,
  push: SealedPush,
): Promise<SealedTaken | null> => taken(deps, { carrier, vouched: null }, push);

/** The same for what its tablet cannot sign any more: an officer says that it counts. */
export const takeVouched = <S extends Asker>(
  deps: CountyDeps<S>,
  who: { readonly carrier: Asker; readonly vouched: Vouched },
  push: SealedPush,
): Promise<SealedTaken | null> => taken(deps, who, push);

async function taken<S extends Asker>(
  deps: CountyDeps<S>,
  who: { readonly carrier: Asker; readonly vouched: Vouched | null },
  push: SealedPush,
): Promise<SealedTaken | null> {
  const { sealed } = deps;
  if (!sealed) return null;
  const all = await opened(await sealed.opener(), push);
  const owners = await ownersOf(deps, sealed, all);
  let [before, after] = [0, 0];
  const results = await deps.store.transact(deps.county, async (tx) => {
    before = (await tx.head()).seq;
    const filled = await inside({ deps, owners, tx, ...who, now: deps.clock.now() }, all);
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
