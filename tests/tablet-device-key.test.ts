/** The tablet's key: made with its store, told by an enrolment, and every push signed by it. */
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceId, Instant } from '../src/lib/domain/values.ts';
import { firstSync } from '../src/lib/ports/tablet-store.ts';
import { pushBytes, signatureBytes } from '../src/lib/protocol/device-key.ts';
import { checkSignature } from '../src/lib/server/sync/signature.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { DEVICE_KEY } from '../src/lib/tablet/db-name.ts';
import {
  ASKED_AGAIN_MAX,
  deviceKey,
  deviceKeyTold,
  DeviceSigner,
} from '../src/lib/tablet/device-key.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { moveStore } from '../src/lib/tablet/vault/move-store.ts';
import { plainVault } from '../src/lib/tablet/vault.ts';
import { COUNTY } from './simulation/county.ts';
import { digest, run, scene, type Scene } from './tablet-scene.ts';

const DV = `dv${'_'.repeat(19)}A`;
let database = '';
let stores = 0;

beforeEach(async () => {
  database = `keys-${String((stores += 1))}`;
  const db = new TabletDb(database);
  await dexieTabletStore(db).begin(firstSync(DV));
  db.close();
});

/** The county takes the key that an enrolment brings; `lets` false: it cannot be reached. */
async function signing(dv: () => string | undefined) {
  const county = { lets: true, told: 0 };
  const place: { scene?: Scene } = {};
  let ticks = 0;
  const signer = new DeviceSigner({
    ...{ database, digest, ticks: () => (ticks += 1_000) },
    tell: async () => {
      county.told += 1;
      const name = dv() ?? DV;
      const key = await deviceKey(database, { dv: name, digest });
      if (!key || !county.lets || !place.scene) return;
      const { publicKey, keyId } = key;
      await place.scene.county.transact(COUNTY, async (tx) => {
        const at = '2026-06-08T01:00:00Z' as Instant;
        const known = await tx.device(name as DeviceId);
        const blank = {
          ...{ dv: name as DeviceId, personId: 'A01' as never, letter: 'A', lastDs: 0, dsHi: 0 },
          ...{ build: '', enrolledAt: at, lastSeenAt: at, offsetSeconds: 0, report: null },
        };
        const n = (known?.key?.n ?? 0) + 1;
        await tx.write({ devices: [{ ...(known ?? blank), key: { publicKey, keyId, at, n } }] });
      });
      await deviceKeyTold(database, { ...key, told: true });
    },
  });
  const made = await scene({ signer }, undefined, checkSignature);
  place.scene = made;
  return { ...made, signer, at: county };
}
const dvOf = (s: { current: Scene | null }) => () => s.current?.store.known()?.dv;

async function tablet() {
  const here: { current: Scene | null } = { current: null };
  const s = await signing(dvOf(here));
  here.current = s;
  return s;
}
const keyOf = async (s: Scene) =>
  s.county.transact(COUNTY, async (tx) => {
    const { dv = '' } = (await s.store.sync()) ?? {};
    return (await tx.device(dv as DeviceId))?.key;
  });
/** Another key where this one was: the store of the browser lost it. */
async function loseKey(): Promise<void> {
  const db = new TabletDb(database);
  await db.meta.delete(DEVICE_KEY);
  db.close();
}

/** A disk that turned a bit in the second row. */
async function turnedBit({ store }: Scene, [from, to]: readonly [string, string]): Promise<void> {
  await store.exchange({ ids: [], cases: [], own: true, all: false }, ({ sync, rows }) => {
    const second = [...rows.values()].find((r) => r.ds === 2);
    if (!second) throw new Error('a second row');
    const words = new TextDecoder().decode(second.body).replace(from, to);
    const body = new TextEncoder().encode(words);
    return {
      ...{ sync, remove: [], touch: [], removeCases: [], mediaAgain: false },
      put: [{ ...second, body }],
    };
  });
}

