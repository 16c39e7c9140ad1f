/**
 * cut, second part: 100 events that are large on the wire, by tablets that go on as the product does.
 *
 *     body cut at k ─► question (cut too, or its answer) ─► rest (cut too, or its answer) ─► ack
 *
 * What is cut where changes from byte to byte. A cut may cost the exchange, never an event; and of
 * all these exchanges most must really have gone on, or nothing was tried.
 */
import type { Cut, Line } from '../line.ts';
import { Marker, type Marked } from '../markers.ts';
import { trustingBreaks } from '../plants.ts';
import { positions } from '../positions.ts';
import { ChaosTablet } from '../tablet.ts';

const EVENTS = 100;
/** Letters of noise in each event: the body is far above what is resumed. */
const NOISE = 60;
/** A person may ask 30 times at once. */
const REQUESTS_PER_TABLET = 16;
/** An HTTP head is longer than none and shorter than this: behind it the county has some of a body. */
const HEAD_BYTES = 700;
/** Less than this share of those cut inside went on: county or tablet have forgotten how. */
const WENT_ON_MIN = 0.9;

/** What befalls the connections of one exchange, the first of them cut at byte k. */
type Fate = (side: 'request' | 'answer', k: number, j: number) => readonly Cut[];

const FATES: readonly Fate[] = [
  (side, at) => [{ side, at }],
  (side, at, j) => [
    { side, at },
    { side: 'request', at: j % 400 },
  ],
  (side, at, j) => [
    { side, at },
    { side: 'answer', at: j % 200 },
  ],
  (side, at, j) => [{ side, at }, null, { side: 'request', at: j }],
  (side, at, j) => [{ side, at }, null, { side: 'answer', at: j }],
];

interface Going {
  readonly line: Line;
  readonly plant: boolean;
  say(this: void, line: string): void;
}

class Tablets {
  readonly all: ChaosTablet[] = [];
  readonly promised: Marked[] = [];
  private readonly marks = new Marker('goon', NOISE);
  private readonly of: Going;

  constructor(of: Going) {
    this.of = of;
  }

  async fresh(): Promise<ChaosTablet> {
    const tablet = new ChaosTablet({
      name: `goon${this.all.length}`,
      origin: () => this.of.line.origin,
      ...(this.of.plant ? { transport: trustingBreaks } : {}),
    });
    this.all.push(tablet);
    await tablet.enrol();
    this.promised.push(await tablet.take(this.marks));
    await tablet.drain();
    return tablet;
  }

  async fill(tablet: ChaosTablet): Promise<void> {
    const lacking = EVENTS - tablet.unsent;
    if (lacking > 0) this.promised.push(...(await tablet.add(this.marks, lacking)));
  }
}

/** Cuts `each` positions of the body and of its answer, and what follows them. */
export async function goOn(of: Going, each: number) {
  const { line } = of;
  const tablets = new Tablets(of);
  let tablet = await tablets.fresh();
  await tablets.fill(tablet);
  await line.quiet();
  await tablet.round();
  await line.quiet();
  const whole = { ...line.last };
  const tally = { tried: 0, mayGoOn: 0, wentOn: 0, fell: 0, unsent: 0, done: 0 };
  const drain = async (): Promise<void> => {
    if (!(await tablet.drain())) tally.unsent += tablet.unsent;
  };
  const cutOne = async (side: 'request' | 'answer', k: number): Promise<void> => {
    if (tablet.requests > REQUESTS_PER_TABLET) {
      await drain();
      tablet = await tablets.fresh();
    }
    await tablets.fill(tablet);
    const fate = FATES[tally.tried++ % FATES.length] ?? (() => []);
    const [first = null, ...later] = fate(side, k, (k * 13 + 7) % whole.up);
    Object.assign(line, { next: first, later });
    const { cuts } = line;
    const { resumed } = tablet;
    const round = await tablet.round();
    const mayGoOn = line.cuts > cuts && (side === 'answer' || k > HEAD_BYTES);
    if (mayGoOn) tally.mayGoOn++;
    if (mayGoOn && tablet.resumed > resumed) tally.wentOn++;
    Object.assign(line, { next: null, later: [] });
    if (round.kind === 'done') tally.done++;
    else if (tablet.unsent < EVENTS) tally.fell++;
  };
  for (const k of positions(whole.up, each)) await cutOne('request', k);
  for (const k of positions(whole.down, Math.ceil(each / 4))) await cutOne('answer', k);
  await drain();
  const { tried, mayGoOn, wentOn, done } = tally;
  of.say(`cut: ${wentOn} of ${mayGoOn} large exchanges of ${whole.up} bytes went on`);
  return {
    ...{ promised: tablets.promised, tablets: tablets.all, fell: tally.fell },
    unsent: tally.unsent,
    tooFew: mayGoOn < tried / 2 || wentOn < mayGoOn * WENT_ON_MIN ? 1 : 0,
    seen: { large: tried, largeCutInside: mayGoOn, wentOn, done, bytesLarge: whole.up },
  };
}
