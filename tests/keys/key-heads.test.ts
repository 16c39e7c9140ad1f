/** A key that was ended stays ended, also for whoever puts older rows of it back into the database. */
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { PersonId } from '../../src/lib/domain/values.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { newOfficerKey, type OfficerKey } from '../../src/lib/protocol/officer-key.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { lockStateFor } from '../../src/lib/server/desk/lock-state.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { announceRestore, restoreBackup } from '../../src/lib/server/jobs/restore.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { signByCounty } from '../../src/lib/server/keys/county-hand.ts';
import { keyHeadsFile, tagOfRow } from '../../src/lib/server/keys/key-heads.ts';
import {
  keysAway,
  noteOf,
  readKeyRow,
  recoveryRecipients,
  signedWord,
  unsignedKeys,
  type KeyWord,
  type Lying,
} from '../../src/lib/server/keys/officer-key-rows.ts';
import type { CountySettingTable, CountyTables } from '../../src/lib/server/store/tables.ts';
import { putKey, recoveryKeyIn } from '../backup/place.ts';
import { ACCUSES, placeOf, tabletOf } from '../sealing/scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let place: Awaited<ReturnType<typeof placeOf>>;
let county: Container;
let keyId = '';
beforeEach(async () => {
  place = await placeOf();
  county = await place.open();
  await tabletOf(county, 'wang').brings('a', '告村干部的原话', ACCUSES);
  keyId = (await recoveryKeyIn(county)).opened.keyId;
});
afterEach(async () => {
  await county.close();
  place.end();
});

const tables = () => county.db as unknown as Kysely<CountyTables>;
const named = (id = keyId) => `officer_key.${id}`;
const rows = (id = keyId) =>
  tables()
    .selectFrom('county_setting')
    .selectAll()
    .where('name', '=', named(id))
    .orderBy('n')
    .execute();
const put = (row: CountySettingTable) =>
  tables().insertInto('county_setting').values(row).execute();
const cut = (from: number) =>
  tables()
    .deleteFrom('county_setting')
    .where('name', '=', named())
    .where('n', '>=', from)
    .execute();
const keyPlace = () => {
  const { intakeKeyFile } = county.env;
  return { db: tables(), county: county.county, intakeKeyFile };
};
const inForce = async () => (await recoveryRecipients(keyPlace())).map((one) => one.keyId);
const oddKeys = async () => {
  const unsigned = (await unsignedKeys(keyPlace())).map(({ key }) => key.keyId);
  return [...unsigned, ...(await keysAway(keyPlace()))];
};
/** The director's, which nobody has put in force yet. */
async function waitingKey(): Promise<string> {
  const made = await newOfficerKey('recovery');
  const key: OfficerKey = {
    ...{ v: 1, purpose: 'recovery', keyId: made.keyId },
    ...{ kdf: { kind: 'pbkdf2', rounds: 600_000 }, publicKey: toBase64Url(made.publicKey) },
    ...{ salt: 'A'.repeat(22), box: 'A'.repeat(80) },
  };
  await putKey(county, key, ['proposed']);
  return made.keyId;
}
const restart = async () => {
  await county.close();
  county = await place.open();
};
const verify = async () => (await verifyDatabase(county.db, { hands: county.env })).faults;
const director = {
  ...{ personId: 'O5', name: 'O5' },
  grants: [
    { role: 'O5', areaCode: '230278000000', unitId: null, from: '2026-01-01T00:00:00Z', to: null },
  ],
} as unknown as Subject;

type Signing = (word: KeyWord, after: Lying) => Promise<object>;

const end = (value: Signing) => act(keyId, 'ended', value);

/** The row and the line that an act leaves. */
async function act(id: string, to: 'ended' | 'confirmed', value: Signing): Promise<void> {
  const last = (await rows(id)).at(-1);
  const row = readKeyRow(last?.value ?? '');
  if (!last || !row) throw new Error('no key');
  const { state, by, madeAt, key } = row;
  expect(state).toBe(to === 'ended' ? 'confirmed' : 'proposed');
  const said = { at: county.clock.now(), personId: 'admin-1' as PersonId };
  const hands = { confirmedBy: 'admin-1', confirmedAt: to === 'ended' ? row.confirmedAt : said.at };
  const word = { state: to, by, madeAt, ...hands, key };
  const text = JSON.stringify(await value(word, { n: Number(last.n), value: last.value }));
  const kept = [{ ...said, name: named(id), value: text }];
  const audit = [{ ...said, caseId: null, ...(await noteOf(word)) }];
  await county.store.transact(county.county, (tx) => tx.write({ kept, audit }));
}
const chained = async (word: KeyWord, after: Lying) =>
  signedWord(county.county, word, { ring: await county.keys.ring(), after });
/** As a program of before signed it: what a row is, and not which one. */
const older = async (word: KeyWord) => {
  const { state, by, madeAt, confirmedBy, confirmedAt, key } = word;
  const who = [county.county, state, by, madeAt, confirmedBy, confirmedAt];
  const said = [...who, key.purpose, key.keyId, key.publicKey, key.salt, key.box];
  const bare = { state, by, madeAt, confirmedBy, confirmedAt, key };
  return { ...bare, hand: await signByCounty(await county.keys.ring(), ['officer key', ...said]) };
};

/** Every row as a program of before would have left it, and no note of them. */
async function asBefore(): Promise<void> {
  for (const { n, value } of await rows()) {
    const row = readKeyRow(value);
    if (!row) throw new Error('no key');
    const text = JSON.stringify(await older(row));
    const set = tables().updateTable('county_setting').set({ value: text });
    await set.where('name', '=', named()).where('n', '=', n).execute();
  }
  rmSync(keyHeadsFile(county.env.intakeKeyFile), { force: true });
}