describe('the key of a tablet', () => {
  it('[SY113] is made once, cannot be taken out, and is told before the first push, which it signs', async () => {
    const s = await tablet();
    await s.hazard('一');
    await run(s);
    expect([s.at.told, s.sent.length, s.log().length]).toEqual([1, 1, 1]);
    const key = await keyOf(s);
    const dv = (await s.store.sync())?.dv ?? '';
    const kept = await deviceKey(database, { dv, digest });
    expect(kept?.publicKey).toBe(key?.publicKey);
    expect(kept?.privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('jwk', kept?.privateKey as CryptoKey)).rejects.toThrow();
    const sig = s.sent[0]?.sig;
    const bytes = sig && signatureBytes(sig);
    const row = s.county.log(COUNTY)[0];
    const signed = pushBytes(dv, Buffer.from(row?.h ?? '', 'hex'));
    expect(bytes && checkSignature(key?.publicKey ?? '', signed, bytes)).toBe(true);
    // The next one is signed at once: one request, nothing told again.
    await s.hazard('二');
    await run(s);
    expect([s.at.told, s.sent.length, s.sent[1]?.sig]).toEqual([1, 2, expect.anything()]);
    expect((await s.store.eventsIn('a')).length).toBe(2);
  });

  it('[SY112] what the county does not know yet goes unsigned, and nothing waits for it', async () => {
    const s = await tablet();
    s.at.lets = false;
    await s.hazard('一');
    await run(s);
    expect([s.sent[0]?.sig, (await s.store.eventsIn('a')).length]).toEqual([undefined, 1]);
    // Not asked again with every push.
    await s.hazard('二');
    await run(s);
    expect([s.at.told, (await s.store.eventsIn('a')).length]).toEqual([1, 2]);
  });

  it('[SY113] a tablet that lost its key tells a new one; what was not taken goes again, signed', async () => {
    const s = await tablet();
    await s.hazard('一');
    await run(s);
    const before = await keyOf(s);
    await loseKey();
    const again = new DeviceSigner(s.signer['deps']);
    Object.assign(s.loop['deps'], { signer: again });
    await s.hazard('二');
    await run(s);
    const after = await keyOf(s);
    expect(after?.publicKey).not.toBe(before?.publicKey);
    expect(after?.n).toBe(2);
    expect((await s.store.eventsIn('p')).length).toBe(0);
    expect(s.log().length).toBe(2);
  });

  it('[SY111] a wrong signature leaves everything unsent here; told again it all joins, once', async () => {
    const s = await tablet();
    await s.hazard('一');
    await run(s);
    // The county was put back and has another key of this device.
    const dv = (await s.store.sync())?.dv ?? '';
    const other = 'x'.repeat(87);
    await s.county.transact(COUNTY, async (tx) => {
      const device = await tx.device(dv as DeviceId);
      if (device?.key)
        await tx.write({ devices: [{ ...device, key: { ...device.key, publicKey: other } }] });
    });
    s.at.lets = false;
    await s.hazard('二');
    await s.hazard('三');
    await run(s);
    const rounds = s.sent.length;
    expect(rounds).toBeLessThanOrEqual(2 + ASKED_AGAIN_MAX);
    expect((await s.store.eventsIn('p')).length).toBe(2);
    expect((await s.store.eventsIn('q')).length).toBe(0);
    expect(s.county.asideRows(COUNTY).map(({ code }) => code)).toEqual(['SIGNATURE', 'SIGNATURE']);
    s.at.lets = true;
    await run(s);
    expect((await s.store.eventsIn('p')).length).toBe(0);
    expect([s.log().length, new Set(s.log()).size]).toEqual([3, 3]);
    expect(s.county.asideRows(COUNTY).every(({ adoptedSeq }) => adoptedSeq !== null)).toBe(true);
  });

  it('[SY113] two windows make one key; another device id has another', async () => {
    const [one, two] = await Promise.all([
      deviceKey(database, { dv: DV, digest }),
      deviceKey(database, { dv: DV, digest }),
    ]);
    expect(one?.keyId).toBe(two?.keyId);
    const next = await deviceKey(database, { dv: `dv${'_'.repeat(19)}Q`, digest });
    expect(next?.keyId).not.toBe(one?.keyId);
    expect(await deviceKey('not-there', { dv: DV, digest })).toBeNull();
  });

  it('[SY113] a store that moves into a vault takes its key along', async () => {
    const before = await deviceKey(database, { dv: DV, digest });
    const to = new TabletDb(`${database}-vault`);
    await dexieTabletStore(to).begin(firstSync(DV));
    await moveStore({ from: database, dv: DV, to, vault: plainVault() });
    to.close();
    const after = await deviceKey(`${database}-vault`, { dv: DV, digest });
    expect(after?.keyId).toBe(before?.keyId);
  });

  it('[TB112] one body that is no longer what was saved is set aside; the others are signed and taken', async () => {
    const s = await tablet();
    for (const text of ['一', '二', '三']) await s.hazard(text);
    await turnedBit(s, ['二', '仨']);
    await run(s);
    const states = await Promise.all((['p', 'a', 'q'] as const).map((of) => s.store.eventsIn(of)));
    expect(states.map((rows) => rows.length)).toEqual([0, 2, 1]);
  });
});

describe('a body whose words are no longer those that were saved', () => {
  it('[TB112] is set aside when the receipt tells of it, and the others are acked', async () => {
    const s = await scene();
    for (const text of ['一', '二', '三']) await s.hazard(text);
    await turnedBit(s, ['二', '仨']);
    await run(s);
    await run(s);
    const states = await Promise.all((['p', 'a', 'q'] as const).map((of) => s.store.eventsIn(of)));
    expect(states.map((rows) => rows.length)).toEqual([0, 2, 1]);
  });
});
