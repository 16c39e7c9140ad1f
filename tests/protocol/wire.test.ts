import { createHash, webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { EventBody } from '../../src/lib/domain/case-event.ts';
import { decodeFrame, encodeFrame } from '../../src/lib/protocol/frame.ts';
import {
  eventHash,
  eventHashSync,
  GENESIS_TAG,
  nextTag,
  nextTagSync,
  receiptInput,
  receiptOf,
  type Digest,
} from '../../src/lib/protocol/hash.ts';
import { chunkReplySchema } from '../../src/lib/protocol/media.ts';
import {
  enrolReplySchema,
  enrolRequestSchema,
  exchangeReplySchema,
  exchangeRequestSchema,
} from '../../src/lib/protocol/sync.ts';
import { PROTOCOL_VERSION_1 } from '../../src/lib/protocol/version.ts';

const browser: Digest = async (bytes) =>
  new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes));
const node = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** Hash of the wire's shapes per version: a change of shape is a decision, not an accident. */
const PINNED: Readonly<Record<number, string>> = {
  1: '9168480051831b842c9644da846d5d07',
};

const body = {
  id: 'e1____________________',
  caseId: 'c1____________________',
  type: 'visit.recorded',
  v: 1,
  occurredAt: '2026-06-08T01:30:00Z',
  payload: { said: '井水有味儿，𠮷家也是', n: 1.5 },
} as EventBody<string>;
const SALT = 's1____________________';
const H = 'd0765112338603824dab45911dce3fc27ff8b5ba149cf5f721b41d259310e612';
const TAG = 'T7dPRsJPZAy4W2Lj0KSNOA';

describe('hashes', () => {
  it('[SY17] h and tag are the same in the browser, at the county, and as written down', async () => {
    expect(eventHashSync(node, SALT, body)).toBe(H);
    expect(await eventHash(browser, SALT, body)).toBe(H);
    const link = { id: body.id, h: H };
    expect(nextTagSync(node, GENESIS_TAG, link)).toBe(TAG);
    expect(await nextTag(browser, GENESIS_TAG, link)).toBe(TAG);
    expect(GENESIS_TAG).toBe(Buffer.alloc(16).toString('base64url'));
  });

  it('[SY17] every word that h covers changes it', () => {
    const others = [
      { ...body, id: 'e2' },
      { ...body, caseId: 'c2' },
      { ...body, type: 'notice.told' },
      { ...body, v: 2 },
      { ...body, occurredAt: '2026-06-08T01:30:01Z' },
      { ...body, payload: { said: '井水有味儿' } },
    ] as EventBody<string>[];
    const hashes = others.map((other) => eventHashSync(node, SALT, other));
    expect(new Set([H, eventHashSync(node, 'other salt', body), ...hashes]).size).toBe(8);
  });

  it('[SY17] a receipt covers ids, hashes and their order', () => {
    const a = { id: 'a', h: '1' };
    const b = { id: 'b', h: '2' };
    const receipts = [[a, b], [b, a], [a], []].map((links) => receiptOf(node(receiptInput(links))));
    expect(new Set(receipts).size).toBe(4);
  });
});

describe('frame', () => {
  const req = 'r1____________________';
  it('[SY18] comes back as it went, only for the request that it answers', async () => {
    const text = await encodeFrame(browser, { req, json: { said: '好\n的' } });
    expect(await decodeFrame(browser, text, req)).toEqual({
      ok: true,
      value: { req, json: { said: '好\n的' } },
    });
    expect(await decodeFrame(browser, text, 'r2____________________')).toMatchObject({
      error: 'ECHO',
    });
  });

  it('[SY18] a portal, a cut, any flipped byte and an empty page are no message', async () => {
    const text = await encodeFrame(browser, { req, json: { kind: 'exchange', n: 1 } });
    const others = ['', '{}', '<html>WiFi LOGIN</html>', 'PS1\n{}', text.replace('PS1', 'PS2')];
    for (const other of others) expect((await decodeFrame(browser, other, req)).ok).toBe(false);
    for (let cut = 0; cut < text.length; cut++)
      expect((await decodeFrame(browser, text.slice(0, cut), req)).ok).toBe(false);
    for (let at = 0; at < text.length; at++) {
      const flipped = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1);
      expect((await decodeFrame(browser, flipped, req)).ok).toBe(false);
    }
  });
});

describe('version', () => {
  it('[SY19] the shapes of the wire are pinned to the protocol version', () => {
    const shapes = [
      exchangeRequestSchema,
      exchangeReplySchema,
      enrolRequestSchema,
      enrolReplySchema,
      chunkReplySchema,
    ].map((schema) => z.toJSONSchema(schema));
    const hash = createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 32);
    expect(hash).toBe(PINNED[PROTOCOL_VERSION_1]);
  });
});
