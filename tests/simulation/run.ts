/**
 * One history from one seed: tablets save, exchange, lose power; the county crashes, is restored,
 * moves cases; then the faults stop, everybody syncs, and the invariants are looked at from outside.
 */
import type { Instant } from '../../src/lib/domain/values.ts';
import type { LogRow } from '../../src/lib/ports/event-store.ts';
import { drawFaults, SEALED_FROM, withFaults, type Faults } from './faults.ts';
import { careless, forget, remember, rowsLater, sending } from './flawed-tablet.ts';
import { checkEnd, checkLog, type Ended } from './invariants.ts';
import { send, TIMEOUT, type Outcome } from './network.ts';
import { planOffice, work } from './people.ts';
import { announced, sendMissing } from './photos.ts';
import { happens, hurts, laterMs, newId, tabletTime, upTo, type World } from './scene.ts';
import { SimCounty } from './sim-county.ts';
import { FULL, plainCounty, realCounty, type Rights } from './sim-judge.ts';
import { heardOfKey, signedRequest } from './signing.ts';
import {
  asker,
  copyDisk,
  newDisk,
  newTablet,
  nextFlight,
  takeReply,
  watchDisk,
  type SimTablet,
  type WatchedDisk,
} from './sim-tablet.ts';
import { checkSealed, settleSealed } from './sealed-end.ts';
import { bringBlind, dayOf, planSealed, sealAnew } from './sealed-work.ts';
import { SimCipher, unlessLocked } from './sim-vault.ts';
import { squat } from './squatter.ts';
import { stories, type Script } from './stories.ts';
import { chance, timeline, Violation } from './world.ts';

const END = 1_200;
/** Seconds. */
const DAY = 86_400;
const ROUNDS_MAX = 60;
const LOOK_EVERY = 100;

/** A device of this person begins its life. */
function newDevice(world: World, personId: string): WatchedDisk {
  const dv = newId(world, 'd');
  world.owners.set(dv, personId);
  const disk = newDisk(dv);
  watchDisk(disk, (id, seq) => world.county.isBacked(id, seq));
  return disk;
}

async function exchange(world: World, tablet: SimTablet, tabs = 1): Promise<void> {
  const { safe } = tablet;
  if (safe !== null && safe.state !== 'open') return;
  if (tablet.inFlight >= (world.mutant === 'noLock' ? 2 : tabs)) return;
  const media = world.files.size > 0 ? announced(world, tablet) : [];
  const now = tabletTime(world, tablet);
  const out = { bytesMax: 900 + upTo(world, 2_000), feedBytesMax: 1_500, media, now };
  const made = unlessLocked(() => nextFlight(tablet, out));
  if (made === null) return;
  const flight = sending(world, tablet, made);
  tablet.inFlight += 1;
  const { life } = tablet;
  const answered = async (outcome: Outcome) => {
    if (life !== tablet.life) return;
    tablet.inFlight -= 1;
    const writes = !hurts(world, world.faults.disk);
    heardOfKey(world, tablet, outcome);
    if (typeof outcome === 'object' && writes) {
      const before = new Set(world.mutant === 'cursorFirst' ? tablet.disk.events.keys() : []);
      const spareDv = newId(world, 'd');
      world.owners.set(spareDv, tablet.owner.personId);
      const taking = takeReply(tablet, { flight, reply: outcome, spareDv });
      // A lock in the middle of it: the answer is forgotten, and the next exchange asks again.
      const took = await taking.catch((error: unknown) => unlessLocked(() => reThrown(error)));
      world.say?.(
        `${tablet.owner.name}/${String(tablet.number)} took ${outcome.kind}: ${String(took ?? false)}`,
      );
      if (world.mutant === 'cursorFirst') rowsLater(world, tablet, before);
      if (took === true) sendMissing(world, tablet, outcome);
    }
    if (world.mutant !== null) careless(world, tablet, { flight, outcome });
  };
  const request = await signedRequest(world, tablet, flight);
  await send(world, { tablet, request }, answered);
}

function reThrown(error: unknown): never {
  throw error as Error;
}

/** The app ends: what was under way is gone, and so are the keys and sealers of this unlock. */
function ended(tablet: SimTablet): void {
  tablet.life += 1;
  tablet.inFlight = 0;
  tablet.draining = false;
  tablet.held = null;
  if (tablet.safe !== null) tablet.safe.state = 'closed';
}

function power(world: World, tablet: SimTablet): void {
  ended(tablet);
  forget(world, tablet);
}

/** Everything on this tablet that is not on that disk was on a store that is destroyed. */
function replaceDisk(world: World, tablet: SimTablet, disk: WatchedDisk): void {
  for (const { id, dv } of tablet.disk.events.values())
    if (dv !== '' && (disk.events.get(id)?.dv ?? '') === '') world.wiped.add(id);
  ended(tablet);
  tablet.disk = disk;
}

