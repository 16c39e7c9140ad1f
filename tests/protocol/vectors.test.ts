/** The vectors that docs/PROTOCOL.md refers to: a second client checks itself against them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { idBytes } from '../../src/lib/protocol/ids.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { toBytes } from '../../src/lib/protocol/v2/alphabet.ts';
import { decodeFrame2, encodeFrame2 } from '../../src/lib/protocol/v2/frame.ts';
import {
  knownIds,
  replyOf,
  replyTables,
  requestOf,
  requestTables,
} from '../../src/lib/protocol/v2/messages.ts';
import { pack, type Tables } from '../../src/lib/protocol/v2/pack.ts';
import { squeezer as zlib } from '../../src/lib/server/sync/squeezer.ts';
import { squeezer as fflate } from '../../src/lib/tablet/squeezer.ts';
import { digest } from './traffic.ts';

interface Vector<T> {
  readonly json: T;
  readonly raw: string;
  readonly text: string;
  readonly frame: string;
  readonly stored: string;
}
const vectors = JSON.parse(readFileSync('tests/protocol/vectors-2.json', 'utf8')) as {
  readonly requestId: string;
  readonly request: Vector<ExchangeRequest>;
  readonly reply: Vector<ExchangeReply>;
  readonly text: readonly { readonly text: string; readonly bytes: string }[];
};
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const req = idBytes(vectors.requestId);

async function holds(
  { raw, text, frame, stored }: Vector<unknown>,
  { tables, known }: { readonly tables: Tables; readonly known: readonly string[] },
): Promise<Tables> {
  const packed = pack(tables, known);
  expect([hex(packed.raw), packed.text]).toEqual([raw, text]);
  const asIs = await encodeFrame2(
    { digest, squeezer: zlib },
    { req, tables, known, stored: () => true },
  );
  expect(hex(asIs)).toBe(stored);
  const read: Tables[] = [];
  for (const squeezer of [zlib, fflate])
    for (const bytes of [frame, stored]) {
      const got = await decodeFrame2({ digest, squeezer }, bytesOf(bytes), { echo: req, known });
      if (!got.ok) throw new Error(got.error);
      read.push(got.value.tables);
    }
  expect(read).toEqual(Array.from({ length: 4 }, () => read[0]));
  return read[0] ?? [];
}

describe('test vectors of version 2', () => {
  it('[SY45] the request: columns, frame and both ways to carry the text', async () => {
    const { request } = vectors;
    const tables = requestTables(request.json);
    expect(requestOf(await holds(request, { tables, known: [] }))).toEqual(request.json);
  });

  it('[SY45] the answer, with the ids it takes from the request', async () => {
    const { request, reply } = vectors;
    const known = knownIds(request.json);
    const tables = await holds(reply, { tables: replyTables(reply.json), known });
    expect(replyOf(tables, request.json)).toEqual(reply.json);
  });

  it('[SY45] the alphabet', () => {
    expect(vectors.text.map(({ text }) => hex(toBytes(text)))).toEqual(
      vectors.text.map(({ bytes }) => bytes),
    );
    expect(vectors.text.length).toBeGreaterThanOrEqual(9);
  });
});
