/** One exchange in version 1 of the wire, written by hand, so that anything can stand in it. */
import { createHash, randomBytes } from 'node:crypto';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { decodeFrame, encodeFrame } from '../../src/lib/protocol/frame.ts';
import type { ExchangeReply } from '../../src/lib/protocol/sync.ts';
import {
  CLIENT_HEADER,
  EXCHANGE_MEDIA_TYPE,
  EXCHANGE_PATH,
  PROTOCOL_VERSION_1,
} from '../../src/lib/protocol/version.ts';
import type { Visitor } from './visitor.ts';

const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

export const randomId = (): string => randomBytes(16).toString('base64url');

/** What an honest tablet would say about itself; `rest` overrides and adds. */
export const requestOf = (dv: string, rest: Readonly<Record<string, unknown>>) => ({
  ...{ proto: PROTOCOL_VERSION_1, build: 'authz', schema: 1, dv, dsHi: 0 },
  ...{ now: new Date().toISOString(), cursor: null, wit: null, wits: [], hist: [] },
  ...{ cases: [], events: [], media: [], feedBytesMax: 2_000_000 },
  ...rest,
});

export interface Exchanged {
  readonly status: number;
  readonly reply: Extract<ExchangeReply, { kind: 'exchange' }> | null;
  readonly text: string;
}

/** Sends it as it is. */
export async function exchange(visitor: Visitor, request: object): Promise<Exchanged> {
  const frame = await encodeFrame(digest, { req: randomId(), json: request });
  const headers = { 'content-type': EXCHANGE_MEDIA_TYPE, [CLIENT_HEADER]: 'authz' };
  const answer = await visitor.ask(EXCHANGE_PATH, { method: 'POST', headers, body: frame });
  const decoded = await decodeFrame(digest, answer.text);
  const reply = decoded.ok ? (decoded.value.json as ExchangeReply) : null;
  return { ...answer, reply: reply?.kind === 'exchange' ? reply : null };
}
