/** Bugs of a tablet that are no change of one line of the product: planted here, in the harness. */
import type { EventRow } from '../../src/lib/ports/tablet-store.ts';
import { cleanText } from '../../src/lib/protocol/canonical.ts';
import { eventHashSync } from '../../src/lib/protocol/hash.ts';
import type { Flight } from '../../src/lib/tablet/exchange-types.ts';
import type { SealedEvent } from '../../src/lib/tablet/sealed-shapes.ts';
import { digest } from './county.ts';
import type { Outcome } from './network.ts';
import { happens, pick, upTo, type World } from './scene.ts';
import {
  copyDisk,
  makeEvent,
  open,
  saltOf,
  seal,
  type Made,
  type SimTablet,
} from './sim-tablet.ts';

const RELAXED_TICKS = 60;
const LATER_TICKS = 3;

/** True when the save was done in another way: in two steps, or by changing what is there. */
export function cheat(world: World, tablet: SimTablet, made: Made): boolean {
  const { mutant, saved, time } = world;
  const { disk } = tablet;
  if (mutant === 'twoTx' && disk.record !== null && made.salt === null) {
    const { life } = tablet;
    const { dv, dsNext } = disk.record;
    disk.record = { ...disk.record, dsNext: dsNext + 1 };
    const event = makeEvent(tablet, made);
    saved.set(made.id, event.saved);
    time.at(LATER_TICKS, () => {
      if (tablet.life !== life) return;
      const place = { dv, ds: dsNext, state: 'p' as const, seq: 0, epoch: '', tag: '', note: null };
      disk.events.set(made.id, { ...event.row, ...place, bytes: 1, day: 20_612 });
    });
    return true;
  }
  if ((mutant !== 'mutableEvent' && mutant !== 'noHash') || !happens(world, 0.3)) return false;
  const row = pick(world, disk.eventsIn('p'));
  const before = row && saved.get(row.id);
  if (row === undefined || before === undefined) return false;
  const { body } = open(row.body) as SealedEvent;
  const payload = cleanText({ words: `改${String(upTo(world, 1e6))}`, area: '0' });
  const changed = { ...body, payload };
  const h = eventHashSync(digest, saltOf(disk, row.caseId), changed);
  disk.events.set(row.id, { ...row, body: seal({ body: changed, h }) });
  saved.set(row.id, { ...before, h, refusable: false });
  return true;
}

/** What leaves the tablet, and what a careless one forgets by sending it. */
export function sending(world: World, tablet: SimTablet, flight: Flight): Flight {
  const { mutant } = world;
  if (mutant === 'deleteOnSend')
    for (const { id } of flight.request.events) Map.prototype.delete.call(tablet.disk.events, id);
  if (mutant !== 'retryNewId') return flight;
  const events = flight.request.events.map((event) => {
    const again = tablet.sent.has(event.id);
    tablet.sent.add(event.id);
    return again ? { ...event, id: `r${String((world.ids += 1))}`.padEnd(22, 'r') } : event;
  });
  return { ...flight, request: { ...flight.request, events } };
}

/** What a careless client does with an answer, or with none. */
export function careless(
  world: World,
  tablet: SimTablet,
  { flight, outcome }: { flight: Flight; outcome: Outcome },
): void {
  const { mutant } = world;
  const { disk } = tablet;
  const drop = (row: EventRow) => Map.prototype.delete.call(disk.events, row.id);
  const rows = flight.request.events.flatMap(({ id }) => disk.events.get(id) ?? []);
  const waiting = rows.filter(({ state }) => state === 'p');
  const trusts =
    (mutant === 'trust200' && (outcome === 'html' || outcome === 'garbage')) ||
    (mutant === 'ackBatch' && typeof outcome === 'object' && outcome.kind === 'exchange');
  const epoch = disk.record?.epoch ?? '';
  if (trusts)
    for (const row of waiting) disk.events.set(row.id, { ...row, state: 'a', epoch, seq: 1 });
  if (mutant === 'dropOnTimeout' && outcome === 'timeout') waiting.forEach(drop);
  if (mutant === 'dropRejected') disk.eventsIn('q').forEach(drop);
}

/** The cursor is written at once, the rows a little later: a power cut comes between (cursorFirst). */
export function rowsLater(world: World, tablet: SimTablet, before: ReadonlySet<string>): void {
  const { life, disk } = tablet;
  const fresh = [...disk.events.values()].filter(({ id, dv }) => dv === '' && !before.has(id));
  for (const { id } of fresh) Map.prototype.delete.call(disk.events, id);
  world.time.at(LATER_TICKS, () => {
    if (tablet.life === life) for (const row of fresh) disk.events.set(row.id, row);
  });
}

/** Keeps old pages, for a disk that is not strict (relaxed). */
export function remember(world: World, tablet: SimTablet): void {
  if (world.mutant !== 'relaxed') return;
  tablet.past.push({ time: world.time.now(), disk: copyDisk(tablet.disk) });
  if (tablet.past.length > 20) tablet.past.shift();
}

/** What a power cut leaves of a disk that is not strict. */
export function forget(world: World, tablet: SimTablet): void {
  if (world.mutant !== 'relaxed') return;
  const old = tablet.past.findLast(({ time }) => time <= world.time.now() - RELAXED_TICKS);
  const kept = old ?? tablet.past[0];
  if (kept !== undefined) tablet.disk = copyDisk(kept.disk);
}
