/** What a device signed is found out when it was altered, also by who makes every hash anew. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import { hashesInRow, pushBytes, signatureOf } from '../../src/lib/protocol/device-key.ts';
import { eventHashSync, nextTagSync, toBase64Url } from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply, WireEvent } from '../../src/lib/protocol/sync.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import type { ServerEnv } from '../../src/lib/server/env.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { passingFolder, placeAt } from './place.ts';

const root = passingFolder();
const id = (name: string) => name.padEnd(21, '_') + 'A';
const DV = id('dvA');
const CASE = { id: id('caseA'), salt: id('saltA') };
const wang: Subject = {
  ...{ personId: 'p-wang' as PersonId, name: '王春生' },
  grants: [
    {
      ...{ role: 'A', areaCode: '230278200201', unitId: null, sealedList: false },
      ...{ from: '2026-01-01T00:00:00Z' as Instant, to: null },
    },
  ],
} as never;
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const printed = (() => {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return toBase64Url(
    Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
  );
})();
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const hashOf = ({ id: eventId, t: type, v, at: occurredAt, p: payload }: WireEvent): string => {
  const body = { id: eventId, caseId: CASE.id, type, v, occurredAt, payload };
  return eventHashSync(digest, CASE.salt, body as never);
};

let env: ServerEnv;
let running: Container;
let reply: Extract<ExchangeReply, { kind: 'exchange' }>;
const events: WireEvent[] = (['case.drafted', 'dictation.recorded'] as const).map((t, n) => ({
  ...{ c: 0, ds: n + 1, id: id(`e${n}`), t, v: 1, at: '2026-06-19T08:00:00Z', p: EXAMPLES[t] },
}));

const enrolment = (key: string) =>
  enrolEndpoint(
    running,
    wang,
    new Request('http://county/api/sync/enrol', {
      method: 'POST',
      body: JSON.stringify({ dv: DV, build: '1', key }),
    }),
  );

beforeAll(async () => {
  env = placeAt(root, 'signed');
  running = await openContainer(env);
  expect((await enrolment(printed)).status).toBe(200);
  const sig = signatureOf(
    sign('sha256', pushBytes(DV, hashesInRow(events.map(hashOf))), {
      ...{ key: privateKey, dsaEncoding: 'ieee-p1363' },
    }),
  );
  const done = await exchange(running.sync, wang, {
    ...{ proto: 2, build: '1', schema: 1, dv: DV, dsHi: 2, now: running.clock.now() },
    ...{ cursor: null, wit: null, wits: [], hist: [], cases: [CASE], media: [] },
    ...{ events, feedBytesMax: 0, sig },
  });
  if (!done.ok) throw new Error(done.error);
  reply = done.value.reply as typeof reply;
});
afterAll(() => running.close());

const look = () => verifyDatabase(running.db, { folds: false });
async function withHarm(harm: (db: DatabaseSync) => void) {
  const db = new DatabaseSync(env.databaseFile, { timeout: 5_000 });
  const tables = ['log', 'log_head', 'device_push', 'device_key'];
  for (const one of tables) db.exec(`CREATE TABLE kept_${one} AS SELECT * FROM ${one}`);
  try {
    harm(db);
    return await look();
  } finally {
    for (const one of tables)
      db.exec(
        `DELETE FROM ${one}; INSERT INTO ${one} SELECT * FROM kept_${one}; DROP TABLE kept_${one}`,
      );
    db.close();
  }
}

/** Alters the words of an entry and makes its hash and every tag behind it anew. */
function rewritten(db: DatabaseSync): void {
  const rows = db.prepare('SELECT * FROM log ORDER BY seq').all() as Record<string, string>[];
  const [last] = rows.slice(-1);
  let tag = 'AAAAAAAAAAAAAAAAAAAAAA';
  for (const row of rows) {
    const own = row.id === id('e1');
    const payload = JSON.parse(row.body ?? '') as Record<string, unknown>;
    if (own) payload.note = '改过的话';
    const { id: eventId, case_id: caseId, type, v, occurred_at: occurredAt } = row;
    const body = { id: eventId, caseId, type, v: Number(v), occurredAt, payload };
    const h = own ? eventHashSync(digest, CASE.salt, body as never) : (row.h ?? '');
    tag = nextTagSync(digest, tag, { id: row.id ?? '', h });
    const set = db.prepare('UPDATE log SET body = ?, h = ?, tag = ? WHERE seq = ?');
    set.run(JSON.stringify(payload), h, tag, row.seq ?? 0);
  }
  db.prepare('UPDATE log_head SET tag = ? WHERE seq = ?').run(tag, last?.seq ?? 0);
}

describe('verify and the signatures of devices', () => {
  it('[AU201] a sound county is sound, and its signed pushes were looked at', async () => {
    expect(reply.results.map(({ s }) => s)).toEqual(['stored', 'stored']);
    expect(await look()).toMatchObject({ broken: 0, faults: [], pushes: 1 });
  });

  it('[AU201] a word that was altered is found although every hash and tag behind it was made anew', async () => {
    const seen = await withHarm(rewritten);
    // Nothing else sees it: the log is sound in itself.
    expect(seen.faults).toEqual([expect.stringContaining('did not sign what stands at position')]);
    expect((await look()).broken).toBe(0);
  });

  it.each([
    [
      'a signature',
      "UPDATE device_push SET signature = replace(signature, substr(signature, 5, 1), 'A') || ''",
      'no good signature',
    ],
    [
      'the hashes signed',
      'UPDATE device_push SET hashes = substr(hashes, 1, 43)',
      'no good signature',
    ],
    ['whose it is', "UPDATE device_push SET dv = 'x'", 'never had'],
    ['the key', 'DELETE FROM device_key', 'never had'],
    ['an entry', 'DELETE FROM log WHERE seq = (SELECT MAX(to_seq) FROM device_push)', 'are left'],
  ])('[AU201] sees %s that was changed', async (_what, harm, fault) => {
    const seen = await withHarm((db) => db.exec(harm));
    expect(seen.faults.join('\n')).toContain(fault);
    expect((await look()).broken).toBe(0);
  });

  it('[AU200] another key is a line of the audit; what is no key is as good as none; nobody tells another’s', async () => {
    const lines = async () => {
      const rows = await running.db.selectFrom('audit').select(['action', 'note']).execute();
      return rows
        .filter(({ action }) => action.startsWith('device.key'))
        .map(({ action }) => action);
    };
    expect(await lines()).toEqual(['device.key']);
    expect((await enrolment(printed)).status).toBe(200);
    expect((await enrolment(`B${'A'.repeat(86)}`)).status).toBe(200);
    expect(await lines()).toEqual(['device.key']);
    const li = { ...wang, personId: 'p-li' as PersonId };
    const request = { method: 'POST', body: JSON.stringify({ dv: DV, build: '1', key: printed }) };
    const url = 'http://county/api/sync/enrol';
    expect((await enrolEndpoint(running, li, new Request(url, request))).status).toBe(403);
    const { publicKey: next } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = next.export({ format: 'jwk' });
    const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
    const answer = (await (await enrolment(toBase64Url(Buffer.concat(point)))).json()) as {
      readonly key?: string;
    };
    expect(await lines()).toEqual(['device.key', 'device.key_changed']);
    const device = await running.db.selectFrom('devices').selectAll().executeTakeFirstOrThrow();
    expect([device.key_n, device.key_id]).toEqual([2, answer.key]);
    // What the first key signed is proven still.
    expect(await look()).toMatchObject({ broken: 0, pushes: 1 });
  });
});
