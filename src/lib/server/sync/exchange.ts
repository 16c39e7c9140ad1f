/**
 * PS/1 at the county: one request in, one answer out, and nothing is answered before it is
 * durable.
 *
 *     histories part? ──► epoch{base}
 *        │ no
 *     push, one result per event ──► who sees what now ──► one page of the feed ──► COMMIT ──► answer
 *
 * Source: docs/PROTOCOL.md.
 */
import {
  fail,
  ok,
  type CaseId,
  type DeviceId,
  type Instant,
  type Result,
} from '../../domain/values.ts';
import type {
  CaseRecord,
  CountyTx,
  DevicePushRow,
  DeviceRow,
  Epoch,
  MediaRow,
} from '../../ports/county-store.ts';
import { receiptInput, receiptOf } from '../../protocol/hash.ts';
import type { ExchangeReply, ExchangeRequest } from '../../protocol/sync.ts';
import { checkTemporaryNumbers } from './agent-number.ts';
import { afterContact, lossNoted } from './contact.ts';
import type { CountyDeps } from './deps.ts';
import { feedPage } from './feed.ts';
import { partsAt } from './history.ts';
import type { Asker } from './judge.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { announceMedia, attachmentsArrived } from './media-rows.ts';
import { mirrorToMasters } from './mirror.ts';
import { push, readEvents, seenOf, type PushOutcome } from './push.ts';
import { meetQueryCodes } from './query-codes.ts';
import { bringSealed } from './sealed-again.ts';
import { keptPush, proofOf, type Proof } from './signature.ts';
import { refreshAccess } from './visibility.ts';

/** The answer, and the announced files whose missing chunks are still to be named. */
export interface Exchanged {
  readonly reply: ExchangeReply;
  readonly announced: readonly MediaRow[];
}

/** The vault belongs to another person: the caller answers 403 DEVICE. */
export type ExchangeRefusal = 'DEVICE';

interface Scene<S extends Asker> {
  readonly asker: S;
  readonly request: ExchangeRequest;
  readonly ledger: Ledger;
  readonly epochs: readonly Epoch[];
  readonly device: DeviceRow;
  readonly fresh: boolean;
}

const secondsBetween = (later: Instant, earlier: string): number => {
  const seconds = Math.round((Date.parse(later) - Date.parse(earlier)) / 1000);
  return Number.isFinite(seconds) ? seconds : 0;
};

function newDevice(asker: Asker, request: ExchangeRequest, now: Instant): DeviceRow {
  const { build, dsHi, report } = request;
  return {
    dv: request.dv as DeviceId,
    personId: asker.personId,
    letter: '',
    lastDs: 0,
    dsHi,
    build,
    enrolledAt: now,
    lastSeenAt: now,
    offsetSeconds: 0,
    report: report ?? null,
  };
}

async function replyHead<S extends Asker>(deps: CountyDeps<S>, tx: CountyTx, scene: Scene<S>) {
  const { spreadSeconds, minBuild } = deps.settings;
  return {
    epoch: scene.epochs.at(-1)?.id ?? '',
    head: scene.ledger.head().seq,
    headTag: scene.ledger.head().tag,
    safe: await tx.safe(),
    spreadSeconds,
    minBuild,
    now: scene.ledger.now,
  };
}

async function pushed<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  { asker, request, ledger, device, fresh }: Scene<S>,
): Promise<PushOutcome & { readonly proof: Proof; readonly pushes: DevicePushRow[] }> {
  const events = readEvents(deps, request);
  const proof = proofOf(deps.signatures, device, { request, events });
  const offset = secondsBetween(ledger.now, request.now);
  const { lastDs } = device;
  const { holds: proven } = proof;
  const fromSeq = ledger.head().seq;
  const outcome = await push(deps, tx, {
    ...{ asker, request, events, ledger, lastDs, offset, proven },
    // Of a device that is heard of for the first time nothing was said before.
    seen: seenOf(fresh ? { ...device, dsHi: 0 } : device),
  });
  const { keyId = '' } = device.key ?? {};
  const pushes = keptPush(proof, { dv: device.dv, keyId, fromSeq, rows: ledger.appended() });
  await mirrorToMasters(deps, tx, ledger);
  await meetQueryCodes(deps, tx, ledger);
  await checkTemporaryNumbers(deps, tx, { ledger, personId: asker.personId });
  return { ...outcome, proof, pushes };
}

