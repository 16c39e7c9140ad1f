/** Who writes the county's database, and has none of its files, puts no key in force. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { PersonId } from '../../src/lib/domain/values.ts';
import { fromBase64Url, randomBytes, textBytes } from '../../src/lib/protocol/bytes.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { newOfficerKey, type OfficerKey } from '../../src/lib/protocol/officer-key.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { lockStateFor } from '../../src/lib/server/desk/lock-state.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { keyHeadsFile } from '../../src/lib/server/keys/key-heads.ts';
import {
  noteOf,
  readKeyRow,
  recoveryRecipients,
  signedWord,
  unsignedKeys,
} from '../../src/lib/server/keys/officer-key-rows.ts';
import { readKeys } from '../../src/lib/server/sealing/data-keys.ts';
import { lookForKey } from '../../src/lib/server/sealing/start.ts';
import { readRing } from '../../src/lib/server/intake-keys/key-ring.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { hpkeSeal } from '../../src/lib/protocol/hpke.ts';
import { recoveryKeyIn } from '../backup/place.ts';
import { ACCUSES, caseOf, placeOf, tabletOf } from '../sealing/scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let place: Awaited<ReturnType<typeof placeOf>>;
let county: Container;
beforeEach(async () => {
  place = await placeOf();
  county = await place.open();
  await tabletOf(county, 'wang').brings('a', '告村干部的原话', ACCUSES);
});
afterEach(async () => {
  await county.close();
  place.end();
});

const tables = () => county.db as unknown as Kysely<CountyTables>;
const at = () => county.clock.now();
const keyPlace = () => {
  return { db: tables(), county: county.county, intakeKeyFile: county.env.intakeKeyFile };
};
const wraps = async () =>
  (await readKeys(tables(), county.county)).flatMap((key) => key.wraps.map(({ keyId }) => keyId));
const verify = async () => (await verifyDatabase(county.db, { hands: county.env })).faults;

const grant = (role: string) => {
  const from = '2026-01-01T00:00:00Z';
  const one = { role, areaCode: '230278000000', unitId: null, from, to: null };
  return { personId: role, name: role, grants: [one] } as unknown as Subject;
};

/** A row of the thief's own, as the director's and the administrator's acts would have left it. */
async function byHand(state: 'proposed' | 'confirmed', hand?: object): Promise<OfficerKey> {
  const { keyId, publicKey } = await newOfficerKey('recovery');
  const key: OfficerKey = {
    ...{ v: 1, purpose: 'recovery', keyId, kdf: { kind: 'pbkdf2', rounds: 600_000 } },
    ...{ publicKey: toBase64Url(publicKey), salt: 'A'.repeat(22), box: 'A'.repeat(80) },
  };
  const far = '2099-01-01T00:00:00.000Z';
  const who = { by: 'xfj-director', madeAt: at(), confirmedBy: 'admin-1', confirmedAt: far };
  const value = JSON.stringify({ state, ...who, key, ...(hand && { hand }) });
  const row = { county: county.county, name: `officer_key.${keyId}`, n: 1, value };
  const into = tables().insertInto('county_setting');
  await into.values({ ...row, changed_at: at(), changed_by: 'admin-1' }).execute();
  return key;
}

