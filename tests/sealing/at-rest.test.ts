import { existsSync, renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { CaseId, PersonId } from '../../src/lib/domain/values.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { createCaseReader } from '../../src/lib/server/desk/cases.ts';
import { refoldAll } from '../../src/lib/server/jobs/refold.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { openText, sealText } from '../../src/lib/server/sealing/box.ts';
import { readKeys } from '../../src/lib/server/sealing/data-keys.ts';
import { lookForKey, sealOlder } from '../../src/lib/server/sealing/start.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { ACCUSES, caseOf, id, placeOf, tabletOf } from './scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const MARKERS = 1_000;
const PER_CASE = 25;
const markers = Array.from(
  { length: MARKERS },
  (_, n) => `标记${n.toString(36)}號井水🐖${n * 7919}`,
);
const office: Actor = { code: 'O', personId: 'office' as PersonId, name: '县局' };
const wordsOf = (n: number) => markers.slice(n * PER_CASE, (n + 1) * PER_CASE).join('，');
const CASES = MARKERS / PER_CASE;

const seals = (county: Container, name: string) =>
  recordAtCounty(county.sync, {
    ...{ actor: office, caseId: id(name) as CaseId },
    events: [{ type: 'case.sealed', payload: { reason: 'CATEGORY' } }],
  });

/** A third are accusations, a third is sealed later, a third is kept aside for an unknown case. */
async function bringAll(county: Container): Promise<void> {
  const tablet = tabletOf(county, 'wang');
  for (let n = 0; n < CASES; n += 1) {
    if (n % 3 === 0) await tablet.brings(`c${n}`, wordsOf(n), ACCUSES);
    else if (n % 3 === 1) {
      await tablet.brings(`c${n}`, wordsOf(n), { ...ACCUSES, kind: '申诉求决' });
      expect((await seals(county, `c${n}`)).ok).toBe(true);
    } else {
      const [said] = await tablet.send(`c${n}`, [['visit.recorded', { words: wordsOf(n) }]]);
      expect(said).not.toBe('stored');
    }
  }
  await county.clearing.idle();
}

describe('sealed cases at rest', () => {
  let place: Awaited<ReturnType<typeof placeOf>>;
  let county: Container;
  beforeAll(async () => {
    place = await placeOf();
    county = await place.open();
    await bringAll(county);
  });
  afterAll(async () => {
    await county.close();
    place.end();
  });

  it('[AU230] none of 1,000 markers stands in the database, every one is read by the county', async () => {
    expect(place.found(markers)).toEqual([]);
    const seen = new Set<string>();
    for (let n = 0; n < CASES; n += 1) {
      const record = await caseOf(county, `c${n}`);
      const text = record ? JSON.stringify(record.file) : '';
      const aside = n % 3 === 2 ? await rawOf(n) : '';
      for (const one of markers) if (text.includes(one) || aside.includes(one)) seen.add(one);
      if (record) expect([record.columns.sealed, record.locked]).toEqual([true, undefined]);
    }
    expect(seen.size).toBe(MARKERS);
  });
  const rawOf = async (n: number) => {
    const of = county.db.selectFrom('dead_letter').select(['case_id', 'raw']);
    return (await of.where('case_id', '=', id(`c${n}`)).execute()).map(({ raw }) => raw).join();
  };

  it('[AU230] with the sealing off they stand there', async () => {
    const other = await placeOf();
    const open = await other.open();
    Object.assign(open.atRest, { key: () => null });
    await bringAll(open);
    expect(other.found(markers).length).toBeGreaterThan(900);
    await open.close();
    // What an older program wrote goes into boxes at the next start.
    const again = await other.open();
    expect(await sealOlder(again)).toBeGreaterThan(20);
    expect(await sealOlder(again)).toBe(0);
    await again.clearing.idle();
    expect(other.found(markers)).toEqual([]);
    await again.close();
    other.end();
  });

  it('[AU231] hash, tag, fold and tree hold over them, with the key and without', async () => {
    const look = { sealing: county.env };
    const [told, shut] = [
      { attempts: 0 },
      { ...county.env, sealingKeyFile: `${place.keyFile}.none` },
    ];
    const whole = await verifyDatabase(county.db, look);
    expect([whole.broken, whole.faults]).toEqual([0, []]);
    expect(whole.cases).toBeGreaterThan(20);
    const without = await verifyDatabase(county.db, { sealing: shut });
    expect([without.broken, without.rows]).toEqual([told.attempts, whole.rows]);
  });

  it('[AU232] without the file all is taken, kept and answered; it comes back and what waited joins', async () => {
    await county.close();
    renameSync(place.keyFile, `${place.keyFile}.away`);
    county = await place.open();
    expect([county.atRest.isShut(), existsSync(place.keyFile)]).toEqual([true, false]);
    const record = await caseOf(county, 'c0');
    expect([record?.locked, record?.file.dictations.length]).toEqual([true, 0]);
    const reader = createCaseReader(county.db as never, county.county);
    const before = (await reader.all()).length;
    const tablet = tabletOf(county, 'li');
    expect(new Set(await tablet.brings('n1', '没钥匙也收', ACCUSES))).toEqual(new Set(['stored']));
    expect(
      new Set(await tablet.brings('n2', '平常的事', { ...ACCUSES, kind: '申诉求决' })),
    ).toEqual(new Set(['stored']));
    expect((await caseOf(county, 'n1'))?.file.dictations[0]?.verbatim).toBe('没钥匙也收');
    expect(place.found(['没钥匙也收'])).toEqual([]);
    expect(place.found(['平常的事'])).toEqual(['平常的事']);
    // To a case that is shut: kept, in a box, and no word lost.
    const [late] = await tabletOf(county, 'sun').send('c0', [
      ['visit.recorded', { words: '补一句' }],
    ]);
    expect([late, place.found(['补一句'])]).toEqual(['UNKNOWN_TYPE', []]);
    expect((await reader.all()).length).toBe(before + 2);
    await county.close();

    county = await place.open();
    expect((await caseOf(county, 'n1'))?.locked).toBe(true);
    renameSync(`${place.keyFile}.away`, place.keyFile);
    let told = 0;
    expect(await lookForKey(county, () => (told += 1))).toBe(true);
    expect([told, county.atRest.isShut()]).toEqual([1, false]);
    expect((await caseOf(county, 'n1'))?.file.dictations[0]?.verbatim).toBe('没钥匙也收');
    const file = (await caseOf(county, 'c0'))?.file;
    expect(file?.visits.length).toBe(1);
    const whole = await verifyDatabase(county.db, { sealing: county.env });
    expect([whole.broken, whole.faults]).toEqual([0, []]);
  });

  it('[AU233] a box opens in its own column and case alone, and a changed one stays shut', async () => {
    const key = { id: 'K'.repeat(22), raw: new Uint8Array(32).fill(3) };
    const box = sealText(key, { column: 'body', caseId: 'a' }, '{}');
    const at = (column: 'body' | 'raw', caseId: string) => openText(key, { column, caseId }, box);
    expect([at('body', 'a'), at('raw', 'a'), at('body', 'b')]).toEqual(['{}', null, null]);
    const rows = county.db.selectFrom('log').select(['seq', 'case_id', 'body']);
    const one = await rows.where('case_id', '=', id('c0')).orderBy('seq').executeTakeFirst();
    expect(one?.body.startsWith('{')).toBe(true);
    const bare = county.db.withoutPlugins();
    const raw = await bare.selectFrom('log').select('body').where('seq', '=', Number(one?.seq));
    const { body } = await raw.executeTakeFirstOrThrow();
    expect(body.startsWith('~S1.')).toBe(true);
    const put = (text: string) =>
      bare.updateTable('log').set({ body: text }).where('seq', '=', Number(one?.seq)).execute();
    const fresh = await bare.selectFrom('log').select('body').where('case_id', '=', id('c1'));
    await put((await fresh.where('kind', '=', 'event').executeTakeFirstOrThrow()).body);
    const look = () => verifyDatabase(county.db, { sealing: county.env });
    expect((await look()).broken).toBeGreaterThan(0);
    await put(`${body.slice(0, -6)}AAAAAA`);
    expect((await look()).broken).toBeGreaterThan(0);
    await put(body);
    expect((await look()).broken).toBe(0);
    const file = (text: string) =>
      bare.updateTable('cases').set({ file: text }).where('case_id', '=', id('c0')).execute();
    const kept = bare.selectFrom('cases').select('file').where('case_id', '=', id('c1'));
    await file((await kept.executeTakeFirstOrThrow()).file);
    expect((await look()).differing).toEqual([id('c0')]);
    const { db, store, county: code } = county;
    expect((await refoldAll({ db, store, county: code })).refolded).toBe(1);
    expect((await look()).broken).toBe(0);
  });

  it('[AU233] the keys lie in the database wrapped to the county’s sealing keys, never as they are', async () => {
    const keys = await readKeys(county.db as never, county.county);
    expect(keys.length).toBeGreaterThan(0);
    for (const { wraps } of keys) expect(wraps.every(({ kind }) => kind === 'sealing')).toBe(true);
  });
});
