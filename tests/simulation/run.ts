/**
 * One history from one seed: tablets save, exchange, lose power; the county crashes, is restored,
 * moves cases; then the faults stop, everybody syncs, and the invariants are looked at from outside.
 */
import { GENESIS_TAG, nextTagSync } from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply } from '../../src/lib/protocol/sync.ts';
import { COUNTY, digest, person } from './county.ts';
import { checkEnd, type Ended } from './invariants.ts';
import { simCounty, type SimCounty } from './sim-county.ts';
import {
  careless,
  copyDisk,
  newTablet,
  nextFlight,
  saveEvent,
  takeReply,
  type SavedEvent,
  type SimTablet,
} from './sim-tablet.ts';
import {
  chance,
  drawFaults,
  timeline,
  Violation,
  type Faults,
  type Mutant,
  type Timeline,
} from './world.ts';

const END = 1_200;
const ROUNDS_MAX = 60;
const TIMEOUT = 400;
const RELAXED_TICKS = 60;

interface World {
  readonly county: SimCounty;
  readonly time: Timeline;
  readonly faults: Faults;
  readonly mutant: Mutant | null;
  readonly tablets: SimTablet[];
  readonly saved: Map<string, SavedEvent>;
  readonly wiped: Set<string>;
  faulty: boolean;
  ids: number;
  random(): number;
}

const happens = (world: World, odds: number) => world.random() < odds;
const upTo = (world: World, n: number) => Math.floor(world.random() * n);
const newId = (world: World, kind: string) => `${kind}${(world.ids += 1)}`.padEnd(22, '-');

function save(world: World, number: number): void {
  const tablet = world.tablets[number];
  if (tablet === undefined) return;
  const open = [...tablet.disk.cases.values()].filter(({ left }) => left === 0);
  const old = happens(world, 0.6) ? open[upTo(world, open.length)] : undefined;
  const id = newId(world, 'e');
  const caseId = old?.id ?? newId(world, 'c');
  const salt = old === undefined ? newId(world, 's') : null;
  const bad = salt === null && happens(world, world.faults.bad);
  const words = `话${upTo(world, 1e6)}`;
  world.saved.set(id, saveEvent(tablet, number, { caseId, salt, id, words, bad }));
}

/** One message to the county and back, on a network that may do anything to it. */
function send(
  world: World,
  tablet: SimTablet,
  request: Parameters<SimCounty['handle']>[1],
): Promise<ExchangeReply | 'html' | 'timeout'> {
  const { time, faults, county } = world;
  const bad = (odds: number) => world.faulty && happens(world, odds);
  const delay = () => 1 + upTo(world, 20) + (bad(faults.slow) ? upTo(world, 300) : 0);
  const { promise, resolve } = Promise.withResolvers<ExchangeReply | 'html' | 'timeout'>();
  time.at(TIMEOUT, () => resolve('timeout'));
  if (bad(faults.html)) time.at(delay(), () => resolve('html'));
  const deliver = () => {
    if (bad(faults.dropRequest)) return;
    const text = JSON.stringify(request);
    time.at(delay(), async () => {
      const ends = bad(faults.crash)
        ? happens(world, 0.5)
          ? 'before commit'
          : 'after commit'
        : 'none';
      const reply = await county.handle(tablet.owner, JSON.parse(text), ends);
      if (reply === null || bad(faults.dropReply)) return;
      const answer = JSON.stringify(reply);
      time.at(delay(), () => resolve(JSON.parse(answer) as ExchangeReply));
    });
  };
  deliver();
  if (bad(faults.twice)) deliver();
  return promise;
}

function exchange(world: World, number: number, tabs = 1): void {
  const tablet = world.tablets[number];
  if (tablet === undefined || tablet.inFlight >= tabs) return;
  const { mutant } = world;
  const flight = nextFlight(tablet, 900 + upTo(world, 2_000), mutant);
  if (flight === null) return;
  tablet.inFlight += 1;
  const { life } = tablet;
  const answered = async (outcome: ExchangeReply | 'html' | 'timeout') => {
    if (life !== tablet.life) return;
    tablet.inFlight -= 1;
    if (typeof outcome === 'object') {
      const spareDv = newId(world, 'd');
      await takeReply(tablet, { flight, reply: outcome, spareDv }, mutant);
    }
    careless(tablet, { flight, outcome }, mutant);
  };
  // The answer is taken as a step of its own, so that one thing happens at a time.
  void send(world, tablet, flight.request).then((outcome) =>
    world.time.at(0, () => answered(outcome)),
  );
}

function remember(world: World, tablet: SimTablet): void {
  if (world.mutant !== 'relaxed') return;
  tablet.past.push({ time: world.time.now(), disk: copyDisk(tablet.disk) });
  if (tablet.past.length > 20) tablet.past.shift();
}

