/**
 * Keys of tablets in a history: told late, lost, wrong; the county's real look at each signature with
 * a signature made of hashes. Chance of its own, so that the other faults of a seed stay as they are.
 */
import type { DeviceId, Instant } from '../../src/lib/domain/values.ts';
import {
  hashesInRow,
  isHashable,
  pushBytes,
  signatureOf,
} from '../../src/lib/protocol/device-key.ts';
import type { ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import type { SignatureCheck } from '../../src/lib/server/sync/signature.ts';
import { COUNTY, digest } from './county.ts';
import type { Outcome } from './network.ts';
import type { World } from './scene.ts';
import type { SimTablet } from './sim-tablet.ts';
import { chance } from './world.ts';

/** In one of so many seeds tablets have keys. */
const SIGNED_EVERY = 8;
/** Seeds before it stay the histories that they were. */
export const SIGNED_FROM = 2_000_000;
const LOST = 0.02;
const TOLD = 0.4;
const WRONG = 0.05;
const TOLD_AT = '2026-06-08T00:00:00Z' as Instant;
const utf8 = new TextEncoder();

interface SimKey {
  readonly dv: string;
  readonly publicKey: string;
  told: boolean;
}
interface Signing {
  readonly random: () => number;
  readonly keys: Map<SimTablet, SimKey>;
  made: number;
}

const histories = new WeakMap<World, Signing>();

/** Null in the seeds whose tablets are of before the keys. */
function signingOf(world: World): Signing | null {
  if (world.seed < SIGNED_FROM || world.seed % SIGNED_EVERY !== 0) return null;
  const known = histories.get(world);
  if (known !== undefined) return known;
  const fresh = { random: chance(world.seed ^ 0x51_9e), keys: new Map(), made: 0 };
  histories.set(world, fresh);
  return fresh;
}

/** 64 bytes that only who has the key's name can make; here everybody is honest about it. */
export function madeBy(publicKey: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = digest(new Uint8Array(Buffer.concat([utf8.encode(publicKey), bytes])));
  return new Uint8Array(Buffer.concat([first, digest(new Uint8Array(first))]));
}

/** What the county of the simulation checks with. */
export const simCheck: SignatureCheck = (publicKey, bytes, signature) =>
  Buffer.compare(madeBy(publicKey, bytes), signature) === 0;

/** An enrolment that came through, as the county's endpoint writes it. */
async function tell(world: World, tablet: SimTablet, key: SimKey): Promise<void> {
  await world.county.store.transact(COUNTY, async (tx) => {
    const device = await tx.device(key.dv as DeviceId);
    if (device === null) return;
    const { publicKey } = key;
    key.told = true;
    const sealedFrom = device.sealedFrom ?? tablet.disk.record?.dsNext ?? 1;
    const same = device.key?.publicKey === publicKey;
    if (same && device.sealedFrom === sealedFrom) return;
    const n = (device.key?.n ?? 0) + (same ? 0 : 1);
    const told = { publicKey, keyId: publicKey, at: TOLD_AT, n };
    // A county that was put back may have forgotten keys: their numbers begin again with it.
    await tx.write({ devices: [{ ...device, key: told, sealedFrom }] });
  });
}

function keyOf(signing: Signing, tablet: SimTablet, { dv, lost }: { dv: string; lost: boolean }) {
  const known = signing.keys.get(tablet);
  if (known?.dv === dv && !lost) return known;
  const key = { dv, publicKey: `key${String((signing.made += 1))}`, told: false };
  signing.keys.set(tablet, key);
  return key;
}

/** The request as this tablet sends it. */
export async function signedRequest(
  world: World,
  tablet: SimTablet,
  { request, hashes }: { request: ExchangeRequest; hashes: ReadonlyMap<string, string> },
): Promise<ExchangeRequest> {
  const signing = signingOf(world);
  if (signing === null || request.events.length === 0) return request;
  const { random } = signing;
  const hurt = (rate: number): boolean => world.faulty && random() < rate;
  const key = keyOf(signing, tablet, { dv: request.dv, lost: hurt(LOST) });
  if (!key.told && (!world.faulty || random() < TOLD)) await tell(world, tablet, key);
  if (!key.told) return request;
  const hs = request.events.map(({ id, p }) => (isHashable(p) ? (hashes.get(id) ?? '') : ''));
  const bytes = pushBytes(request.dv, hashesInRow(hs));
  const sig = signatureOf(madeBy(hurt(WRONG) ? 'another key' : key.publicKey, bytes));
  return { ...request, sig };
}

/** The stream of chance of keys; null where tablets have none. */
export const chanceOfKeys = (world: World): (() => number) | null =>
  signingOf(world)?.random ?? null;

/** What the tablet signs of a copy that leaves it: by its key of now, told or not. */
export function copySigned(
  world: World,
  tablet: SimTablet,
  of: { readonly dv: string; readonly bytes: Uint8Array },
): Uint8Array<ArrayBuffer> | null {
  const key = signingOf(world)?.keys.get(tablet);
  return key?.dv === of.dv ? madeBy(key.publicKey, of.bytes) : null;
}

/** The county knows another key of that tablet than it has now: its owner's next sign-in tells it. */
export async function isKeyUntold(world: World, tablet: SimTablet, dv: string): Promise<boolean> {
  const key = signingOf(world)?.keys.get(tablet);
  const device = await world.county.store.transact(COUNTY, (tx) => tx.device(dv as DeviceId));
  return device?.key !== undefined && device.key.publicKey !== key?.publicKey;
}

/** The county asked for the key: it is told with the next exchange. */
export function heardOfKey(world: World, tablet: SimTablet, outcome: Outcome): void {
  if (typeof outcome !== 'object' || outcome.kind !== 'exchange') return;
  if (outcome.key !== undefined) keyWanted(world, tablet);
}

function keyWanted(world: World, tablet: SimTablet): void {
  const key = signingOf(world)?.keys.get(tablet);
  if (key !== undefined) key.told = false;
}

/** The tablet enrols once more, because the county wants its signature. */
export async function keyTold(world: World, tablet: SimTablet): Promise<void> {
  const [signing, dv] = [signingOf(world), tablet.disk.record?.dv];
  if (signing === null || dv === undefined) return;
  await tell(world, tablet, keyOf(signing, tablet, { dv, lost: false }));
}
