import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseId, Sha256 } from '../src/lib/domain/values.ts';
import { memoryMediaStore } from '../src/lib/ports/media-store.ts';
import { memoryTabletStore } from '../src/lib/ports/tablet-store-memory.ts';
import { firstSync } from '../src/lib/ports/tablet-store.ts';
import type { ChunkOutcome, NoReply, Transport } from '../src/lib/ports/transport.ts';
import type { Digest } from '../src/lib/protocol/hash.ts';
import { CHUNK_BYTES } from '../src/lib/protocol/version.ts';
import { keepFile } from '../src/lib/tablet/media-files.ts';
import type { Upload } from '../src/lib/tablet/media-lane.ts';
import { CHUNKS_IN_FLIGHT_MAX, MediaPace } from '../src/lib/tablet/media-pace.ts';
import { announce, outgoingMedia, uploadMissing } from '../src/lib/tablet/media-sync.ts';
import { chunkPlace, mediaPlace } from '../src/lib/tablet/places.ts';
import type { SealedMedia } from '../src/lib/tablet/sealed-media.ts';
import type { Missing, SyncDeps } from '../src/lib/tablet/sync-round.ts';
import { countedClock } from './simulation/county.ts';
import { VAULTS, type VaultOver } from './vault/both.ts';
import { endAll } from './vault/workers.ts';

const digest: Digest = async (b) => new Uint8Array(createHash('sha256').update(b).digest());
const sync256 = (b: Uint8Array) => createHash('sha256').update(b).digest();
let over: VaultOver;
afterAll(endAll);

/** What the network does with the next request; null: it carries it. */
type Weather = (sent: number) => NoReply | null;

/** A tablet with files, a county's media store, and a link of so many bytes per second. */
async function scene(link: { bytesPerSecond: number; latencyMs?: number; weather?: Weather }) {
  const store = memoryTabletStore();
  const clock = countedClock('L');
  await store.begin(firstSync(clock.deviceId()));
  const vault = await over(store);
  const county = memoryMediaStore(sync256);
  const sizes = new Map<string, number>();
  let now = 0;
  let busyUntil = 0;
  let underWay = 0;
  const seen = { most: 0, requests: [] as string[], bytes: 0 };
  const sleepers: { at: number; wake: () => void }[] = [];
  const carry = async (at: { sha: Sha256; index: number; from: number }, bytes: Uint8Array) => {
    underWay += 1;
    seen.most = Math.max(seen.most, underWay);
    seen.requests.push(`${at.sha.slice(0, 4)}/${at.index}+${at.from}:${bytes.length}`);
    seen.bytes += bytes.length;
    const bad = link.weather?.(seen.requests.length) ?? null;
    // One line for all: requests share it one after the other.
    busyUntil = Math.max(busyUntil, now) + (bytes.length * 1_000) / link.bytesPerSecond;
    await new Promise<void>((wake) =>
      sleepers.push({ at: busyUntil + (link.latencyMs ?? 0), wake }),
    );
    underWay -= 1;
    if (bad) return bad;
    const key = { sha: at.sha, bytes: sizes.get(at.sha) ?? 0, by: 'a' };
    const put = await county.putPiece(key, { index: at.index, from: at.from, bytes });
    if (!put.ok) return { kind: 'refused', status: 409, error: null } as const;
    return { kind: 'kept', complete: put.value } satisfies ChunkOutcome;
  };
  const transport: Transport = {
    exchange: async () => ({ kind: 'offline' }),
    putChunk: (sha, index, bytes) => carry({ sha, index, from: 0 }, bytes),
    putPiece: (sha, place, bytes) => carry({ sha, ...place }, bytes),
  };
  const deps: SyncDeps = { store, vault, transport, clock, digest, build: 't', schema: 1 };
  const file = async (
    caseId: string,
    seed: number,
    more: Partial<{ size: number; at: string }>,
  ) => {
    const { size = 3 * CHUNK_BYTES - 9, at = '2026-06-08T02:00:00Z' } = more;
    const bytes = Uint8Array.from({ length: size }, (_, n) => (n * seed + (n >> 9)) % 251);
    const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '', capturedAt: at } as const;
    const kept = await keepFile({ store, vault, clock, digest }, { caseId }, { bytes, meta });
    if (!kept.ok) throw new Error(kept.error);
    sizes.set(kept.value.sha256, size);
    const record = (await store.media()).find((m) => m.state === 'd')!;
    await store.setMediaState(record.id, 'p');
    return { id: record.id, sha: kept.value.sha256, bytes };
  };
  const pace = new MediaPace(() => now);
  const answer = async (): Promise<Missing> =>
    Promise.all(
      announce(await outgoingMedia(deps, due)).map(async ({ sha, bytes }) => {
        const whole = (await county.size(sha as Sha256)) !== null;
        const lack = await county.lack({ sha: sha as Sha256, bytes, by: 'a' });
        const parts = lack.parts.map(([n, b]): [number, number] => [n, b]);
        return { sha, chunks: whole ? [] : [...lack.chunks], parts };
      }),
    );
  let due = (_: string): string => '';
  const turn = async (
    more: { missing?: Missing; interrupted?: () => boolean } = {},
  ): Promise<Upload> => {
    const files = await outgoingMedia(deps, due);
    const missing = more.missing ?? (await answer());
    let over = false;
    const watch = { interrupted: more.interrupted ?? (() => false), progress: () => undefined };
    const running = uploadMissing(deps, { files, missing, pace }, watch).finally(() => {
      over = true;
    });
    // Time goes on only when nobody has anything else to do.
    while (!over) {
      for (let idle = 0; idle < 30; idle++) await new Promise((go) => setImmediate(go));
      const next = sleepers.sort((a, b) => a.at - b.at).shift();
      if (!next) continue;
      now = Math.max(now, next.at);
      next.wake();
    }
    return running;
  };
  const states = async () => (await store.media()).map(({ state }) => state).join('');
  const setDue = (f: typeof due) => (due = f);
  return { store, county, file, turn, answer, states, seen, pace, deps, setDue, now: () => now };
}