function power(world: World, tablet: SimTablet): void {
  tablet.life += 1;
  tablet.inFlight = 0;
  if (world.mutant !== 'relaxed') return;
  const before = world.time.now() - RELAXED_TICKS;
  const old = tablet.past.findLast(({ time }) => time <= before) ?? tablet.past[0];
  if (old !== undefined) tablet.disk = copyDisk(old.disk);
}

function evict(world: World, number: number): void {
  const tablet = world.tablets[number];
  if (tablet === undefined) return;
  for (const id of tablet.disk.events.keys()) world.wiped.add(id);
  world.tablets[number] = { ...newTablet(tablet.owner, newId(world, 'd')), life: tablet.life + 1 };
}

/** The second tablet becomes an image of the first, unsent work renumbered behind it. */
function cloneDevice(world: World): void {
  const [first, second] = world.tablets;
  const from = first?.disk.record;
  const into = second?.disk.record;
  if (second === undefined || !from || !into) return;
  let ds = Math.max(1, from.dsNext - upTo(world, 2));
  for (const row of second.disk.eventsIn('p'))
    second.disk.events.set(row.id, { ...row, dv: from.dv, ds: ds++ });
  second.disk.record = { ...into, dv: from.dv, dsNext: ds };
}

async function move(world: World): Promise<void> {
  const cases = [...new Set([...world.saved.values()].map(({ caseId }) => caseId))];
  const caseId = cases[upTo(world, cases.length)];
  const to = world.tablets[upTo(world, world.tablets.length)]?.owner.personId;
  if (caseId === undefined || to === undefined) return;
  if (happens(world, 0.25)) await world.county.act(caseId, 'case.sealed', {});
  else await world.county.act(caseId, 'case.handed_over', { to });
}

function plan(world: World): void {
  const { time, faults, county } = world;
  for (const number of world.tablets.keys()) {
    const step = () => {
      if (time.now() > END) return;
      const tablet = world.tablets[number];
      if (tablet === undefined) return;
      if (happens(world, 0.5)) save(world, number);
      remember(world, tablet);
      if (happens(world, 0.7)) exchange(world, number);
      if (faults.tabs && happens(world, 0.3)) exchange(world, number, 2);
      if (happens(world, faults.power)) power(world, tablet);
      time.at(10 + upTo(world, 80), step);
    };
    time.at(upTo(world, 50), step);
    if (faults.evict && happens(world, 0.4))
      time.at(200 + upTo(world, 800), () => evict(world, number));
  }
  if (faults.clone) time.at(100 + upTo(world, 200), () => cloneDevice(world));
  if (faults.moves)
    for (let times = 0; times < 6; times++) time.at(100 + upTo(world, 1_000), () => move(world));
  const backup = () => county.backup(!faults.lateBackup || happens(world, 0.7));
  time.at(150 + upTo(world, 200), backup);
  time.at(500 + upTo(world, 200), backup);
  if (faults.restore) time.at(700 + upTo(world, 400), () => county.restore(!faults.silentRestore));
}

const isQuiet = ({ disk }: SimTablet, head: number): boolean =>
  disk.eventsIn('p').length === 0 &&
  disk.record?.wits.length === 0 &&
  disk.record.cursor?.seq === head;

/** Faults off; everybody exchanges until nothing moves. Returns the rounds it took. */
async function settle(world: World): Promise<number> {
  const { time, county } = world;
  world.faulty = false;
  time.clear();
  for (const tablet of world.tablets) power({ ...world, mutant: null }, tablet);
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    for (const number of world.tablets.keys()) exchange(world, number);
    await time.runUntil(time.now() + 3 * TIMEOUT);
    await county.backup(true);
    const head = county.store.log(COUNTY).length;
    if (round > 3 && world.tablets.every((tablet) => isQuiet(tablet, head))) return round;
  }
  throw new Violation('S9 not quiet when all faults are off');
}

function checkLog(world: World): void {
  let tag = GENESIS_TAG;
  for (const [index, row] of world.county.store.log(COUNTY).entries()) {
    tag = nextTagSync(digest, tag, row);
    if (row.seq !== index + 1 || row.tag !== tag)
      throw new Violation('S7 log not dense or tag broken');
  }
}

/** Runs one seed; throws `Violation` when an invariant does not hold. */
export async function run(seed: number, mutant: Mutant | null = null): Promise<Ended> {
  const random = chance(seed);
  const faults = drawFaults(random);
  const county = await simCounty(mutant);
  const world: World = {
    ...{ county, faults, mutant, random, time: timeline() },
    ...{ tablets: [], saved: new Map(), wiped: new Set(), faulty: true, ids: seed * 100_000 },
  };
  for (let number = 0; number < 2 + upTo(world, 2); number++) {
    const owner = person(faults.clone && number === 1 ? 'p0' : `p${number}`);
    world.tablets.push(newTablet(owner, newId(world, 'd')));
  }
  plan(world);
  for (let time = 0; time <= END; time += 100) {
    await world.time.runUntil(time);
    checkLog(world);
  }
  const rounds = await settle(world);
  checkLog(world);
  return checkEnd(world, rounds);
}