describe('a key that somebody wrote into the database', () => {
  it('[AU365] gets no data key of sealed cases, no backup and no place in the list of tablets', async () => {
    const { opened } = await recoveryKeyIn(county);
    await lookForKey(county, () => undefined);
    const before = await wraps();
    expect(before).toContain(opened.keyId);
    // Also with the signature of a row that is right: it is over that row and no other.
    const row = await tables().selectFrom('county_setting').select('value').execute();
    const { hand } = JSON.parse(row.at(-1)?.value ?? '{}') as { hand: object };
    const made = [await byHand('confirmed'), await byHand('confirmed', hand)];
    await lookForKey(county, () => undefined);
    await county.close();
    county = await place.open();
    await tabletOf(county, 'li').brings('b', '另一件', ACCUSES);
    for (const { keyId } of made) {
      expect(await wraps()).not.toContain(keyId);
      expect((await county.keys.list()).recipients.map((one) => one.keyId)).not.toContain(keyId);
    }
    expect((await recoveryRecipients(keyPlace())).map(({ keyId }) => keyId)).toEqual([
      opened.keyId,
    ]);
    const done = await makeBackup({ ...county.env, backupPlain: false });
    expect(done.ok ? done.value.sealedTo : done.error).toEqual([opened.keyId]);
  });

  it('[AU366] verify names it, and the desk is told; a key of two people is told by none', async () => {
    await recoveryKeyIn(county);
    expect(await verify()).toEqual([]);
    expect(await lockStateFor(county, grant('O5'))).toBe('given');
    expect(await unsignedKeys(keyPlace())).toEqual([]);
    const { keyId } = await byHand('confirmed');
    const waiting = await byHand('proposed');
    const said = await verify();
    for (const one of [keyId, waiting.keyId])
      expect(said.filter((fault) => fault.includes(one))).toEqual([
        expect.stringContaining('no audit line'),
        expect.stringContaining("without the county's signature"),
      ]);
    expect((await unsignedKeys(keyPlace())).map(({ key }) => key.keyId).sort()).toEqual(
      [keyId, waiting.keyId].sort(),
    );
    const told = (role: string) => lockStateFor(county, grant(role));
    for (const role of ['O5', 'ADMIN']) expect(await told(role)).toBe('foreign');
    for (const role of ['O1', 'O3', 'A']) expect(await told(role)).toBeNull();
    // Without the file of signers nothing is believed, and nothing is lost: the audit still has it.
    rmSync(county.env.intakeKeyFile);
    expect(await recoveryRecipients(keyPlace())).toEqual([]);
  });

  it('[AU366] verify names a key that was ended and is brought back, by a row of before or without the newer ones', async () => {
    const { opened } = await recoveryKeyIn(county);
    const name = `officer_key.${opened.keyId}`;
    const rows = async () => {
      const all = tables().selectFrom('county_setting').selectAll().where('name', '=', name);
      return all.orderBy('n').execute();
    };
    const held = (await rows()).at(-1);
    const before = readKeyRow(held?.value ?? '');
    if (held === undefined || before === null) throw new Error('no key');
    const { hand, ...said } = before;
    expect(hand).toBeDefined();
    const word = { ...said, state: 'ended' as const };
    const after = { n: Number(held.n), value: held.value };
    const ring = await county.keys.ring();
    const signed = await signedWord(county.county, word, { ring, after });
    const by = { at: at(), personId: 'admin-1' as PersonId };
    const kept = [{ ...by, name, value: JSON.stringify(signed) }];
    const audit = [{ ...by, caseId: null, ...(await noteOf(word)) }];
    await county.store.transact(county.county, (tx) => tx.write({ kept, audit }));
    // Twice at once: the second one changed nothing, and has a line all the same.
    expect(await recoveryRecipients(keyPlace())).toEqual([]);
    const again = [{ ...by, caseId: null, ...(await noteOf(word)), at: at() }];
    await county.store.transact(county.county, (tx) => tx.write({ audit: again }));
    expect(await verify()).toEqual([]);
    const n = Number((await rows()).at(-1)?.n);
    const into = tables().insertInto('county_setting');
    await into.values({ ...held, n: n + 1 }).execute();
    const notLast = expect.stringContaining('its last row is not the last') as string;
    expect(await verify()).toEqual([
      expect.stringContaining('no audit line says by whom'),
      notLast,
    ]);
    const gone = (from: number) =>
      tables().deleteFrom('county_setting').where('name', '=', name).where('n', '>=', from);
    await gone(n + 1).execute();
    expect(await verify()).toEqual([]);
    // The two in another order.
    const at2 = (was: number, is: number) =>
      tables()
        .updateTable('county_setting')
        .set({ n: is })
        .where('name', '=', name)
        .where('n', '=', was);
    for (const [was, is] of [
      [n, 99],
      [Number(held.n), n],
      [99, Number(held.n)],
    ] as const)
      await at2(was, is).execute();
    expect(await verify()).toEqual([
      expect.stringContaining('its last audit line is another'),
      notLast,
    ]);
    for (const [was, is] of [
      [n, 99],
      [Number(held.n), n],
      [99, Number(held.n)],
    ] as const)
      await at2(was, is).execute();
    await gone(n).execute();
    expect(await verify()).toEqual([
      expect.stringContaining('its last audit line is another'),
      notLast,
      expect.stringContaining('and no row has it'),
    ]);
    await gone(0).execute();
    expect((await verify()).length).toBeGreaterThanOrEqual(2);
  });

  it('[AU367] a data key that the county did not make is never written under', async () => {
    const ring = await readRing(place.keyFile);
    const [newest] = ring.keys;
    const point = fromBase64Url(newest?.publicKey ?? '');
    if (!newest || !point) throw new Error('no sealing key');
    const raw = randomBytes(32);
    const id = toBase64Url(randomBytes(16));
    const info = textBytes('daiban at rest 1');
    const box = toBase64Url(await hpkeSeal(point, { plain: raw, info, aad: textBytes(id) }));
    const thief = await newOfficerKey('recovery');
    const own = { kind: 'recovery', keyId: thief.keyId, publicKey: toBase64Url(thief.publicKey) };
    const { keyId, publicKey } = newest;
    const wrap = { kind: 'sealing', keyId, publicKey, box };
    const row = { county: county.county, n: 7, id, made_for: keyId, made_at: at() };
    const wrapped = JSON.stringify([wrap, { ...own, box: 'A'.repeat(80) }]);
    await tables()
      .insertInto('sealed_key')
      .values({ ...row, wraps: wrapped })
      .execute();
    // One that nothing opens: the county is told that something is shut.
    const shut = { ...row, n: 8, id: toBase64Url(randomBytes(16)) };
    const odd = JSON.stringify([{ ...own, kind: 'sealing', box: 'A'.repeat(80) }]);
    await tables()
      .insertInto('sealed_key')
      .values({ ...shut, wraps: odd })
      .execute();
    await lookForKey(county, () => undefined);
    await county.close();
    county = await place.open();
    await tabletOf(county, 'li').brings('b', '换了钥匙以后', ACCUSES);
    expect(county.atRest.key()?.id).not.toBe(id);
    const others = (await readKeys(tables(), county.county)).filter(({ n }) => n < 7 || n > 8);
    expect(others.flatMap((key) => key.wraps.map((one) => one.keyId))).not.toContain(thief.keyId);
    expect((await caseOf(county, 'b'))?.file.dictations[0]?.verbatim).toBe('换了钥匙以后');
  });

  it('[AU368] one of before is signed once, by what the audit tells; a start blesses nothing later', async () => {
    const { opened } = await recoveryKeyIn(county);
    // As an older program left it: no hand under the rows, no word of it in the file.
    const rows = await tables().selectFrom('county_setting').selectAll().execute();
    for (const { n, name, value } of rows) {
      const word = { ...(JSON.parse(value) as object), hand: undefined, place: undefined };
      const set = tables()
        .updateTable('county_setting')
        .set({ value: JSON.stringify(word) });
      await set.where('name', '=', name).where('n', '=', n).execute();
    }
    const file = county.env.intakeKeyFile;
    const older = { ...(await readRing(file)), handsSince: undefined };
    rmSync(keyHeadsFile(file), { force: true });
    writeFileSync(file, JSON.stringify(older));
    const foreign = await byHand('confirmed');
    expect(await recoveryRecipients(keyPlace())).toEqual([]);
    await county.close();
    county = await place.open();
    const held = async () => (await recoveryRecipients(keyPlace())).map(({ keyId }) => keyId);
    expect(await held()).toEqual([opened.keyId]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('handsSince');
    expect((await verify()).every((fault) => fault.includes(foreign.keyId))).toBe(true);
    // Another row by hand, this time with lines of the audit beside it: the next start signs none.
    const later = await byHand('confirmed');
    const hands = ['proposed', 'confirmed'] as const;
    for (const state of hands) {
      const who = state === 'proposed' ? 'xfj-director' : 'admin-1';
      const word = { state, by: '', madeAt: '', confirmedBy: '', confirmedAt: '', key: later };
      const line = { at: at(), personId: who as PersonId, caseId: null, ...(await noteOf(word)) };
      await county.store.transact(county.county, (tx) => tx.write({ audit: [line] }));
    }
    await county.close();
    county = await place.open();
    expect(await held()).toEqual([opened.keyId]);
  });
});
