/** Sealed work of a tablet that signs what it seals, case by case of decision 0018. */
import { sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventId } from '../../src/lib/domain/values.ts';
import type { AuditRow, WriteBatch } from '../../src/lib/ports/county-store.ts';
import { fromBase64Url } from '../../src/lib/protocol/bytes.ts';
import { hashesInRow, pushBytes, signatureOf } from '../../src/lib/protocol/device-key.ts';
import { eventHashSync, toBase64Url } from '../../src/lib/protocol/hash.ts';
import { newEnvelope } from '../../src/lib/protocol/sealed.ts';
import type { SealedPush } from '../../src/lib/protocol/sealed-rows.ts';
import { bringSealed, openAgain, vouchFor } from '../../src/lib/server/sync/sealed-again.ts';
import { checkSignature } from '../../src/lib/server/sync/signature.ts';
import { countyInMemory, digest } from '../simulation/county.ts';
import { newPair, printed, signAll, signRow, tellKey } from './device-keys.ts';
import {
  eventOf,
  id,
  li,
  ringInMemory,
  sealedCounty,
  sealedPush,
  sealRow,
  wang,
  wireOf,
} from './scene.ts';

const DV = id('dvA');
const ROWS = [{ ds: 1, t: 'case.drafted' }, { ds: 2 }, { ds: 3 }];
const CASES = [{ id: id('caseA'), salt: id('saltA') }];
const OFFICER = { by: { personId: 'office' as never, name: '县局' }, reason: '电话核过' };
const whats = (answer: { results: readonly { s: string; code?: string }[] }) =>
  answer.results.map((one) => (one.s === 'held' || one.s === 'rejected' ? one.code : one.s));
const three = (what: string) => [what, what, what];

/** A county where wang's tablet has a key and, unless 0, told from which place on it signs. */
async function county(sealedFrom: number) {
  const audit: AuditRow[] = [];
  const { deps: plain, store } = await countyInMemory();
  const watched = {
    ...store,
    transact: <T>(code: string, body: Parameters<typeof store.transact<T>>[1]) =>
      store.transact<T>(code, (tx) =>
        body({
          ...tx,
          write: async (batch: WriteBatch) => {
            audit.push(...(batch.audit ?? []));
            await tx.write(batch);
          },
        }),
      ),
  };
  const made = await sealedCounty({ store: watched, signatures: checkSignature });
  const { publicKey, privateKey } = newPair();
  await tellKey(watched, plain.county, { dv: DV, key: printed(publicKey), sealedFrom });
  const lines = () => audit.map(({ personId, action, note }) => `${personId} ${action} ${note}`);
  const push = await sealedPush(made.recipients(), 'dvA', ROWS);
  const lying = () => store.asideRows(plain.county).filter(({ adoptedSeq }) => adoptedSeq === null);
  const own = () => store.log(plain.county).filter((row) => 'dv' in row && row.dv === DV);
  return { ...made, store, own, lying, lines, push, privateKey };
}

/** The tablet comes by itself, with its signature over the push. */
const pushSig = (key: KeyObject, rows: typeof ROWS) => {
  const hashes = rows.map((row) => eventHashSync(digest, id('saltA'), eventOf(row) as never));
  const bytes = pushBytes(DV, hashesInRow(hashes));
  return signatureOf(sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }));
};