function evict(world: World, tablet: SimTablet): void {
  const { dv } = tablet.disk.record ?? { dv: '' };
  const disk = newDevice(world, tablet.owner.personId);
  if (world.mutant === 'reuseDev' && disk.record) disk.record = { ...disk.record, dv };
  for (const id of tablet.disk.events.keys()) world.wiped.add(id);
  replaceDisk(world, tablet, disk);
  if (tablet.safe === null) return;
  tablet.safe.id = `vault on ${disk.record?.dv ?? ''}`;
  tablet.safe.forgotten = false;
}

/** An old copy of the profile is put back (T19): numbers that were used are used again. */
function oldProfile(world: World, tablet: SimTablet): void {
  const old = copyDisk(tablet.disk);
  const vaultId = tablet.safe?.id ?? '';
  world.time.at(50 + upTo(world, 500), () => {
    replaceDisk(world, tablet, copyDisk(old));
    if (tablet.safe !== null) tablet.safe.id = vaultId;
  });
}

/** The second tablet takes the first one's device id, unsent work renumbered behind it. */
function cloneDevice({ tablets }: World, back: number): void {
  const [from, into] = [tablets[0]?.disk.record, tablets[1]?.disk.record];
  const disk = tablets[1]?.disk;
  if (disk === undefined || !from || !into) return;
  let ds = Math.max(1, from.dsNext - back);
  for (const row of disk.eventsIn('p')) disk.events.set(row.id, { ...row, dv: from.dv, ds: ds++ });
  disk.record = { ...into, dv: from.dv, dsNext: ds };
}

/** The second tablet becomes an image of the first. */
function imageDevice(world: World): void {
  const [first, second] = world.tablets;
  if (first === undefined || second === undefined) return;
  replaceDisk(world, second, copyDisk(first.disk));
  if (first.safe !== null && second.safe !== null) second.safe.id = first.safe.id;
}

function planTablet(world: World, tablet: SimTablet): void {
  const { time, faults } = world;
  const step = async () => {
    if (time.now() > END) return;
    if (happens(world, 0.5)) work(world, tablet);
    remember(world, tablet);
    if (faults.squat > 0) await squat(world, tablet);
    if (happens(world, 0.7)) await exchange(world, tablet);
    await bringBlind(world, tablet);
    if (happens(world, faults.tabs * 0.3)) await exchange(world, tablet, 2);
    if (happens(world, faults.power)) power(world, tablet);
    if (happens(world, faults.clockJumps * 0.05)) tablet.clock = (upTo(world, 400) - 200) * 3_600;
    time.at(10 + upTo(world, 80), step);
  };
  time.at(upTo(world, 50), step);
  if (happens(world, faults.evict * 0.4))
    time.at(200 + upTo(world, 800), () => evict(world, tablet));
  if (happens(world, faults.oldProfile * 0.5))
    time.at(100 + upTo(world, 500), () => oldProfile(world, tablet));
}

function plan(world: World): void {
  const { time, faults, county } = world;
  for (const tablet of world.tablets) planTablet(world, tablet);
  if (faults.clone > 0) {
    const back = upTo(world, 2);
    time.at(100 + upTo(world, 200), () => cloneDevice(world, back));
  }
  if (faults.image > 0) time.at(100 + upTo(world, 600), () => imageDevice(world));
  planOffice(world);
  planSealed(world);
  const backup = () => county.backup(faults.lateBackup === 0 || happens(world, 0.7));
  time.at(150 + upTo(world, 200), backup);
  time.at(500 + upTo(world, 200), backup);
  if (faults.restore > 0)
    time.at(700 + upTo(world, 400), () => {
      county.restore(faults.silentRestore === 0);
      world.say?.('the county is restored');
    });
}

function isQuiet({ disk }: SimTablet, head: number): boolean {
  const { wits, cursor } = disk.record ?? { wits: [], cursor: null };
  if (wits.length > 0 || cursor?.seq !== head) return false;
  for (const { state } of disk.events.values()) if (state === 'p') return false;
  for (const { state } of disk.media.values()) if (state === 'p') return false;
  return true;
}

/** Nothing but rows that were held today are left, and they are for the county alone. */
function restsToday(world: World, tablet: SimTablet): boolean {
  const unsent = tablet.disk.eventsIn('p');
  const now = tabletTime(world, tablet);
  return unsent.length > 0 && unsent.every(({ id }) => tablet.held?.isResting(id, now));
}

