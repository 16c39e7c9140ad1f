/** Photos of a tablet: announced in an exchange, sent in chunks, checked as a whole. */
import { PIECE_BYTES_MIN } from '../../src/lib/ports/media-store.ts';
import type { MediaRecord } from '../../src/lib/ports/tablet-store.ts';
import { toHex } from '../../src/lib/protocol/hash.ts';
import { chunkCount, chunkLength } from '../../src/lib/protocol/media.ts';
import type { ExchangeReply, WireMedia } from '../../src/lib/protocol/sync.ts';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import { digest } from './county.ts';
import { delay } from './network.ts';
import { hurts, newId, tabletTime, upTo, type World } from './scene.ts';
import { saveEvent, type SimTablet } from './sim-tablet.ts';
import { eventIdIn } from './squatter.ts';

/** A photo of one or two chunks, and the event that names it. */
export function addPhoto(world: World, tablet: SimTablet, caseId: string): void {
  const length = upTo(world, 4) > 0 ? 300 + upTo(world, 500) : CHUNK_BYTES + 1 + upTo(world, 300);
  const bytes = new Uint8Array(length).fill(upTo(world, 256));
  new DataView(bytes.buffer).setUint32(0, 0xffd8ff00);
  new DataView(bytes.buffer).setUint32(4, (world.ids += 1));
  const sha = toHex(digest(bytes));
  const media: WireMedia = { sha, bytes: length, mime: 'image/jpeg', caseId };
  const id = newId(world, 'm');
  world.files.set(id, { tablet: tablet.number, media, bytes });
  const record: MediaRecord = {
    ...{ id, caseId, state: 'p', bytes: length, chunks: chunkCount(length) },
    ...{ day: 20_612, body: new Uint8Array(0) },
  };
  tablet.disk.putMedia(record, []);
  const event = {
    ...{
      id: eventIdIn(world, caseId, newId(world, 'e')),
      caseId,
      salt: null,
      type: 'attachment.added',
      v: 1,
    },
    ...{ occurredAt: tabletTime(world, tablet), payload: { sha }, unclean: false },
    refusable: world.faults.grants > 0,
  };
  const saved = saveEvent(tablet, event);
  if (saved !== null) world.saved.set(event.id, saved);
}

/** What the next exchange announces. */
export const announced = (world: World, { disk }: SimTablet): readonly WireMedia[] =>
  [...disk.media.values()]
    .filter(({ state }) => state === 'p')
    .flatMap(({ id }) => world.files.get(id)?.media ?? []);

function settle(
  world: World,
  tablet: SimTablet,
  { sha, state }: { sha: string; state: 'a' | 'q' },
): void {
  for (const { id } of tablet.disk.media.values())
    if (world.files.get(id)?.media.sha === sha) tablet.disk.setMediaState(id, state);
}

/** A part of a chunk on its way. */
interface Part {
  readonly sha: string;
  readonly index: number;
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** Sends one part; `last` counts as the whole file's receipt when the county says so. */
function sendPart(world: World, tablet: SimTablet, part: Part): void {
  const { life } = tablet;
  const lost = () => hurts(world, world.faults.chunkLost);
  world.attempts += 1;
  if (lost()) return;
  const sent = part.bytes.slice();
  if (hurts(world, world.faults.chunkHurt)) sent[upTo(world, sent.length)] = upTo(world, 256);
  const cut = hurts(world, world.faults.chunkHurt) ? upTo(world, sent.length) : sent.length;
  const there = { ...part, bytes: sent.subarray(0, cut) };
  world.time.at(delay(world), async () => {
    const kept = await world.county.chunk(tablet.owner, there);
    if (kept === null || !kept.complete || lost()) return;
    world.time.at(delay(world), () => {
      if (tablet.life === life) settle(world, tablet, { sha: part.sha, state: 'a' });
    });
  });
}

/** A chunk goes as one, or in two pieces that come in any order. */
function sendChunk(world: World, tablet: SimTablet, whole: Omit<Part, 'from'>): void {
  const { bytes } = whole;
  const at = bytes.length > 2 * PIECE_BYTES_MIN ? PIECE_BYTES_MIN + upTo(world, 5_000) : 0;
  if (at > 0) sendPart(world, tablet, { ...whole, from: at, bytes: bytes.subarray(at) });
  const first = at > 0 ? bytes.subarray(0, at) : bytes;
  sendPart(world, tablet, { ...whole, from: 0, bytes: first });
}

/** Sends what an answer called missing. */
export function sendMissing(world: World, tablet: SimTablet, reply: ExchangeReply): void {
  if (reply.kind !== 'exchange') return;
  for (const { sha, chunks, refused } of reply.missing) {
    const file = [...world.files.values()].find(({ media }) => media.sha === sha);
    if (file === undefined) continue;
    if (refused !== undefined) settle(world, tablet, { sha, state: 'q' });
    else if (chunks.length === 0) settle(world, tablet, { sha, state: 'a' });
    for (const index of chunks) {
      const from = index * CHUNK_BYTES;
      const bytes = file.bytes.subarray(from, from + chunkLength(file.bytes.length, index));
      sendChunk(world, tablet, { sha, index, bytes });
    }
  }
}
