/**
 * What happens to keyed vaults: they lock and open in the middle of anything, their work is brought by
 * others, as pieces of a drain or in files, the county loses and changes its keys. The product's own
 * drain, hand-in file, settlement and resealing over the disks of the simulation.
 */
import { memoryTabletStore } from '../../src/lib/ports/tablet-store-memory.ts';
import { joinBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { HANDIN_PIECE_BYTES_MAX } from '../../src/lib/protocol/handin-answer.ts';
import { handInPieces } from '../../src/lib/protocol/handin-pieces.ts';
import { memorySource, readHandIn } from '../../src/lib/protocol/handin-read.ts';
import { bringPieces, type BringReport } from '../../src/lib/protocol/handin-send.ts';
import { writeHandIn } from '../../src/lib/protocol/handin.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { slipAbroad } from '../../src/lib/protocol/slip.ts';
import type { Asker } from '../../src/lib/server/sync/judge.ts';
import { blindWay } from '../../src/lib/tablet/blind-way.ts';
import { drainRows, HeldRows } from '../../src/lib/tablet/exchange-sealed.ts';
import { handInRecords } from '../../src/lib/tablet/handin-rows.ts';
import type { SealedRowsTaking } from '../../src/lib/tablet/sealed-rows-here.ts';
import { planSettled, settleScope } from '../../src/lib/tablet/settle-sealed.ts';
import { isLocked } from '../../src/lib/tablet/vault.ts';
import { reseal } from '../../src/lib/tablet/vault/reseal.ts';
import { digest } from './county.ts';
import { postPiece, runFlow } from './flow.ts';
import { forge } from './forged.ts';
import { tabletTime, type SealedWorld, type World } from './scene.ts';
import { copySigned, keyTold } from './signing.ts';
import type { SimTablet } from './sim-tablet.ts';

const digestLater: Digest = async (bytes) => digest(bytes);
/** Small pieces: a drain is cut in its middle. */
const PIECE_BYTES = 900;
const ROWS_AT_ONCE = 5;
/** Ticks of a coarse day: a slip gets old within one history. */
const TICKS_OF_A_DAY = 60;
const END = 1_200;

export const dayOf = ({ time }: World): number =>
  20_612 + Math.floor(Math.min(time.now(), 2 * END) / TICKS_OF_A_DAY);

const odds = ({ random }: SealedWorld, rate: number): boolean => rate > 0 && random() < rate;
const upTo = ({ random }: SealedWorld, n: number): number => Math.floor(random() * n);

/** Rows of a disk as they lie. */
function rowsHere(world: World, tablet: SimTablet): SealedRowsTaking {
  const { disk } = tablet;
  return {
    sync: async () => disk.record,
    slips: async () => [...disk.slips.values()].map(slipAbroad),
    unsentAfter: async (after) => {
      const behind = disk
        .eventsIn('p')
        .filter(({ dv, ds }) => !after || dv > after.dv || (dv === after.dv && ds > after.ds));
      return behind.slice(0, ROWS_AT_ONCE);
    },
    // Photos of the simulation go by themselves.
    filesWaiting: async () => [],
    chunkOf: async () => null,
    sign: async (dv, bytes) => copySigned(world, tablet, { dv, bytes }),
    exchange: async (scope, plan) => disk.exchange(scope, plan),
    filesArrived: async () => undefined,
  };
}

/** Somebody's window brings what lies sealed on that tablet; one run at a time (the lock). */
export async function drain(world: World, tablet: SimTablet, carrier: Asker): Promise<void> {
  const { safe, life } = tablet;
  if (safe === null || safe.state === 'open' || tablet.draining) return;
  tablet.draining = true;
  tablet.held ??= new HeldRows();
  const { held } = tablet;
  const now = () => tabletTime(world, tablet);
  const mayGoOn = (): boolean => tablet.life === life && safe.state !== 'open';
  await runFlow(async (flow) => {
    const post = postPiece(world, carrier, () => tablet.life === life);
    const deps = { digest: digestLater, fetch: flow.fetch(post), origin: '', build: 'sim' };
    const more = { now, mayGoOn, held, pieceBytes: PIECE_BYTES };
    told(
      world,
      `drain of ${tablet.owner.name}`,
      await drainRows(rowsHere(world, tablet), { ...deps, ...more }),
    );
    if (tablet.life === life) tablet.draining = false;
  });
}

/** What an open vault cannot open itself goes on its way; a lock in its middle ends it. */
export async function bringBlind(world: World, tablet: SimTablet): Promise<void> {
  const { safe, life, disk } = tablet;
  if (safe?.state !== 'open' || tablet.draining) return;
  tablet.draining = true;
  tablet.held ??= new HeldRows();
  const { held } = tablet;
  await runFlow(async (flow) => {
    const post = postPiece(world, tablet.owner, () => tablet.life === life);
    const line = { digest: digestLater, fetch: flow.fetch(post), origin: '', build: 'sim' };
    const way = blindWay(
      {
        ...{ store: memoryTabletStore(disk), vault: safe.vault },
        open: async () => ({ here: rowsHere(world, tablet), close: () => undefined }),
        drain: { ...line, now: () => tabletTime(world, tablet), pieceBytes: PIECE_BYTES },
      },
      held,
    );
    const report = await way.bring().catch((error: unknown) => {
      if (!isLocked(error)) throw error;
      return null;
    });
    if (report?.wantsKey) {
      await keyTold(world, tablet);
      way.signed();
    }
    if (report) told(world, `blind rows of ${tablet.owner.name}`, report);
    if (tablet.life === life) tablet.draining = false;
  });
}

function told(world: World, what: string, report: BringReport): void {
  const counts = Object.entries(report).filter(([, n]) => n !== 0 && n !== null);
  world.say?.(`${what}: ${counts.map(([name, n]) => `${name} ${String(n)}`).join(' ')}`);
}

/** The file of a tablet's unsent work, whatever state its vault is in. */
async function fileOf(world: World, tablet: SimTablet): Promise<Bytes> {
  const writer = { digest: digestLater, build: 'sim', now: () => tabletTime(world, tablet) };
  const parts: Bytes[] = [];
  for await (const part of writeHandIn(digestLater, handInRecords(rowsHere(world, tablet), writer)))
    parts.push(part);
  return joinBytes(...parts);
}

/** Brought whole, cut or with a flipped bit, by anybody; once or twice. */
async function carryFile(world: World, sealed: SealedWorld, file: Bytes): Promise<void> {
  const hurt = world.faulty && odds(sealed, 0.4);
  const bytes = hurt ? file.slice(0, upTo(sealed, file.length)) : file.slice();
  if (world.faulty && odds(sealed, 0.2) && bytes.length > 0)
    bytes[upTo(sealed, bytes.length)] = upTo(sealed, 256);
  const carrier = world.tablets[upTo(sealed, world.tablets.length)]?.owner;
  if (carrier === undefined) return;
  await runFlow(async (flow) => {
    const fetch = flow.fetch(postPiece(world, carrier, () => true));
    const deps = { digest: digestLater, fetch, origin: '', build: 'sim' };
    const records = readHandIn(digestLater, memorySource(bytes));
    const max = odds(sealed, 0.5) ? PIECE_BYTES : HANDIN_PIECE_BYTES_MAX;
    const pieces = handInPieces(digestLater, records, max);
    told(world, 'a file', await bringPieces(deps, pieces, () => undefined));
  });
}

async function planFile(world: World, sealed: SealedWorld, tablet: SimTablet): Promise<void> {
  const file = await fileOf(world, tablet);
  const times = odds(sealed, 0.3) ? 2 : 1;
  for (let k = 0; k < times; k++)
    world.time.at(5 + upTo(sealed, 400), () => carryFile(world, sealed, file));
}

/** The county's answer on a stick: to this tablet, or by mistake to another; late, twice. */
async function planAck(world: World, sealed: SealedWorld, tablet: SimTablet): Promise<void> {
  const items = tablet.disk.eventsIn('p').map(({ dv, ds, id }) => ({ dv, ds, id }));
  if (items.length === 0) return;
  const list = await world.county.ackOf(items);
  const times = odds(sealed, 0.3) ? 2 : 1;
  for (let k = 0; k < times; k++)
    world.time.at(5 + upTo(sealed, 500), () => {
      const other = odds(sealed, 0.2);
      const to = other ? world.tablets[upTo(sealed, world.tablets.length)] : tablet;
      if (to === undefined) return;
      const changes = to.disk.exchange(settleScope(list), (view) => planSettled(view, list));
      world.say?.(`an ack file at ${to.owner.name}: ${String(changes?.put.length ?? 0)}`);
    });
}

/** Idle work of an open vault; a lock in its middle ends it. */
export async function sealAnew(world: World, tablet: SimTablet): Promise<void> {
  const { safe, disk } = tablet;
  if (safe?.state !== 'open') return;
  const deps = { store: memoryTabletStore(disk), vault: safe.vault, today: () => dayOf(world) };
  try {
    while ((await reseal(deps)).more);
  } catch (error) {
    if (!isLocked(error)) throw error;
  }
}

/** One look of the owner at his tablet. */
async function turn(world: World, sealed: SealedWorld, tablet: SimTablet): Promise<void> {
  const { safe } = tablet;
  const { faults } = world;
  if (safe === null) return;
  if (safe.state === 'open') {
    if (odds(sealed, faults.reseals)) {
      safe.lockIn = odds(sealed, 0.3) ? 1 + upTo(sealed, 6) : 0;
      await sealAnew(world, tablet);
    }
    if (odds(sealed, faults.locks)) safe.lockIn = 1 + upTo(sealed, 8);
    if (odds(sealed, faults.locks)) safe.state = 'locked';
  } else if (!safe.forgotten && odds(sealed, 0.3)) unlock(world, tablet);
  const carrier = world.tablets[upTo(sealed, world.tablets.length)];
  if (carrier && odds(sealed, faults.drains)) await drain(world, tablet, carrier.owner);
  if (odds(sealed, faults.files * 0.1)) await planFile(world, sealed, tablet);
  if (odds(sealed, faults.acks * 0.1)) await planAck(world, sealed, tablet);
  await forge(world, sealed, tablet);
}

/** Opens with the keys of the county's list of now. */
export function unlock(world: World, tablet: SimTablet): void {
  tablet.safe?.unlock(world.county.keysInForce);
}

/** Plans what only keyed vaults meet; on a stream of chance of its own. */
export function planSealed(world: World): void {
  const { sealed, time, faults, county } = world;
  if (sealed === null) return;
  for (const tablet of world.tablets) {
    const step = async () => {
      if (time.now() > END) return;
      await turn(world, sealed, tablet);
      time.at(10 + upTo(sealed, 70), step);
    };
    time.at(upTo(sealed, 40), step);
    if (odds(sealed, faults.forgets * 0.4))
      time.at(200 + upTo(sealed, 800), () => {
        if (tablet.safe === null) return;
        tablet.safe.forgotten = true;
        tablet.safe.state = 'closed';
      });
  }
  for (let k = 0; k < 2 * faults.rotates; k++) time.at(upTo(sealed, END), () => county.rotate());
  if (faults.lacks > 0)
    for (let k = 0; k < 2; k++) {
      const from = upTo(sealed, END);
      time.at(from, () => county.loseKeys());
      time.at(from + 50 + upTo(sealed, 400), () => county.findKeys());
    }
  for (let at = 150; at < END; at += 250) time.at(at, () => county.openHeld());
}
