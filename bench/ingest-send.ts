/** The tablets of the ingest measurement: each posts its batches one after the other. */
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import type { Digest } from '../src/lib/protocol/hash.ts';
import {
  exchangeReplySchema,
  type Cursor,
  type ExchangeRequest,
} from '../src/lib/protocol/sync.ts';
import { decodeFrame2, encodeFrame2 } from '../src/lib/protocol/v2/frame.ts';
import { knownIds, replyOf, requestTables } from '../src/lib/protocol/v2/messages.ts';
import {
  CLIENT_HEADER,
  ENROL_PATH,
  EXCHANGE_MEDIA_TYPE_2,
  EXCHANGE_PATH,
  FEED_BYTES_MAX,
  PROTOCOL_VERSION,
} from '../src/lib/protocol/version.ts';
import { squeezer } from '../src/lib/server/sync/squeezer.ts';
import type { Made } from './ingest-work.ts';

const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();
const deps = { digest, squeezer };

interface Answered {
  readonly status: number;
  readonly encoding: string | undefined;
  readonly body: Buffer;
}

/** Connections that stay open to one port. */
export class Wire {
  private readonly agent: Agent;
  private readonly port: number;
  constructor(port: number, sockets: number) {
    this.port = port;
    this.agent = new Agent({ keepAlive: true, maxSockets: sockets });
  }
  post(path: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<Answered> {
    const { port, agent } = this;
    return new Promise((resolve, reject) => {
      const asked = httpRequest({ port, agent, method: 'POST', path, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const encoding = response.headers['content-encoding'];
          resolve({ status: response.statusCode ?? 0, encoding, body: Buffer.concat(parts) });
        });
      });
      asked.on('error', reject).end(body);
    });
  }
  close(): void {
    this.agent.destroy();
  }
}

/** One tablet of one agent, with no more memory than its sequence and its cursor. */
export class IngestTablet {
  readonly dv = randomBytes(16).toString('base64url');
  private ds = 0;
  private cursor: Cursor | null = null;
  /** Events that the county said it stored. */
  stored = 0;
  /** Events that the county did not store. */
  refused = 0;
  private readonly wire: Wire;
  private readonly cookie: string;

  constructor(wire: Wire, cookie: string) {
    this.wire = wire;
    this.cookie = cookie;
  }

  private headers(type: string): Record<string, string> {
    const own = { cookie: this.cookie, [CLIENT_HEADER]: '1', 'accept-encoding': 'gzip, br' };
    return { ...own, 'content-type': type };
  }

  /** Signs the tablet on; what its numbers are made of. */
  async enrol(): Promise<{ agent: string; letter: string; personId: string; name: string }> {
    const body = Buffer.from(JSON.stringify({ dv: this.dv, build: 'bench' }));
    const answer = await this.wire.post(ENROL_PATH, body, this.headers('application/json'));
    if (answer.status !== 200) throw new Error(`enrolment: ${answer.status}`);
    const { agentId, deviceLetter, person } = JSON.parse(answer.body.toString()) as {
      agentId: string;
      deviceLetter: string;
      person: { id: string; name: string };
    };
    return { agent: agentId, letter: deviceLetter, personId: person.id, name: person.name };
  }

  async send(batch: readonly Made[]): Promise<void> {
    const request = this.requestOf(batch);
    const req = randomBytes(16);
    const body = await encodeFrame2(deps, { req, tables: requestTables(request) });
    const answer = await this.wire.post(EXCHANGE_PATH, body, this.headers(EXCHANGE_MEDIA_TYPE_2));
    if (answer.status !== 200) throw new Error(`exchange: ${answer.status}`);
    const packed = answer.encoding === 'br' ? brotliDecompressSync(answer.body) : answer.body;
    const known = knownIds(request);
    const frame = await decodeFrame2(deps, new Uint8Array(packed), { echo: req, known });
    if (!frame.ok) throw new Error(`answer: ${frame.error}`);
    const reply = exchangeReplySchema.parse(replyOf(frame.value.tables, request));
    if (reply.kind !== 'exchange') throw new Error('another history');
    for (const { s } of reply.results) {
      if (s === 'stored') this.stored++;
      else this.refused++;
    }
    this.cursor = reply.feed.cursor;
  }

  private requestOf(batch: readonly Made[]): ExchangeRequest {
    const cases = new Map<string, { id: string; salt: string }>();
    for (const { caseId: id, salt } of batch) cases.set(id, { id, salt });
    const places = new Map([...cases.keys()].map((id, place) => [id, place]));
    const events = batch.map(({ caseId, id, t, v, at, p }) => {
      return { c: places.get(caseId) ?? 0, ds: ++this.ds, id, t, v, at, p };
    });
    return {
      ...{ proto: PROTOCOL_VERSION, build: 'bench', schema: 1, dv: this.dv, dsHi: this.ds },
      ...{ now: new Date().toISOString(), cursor: this.cursor, wit: null, wits: [], hist: [] },
      ...{ cases: [...cases.values()], events, media: [], feedBytesMax: FEED_BYTES_MAX },
      report: { unsent: 0, oldestUnsentAt: null, storageLeftBytes: null, persisted: true },
    };
  }
}

/** The same events as the floor takes them. */
export const linesOf = (batch: readonly Made[]): Buffer =>
  gzipSync(batch.map((made) => JSON.stringify(made)).join('\n'));
