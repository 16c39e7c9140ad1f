/**
 * Somebody hands in sealed work in another tablet's name: he knows its id, its places and the county's
 * public keys, and may sign, though not by its key. S10: nothing of it ever joins the log.
 */
import type { DeviceId } from '../../src/lib/domain/values.ts';
import { joinBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { copyBytes } from '../../src/lib/protocol/device-key.ts';
import { handInPieces } from '../../src/lib/protocol/handin-pieces.ts';
import type { HandInRecord } from '../../src/lib/protocol/handin.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { COUNTY, digest } from './county.ts';
import { trueTime, type SealedWorld, type World } from './scene.ts';
import { chanceOfKeys, madeBy } from './signing.ts';
import type { SimTablet } from './sim-tablet.ts';
import { Violation } from './world.ts';

const FORGES = 0.05;
const MARK = 'forged';
const digestLater: Digest = async (bytes) => digest(bytes);
const idOf = (name: string): string => `${MARK}${name}`.padEnd(21, '-') + 'A';
const counts = new WeakMap<World, number>();

/** A beginning of a case that nobody saved, under the county's keys. */
async function forgedRecords(
  world: World,
  sealed: SealedWorld,
  of: { readonly dv: string; readonly ds: number; readonly key: string | null },
): Promise<HandInRecord[]> {
  const { cipher } = sealed;
  const { dv, ds, key } = of;
  const n = String((counts.get(world) ?? 0) + 1);
  counts.set(world, Number(n));
  const [id, caseId] = [idOf(`e${n}`), idOf(`c${n}`)];
  const body = { id, caseId, type: 'case.drafted', v: 1, occurredAt: trueTime(world), payload: {} };
  const slip = cipher.slip(MARK, world.county.keysInForce);
  const value = { body, salt: idOf('salt') };
  const written = cipher.write({ place: `events/${id}`, value, vaultId: MARK }, slip.id);
  const item = { dv, ds, id, copy: new Uint8Array(written) };
  const signature = key && madeBy(key, await copyBytes(digestLater, item));
  return [
    { kind: 'slip', slip },
    ...(signature ? [{ kind: 'signature' as const, signed: { dv, ds, id, signature } }] : []),
    { kind: 'item', item },
  ];
}

async function pieceOf(records: readonly HandInRecord[]): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const { bytes } of handInPieces(digestLater, records)) parts.push(bytes);
  return joinBytes(...parts);
}

/** Now and then, against a tablet that signs what it seals. */
export async function forge(world: World, sealed: SealedWorld, tablet: SimTablet): Promise<void> {
  const random = chanceOfKeys(world);
  const dv = tablet.disk.record?.dv;
  const carrier = world.tablets[0]?.owner;
  if (random === null || random() >= FORGES || dv === undefined || carrier === undefined) return;
  const { county } = world;
  const device = await county.store.transact(COUNTY, (tx) => tx.device(dv as DeviceId));
  if (device?.key === undefined || device.sealedFrom === undefined) return;
  // A place that is still to come, or one that the tablet used long ago.
  const isLow = random() < 0.5 && device.lastDs > 0;
  const { sealedFrom: from, dsHi, lastDs } = device;
  const last = isLow ? lastDs : 9;
  const ds = (isLow ? 1 : Math.max(from, dsHi + 1)) + Math.floor(random() * last);
  const key = random() < 0.5 ? 'another key' : null;
  const piece = await pieceOf(await forgedRecords(world, sealed, { dv, ds, key }));
  const answer = await county.handIn({ asker: carrier, node: 0, ends: 'none' }, piece);
  world.say?.(`forged at place ${String(ds)} of ${tablet.owner.name}`);
  for (const { id, result } of answer?.items ?? [])
    if (result.s !== 'held') throw new Violation(`S10 forged ${id} was answered ${result.s}`);
}

/** S10 at the end: neither then nor by trying again did anything of it join the log. */
export function nothingForged({ county }: World): void {
  for (const row of county.log())
    if (row.kind === 'event' && row.id.startsWith(MARK))
      throw new Violation(`S10 forged ${row.id} stands in the log`);
}
