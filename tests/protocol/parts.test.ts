/** What a county keeps of broken bodies while ten thousand tablets come over lines that break. */
import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { RESUME_BYTES_MIN } from '../../src/lib/protocol/version.ts';
import { PARTS_BYTES_MAX, PARTS_PERSON_MAX } from '../../src/lib/server/sync/limits.ts';
import { createParts, type Part } from '../../src/lib/server/sync/parts.ts';

const TABLETS = 10_000;
const BODY = 20_000;
const idOf = (n: number): string =>
  createHash('sha256').update(String(n)).digest().subarray(0, 16).toString('base64url');

/** A body of that request; every byte behind its id tells whose it is. */
function bodyOf(n: number, length = BODY): Uint8Array {
  const bytes = new Uint8Array(length).fill(n % 251);
  bytes.set(Buffer.from(idOf(n), 'base64url'), 4);
  return bytes;
}

function feed(part: Part, bytes: Uint8Array, step: number): void {
  for (let at = 0; at < bytes.length; at += step) part.add(bytes.subarray(at, at + step));
}

describe('what is kept of broken bodies', () => {
  it('[SY56] 10,000 tablets whose lines break at once: 32 MiB of memory, the newest goes on', () => {
    const parts = createParts(() => 0);
    const open = Array.from({ length: TABLETS }, (_, n) => parts.begin(`p${String(n)}`, BODY));
    let most = 0;
    // All of them at the same time, packet by packet.
    for (let at = 0; at < BODY; at += 5_000)
      for (const [n, part] of open.entries()) {
        part.add(bodyOf(n).subarray(at, at + 5_000));
        most = Math.max(most, parts.held());
      }
    expect(most).toBeLessThanOrEqual(PARTS_BYTES_MAX);
    expect(most).toBeGreaterThan(PARTS_BYTES_MAX / 2);
    const have = open.map((_, n) => parts.have(`p${String(n)}`, idOf(n)));
    expect(have.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(parts.held());
    expect(have.filter((bytes) => bytes > 0).length).toBeGreaterThan(500);
    feed(parts.begin('last', BODY), bodyOf(1), 1_400);
    expect(parts.have('last', idOf(1))).toBe(BODY);
    expect(parts.held()).toBeLessThanOrEqual(PARTS_BYTES_MAX);
  }, 300_000);

  it('[SY56] pieces of one byte take no more memory than large ones, and join to the same', () => {
    const parts = createParts(() => 0);
    feed(parts.begin('a', BODY), bodyOf(7), 1);
    expect(parts.held()).toBeLessThanOrEqual(2 * BODY);
    expect(parts.goOn('a', idOf(7), BODY)?.before).toEqual(Buffer.from(bodyOf(7)));
    // A few bytes of each of many requests count as what they take, not as what they say.
    const stingy = createParts(() => 0);
    for (let n = 0; n < 5_000; n++) stingy.begin(`p${String(n)}`, BODY).add(bodyOf(n, 22));
    expect(stingy.held() % RESUME_BYTES_MIN).toBe(0);
    expect(stingy.held()).toBeLessThanOrEqual(PARTS_BYTES_MAX);
    expect(stingy.have('p0', idOf(0))).toBe(0);
    expect(stingy.have('p4999', idOf(4_999))).toBe(22);
  }, 300_000);

  it('[SY56] nobody reads, goes on with or pushes out what another person sent', () => {
    const parts = createParts(() => 0);
    feed(parts.begin('a', BODY), bodyOf(1), 1_400);
    for (let n = 1; n < 40; n++) {
      expect(parts.have('b', idOf(1))).toBe(n === 1 ? 0 : 9_000);
      expect(parts.goOn('b', idOf(1), 9_001)).toBeNull();
      // The same request id under another name is another request.
      feed(parts.begin('b', BODY), bodyOf(1).fill(n, 20).subarray(0, 9_000), 1_400);
      feed(parts.begin('c', BODY), bodyOf(n), 1_400);
    }
    expect(parts.goOn('a', idOf(1), BODY)?.before).toEqual(Buffer.from(bodyOf(1)));
    const his = Array.from({ length: 40 }, (_, n) => parts.have('c', idOf(n)));
    expect(his.filter((bytes) => bytes > 0)).toHaveLength(PARTS_PERSON_MAX);
  });
});
