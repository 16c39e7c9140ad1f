/**
 * A client of PS/1 written from docs/PROTOCOL.md alone, as an independent witness of that page: it
 * shares nothing with the product but the pinned dictionary.
 */
import { createHash, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { WORDS } from '../../src/lib/protocol/v2/dictionary.ts';
import { decode, encode, pack, unpack, type Text } from './second-client-columns.ts';

const MEDIA_TYPE = 'application/vnd.daiban.ps2';
const dictionary = encode(WORDS);
const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
/** 128 random bits, as every id, salt and device is. */
export const newId = (): string => randomBytes(16).toString('base64url');

export interface Place {
  readonly seq: number;
  readonly tag: string;
}
export interface Event {
  readonly c: number;
  readonly ds: number;
  readonly id: string;
  readonly t: string;
  readonly v: number;
  readonly at: string;
  readonly p: unknown;
}
export interface Asked {
  readonly dv: string;
  readonly now: string;
  readonly cursor: (Place & { readonly epoch: string }) | null;
  readonly wit: Place | null;
  readonly cases: readonly { readonly id: string; readonly salt: string }[];
  readonly events: readonly Event[];
}
/** The four tables of an answer, as they came. */
export interface Told {
  readonly head: {
    readonly kind: string;
    readonly epoch: string;
    readonly head: number;
    readonly headTag: string;
    readonly receipt: string;
    readonly top: Place | null;
    readonly cursor: { readonly seq: number; readonly tag?: string };
  };
  readonly runs: readonly { readonly s: string; readonly n?: number; readonly seq?: number }[];
  readonly rows: readonly {
    readonly k: string;
    readonly salt?: string;
    readonly event?: Readonly<Record<string, unknown>>;
  }[];
}

function varint(n: number): Buffer {
  const low = n & 127;
  return n < 128 ? Buffer.of(low) : Buffer.concat([Buffer.of(low | 128), varint(n >> 7)]);
}
function frame(id: Buffer, { raw, text }: Text): Buffer {
  const bytes = encode(text);
  const sum = sha256(raw, bytes).subarray(0, 16);
  const head = [Buffer.from('PS2'), Buffer.of(1), id, sum, varint(raw.length), raw];
  return Buffer.concat([...head, varint(bytes.length), deflateRawSync(bytes, { dictionary })]);
}
function unframe(id: Buffer, body: Buffer): Text {
  if (body.toString('latin1', 0, 3) !== 'PS2' || !body.subarray(4, 20).equals(id))
    throw new Error('not the county');
  let at = 36;
  const size = (): number => {
    let [n, unit, byte] = [0, 1, 128];
    for (; byte >= 128; unit *= 128) {
      byte = body.readUInt8(at++);
      n += (byte & 127) * unit;
    }
    return n;
  };
  const rawSize = size();
  const raw = body.subarray(at, (at += rawSize));
  const maxOutputLength = size();
  const rest = body.subarray(at);
  const bytes = body[3] === 1 ? inflateRawSync(rest, { dictionary, maxOutputLength }) : rest;
  if (!sha256(raw, bytes).subarray(0, 16).equals(body.subarray(20, 36))) throw new Error('cut');
  return { raw, text: decode(bytes) };
}

/** One exchange in version 2; anything but an answer of the county throws. */
export async function exchange(
  ask: (request: Request) => Promise<Response>,
  { cases, events, ...more }: Asked,
): Promise<Told> {
  const id = randomBytes(16);
  const dsHi = events.at(-1)?.ds ?? 0;
  const head = { build: 'second', schema: 1, ...more, dsHi, wits: [], hist: [], media: [] };
  const body = frame(id, pack([[{ ...head, feedBytesMax: 1_000_000 }], cases, events]));
  const headers = { 'content-type': MEDIA_TYPE, 'x-daiban': 'second' };
  const url = 'http://county/api/sync/exchange';
  const answer = await ask(
    new Request(url, { method: 'POST', headers, body: new Uint8Array(body) }),
  );
  if (answer.status !== 200 || answer.headers.get('content-type') !== MEDIA_TYPE)
    throw new Error(`${String(answer.status)} ${await answer.text()}`);
  const known = [...new Set([...cases, ...events].map((one) => one.id))];
  const text = unframe(id, Buffer.from(await answer.arrayBuffer()));
  const [heads, runs, rows] = unpack(text, known);
  return { head: heads?.[0], runs, rows } as Told;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join()}}`;
}
/** What the county must answer as `receipt` when all these events are stored or dup. */
export function receiptOf(cases: Asked['cases'], events: readonly Event[]): string {
  const lines = events.map(({ c, id, t: type, v, at: occurredAt, p: payload }) => {
    const { id: caseId, salt } = cases[c] ?? {};
    const said = canonical({ salt, id, caseId, type, v, occurredAt, payload });
    return `${id} ${sha256(said).toString('hex')}\n`;
  });
  return sha256(lines.join('')).subarray(0, 16).toString('base64url');
}
