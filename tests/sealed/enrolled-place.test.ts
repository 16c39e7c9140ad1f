/** From which place on a tablet signs what it seals, as its enrolments tell it. */
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceId, Instant } from '../../src/lib/domain/values.ts';
import { firstSync, NO_ACT } from '../../src/lib/ports/tablet-store.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../../src/lib/tablet/event-store-dexie.ts';
import type { SessionDeps } from '../../src/lib/tablet/session.ts';
import { enrolWithKey } from '../../src/lib/tablet/sign-in.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { newPair, printed } from './device-keys.ts';
import { id } from './scene.ts';

let county: TrafficCounty;
beforeAll(async () => {
  county = await trafficCounty();
});
afterAll(() => county.close());

const DV = id('dvP');
const enrol = (dv: string, told: Readonly<Record<string, unknown>>) =>
  county.ask(
    'A01',
    new Request('http://county/api/sync/enrol', {
      method: 'POST',
      body: JSON.stringify({ dv, build: 't', ...told }),
    }),
  );
const placeOf = async (dv: string) => {
  const { store, county: code } = county.container;
  return (await store.transact(code, (tx) => tx.device(dv as DeviceId)))?.sealedFrom;
};
const linesOf = async (dv: string) => {
  const rows = await county.container.db.selectFrom('audit').select(['action', 'note']).execute();
  return rows
    .filter(({ action, note }) => action.startsWith('device.') && note.startsWith(dv))
    .map(({ action, note }) => `${action} ${note.slice(dv.length + 1)}`.trim());
};

describe('the place from which on a tablet signs what it seals', () => {
  it('[SY163] is told with the key; the first word counts, also after a change of key', async () => {
    const [first, next] = [newPair(), newPair()].map(({ publicKey }) => printed(publicKey));
    await enrol(DV, {});
    await enrol(DV, { sealedFrom: 3 });
    expect(await placeOf(DV)).toBeUndefined();
    await enrol(DV, { key: first });
    expect(await placeOf(DV)).toBeUndefined();
    for (const odd of [0, -1, 2 ** 32]) await enrol(DV, { key: first, sealedFrom: odd });
    expect(await placeOf(DV)).toBeUndefined();
    expect((await enrol(DV, { key: first, sealedFrom: 7 })).status).toBe(200);
    expect(await placeOf(DV)).toBe(7);
    await enrol(DV, { key: first, sealedFrom: 9 });
    await enrol(DV, { key: next, sealedFrom: 2 });
    expect(await placeOf(DV)).toBe(7);
    expect((await linesOf(DV)).map((line) => line.replace(/ [\w-]{11}$/, ' KEY'))).toEqual([
      'device.enrolled',
      'device.key KEY',
      'device.sealed_from 7',
      'device.key_changed KEY',
    ]);
  });

  it('[SY163] is the next one of the store, told by the tablet’s own enrolment; after that it stays', async () => {
    const [dv, name] = [id('dvR'), `daiban-${id('place')}`];
    const db = new TabletDb(name);
    const store = dexieTabletStore(db);
    await store.begin({ ...firstSync(dv), dsNext: 5 });
    const deps: SessionDeps = {
      ...{ origin: 'http://county', build: 't', now: () => '2026-06-20T01:00:00Z' as Instant },
      fetch: (input, init) => county.ask('A01', new Request(String(input), init)),
    };
    expect(await enrolWithKey(deps, { database: name, dv })).toMatchObject({ ok: true });
    expect(await placeOf(dv)).toBe(5);
    await store.save({
      ...NO_ACT,
      events: [{ id: id('r5'), caseId: id('caseR'), day: 1, body: new Uint8Array([1]) }],
      cases: [{ id: id('caseR'), body: new Uint8Array([1]) }],
    });
    expect((await store.sync())?.dsNext).toBe(6);
    expect(await enrolWithKey(deps, { database: name, dv })).toMatchObject({ ok: true });
    expect(await placeOf(dv)).toBe(5);
    db.close();
  });

  it('[SY214] that it signs the descriptions of files is told with the key, once, and stands', async () => {
    const dv = id('dvS');
    const key = printed(newPair().publicKey);
    const { store, county: code } = county.container;
    const says = async () =>
      (await store.transact(code, (tx) => tx.device(dv as DeviceId)))?.filesSigned;
    await enrol(dv, { filesSigned: true });
    await enrol(dv, { key });
    await enrol(dv, { key, filesSigned: false });
    expect(await says()).toBeUndefined();
    expect((await enrol(dv, { key, filesSigned: true })).status).toBe(200);
    expect(await says()).toBe(true);
    await enrol(dv, { key });
    await enrol(dv, { key: printed(newPair().publicKey) });
    await enrol(dv, { key, filesSigned: true });
    expect(await says()).toBe(true);
    const lines = await linesOf(dv);
    expect(lines.filter((line) => line === 'device.files_signed')).toHaveLength(1);
    // The store of a tablet of today tells it by itself.
    const database = `daiban-${id('files')}`;
    const db = new TabletDb(database);
    await dexieTabletStore(db).begin(firstSync(id('dvU')));
    const deps: SessionDeps = {
      ...{ origin: 'http://county', build: 't', now: () => '2026-06-20T01:00:00Z' as Instant },
      fetch: (input, init) => county.ask('A01', new Request(String(input), init)),
    };
    expect(await enrolWithKey(deps, { database, dv: id('dvU') })).toMatchObject({ ok: true });
    const own = await store.transact(code, (tx) => tx.device(id('dvU') as DeviceId));
    expect(own).toMatchObject({ filesSigned: true, sealedFrom: 1 });
    db.close();
  });

  it('[SY163] comes with a first enrolment, too', async () => {
    const dv = id('dvQ');
    await enrol(dv, { key: printed(newPair().publicKey), sealedFrom: 1 });
    expect(await placeOf(dv)).toBe(1);
  });
});
