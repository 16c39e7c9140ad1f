/**
 * media: a ten-minute recording and three photos over 5 kB/s, the line cut every 20 s, the county
 * killed twice; meanwhile a text is saved, which must not wait for them.
 *
 *     text ──▶ recording 1.3 MB, 3 photos ──▶ ✂ every 20 s, ☠ twice ──▶ the same bytes, ≤ 1.15 ×
 *
 * Shorter runs turn the clock faster: so many times the rate, every wait shorter, and every second
 * they judge is `clockTimes` of theirs. `quick` has smaller files too.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../../../src/lib/ports/transport.ts';
import { browserClock, browserDigest } from '../../../src/lib/tablet/browser.ts';
import { SyncLoop } from '../../../src/lib/tablet/sync-loop.ts';
import { EVENT_SCHEMA } from '../../../src/lib/tablet/sync-start.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { Marker, type Marked } from '../markers.ts';
import { eventsAbove, judgeLog } from '../oracle.ts';
import type { Place } from '../place.ts';
import { SlowLine } from '../slow-line.ts';
import { ChaosTablet } from '../tablet.ts';

const RATE = 5_000;
const CUT_EVERY_SECONDS = 20;
/** Of `quick` two kills alone cost a seventh: a piece each, of a fifth of the bytes. */
const RATIO_MAX = { quick: 1.35, normal: 1.15, full: 1.15 } as const;
const TEXT_SECONDS_MAX = 60;
const PHOTO_HEAD = Buffer.from('\xff\xd8\xff\xe0', 'latin1');
const SOUND_HEAD = Buffer.from('\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm', 'latin1');