describe.each(VAULTS)('the lane of pictures and sound, %s', (_kind, vaultOver) => {
  beforeAll(() => void (over = vaultOver));

  it('[MD14] nearest deadline first, then the oldest; those without one at the end', async () => {
    const s = await scene({ bytesPerSecond: 1e9 });
    const late = await s.file('c1', 3, { size: 10 });
    const young = await s.file('c2', 5, { size: 11, at: '2026-06-09T02:00:00Z' });
    const old = await s.file('c3', 7, { size: 12, at: '2026-06-07T02:00:00Z' });
    const none = await s.file('c4', 9, { size: 13, at: '2026-06-01T02:00:00Z' });
    const days: Record<string, string> = { c1: '2026-06-30', c2: '2026-06-10', c3: '2026-06-10' };
    s.setDue((caseId) => days[caseId as CaseId] ?? '');
    expect((await s.turn()).kind).toBe('done');
    const order = s.seen.requests.map((r) => r.slice(0, 4));
    expect(order).toEqual([old, young, late, none].map(({ sha }) => sha.slice(0, 4)));
  });

  it('[MD15] four chunks are under way on a good link, one on a bad one', async () => {
    const good = await scene({ bytesPerSecond: 1e6, latencyMs: 80 });
    await good.file('c1', 3, { size: 20 * CHUNK_BYTES });
    expect((await good.turn()).kind).toBe('done');
    expect(good.seen.most).toBe(CHUNKS_IN_FLIGHT_MAX);
    expect(await good.states()).toBe('a');
    const bad = await scene({ bytesPerSecond: 5_000, latencyMs: 600 });
    await bad.file('c1', 3, { size: 4 * CHUNK_BYTES });
    await bad.turn();
    expect([bad.seen.most, await bad.states()]).toEqual([1, 'a']);
    // After the first chunk has shown the link, a request is some seconds of it and not a chunk.
    const sizes = bad.seen.requests.slice(1).map((r) => Number(r.split(':')[1]));
    expect(Math.max(...sizes)).toBeLessThan(45_000);
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(3 * CHUNK_BYTES);
  });

  it('[MD15] a link that turns bad goes back to one chunk, and to smaller pieces', () => {
    const pace = new MediaPace(() => 0);
    for (let i = 0; i < 6; i++) pace.kept(CHUNK_BYTES, 400 * pace.width, pace.width);
    expect([pace.width, pace.pieceBytes()]).toEqual([4, CHUNK_BYTES]);
    for (let i = 0; i < 12; i++) pace.kept(CHUNK_BYTES, 30_000, pace.width);
    expect(pace.width).toBe(1);
    expect(pace.pieceBytes()).toBeLessThan(25_000);
    pace.broke();
    pace.broke();
    pace.broke();
    expect(pace.pieceBytes()).toBe(8 * 1024);
    expect(pace.filesAtOnce(64)).toBe(6);
  });

  it('[MD16] when a text waits nothing new begins, and what was under way counts', async () => {
    const s = await scene({ bytesPerSecond: 5_000, latencyMs: 100 });
    await s.file('c1', 3, { size: 4 * CHUNK_BYTES });
    const stopAfter = 2;
    const result = await s.turn({ interrupted: () => s.seen.requests.length >= stopAfter });
    expect(result.kind).toBe('interrupted');
    expect(s.seen.requests.length).toBe(stopAfter);
    expect(await s.states()).toBe('p');
    expect((await s.turn()).kind).toBe('done');
    expect([await s.states(), s.seen.bytes]).toEqual(['a', 4 * CHUNK_BYTES]);
  });

  it('[MD5] after a break only what lacks is sent, also inside a chunk', async () => {
    const offline: NoReply = { kind: 'offline' };
    const s = await scene({ bytesPerSecond: 6_000, weather: (n) => (n === 4 ? offline : null) });
    const { sha, bytes } = await s.file('c1', 3, {});
    expect(await s.turn()).toEqual({ kind: 'failed', outcome: offline });
    const lost = Number(s.seen.requests[3]!.split(':')[1]);
    expect((await s.turn()).kind).toBe('done');
    expect(s.seen.bytes).toBe(bytes.length + lost);
    expect(await s.county.read(sha)).toEqual(bytes);
  });

  it('[MD10] one photo in two cases is sent once, and both know it', async () => {
    const s = await scene({ bytesPerSecond: 1e6 });
    const one = await s.file('c1', 3, {});
    const two = await s.file('c2', 3, {});
    expect(two.sha).toBe(one.sha);
    expect(await s.turn()).toEqual({ kind: 'done', finished: 2, unfinished: 0 });
    expect([await s.states(), s.seen.bytes]).toEqual(['aa', one.bytes.length]);
  });

  it('[MD8] what is torn, gone or unwanted steps aside with its reason, and the rest arrives', async () => {
    const s = await scene({ bytesPerSecond: 1e6 });
    const torn = await s.file('c1', 3, {});
    const gone = await s.file('c2', 5, {});
    const other = await s.file('c3', 7, {});
    const unwanted = await s.file('c4', 9, {});
    const nameless = await s.file('c5', 11, {});
    const good = await s.file('c6', 13, {});
    const all = await s.store.media();
    const of = (id: string) => all.find((m) => m.id === id)!;
    await s.store.putMedia(of(torn.id), [{ n: 1, body: new Uint8Array([1, 2]) }]);
    await s.store.replaceMedia(of(gone.id), []);
    // The right length and not the right bytes: only the county's hash can tell, then ours.
    const changed = other.bytes.slice(0, CHUNK_BYTES).fill(1);
    const body = await s.deps.vault.captureBytes(changed, chunkPlace(other.id, 0));
    await s.store.putMedia(of(other.id), [{ n: 0, body }]);
    await s.store.putMedia({ ...of(nameless.id), body: new Uint8Array([9]) }, []);
    const missing = (await s.answer()).map((m) =>
      m.sha === unwanted.sha ? { ...m, chunks: [], refused: 'MEDIA_TYPE' } : m,
    );
    expect((await s.turn({ missing })).kind).toBe('done');
    const faults = await Promise.all(
      (await s.store.media()).map(async ({ state, id, body }) => {
        const { fault } = (await s.deps.vault.open(body, mediaPlace(id))) as SealedMedia;
        return [id, state, fault ?? ''].join(' ');
      }),
    );
    expect(faults.sort()).toEqual(
      [
        ...[torn, gone, other, nameless].map(({ id }) => `${id} q BROKEN_HERE`),
        `${unwanted.id} q MEDIA_TYPE`,
        `${good.id} a `,
      ].sort(),
    );
  });

  it('[MD17] a busy county makes the pictures wait, each for itself and not the text', async () => {
    const busy: NoReply = { kind: 'busy', retryAfterSeconds: 20 };
    const s = await scene({ bytesPerSecond: 1e6, weather: (n) => (n === 1 ? busy : null) });
    await s.file('c1', 3, {});
    const paused = await s.turn();
    expect(paused.kind).toBe('paused');
    expect(s.pace.restSeconds()).toBeGreaterThanOrEqual(20);
    const sent = s.seen.requests.length;
    expect((await s.turn()).kind).toBe('paused');
    expect(s.seen.requests.length).toBe(sent);
  });
});