async function inside<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  { asker, request }: { asker: S; request: ExchangeRequest },
): Promise<Result<Exchanged, ExchangeRefusal>> {
  const head = await tx.head();
  const epochs = await tx.epochs();
  const found = await tx.device(request.dv as DeviceId);
  if (found !== null && found.personId !== asker.personId) return fail('DEVICE');
  const ledger = openLedger(
    deps,
    head,
    await tx.cases(request.cases.map(({ id }) => id as CaseId)),
  );
  const device = found ?? newDevice(asker, request, ledger.now);
  const scene: Scene<S> = { asker, request, ledger, epochs, device, fresh: found === null };

  const base = await partsAt(tx, request, { head, epochs });
  if (base !== null) {
    const reply = { kind: 'epoch' as const, ...(await replyHead(deps, tx, scene)), base };
    return ok({ reply, announced: [] });
  }

  const { results, links, lastDs, batch, proof, pushes } = await pushed(deps, tx, scene);
  const media = await announceMedia(tx, ledger, { asker, request });
  await attachmentsArrived(tx, ledger, [...ledger.touched(), ...media.arrived]);
  const offsetSeconds = secondsBetween(ledger.now, request.now);
  const told = { request, device, lastDs, now: ledger.now, offsetSeconds };
  const [after, loss] = [afterContact(told, scene.fresh), lossNoted(told)];
  const audit = loss === null ? batch.audit : [...(batch.audit ?? []), loss];
  const devices = after === null ? [] : [after];
  await tx.write({ ...ledger.take(), ...batch, pushes, devices, ...(audit ? { audit } : {}) });
  const access = await refreshAccess(deps, tx, { asker, ledger });
  await tx.write({ ...ledger.take(), ...access });

  const top = await replyHead(deps, tx, scene);
  const { cursor: from } = request;
  // What an account alone sends is taken; what the county knows is shown to its own tablets.
  const isStranger = deps.settings.enrolmentCodes === true && device.letter === '';
  const bytesMax = isStranger ? 0 : request.feedBytesMax;
  const answered = new Set(links.map(({ id }) => id));
  const { personId } = asker;
  const but = { dv: device.dv, above: head.seq };
  const readsP3 = ({ file }: CaseRecord) => deps.judge.readsP3(asker, file, ledger.now);
  const of = { personId, readsP3, answered, but };
  const page = await feedPage(tx, { ...of, from, epoch: top.epoch, bytesMax });
  const receipt = receiptOf(deps.digest(receiptInput(links)));
  const feed = { from, ...page };
  const reply: ExchangeReply = {
    kind: 'exchange',
    ...top,
    results: [...results],
    dsLast: lastDs,
    receipt,
    feed,
    missing: [],
    ...(proof.wanted ? { key: proof.wanted } : {}),
  };
  return ok({ reply, announced: media.all });
}

/** One exchange in one durable transaction. */
export async function exchange<S extends Asker>(
  deps: CountyDeps<S>,
  asker: S,
  request: ExchangeRequest,
): Promise<Result<Exchanged, ExchangeRefusal>> {
  // Carried work commits by itself and first: its places come before what this tablet says now.
  const carried = request.sealed ? await bringSealed(deps, asker, request.sealed) : null;
  let before = 0;
  const result = await deps.store.transact(deps.county, async (tx) => {
    before = (await tx.head()).seq;
    return inside(deps, tx, { asker, request });
  });
  if (result.ok && result.value.reply.head > before) deps.committed?.(result.value.reply.head);
  if (!result.ok || !carried || result.value.reply.kind === 'epoch') return result;
  const reply = { ...result.value.reply, sealed: carried.answer };
  return ok({ ...result.value, reply });
}
