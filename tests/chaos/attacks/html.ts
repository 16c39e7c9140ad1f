/**
 * html: whatever answers that is not the county's own, whole, untouched answer to this very
 * request, the unsent count never falls. Then the real county answers and all is sent.
 */
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { Liar, type Lie } from '../liar.ts';
import { Line } from '../line.ts';
import { flipped, portalLies, stale, truncated, twice } from '../lies.ts';
import { Marker, type Marked } from '../markers.ts';
import { judge } from '../oracle.ts';
import { PERSON_HEADER } from '../people.ts';
import { trusting200 } from '../plants.ts';
import { ChaosTablet } from '../tablet.ts';
import { Pace, spreadOut } from '../pace.ts';
import { lieOfParts, partLies } from './part-lies.ts';

const EXCHANGES_PER_TABLET = 24;
const EVENTS_WAITING = 3;

/** Lies that bend the county's answer at places spread over all of it. */
function bent(places: number): Lie[] {
  const shares = Array.from({ length: places }, (_, i) => i / places);
  return shares.flatMap((share, i) =>
    [true, false].flatMap((plain) => [
      truncated(share, plain),
      flipped(share, i % 8, plain),
      flipped(share, (i + 3) % 8, plain),
    ]),
  );
}

interface Field {
  readonly liar: Liar;
  readonly marks: Marker;
  readonly promised: Marked[];
  readonly plant: boolean;
  readonly tablets: ChaosTablet[];
}

/** `fetch` of this Node, kept connections and all, with the person's header. */
const plainFetch =
  (name: string): typeof fetch =>
  (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set(PERSON_HEADER, name);
    return fetch(input, { ...init, headers });
  };

async function newTablet(field: Field): Promise<ChaosTablet> {
  const name = `html${field.tablets.length}`;
  const tablet = new ChaosTablet({
    name,
    origin: () => field.liar.origin,
    // Every second one with Node's own fetch: another decoder, another way to break.
    ...(field.tablets.length % 2 === 0 ? { fetch: plainFetch(name) } : {}),
    ...(field.plant ? { transport: trusting200 } : {}),
  });
  field.tablets.push(tablet);
  await tablet.enrol();
  field.promised.push(await tablet.take(field.marks));
  await tablet.drain();
  return tablet;
}

/** One lie; true when the tablet believed it. */
async function believed(field: Field, tablet: ChaosTablet, lie: Lie): Promise<boolean> {
  const lacking = EVENTS_WAITING - tablet.unsent;
  if (lacking > 0) field.promised.push(...(await tablet.add(field.marks, lacking)));
  const before = tablet.unsent;
  field.liar.next = lie;
  const round = await tablet.round();
  field.liar.next = null;
  return tablet.unsent < before || round.kind === 'done';
}

async function lieAll(
  field: Field,
  lies: readonly Lie[],
  goesOn: (done: number) => boolean,
): Promise<Map<string, number>> {
  const fell = new Map<string, number>();
  let tablet = await newTablet(field);
  for (const [i, lie] of spreadOut(lies).entries()) {
    if (!goesOn(i)) break;
    if (tablet.exchanges > EXCHANGES_PER_TABLET) {
      await tablet.drain();
      tablet = await newTablet(field);
    }
    const earlier = field.liar.latest;
    const told = i % 9 === 4 && earlier ? stale(earlier, i % 2 === 0) : lie;
    if (await believed(field, tablet, told)) fell.set(told.name, (fell.get(told.name) ?? 0) + 1);
    // Now and then the county itself answers; otherwise the same events meet the next lie.
    if (i % 5 === 4) await tablet.drain();
    if (i % 25 === 24) {
      field.promised.push(...(await tablet.add(field.marks, 1)));
      field.liar.next = twice;
      await tablet.round();
    }
  }
  return fell;
}

const LIES_MIN = { quick: 180, normal: 1_800, full: 15_000 } as const;
/** Of the clock: lies about parts need the rest. */
const LIES_SHARE = 0.7;

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const pace = new Pace(length);
  const place = await make();
  const host = place.host();
  await host.start();
  const liar = await Liar.open(() => place.port);
  const field: Field = { liar, marks: new Marker('html'), promised: [], plant, tablets: [] };
  const places = by(length, { planted: 3, quick: 25, normal: 300, full: 2_500 });
  const rounds = by(length, { quick: 1, normal: 3, full: 20 });
  const portals = Array.from({ length: rounds }, () => portalLies).flat();
  const planned = { most: Infinity, least: by(length, LIES_MIN) };
  const goesOn = (done: number): boolean => pace.more(done, planned, LIES_SHARE);
  const fell = await lieAll(field, [...portals, ...bent(places)], goesOn);
  for (const [name, n] of fell) say(`html: believed ${n} times: ${name}`);
  let unsent = 0;
  for (const tablet of field.tablets) {
    await tablet.drain();
    unsent += tablet.unsent;
  }
  const line = await Line.open(() => place.port);
  const parts = await lieOfParts({ line, plant, say }, rounds);
  await line.close();
  field.promised.push(...parts.promised);
  unsent += parts.unsent;
  const all = [...field.tablets, ...parts.tablets];
  const refused = all.reduce((sum, tablet) => sum + tablet.refused, 0);
  await liar.close();
  await host.stop();
  const found = await judge(place, field.promised);
  return {
    attempts: liar.told,
    minimum: by(length, LIES_MIN),
    ...{ lost: found.lost, doubled: found.doubled, altered: found.altered },
    zeros: {
      unsentFell: [...fell.values()].reduce((a, b) => a + b, parts.fell),
      ...{ unsent, refused, tooFewParts: parts.tooFew },
    },
    seen: {
      ...{ kinds: portalLies.length + 6, kindsOfParts: partLies.length },
      ...{ partsTold: parts.told, partsTaken: parts.taken },
      promised: field.promised.length,
      exported: found.exported,
    },
  };
}

/** Everything that is not the county's answer. */
export const html: Attack = attack;