describe('sealed work of a tablet that signs what it seals', () => {
  it('[SY160] joins the log as ever, and again it is known', async () => {
    const { take, push, privateKey, lines, own, lying } = await county(1);
    const signed = await signAll(privateKey, push);
    expect(whats(await take(signed))).toEqual(three('stored'));
    expect(lines()).toContain(`${li.personId} sealed.taken ${DV} 3`);
    // What stands in the log is acknowledged whoever asks.
    for (const same of [signed, push]) expect(whats(await take(same))).toEqual(three('dup'));
    expect([own().length, lying().length]).toEqual([3, 0]);
  });

  const other = newPair().privateKey;
  const forgeries: [string, (push: SealedPush, own: KeyObject) => Promise<SealedPush>][] = [
    ['no signature', async (push) => push],
    ['another key', (push) => signAll(other, push)],
    [
      'no signature at all in its place',
      async (push) => ({
        ...push,
        rows: push.rows.map((row) => ({ ...row, sig: '%' })),
      }),
    ],
    ...(['dv', 'ds', 'id', 'copy'] as const).map((member): (typeof forgeries)[number] => [
      `a signature over another ${member}`,
      async (push, own) => ({
        ...push,
        rows: await Promise.all(
          push.rows.map((row) =>
            signRow(own, row, member === 'ds' ? { ds: row.ds + 1 } : { [member]: id('else') }),
          ),
        ),
      }),
    ]),
  ];
  it.each(forgeries)(
    '[SY161] with %s it joins nothing, lies as it came, and joins when it comes signed',
    async (_name, forged) => {
      const { take, push, privateKey, lines, own, lying, deps } = await county(1);
      const bad = await forged(push, privateKey);
      expect(whats(await take(bad))).toEqual(three('SEALED_SIGNATURE'));
      expect(own()).toEqual([]);
      expect(lying().map(({ raw }) => raw)).toEqual(
        bad.rows.map(({ copy }) => expect.stringContaining(copy)),
      );
      expect(lines()).toContain(`${li.personId} sync.signature ${DV} 3 sealed`);
      // Once more, and tried again by the county: the same, no second row, no second line.
      expect(whats(await take(bad))).toEqual(three('SEALED_SIGNATURE'));
      expect(await openAgain(deps)).toBe(0);
      expect(lying()).toHaveLength(3);
      expect(lines().filter((line) => line.includes('sync.signature'))).toHaveLength(1);
      expect(whats(await take(await signAll(privateKey, push)))).toEqual(three('stored'));
      await openAgain(deps);
      expect([own().length, lying().length]).toEqual([3, 0]);
    },
  );

  it('[SY161] a forged copy takes neither place nor id of the true event that comes plain', async () => {
    const { take, recipients, privateKey, trade, own } = await county(1);
    const lies = ROWS.map((row) => ({ ...row, said: '不是她说的' }));
    const forged = await sealedPush(recipients(), 'dvA', lies);
    expect(whats(await take(forged))).toEqual(three('SEALED_SIGNATURE'));
    const events = ROWS.map((row) => wireOf(row));
    const plain = await trade({ cases: CASES, events, dsHi: 3, sig: pushSig(privateKey, ROWS) });
    expect([plain.results.map(({ s }) => s), plain.dsLast]).toEqual([three('stored'), 3]);
    expect(own().map((row) => row.id)).toEqual(ROWS.map(({ ds }) => id(`e${ds}`)));
  });

  it('[SY161] sealed is no way around the signature of a push', async () => {
    const { take, push, privateKey, trade, own } = await county(99);
    const events = ROWS.map((row) => wireOf(row));
    expect(whats(await trade({ cases: CASES, events, dsHi: 3 }))).toEqual(three('SIGNATURE'));
    expect(whats(await take(push))).toEqual(three('SEALED_SIGNATURE'));
    expect(own()).toEqual([]);
    expect(whats(await take(await signAll(privateKey, push)))).toEqual(three('stored'));
  });

  it('[SY161] the signature lies with what waits for its key, and is looked at when it opens', async () => {
    const { take, push, privateKey, setRing, ring, deps, own, lying } = await county(1);
    const was = ring();
    setRing(await ringInMemory('intake-2'));
    const signed = await signAll(privateKey, { ...push, rows: push.rows.slice(0, 2) });
    const bare = { ...push, rows: push.rows.slice(2) };
    for (const one of [signed, bare]) await take(one);
    expect(lying().map(({ code }) => code)).toEqual(three('SEALED_NO_KEY'));
    setRing(was);
    expect(await openAgain(deps)).toBe(2);
    // The unsigned one is open now: it waits for its signature, and says so at the desk.
    expect(lying().map(({ code }) => code)).toEqual(['SEALED_SIGNATURE']);
    expect(await openAgain(deps)).toBe(0);
    expect(lying()).toHaveLength(1);
    expect(own().map((row) => row.id)).toEqual([id('e1'), id('e2')]);
  });

  it('[SY162] of before the place, or where key or place are unknown, it is taken and told unsigned', async () => {
    for (const from of [0, 4]) {
      const { take, push, lines } = await county(from);
      expect(whats(await take(push))).toEqual(three('stored'));
      expect(lines()).toContain(`${li.personId} sealed.taken ${DV} 3 unsigned 3`);
    }
    const without = await sealedCounty({ signatures: checkSignature });
    const push = await sealedPush(without.recipients(), 'dvA', ROWS);
    const signed = await signAll(newPair().privateKey, push);
    expect(whats(await without.take(signed))).toEqual(three('stored'));
  });

  it('[SY162] a number of long ago stands in for nothing: its place is another event’s', async () => {
    const { take, recipients, privateKey, push, own } = await county(3);
    const half = { ...push, rows: push.rows.slice(0, 2) };
    const [first, second] = (await signAll(privateKey, half)).rows;
    expect(whats(await take({ ...push, rows: [first, second] as never }))).toEqual([
      'stored',
      'stored',
    ]);
    const low = await sealedPush(recipients(), 'dvA', [
      { ds: 1, t: 'case.drafted', id: 'x1', caseName: 'X' },
      { ds: 2, id: 'x2' },
    ]);
    expect(whats(await take(low))).toEqual(['SEALED_SIGNATURE', 'SEALED_SIGNATURE']);
    expect(own()).toHaveLength(2);
  });

  it('[SY162] one signed and one unsigned: each has its own answer, and what is behind waits', async () => {
    const { privateKey, deps, push } = await county(1);
    const [begin, ...more] = push.rows;
    const rest = await signAll(privateKey, { ...push, rows: more });
    const mixed = { ...push, rows: [begin, ...rest.rows] } as SealedPush;
    const bring = async (one: SealedPush) =>
      whats((await bringSealed(deps, li, one))?.answer ?? { results: [] });
    expect(await bring(mixed)).toEqual(['SEALED_SIGNATURE', 'SEALED_EARLY', 'SEALED_EARLY']);
    expect(await bring(await signAll(privateKey, { ...push, rows: [begin] as never }))).toEqual([
      'stored',
    ]);
    expect(await bring(mixed)).toEqual(three('dup'));
  });

  it('[SY164] the office takes what its tablet cannot sign any more: all of one piece, with a reason', async () => {
    const { take, push, recipients, deps, lying, lines, own } = await county(1);
    await take(push, wang);
    await take({ ...push, rows: push.rows.slice(0, 1) }, li);
    const forged = await sealedPush(recipients(), 'dvA', [{ ds: 9, id: 'x9', caseName: 'X' }]);
    await take(forged, li);
    const [row] = lying();
    expect(await vouchFor(deps, id('never') as EventId, OFFICER)).toBe(false);
    expect(await vouchFor(deps, row?.id as EventId, OFFICER)).toBe(true);
    expect(own().map((one) => one.id)).toEqual(ROWS.map(({ ds }) => id(`e${ds}`)));
    expect(own().map((one) => 'actor' in one && one.actor.personId)).toEqual(three(wang.personId));
    expect(lines()).toContain(`office sealed.adopted ${DV} 3 电话核过`);
    expect(lines()).toContain(`${wang.personId} sealed.taken ${DV} 3 unsigned 3`);
    // What another one brought at another time lies there still.
    expect(lying().map(({ code }) => code)).toEqual(['SEALED_SIGNATURE']);
    expect(whats(await take(push))).toEqual(three('dup'));
  });

  it('[SY160] a copy is bound to its event: a signed row that opens in another place says nothing', async () => {
    const { recipients, privateKey, take, own } = await county(1);
    const envelope = await newEnvelope(recipients());
    const row = await sealRow(envelope, 'dvA', { ds: 1, t: 'case.drafted' });
    const moved = await signRow(privateKey, { ...row, id: id('other') });
    expect(fromBase64Url(moved.sig ?? '')).toHaveLength(64);
    expect(toBase64Url(fromBase64Url(moved.copy) ?? new Uint8Array())).toBe(row.copy);
    expect(whats(await take({ slips: [envelope.slip], rows: [moved] }))).toEqual(['SEALED_BROKEN']);
    expect(own()).toEqual([]);
  });
});
