/** One signature of its device over a push: what is taken, what waits, what is kept as proof. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DeviceId, Instant } from '../../src/lib/domain/values.ts';
import type { DeviceKey, DevicePushRow, WriteBatch } from '../../src/lib/ports/county-store.ts';
import {
  hashesInRow,
  isHashable,
  pushBytes,
  signatureOf,
} from '../../src/lib/protocol/device-key.ts';
import { eventHashSync, toBase64Url } from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply, ExchangeRequest, WireEvent } from '../../src/lib/protocol/sync.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { adoptAside } from '../../src/lib/server/sync/record.ts';
import { checkSignature } from '../../src/lib/server/sync/signature.ts';
import { COUNTY, countyInMemory, digest, person } from '../simulation/county.ts';

const id = (name: string) => name.padEnd(22, '_');
const DV = id('dvA');
const CASE = { id: id('caseA'), salt: id('saltA') };
type Exchanged = Extract<ExchangeReply, { kind: 'exchange' }>;

const event = (ds: number, more: Partial<WireEvent> = {}): WireEvent => ({
  ...{ c: 0, ds, id: id(`e${ds}`), t: ds === 1 ? 'case.drafted' : 'visit.recorded', v: 1 },
  ...{ at: '2026-06-08T00:59:00Z', p: { said: `第${ds}条` } },
  ...more,
});
const first = [event(1), event(2)];
const deep = (levels: number): unknown => (levels === 0 ? 1 : { d: deep(levels - 1) });

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
function printed(publicKey: KeyObject): string {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ]);
  return toBase64Url(point);
}

/** What a tablet would sign: its own hashes, made from what it saved. */
const hashesOf = (events: readonly WireEvent[]) =>
  hashesInRow(
    events.map(({ id: eventId, t: type, v, at: occurredAt, p: payload }) => {
      const body = { id: eventId, caseId: CASE.id, type, v, occurredAt, payload };
      return isHashable(payload) ? eventHashSync(digest, CASE.salt, body as never) : '';
    }),
  );
