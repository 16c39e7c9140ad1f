import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { countyKeysSchema, type CountyKeys } from '../../src/lib/protocol/county-keys-shape.ts';
import {
  recipientsOf,
  signCountyKeys,
  signersOf,
  takeCountyKeys,
} from '../../src/lib/protocol/county-keys.ts';
import { newSigningPair, readAck } from '../../src/lib/protocol/ack-file.ts';
import { toBase64Url, type Digest } from '../../src/lib/protocol/hash.ts';
import { exchangeReplySchema, type ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { knownIds, replyOf, requestOf, requestTables } from '../../src/lib/protocol/v2/messages.ts';
import { decodeFrame, encodeFrame } from '../../src/lib/protocol/frame.ts';
import { decodeFrame2, encodeFrame2 } from '../../src/lib/protocol/v2/frame.ts';
import { rotateIntakeKey } from '../../src/lib/server/intake-keys/key-ring.ts';
import { squeezer } from '../../src/lib/server/sync/squeezer.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { asked, id, sealedPush } from './scene.ts';

const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const REQ = id('request').replaceAll('_', 'A');
const ROWS = [{ ds: 1, t: 'case.drafted' }, { ds: 2 }];
let county: TrafficCounty;
let keys: CountyKeys;

const post = (path: string, body: BodyInit, headers: Record<string, string>) =>
  county.ask('A01', new Request(`http://county${path}`, { method: 'POST', body, headers }));

async function enrol(dv: string): Promise<unknown> {
  const body = JSON.stringify({ dv: id(dv), build: 't' });
  const answer = await post('/api/sync/enrol', body, { 'content-type': 'application/json' });
  return ((await answer.json()) as { keys: unknown }).keys;
}

beforeAll(async () => {
  county = await trafficCounty();
  keys = countyKeysSchema.parse(await enrol('dvA'));
});
afterAll(() => county.close());

async function ask2(request: ExchangeRequest) {
  const deps = { digest, squeezer };
  const req = Uint8Array.from(Buffer.from(REQ, 'base64url'));
  const body = await encodeFrame2(deps, { req, tables: requestTables(request) });
  const answer = await post('/api/sync/exchange', new Uint8Array(body), {
    'content-type': 'application/vnd.daiban.ps2',
  });
  expect(answer.status).toBe(200);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const frame = await decodeFrame2(deps, bytes, { echo: req, known: knownIds(request) });
  if (!frame.ok) throw new Error(frame.error);
  return exchangeReplySchema.parse(replyOf(frame.value.tables, request));
}

describe('sealed rows on the wire', () => {
  it('[SY84] the fourth table holds slips and rows, and comes back as it was', async () => {
    const sealed = await sealedPush(recipientsOf(keys), 'dvA', ROWS);
    const request = asked({ sealed });
    expect(requestOf(requestTables(request))).toEqual(request);
    const none = asked();
    expect(requestTables(none)).toHaveLength(3);
    expect(requestOf(requestTables(none))).toEqual(none);
  });

  it('[SY84] both versions carry them to a real county', async () => {
    const sealed = await sealedPush(recipientsOf(keys), 'dvA', ROWS);
    const first = await ask2(asked({ sealed, dsHi: 2 }));
    if (first.kind !== 'exchange') throw new Error('no exchange');
    const said = first.sealed?.results.map((one) => (one.s === 'rejected' ? one.code : one.s));
    const request = asked({ sealed, dsHi: 2, proto: 1 });
    const text = await encodeFrame(digest, { req: REQ, json: request });
    const answer = await post('/api/sync/exchange', new Uint8Array(gzipSync(text)), {
      'content-type': 'application/vnd.daiban.ps1',
      'content-encoding': 'gzip',
    });
    const raw = Buffer.from(await answer.arrayBuffer());
    const packed = answer.headers.get('content-encoding') === 'gzip';
    const back = await decodeFrame(digest, (packed ? gunzipSync(raw) : raw).toString(), REQ);
    if (!back.ok) throw new Error(back.error);
    const again = exchangeReplySchema.parse(back.value.json);
    if (again.kind !== 'exchange') throw new Error('no exchange');
    // The judge refuses these bare examples, or not; asked again it says the same of each.
    expect(said).toHaveLength(2);
    const results = again.sealed?.results ?? [];
    for (const [n, one] of results.entries())
      expect(one.s === 'rejected' ? one.code : one.s).toBe(
        said?.[n] === 'stored' ? 'dup' : said?.[n],
      );
  });
});

describe('the list of the county’s keys', () => {
  it('[AU146] is signed, comes with the enrolment and to who names an older one', async () => {
    expect(await takeCountyKeys(null, keys)).toEqual(keys);
    expect(recipientsOf(keys).map(({ kind }) => kind)).toEqual(['intake']);
    const asks = async (keysAt?: string) =>
      (await ask2(asked(keysAt === undefined ? {} : { keysAt }))).keys;
    expect(await asks()).toBeUndefined();
    expect(await asks(keys.at)).toBeUndefined();
    expect(await asks('')).toEqual(keys);
    const { intakeKeyFile } = county.container.env;
    await rotateIntakeKey(intakeKeyFile, '2027-01-01T00:00:00.000Z');
    const offered = await asks(keys.at);
    const next = await takeCountyKeys(keys, offered);
    expect(next?.recipients).toHaveLength(2);
    expect(next?.recipients.at(-1)?.keyId).toBe(keys.recipients[0]?.keyId);
    // An older list never comes back.
    expect(await takeCountyKeys(next, keys)).toBe(next);
  });

  it('[AU146] nobody slips in a key: only a known signer, and only pinned recovery keys', async () => {
    const pair = await newSigningPair();
    const evil = { keyId: 'ack-evil', privateKey: pair.privateKey };
    const signers = [{ keyId: 'ack-evil', publicKey: toBase64Url(pair.publicKey) }];
    const bare = { v: 1 as const, county: keys.county, recipients: keys.recipients, signers };
    const forged = await signCountyKeys({ ...bare, at: '2028-01-01T00:00:00.000Z' }, evil);
    expect(await takeCountyKeys(keys, forged)).toBe(keys);
    const bent = { ...keys, at: '2028-01-01T00:00:00.000Z' };
    expect(await takeCountyKeys(keys, bent)).toBe(keys);
    for (const odd of [null, {}, { ...keys, signature: 'x' }, 'keys'])
      expect(await takeCountyKeys(keys, odd)).toBe(keys);
    const point = keys.recipients[0]?.publicKey ?? '';
    const recovery = [{ kind: 'recovery' as const, keyId: 'r', publicKey: point }];
    const listed = await signCountyKeys({ ...bare, at: keys.at, recipients: recovery }, evil);
    expect(await takeCountyKeys(null, listed, ['another'])).toBeNull();
    expect(await takeCountyKeys(null, listed, [point])).toEqual(listed);
    expect(await takeCountyKeys(null, { ...listed, by: 'ack-none' })).toBeNull();
  });

  it('[AU146] a key file that cannot be read keeps nobody from enrolling or sending', async () => {
    const { intakeKeyFile } = county.container.env;
    const whole = await readFile(intakeKeyFile, 'utf8');
    await writeFile(intakeKeyFile, '{"v":1');
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await enrol('dvB')).toBeUndefined();
    expect((await ask2(asked({ keysAt: '' }))).keys).toBeUndefined();
    expect(said.mock.calls.map(([text]) => String(text)).join()).toContain('INTAKE_KEY_FILE');
    said.mockRestore();
    await writeFile(intakeKeyFile, whole);
    expect(await enrol('dvB')).toMatchObject({ v: 1 });
  });

  it('[AU146] its signer signs the ack files', async () => {
    const known = countyKeysSchema.parse(await enrol('dvA'));
    const list = { epoch: 'e', safe: 0, at: '2026-06-20T01:00:00.000Z', items: [] };
    const file = await county.container.keys.ack(list);
    const read = await readAck(file, signersOf(known));
    expect(read).toMatchObject({ ok: true, value: { ...list, county: known.county } });
  });
});