describe('a key that was ended, and whoever writes the database', () => {
  it('[AU420] its own earlier row behind the last one, or in its place, puts it in force nowhere', async () => {
    expect(await inForce()).toEqual([keyId]);
    await end(chained);
    expect(await inForce()).toEqual([]);
    const [first, held, last] = await rows();
    if (!first || !held || !last) throw new Error('three rows');
    await put({ ...held, n: 4 });
    expect(await inForce()).toEqual([]);
    expect((await verify()).filter((fault) => fault.includes('is not the last'))).toHaveLength(1);
    // With the number and the tag that belong there: the hand is over others.
    await cut(4);
    const fits = { n: 4, before: tagOfRow(last.value) };
    await put({ ...held, n: 4, value: JSON.stringify({ ...readKeyRow(held.value), place: fits }) });
    expect(await inForce()).toEqual([]);
    // The number made to fit, the text as it was signed: it says another number.
    await cut(3);
    await put({ ...held, n: 3 });
    expect(await inForce()).toEqual([]);
    const text = JSON.stringify({
      ...readKeyRow(held.value),
      place: readKeyRow(last.value)?.place,
    });
    await cut(3);
    await put({ ...held, n: 3, value: text });
    expect(await inForce()).toEqual([]);
  });

  it('[AU421] without its newer rows it stays out of force, over a start too, and the desk is told', async () => {
    expect(await inForce()).toEqual([keyId]);
    await end(chained);
    expect(await inForce()).toEqual([]);
    const last = (await rows()).at(-1);
    await cut(3);
    expect(await inForce()).toEqual([]);
    expect(await lockStateFor(county, director)).toBe('foreign');
    expect((await verify()).some((fault) => fault.includes('is not the last'))).toBe(true);
    await restart();
    expect(await inForce()).toEqual([]);
    // The row put back is the truth again.
    if (last) await put(last);
    expect(await verify()).toEqual([]);
    expect(await lockStateFor(county, director)).not.toBe('foreign');
  });

  it('[AU421] rows that are all away are told of a key in force', async () => {
    expect(await inForce()).toEqual([keyId]);
    await cut(1);
    expect(await inForce()).toEqual([]);
    expect(await lockStateFor(county, director)).toBe('foreign');
    expect((await verify()).some((fault) => fault.includes('its rows are away'))).toBe(true);
  });

  it('[AU422] rows of before hold as they stand, once; none of them counts behind what was noted', async () => {
    await asBefore();
    await restart();
    expect(existsSync(keyHeadsFile(county.env.intakeKeyFile))).toBe(true);
    expect(await inForce()).toEqual([keyId]);
    const held = (await rows()).at(-1);
    await end(older);
    // A program of before ended it: this one has not noted that, and does not believe the row.
    expect(await inForce()).toEqual([]);
    await cut(3);
    expect(await inForce()).toEqual([keyId]);
    await end(chained);
    expect(await inForce()).toEqual([]);
    if (held) await put({ ...held, n: 4 });
    expect(await inForce()).toEqual([]);
    await cut(3);
    expect(await inForce()).toEqual([]);
  });

  it('[AU422] the first start notes of before what the audit says last, and blesses nothing else', async () => {
    await end(chained);
    await asBefore();
    const [, held] = await rows();
    if (held) await put({ ...held, n: 4 });
    await restart();
    expect(await inForce()).toEqual([]);
    const noted: unknown = JSON.parse(readFileSync(keyHeadsFile(county.env.intakeKeyFile), 'utf8'));
    expect(noted).toMatchObject({ keys: {} });
  });

  it('[AU423] a backup that is put back opens and its keys hold; one that was ended since does not', async () => {
    const other = (await recoveryKeyIn(county)).opened.keyId;
    expect((await inForce()).sort()).toEqual([keyId, other].sort());
    const waiting = await waitingKey();
    const done = await makeBackup({ ...county.env, backupPlain: true });
    if (!done.ok) throw new Error(String(done.error));
    const later = (await recoveryKeyIn(county)).opened.keyId;
    await end(chained);
    await act(waiting, 'confirmed', chained);
    expect((await inForce()).sort()).toEqual([later, waiting].sort());
    const { env } = county;
    expect((await oddKeys()).length).toBe(0);
    await county.close();
    const back = await restoreBackup(env, { from: env.backupDir, yesOlder: true });
    expect(back.ok ? [] : back.error).toEqual([]);
    county = await place.open();
    expect(await inForce()).toEqual([other]);
    // The one that waited then waits again; what came after the copy is not missed.
    expect(await oddKeys()).toEqual([keyId]);
    expect(await lockStateFor(county, director)).toBe('foreign');
  });

  it('[AU423] a copy that was put back by hand holds from the announcement on, and not before', async () => {
    expect(await inForce()).toEqual([keyId]);
    const waiting = await waitingKey();
    expect(await oddKeys()).toEqual([]);
    const { env } = county;
    await county.close();
    const copy = `${env.databaseFile}.copy`;
    copyFileSync(env.databaseFile, copy);
    county = await place.open();
    await act(waiting, 'confirmed', chained);
    expect((await inForce()).sort()).toEqual([keyId, waiting].sort());
    await county.close();
    copyFileSync(copy, env.databaseFile);
    for (const part of ['-wal', '-shm']) rmSync(env.databaseFile + part, { force: true });
    county = await place.open();
    expect(await oddKeys()).toEqual([waiting]);
    await county.close();
    const said = await announceRestore(env);
    expect(said.ok ? [] : said.error).toEqual([]);
    county = await place.open();
    expect(await oddKeys()).toEqual([]);
    expect(await inForce()).toEqual([keyId]);
  });
});