/**
 * Faults off; everybody exchanges until nothing moves (S9). Returns the rounds it took, and the time
 * of the last: a right that ends by itself in the quiet afterwards shows at the next contact only.
 */
async function settle(world: World): Promise<{ rounds: number; at: Instant }> {
  const { time, county, tablets } = world;
  world.faulty = false;
  time.clear();
  for (const tablet of tablets) {
    const { held } = tablet;
    ended(tablet);
    tablet.held = held;
  }
  if (world.sealed !== null) await settleSealed(world);
  let today = true;
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    for (const tablet of tablets) await exchange(world, tablet);
    for (const tablet of tablets) await bringBlind(world, tablet);
    for (const tablet of tablets) await sealAnew(world, tablet);
    const at = county.node(0).clock.now();
    await time.runUntil(time.now() + 3 * TIMEOUT);
    await county.backup(true);
    const head = county.log().length;
    // What the county holds unopened is offered again on its tablet's next day.
    if (tablets.some((tablet) => restsToday(world, tablet))) await time.runUntil(time.now() + DAY);
    if (round < 3 || !tablets.every((tablet) => isQuiet(tablet, head))) continue;
    // What the county refused is offered again on its next day.
    if (!today || !tablets.some(({ disk }) => disk.eventsIn('q').length > 0))
      return { rounds: round, at };
    await time.runUntil(time.now() + DAY);
    today = false;
  }
  throw new Violation('S9 not quiet when all faults are off');
}

/** Which sample cases this history tells; none in a plain county. */
function chosen(world: { faults: Faults; random(): number }): Script[] {
  if (world.faults.domain === 0) return [];
  const all = stories();
  const first = Math.floor(world.random() * all.length);
  return [0, 7, 12].flatMap((step) => all[(first + step) % all.length] ?? []);
}

export interface Asked {
  readonly mutant?: string | null;
  /** Faults that are set otherwise than the seed draws them. */
  readonly change?: Partial<Faults>;
  readonly say?: (line: string) => void;
}

/** The faults of a seed, drawn from a stream of their own. */
export function faultsOf(seed: number, change: Partial<Faults> = {}): Faults {
  const sealed = seed >= SEALED_FROM ? chance(seed ^ 0x5ea1) : null;
  return withFaults(drawFaults(chance(seed ^ 0x5eed), sealed), change);
}

function newWorld(seed: number, { mutant = null, change = {}, say }: Asked): World {
  const random = chance(seed);
  const faults = faultsOf(seed, change);
  const rights: Rights = new Map();
  const time = timeline();
  const real = faults.domain > 0;
  const judge = real ? realCounty(rights) : plainCounty(rights, mutant === 'forgedActor');
  const sealed =
    faults.keyed > 0 ? { cipher: new SimCipher(), random: chance(seed ^ 0x10cced) } : null;
  const cipher = sealed?.cipher ?? null;
  const county = new SimCounty({ judge, mutant, now: time.now, laterMs: laterMs(faults), cipher });
  return {
    ...{ sealed, seed, county, time, faults, mutant, rights, random, tablets: [] },
    ...{ saved: new Map(), wiped: new Set(), owners: new Map(), files: new Map() },
    ...{ scripts: chosen({ faults, random }), faulty: true, ids: (seed % 9_000) * 100_000 },
    ...{ attempts: 0, say: say ?? null },
  };
}

function people(world: World): void {
  const { scripts, faults, rights, tablets } = world;
  const agents = [...new Map(scripts.map(({ agent }) => [agent.personId, agent])).values()];
  const count = agents.length > 0 ? Math.max(2, agents.length) : 2 + upTo(world, 2);
  for (let number = 0; number < count; number++) {
    const twin = faults.clone + faults.image > 0 && number === 1;
    const agent = agents[twin ? 0 : number % agents.length];
    const name = agent?.personId ?? `p${String(twin ? 0 : number)}`;
    if (agent !== undefined) rights.set(name, { ...FULL, village: agent.village });
    const cipher = world.sealed?.cipher ?? null;
    const disk = newDevice(world, name);
    const today = () => dayOf(world);
    tablets.push(newTablet({ number, owner: asker(name), cipher, today }, disk));
  }
}

/** Runs one seed; throws `Violation` when an invariant does not hold. */
export async function run(seed: number, asked: Asked = {}): Promise<Ended> {
  const world = newWorld(seed, asked);
  await world.county.begin();
  people(world);
  plan(world);
  const seen: LogRow[] = [];
  for (let time = 0; time <= END; time += LOOK_EVERY) {
    await world.time.runUntil(time);
    checkLog(world, seen);
    checkSealed(world);
  }
  const rest = await settle(world);
  checkLog(world, seen);
  checkSealed(world);
  return checkEnd(world, rest);
}