const signed = (privateKey: KeyObject, events: readonly WireEvent[], dv = DV) =>
  signatureOf(
    sign('sha256', pushBytes(dv, hashesOf(events)), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  );

async function county(key: KeyObject | null) {
  const { deps: plain, store } = await countyInMemory();
  const pushes: DevicePushRow[] = [];
  const audit: string[] = [];
  const watched = {
    ...store,
    transact: <T>(code: string, body: Parameters<typeof store.transact<T>>[1]) =>
      store.transact<T>(code, (tx) =>
        body({
          ...tx,
          write: async (batch: WriteBatch) => {
            pushes.push(...(batch.pushes ?? []));
            audit.push(...(batch.audit ?? []).map(({ action, note }) => `${action} ${note}`));
            await tx.write(batch);
          },
        }),
      ),
  };
  const deps = { ...plain, store: watched, signatures: checkSignature };
  const wang = person('wang');
  const trade = async (events: readonly WireEvent[], more: Partial<ExchangeRequest> = {}) => {
    const done = await exchange(deps, wang, {
      ...{ proto: 2, build: 'test', schema: 1, dv: DV, dsHi: 0, now: '2026-06-08T01:00:00Z' },
      ...{ cursor: null, wit: null, wits: [], hist: [], cases: [CASE], media: [] },
      ...{ events: [...events], feedBytesMax: 64_000, ...more },
    });
    if (!done.ok) throw new Error(done.error);
    return done.value.reply as Exchanged;
  };
  await trade([]);
  if (key !== null) {
    const told: DeviceKey = {
      ...{
        publicKey: printed(key),
        keyId: 'key________',
        n: 1,
        at: '2026-06-08T01:00:00Z' as Instant,
      },
    };
    await store.transact(COUNTY, async (tx) => {
      const device = await tx.device(DV as DeviceId);
      if (device) await tx.write({ devices: [{ ...device, key: told }] });
    });
  }
  return { deps, store, trade, pushes, audit };
}
const states = ({ results }: Exchanged) => results.map((r) => ('code' in r ? r.code : r.s));

describe('the signature of a device', () => {
  it('[SY110] covers the hashes of a push in their order; the county keeps it beside what joined the log', async () => {
    const { publicKey, privateKey } = pair();
    const { trade, store, pushes } = await county(publicKey);
    const reply = await trade(first, { sig: signed(privateKey, first) });
    expect([states(reply), reply.key]).toEqual([['stored', 'stored'], undefined]);
    const [kept] = pushes;
    expect(pushes).toHaveLength(1);
    const rows = store.log(COUNTY).filter((row) => 'dv' in row && row.dv === DV);
    expect(kept).toMatchObject({ dv: DV, fromSeq: 0, toSeq: rows.at(-1)?.seq, stored: 2 });
    const hashes = Buffer.from(kept?.hashes ?? '', 'base64url');
    expect(rows.map(({ h }) => h)).toEqual(
      rows.map((_row, n) => hashes.subarray(32 * n, 32 * n + 32).toString('hex')),
    );
    const signature = Buffer.from(kept?.signature ?? '', 'base64url');
    expect(checkSignature(printed(publicKey), pushBytes(DV, hashes), signature)).toBe(true);
    // Asked again nothing joins the log, and nothing is kept a second time.
    expect(states(await trade(first, { sig: signed(privateKey, first) }))).toEqual(['dup', 'dup']);
    expect(pushes).toHaveLength(1);
  });

  it('[SY110] one event whose words have no hash takes no proof from the others', async () => {
    const { publicKey, privateKey } = pair();
    const { trade } = await county(publicKey);
    const odd = [event(1), event(2, { p: deep(40) }), event(3)];
    const reply = await trade(odd, { sig: signed(privateKey, odd) });
    expect(states(reply)).toEqual(['stored', 'MALFORMED', 'stored']);
  });

  const forgeries: [string, (own: KeyObject) => Partial<ExchangeRequest>][] = [
    ['no signature', () => ({})],
    ['another key', () => ({ sig: signed(pair().privateKey, first) })],
    ['another order', (own) => ({ sig: signed(own, [...first].reverse()) })],
    ['one event less', (own) => ({ sig: signed(own, first.slice(0, 1)) })],
    ['other words', (own) => ({ sig: signed(own, [event(1), event(2, { p: { said: '别的' } })]) })],
    ['another device', (own) => ({ sig: signed(own, first, id('dvB')) })],
    ['no hex at all', () => ({ sig: { r: '..', s: '' } })],
  ];
  it.each(forgeries)(
    '[SY111] with %s nothing joins the log, and nothing is lost',
    async (_name, forged) => {
      const { publicKey, privateKey } = pair();
      const { trade, store, pushes, audit } = await county(publicKey);
      const reply = await trade(first, forged(privateKey));
      expect([states(reply), reply.key]).toEqual([['SIGNATURE', 'SIGNATURE'], 'wrong']);
      expect([store.log(COUNTY).length, pushes.length]).toEqual([0, 0]);
      expect(store.asideRows(COUNTY).map(({ raw }) => raw)).toEqual([
        expect.stringContaining('第1条'),
        expect.stringContaining('第2条'),
      ]);
      expect(audit).toContain(`sync.signature ${DV} 2`);
      // Again without: the same answer, no second row. Signed: they join by themselves, once.
      expect(states(await trade(first, forged(privateKey)))).toEqual(['SIGNATURE', 'SIGNATURE']);
      expect(store.asideRows(COUNTY)).toHaveLength(2);
      const more = [...first, event(3)];
      const good = await trade(more, { sig: signed(privateKey, more) });
      expect([states(good), good.key]).toEqual([['stored', 'stored', 'stored'], undefined]);
      expect(good.dsLast).toBe(3);
      expect(store.asideRows(COUNTY).map(({ adoptedSeq }) => adoptedSeq)).toEqual([
        1,
        expect.any(Number),
      ]);
      expect(states(await trade(more, { sig: signed(privateKey, more) }))).toEqual([
        'dup',
        'dup',
        'dup',
      ]);
    },
  );

  it('[SY111] the office may let an unsigned event count; the tablet then hears that it is there', async () => {
    const { publicKey } = pair();
    const { trade, deps } = await county(publicKey);
    await trade(first);
    const actor = { code: 'O1', personId: 'office', name: '县局' } as never;
    const adopted = await adoptAside(deps, { id: id('e1') as never, actor, reason: '电话核过' });
    expect(adopted.ok).toBe(true);
    expect(states(await trade(first))).toEqual(['dup', 'SIGNATURE']);
  });

  it('[SY112] a tablet without a key goes on unsigned; one whose key the county lacks is told so', async () => {
    const { trade, pushes } = await county(null);
    const plain = await trade(first.slice(0, 1));
    expect([states(plain), plain.key, pushes.length]).toEqual([['stored'], undefined, 0]);
    const next = [event(2)];
    const asked = await trade(next, { sig: signed(pair().privateKey, next) });
    expect([states(asked), asked.key, pushes.length]).toEqual([['stored'], 'unknown', 0]);
  });
});