interface FileMade {
  readonly sha: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

/** The planted fault: what broke counts as arrived. */
const trusting = (real: Transport): Transport => ({
  ...real,
  putChunk: async (...args) => {
    const outcome = await real.putChunk(...args);
    return outcome.kind === 'offline' ? { kind: 'kept', complete: true } : outcome;
  },
  putPiece: async (...args) => {
    const outcome = (await real.putPiece?.(...args)) ?? { kind: 'offline' };
    return outcome.kind === 'offline' ? { kind: 'kept', complete: true } : outcome;
  },
});

async function filesFor(tablet: ChaosTablet, small: boolean): Promise<readonly FileMade[]> {
  const made: FileMade[] = [];
  const sizes = small ? [160_000, 40_000, 50_000, 60_000] : [1_300_000, 240_000, 260_000, 280_000];
  for (const [n, size] of sizes.entries()) {
    const head = n === 0 ? SOUND_HEAD : PHOTO_HEAD;
    const bytes = Buffer.concat([head, randomBytes(size - head.length)]);
    const sha = await tablet.keepFile(bytes, n === 0 ? 'audio/webm;codecs=opus' : 'image/jpeg');
    made.push({ sha, bytes });
  }
  return made;
}

/** The product's own loop; its clock runs `faster` than ours. */
function loopOf(tablet: ChaosTablet, faster: number): SyncLoop {
  const { store, vault, wire } = tablet;
  return new SyncLoop(
    {
      ...{ store, vault, transport: wire, clock: browserClock, digest: browserDigest },
      ...{
        build: 'chaos',
        schema: EVENT_SCHEMA,
        dueOf: () => '',
        enrolAgain: () => tablet.enrol(),
      },
      ticks: () => performance.now() * faster,
      timer: (ms, call) => {
        const id = setTimeout(call, ms / faster);
        return () => clearTimeout(id);
      },
      lock: (run) => run(() => true),
    },
    () => undefined,
  );
}

interface Judged {
  readonly lost: number;
  readonly altered: number;
  readonly doubled: number;
}

/** From outside: the bytes under their names, and how often the case heard of each. */
async function judgeFiles(place: Place, files: readonly FileMade[]): Promise<Judged> {
  const rows = (await eventsAbove(place)).map(({ body }) => body);
  let [lost, altered, doubled] = [0, 0, 0];
  for (const { sha, bytes } of files) {
    const file = path.join(place.dataDir, 'media', sha.slice(0, 2), sha);
    const heard = rows.filter((body) => body.includes(sha) && !body.includes('capturedAt')).length;
    if (!existsSync(file) || heard === 0) lost += 1;
    else if (!readFileSync(file).equals(bytes)) altered += 1;
    else if (createHash('sha256').update(readFileSync(file)).digest('hex') !== sha) altered += 1;
    if (heard > 1) doubled += 1;
  }
  return { lost, altered, doubled };
}

const filesIn = async ({ store }: ChaosTablet, state: 'p' | 'q'): Promise<number> =>
  (await store.media()).filter((m) => m.state === state).length;

/** Seconds of the attacked clock until nothing of the text is unsent. */
async function untilSent(tablet: ChaosTablet, faster: number): Promise<number> {
  const started = performance.now();
  while (tablet.unsent > 0) await sleep(5);
  return ((performance.now() - started) * faster) / 1_000;
}

async function attack({ length, plant, emptyPlace }: AttackOptions) {
  const faster = by(length, { quick: 25, normal: 20, full: 1 });
  const place = await emptyPlace();
  const county = place.host();
  await county.start();
  const line = await SlowLine.open(() => county.port, RATE * faster);
  const tablet = new ChaosTablet({
    name: 'media',
    origin: () => line.origin,
    ...(plant ? { transport: trusting } : {}),
  });
  await tablet.enrol();
  const marks = new Marker('media');
  const promised: Marked[] = [await tablet.take(marks)];
  const files = await filesFor(tablet, by(length, { quick: true, normal: false, full: false }));
  promised.push(...(await tablet.add(marks)));
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const loop = loopOf(tablet, faster);
  const before = line.up;
  const started = performance.now();
  loop.wake('start');
  const first = await untilSent(tablet, faster);
  const cutter = setInterval(() => line.cut(), (CUT_EVERY_SECONDS * 1_000) / faster);
  const waiting = () => filesIn(tablet, 'p');
  const sent = () => line.up - before;
  const reached = async (share: number) => {
    while ((await waiting()) > 0 && sent() < total * share) await sleep(20);
  };
  await reached(0.2);
  promised.push(...(await tablet.add(marks)));
  loop.wake('save');
  const second = await untilSent(tablet, faster);
  let restarts = 0;
  for (const share of [0.4, 0.7]) {
    await reached(share);
    if ((await waiting()) === 0) break;
    await county.kill();
    await county.start();
    restarts += 1;
  }
  await reached(Infinity);
  clearInterval(cutter);
  const seconds = ((performance.now() - started) * faster) / 1_000;
  const bytesSent = sent();
  loop.stop();
  await loop.settled();
  const refused = await filesIn(tablet, 'q');
  await line.close();
  await county.stop();
  const found = await judgeFiles(place, files);
  const texts = await judgeLog(place, promised);
  const ratio = bytesSent / total;
  const late = [first, second].filter((s) => s > TEXT_SECONDS_MAX).length;
  return {
    ...{ attempts: line.cuts + restarts, minimum: by(length, { quick: 4, normal: 15, full: 15 }) },
    lost: found.lost + texts.lost,
    doubled: found.doubled + texts.doubled,
    altered: found.altered + texts.altered,
    zeros: { refused, lateTexts: late, overBytes: ratio > by(length, RATIO_MAX) ? 1 : 0 },
    seen: {
      ...{ bytes: total, upBytes: bytesSent, ratio: Math.round(ratio * 1_000) / 1_000 },
      ratioMax: by(length, RATIO_MAX),
      ...{ cuts: line.cuts, restarts, files: files.length, clockTimes: faster },
      ...{
        textSeconds: [first, second].map((s) => Math.round(s)),
        lineSeconds: Math.round(seconds),
      },
    },
  };
}

/** Two lanes over a bad line. */
export const media: Attack = attack;
