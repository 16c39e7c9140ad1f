import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SealedRating } from '../../src/lib/domain/rating.ts';
import type { Instant } from '../../src/lib/domain/values.ts';
import {
  ratingKeyFile,
  ratingKeyPair,
  type RatingKeyPair,
} from '../../src/lib/server/rating/key.ts';
import { openRatingBox } from '../../src/lib/server/rating/open-box.ts';
import { sealRating } from '../../src/routes/tablet/rating-box.ts';

const caseId = 'aaaaaaaaaaaaaaaaaaaaaa';
const rating: SealedRating = {
  caseId,
  at: '2026-06-10T08:45:00Z' as Instant,
  answers: [
    { target: 'OFFICE', value: '满意', reasons: [] },
    { target: 'UNIT', value: '不满意', reasons: ['太慢'], words: '等了俩月' },
  ],
};
let dir = '';
let pair: RatingKeyPair;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'rating-'));
  pair = await ratingKeyPair(ratingKeyFile(path.join(dir, 'data')));
});
afterAll(() => rm(dir, { recursive: true }));

describe('封存的评价', () => {
  it('[UI7] what the tablet seals, only the holder of the county key opens', async () => {
    const box = await sealRating(rating, pair);
    expect(await openRatingBox(pair, box, caseId)).toEqual({ ok: true, value: rating });
    const other = await ratingKeyPair(path.join(dir, 'other.json'));
    expect(await openRatingBox(other, box, caseId)).toEqual({ ok: false, error: 'UNREADABLE' });
  });

  it('[UI7] a box tells nothing: no word in clear, one length, never twice the same', async () => {
    const short: SealedRating = { ...rating, answers: rating.answers.slice(0, 1) };
    const boxes = [await sealRating(rating, pair), await sealRating(short, pair)];
    expect(boxes[0]?.length).toBe(boxes[1]?.length);
    expect(await sealRating(rating, pair)).not.toBe(boxes[0]);
    const bytes = Buffer.from(boxes[0] ?? '', 'base64url').toString('latin1');
    for (const word of ['UNIT', caseId, 'answers']) expect(bytes).not.toContain(word);
  });

  it('[UI7] a changed box and a box moved to another case are refused', async () => {
    const box = await sealRating(rating, pair);
    const bytes = Buffer.from(box, 'base64url');
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    const changed = await openRatingBox(pair, bytes.toString('base64url'), caseId);
    expect(changed).toEqual({ ok: false, error: 'UNREADABLE' });
    const moved = await openRatingBox(pair, box, 'bbbbbbbbbbbbbbbbbbbbbb');
    expect(moved).toEqual({ ok: false, error: 'FOREIGN' });
  });

  it('[UI7] the key lies outside the data folder, for one reader, and is made once', async () => {
    const dataDir = path.join(dir, 'data');
    const file = ratingKeyFile(dataDir);
    expect(path.relative(dataDir, file).startsWith('..')).toBe(true);
    expect((await stat(file)).mode & 0o077).toBe(0);
    const text = await readFile(file, 'utf8');
    const again = await Promise.all([ratingKeyPair(file), ratingKeyPair(file)]);
    expect(again.map((p) => p.keyId)).toEqual([pair.keyId, pair.keyId]);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
