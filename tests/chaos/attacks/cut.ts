/**
 * cut: request and answer of an exchange are cut at every byte, HTTP head included.
 *
 *     request cut at k: the county has k bytes of it     answer cut at k: committed, k bytes heard
 *
 * A cut exchange must change nothing on the tablet; the next whole one delivers each event once.
 * 1, 10 and 100 events in the exchange; then large ones that go on where they stopped. Shorter runs take positions spread evenly over all bytes,
 * and always the first and the last ones; when the clock is out the rest of them is left out.
 */
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { Line, type Cut } from '../line.ts';
import { Marker, type Marked } from '../markers.ts';
import { judge } from '../oracle.ts';
import { trustingBreaks } from '../plants.ts';
import { Pace } from '../pace.ts';
import { endsFirst, positions } from '../positions.ts';
import { ChaosTablet } from '../tablet.ts';
import { goOn } from './cut-resume.ts';

const SIZES = [1, 10, 100] as const;
/** A person may ask this often at once; then another tablet goes on. */
const EXCHANGES_PER_TABLET = 24;
/** Exchanges that are measured: the first of a tablet says more than the next. */
const MEASURED = 6;
/** Of the clock: what follows a cut needs the rest. */
const SWEEPS_SHARE = 0.8;
/** Every so many cuts the exchange is repeated whole, and the next one has fresh events. */
const WHOLE_EVERY: Readonly<Record<number, number>> = { 1: 1, 10: 3, 100: 10 };
interface Field {
  readonly line: Line;
  readonly marks: Marker;
  readonly promised: Marked[];
  readonly plant: boolean;
  tablets: ChaosTablet[];
}

interface Tally {
  cuts: number;
  /** A cut exchange made the tablet believe that something arrived. */
  fell: number;
  unsent: number;
}

async function newTablet(field: Field): Promise<ChaosTablet> {
  const tablet = new ChaosTablet({
    name: `cut${field.tablets.length}`,
    origin: () => field.line.origin,
    ...(field.plant ? { transport: trustingBreaks } : {}),
  });
  field.tablets.push(tablet);
  await tablet.enrol();
  field.promised.push(await tablet.take(field.marks));
  await tablet.drain();
  return tablet;
}

async function fill(field: Field, tablet: ChaosTablet, size: number): Promise<void> {
  const lacking = size - tablet.unsent;
  if (lacking > 0) field.promised.push(...(await tablet.add(field.marks, lacking)));
}

/** Bytes of a whole exchange of this size: the longest and the shortest of some. */
async function measure(field: Field, size: number) {
  const tablet = await newTablet(field);
  const seen: { up: number; down: number }[] = [];
  for (let n = 0; n < MEASURED; n++) {
    await fill(field, tablet, size);
    await field.line.quiet();
    await tablet.round();
    await field.line.quiet();
    seen.push(field.line.last);
  }
  const of = (pick: typeof Math.max) => ({
    up: pick(...seen.map(({ up }) => up)),
    down: pick(...seen.map(({ down }) => down)),
  });
  return { longest: of(Math.max), shortest: of(Math.min) };
}

async function sweep(
  field: Field,
  of: {
    readonly size: number;
    readonly side: 'request' | 'answer';
    readonly at: readonly number[];
    /** Asked with how many cuts were really made. */
    readonly goesOn: (made: number) => boolean;
  },
  tally: Tally,
): Promise<void> {
  const { size, side, at, goesOn } = of;
  let tablet = await newTablet(field);
  let since = 0;
  let made = 0;
  for (const k of endsFirst(at)) {
    if (!goesOn(made)) break;
    if (tablet.exchanges > EXCHANGES_PER_TABLET) {
      if (!(await tablet.drain())) tally.unsent += tablet.unsent;
      tablet = await newTablet(field);
    }
    await fill(field, tablet, size);
    const before = { unsent: tablet.unsent, cuts: field.line.cuts };
    field.line.next = { side, at: k } satisfies Cut;
    const round = await tablet.round();
    // Two exchanges of one size differ by a byte or two: one that ended before k was not cut.
    const wasCut = field.line.cuts > before.cuts;
    if (wasCut) {
      tally.cuts++;
      made++;
    }
    if (wasCut && (tablet.unsent < before.unsent || round.kind === 'done')) tally.fell++;
    if (++since % (WHOLE_EVERY[size] ?? 1) === 0) await tablet.round();
  }
  if (!(await tablet.drain())) tally.unsent += tablet.unsent;
}

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const place = await make();
  const host = place.host();
  await host.start();
  const line = await Line.open(() => place.port);
  const field: Field = { line, marks: new Marker('cut'), promised: [], plant, tablets: [] };
  const tally: Tally = { cuts: 0, fell: 0, unsent: 0 };
  const pace = new Pace(length);
  const leastOfAll = by(length, { planted: 0, quick: 120, normal: 1_500, full: Infinity });
  let sweeps = 0;
  const each = by(length, { planted: 4, quick: 24, normal: 500, full: Infinity });
  const bytes: Record<string, string> = {};
  let everyByte = 0;
  for (const size of SIZES) {
    const { longest, shortest } = await measure(field, size);
    bytes[`bytes${size}`] = `${longest.up}+${longest.down}`;
    everyByte += shortest.up + shortest.down;
    for (const [side, long] of [
      ['request', longest.up],
      ['answer', longest.down],
    ] as const) {
      const share = ((sweeps += 1) / (SIZES.length * 2)) * SWEEPS_SHARE;
      const planned = { most: Infinity, least: Math.ceil(leastOfAll / SIZES.length / 2) };
      const goesOn = (made: number): boolean => pace.more(made, planned, share);
      await sweep(field, { size, side, at: positions(long, each), goesOn }, tally);
    }
    say(`cut: ${tally.cuts} cuts so far, exchanges of ${size} are done`);
  }
  const resumes = await goOn(
    { line, plant, say },
    by(length, { planted: 3, quick: 10, normal: 120, full: 1_000 }),
  );
  // Too many for the arguments of one push.
  const promised = field.promised.concat(resumes.promised);
  field.tablets.push(...resumes.tablets);
  const refused = field.tablets.reduce((sum, tablet) => sum + tablet.refused, 0);
  await line.close();
  await host.stop();
  const found = await judge(place, promised);
  return {
    attempts: tally.cuts,
    minimum: by(length, { quick: 120, normal: 1_500, full: Math.floor(everyByte * 0.98) }),
    ...{ lost: found.lost, doubled: found.doubled, altered: found.altered },
    zeros: {
      unsentFell: tally.fell + resumes.fell,
      unsent: tally.unsent + resumes.unsent,
      ...{ refused, tooFewResumed: resumes.tooFew },
    },
    seen: {
      everyByte: each === Infinity,
      promised: promised.length,
      exported: found.exported,
      ...resumes.seen,
      ...bytes,
    },
  };
}

/** Request and answer cut at every byte. */
export const cut: Attack = attack;
