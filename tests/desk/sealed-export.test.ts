import { looksTold } from '../../src/lib/server/desk/looks.ts';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { Instant } from '../../src/lib/domain/values.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import {
  askExport,
  confirmExport,
  endExport,
  exportFor,
  takeExport,
} from '../../src/lib/server/desk/sealed-export.ts';
import { seeCase, type SeenCase } from '../../src/lib/server/desk/see.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let first: Subject;
let second: Subject;
let seen: SeenCase;
const WHY = '移送纪委监委机关';
const YES = '核过，接收单位对';

beforeAll(async () => {
  county = await openTestCounty();
  [first, second] = [await county.person('mifeng1'), await county.person('mifeng2')];
  const { desk } = county.room;
  const clerk = await county.person('dengji');
  const open = (await desk.cases.all()).find(({ file }) => file.status === 'REGISTERED');
  if (open === undefined) throw new Error('the demo has a registered case');
  const press = { caseId: open.caseId, act: 'seal', eventId: eventId('seal') };
  const done = await perform(desk, clerk, { ...press, form: formOf({ reason: 'ACCUSATION' }) });
  expect(done).toMatchObject({ ok: true });
  const now = await seeCase(desk, first, open.caseId);
  if (now === null) throw new Error('the sealed desk sees it');
  seen = now;
}, 300_000);
afterAll(() => county.close());
beforeEach(async () => {
  await endExport(county.room.desk, first, { seen });
});

/** The desk so many hours from now. */
const later = (hours: number) => {
  const { desk } = county.room;
  const at = new Date(Date.parse(desk.now()) + hours * 3_600_000).toISOString() as Instant;
  return { ...desk, now: () => at };
};
const audited = async () =>
  (await county.room.desk.db.selectFrom('audit').selectAll().orderBy('n').execute())
    .filter(({ action }) => action.startsWith('sealed_export.'))
    .map(({ action, person_id, case_id, why }) => [action, person_id, case_id, why]);

describe('the export of a sealed case', () => {
  it('[AU180] takes two people of the list, each with a reason, and neither alone', async () => {
    const { desk } = county.room;
    const before = (await audited()).length;
    const rest = ['dengji', 'juzhang', 'guanli', 'wangchunsheng'];
    for (const user of rest) {
      const other = await county.person(user);
      expect(await exportFor(desk, other, seen)).toBeNull();
      expect(await askExport(desk, other, { seen, why: WHY })).toBe('none');
    }
    expect(await askExport(desk, first, { seen, why: '  ​ 用' })).toBe('why');
    expect(await askExport(desk, first, { seen, why: WHY })).toBeNull();
    expect(await askExport(desk, second, { seen, why: WHY })).toBe('there');
    expect(await takeExport(desk, first, seen)).toEqual({ ok: false, error: 'none' });
    expect(await confirmExport(desk, first, { seen, why: YES })).toBe('own');
    for (const user of rest)
      expect(await confirmExport(desk, await county.person(user), { seen, why: YES })).toBe('none');
    expect(await confirmExport(desk, second, { seen, why: '好' })).toBe('why');
    expect(await exportFor(desk, second, seen)).toMatchObject({ state: 'asked', mayConfirm: true });
    expect(await exportFor(desk, first, seen)).toMatchObject({ mayConfirm: false, mayTake: false });
    expect(await confirmExport(desk, second, { seen, why: YES })).toBeNull();
    expect(await takeExport(desk, second, seen)).toEqual({ ok: false, error: 'none' });
    const taken = await takeExport(desk, first, seen);
    if (!taken.ok) throw new Error(taken.error);
    expect(Buffer.from(taken.value.body.subarray(0, 2)).toString()).toBe('PK');
    const said = (await audited()).slice(before);
    const { caseId } = seen.record;
    expect(said).toEqual([
      ['sealed_export.asked', first.personId, caseId, WHY],
      ['sealed_export.confirmed', second.personId, caseId, WHY],
      ['sealed_export.taken', first.personId, caseId, WHY],
    ]);
    // 谁看过 tells the petitioner that the whole case left the house, and what for.
    const told = await looksTold(desk, first, seen);
    expect(told.filter(({ what }) => what === 'EXPORT')).toMatchObject([
      { code: 'EXPORT', words: WHY, times: 1 },
    ]);
  });

  it('[AU180] the file holds this case alone and names both people and both reasons', async () => {
    const { desk } = county.room;
    expect(await askExport(desk, first, { seen, why: WHY })).toBeNull();
    expect(await confirmExport(desk, second, { seen, why: YES })).toBeNull();
    const taken = await takeExport(desk, first, seen);
    if (!taken.ok) throw new Error(taken.error);
    const parts = Object.entries(unzipSync(taken.value.body));
    const text = parts.map(([, bytes]) => strFromU8(bytes)).join('\n');
    const sheet = parts.find(([name]) => name.endsWith('sheet1.xml'))?.[1];
    // The heads and this one case.
    expect(strFromU8(sheet ?? new Uint8Array(0)).match(/<row/g)).toHaveLength(2);
    const { caseId } = seen.record;
    for (const word of [caseId, `${first.name}、${second.name}`, `${WHY}；${YES}`])
      expect(text).toContain(word);
    const others = (await desk.cases.all()).filter((one) => one.caseId !== caseId);
    for (const one of others) expect(text).not.toContain(one.caseId);
    expect(others.length).toBeGreaterThan(5);
  });

  it('[AU181] it is fetched once, also by ten hands at once, and within a day', async () => {
    const { desk } = county.room;
    expect(await askExport(desk, first, { seen, why: WHY })).toBeNull();
    expect(await confirmExport(later(25), second, { seen, why: YES })).toBe('none');
    expect(await confirmExport(desk, second, { seen, why: YES })).toBeNull();
    expect(await takeExport(later(25), first, seen)).toEqual({ ok: false, error: 'none' });
    expect(await takeExport(later(-25), first, seen)).toEqual({ ok: false, error: 'none' });
    const ten = await Promise.all(Array.from({ length: 10 }, () => takeExport(desk, first, seen)));
    expect(ten.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await takeExport(desk, first, seen)).toEqual({ ok: false, error: 'none' });
    expect(await exportFor(desk, first, seen)).toMatchObject({ state: 'none', by: '', why: '' });
  });

  it('[UI181] what was fetched is told to the list, when, by whom and who agreed, until somebody asks anew', async () => {
    const { desk } = county.room;
    expect(await askExport(desk, first, { seen, why: WHY })).toBeNull();
    expect(await exportFor(desk, first, seen)).toMatchObject({ state: 'asked', taken: null });
    expect(await confirmExport(desk, second, { seen, why: YES })).toBeNull();
    expect(await exportFor(desk, first, seen)).toMatchObject({ mayTake: true, taken: null });
    const at = desk.now();
    expect((await takeExport(desk, first, seen)).ok).toBe(true);
    for (const person of [first, second]) {
      const told = await exportFor(desk, person, seen);
      expect(told).toMatchObject({ state: 'none', mayTake: false });
      expect(told?.taken).toMatchObject({ by: first.name, confirmedBy: second.name });
      expect((told?.taken?.at ?? '') >= at).toBe(true);
    }
    expect(await exportFor(desk, await county.person('juzhang'), seen)).toBeNull();
    expect(await askExport(desk, first, { seen, why: WHY })).toBeNull();
    expect(await exportFor(desk, second, seen)).toMatchObject({ state: 'asked', taken: null });
  });

  it('[AU181] taken back, or confirmed by somebody who left the list since, it opens nothing', async () => {
    const { desk } = county.room;
    expect(await askExport(desk, first, { seen, why: WHY })).toBeNull();
    expect(await endExport(desk, second, { seen })).toBeNull();
    expect(await confirmExport(desk, second, { seen, why: YES })).toBe('none');
    expect(await endExport(desk, second, { seen })).toBe('none');
    expect(await askExport(desk, first, { seen, why: WHY })).toBeNull();
    expect(await confirmExport(desk, second, { seen, why: YES })).toBeNull();
    const grants = second.grants.map((grant) => ({ ...grant, sealedList: false }));
    const without = (subject: Subject | null) => ({
      ...desk,
      subjectOf: () => Promise.resolve(subject),
    });
    const none = { ok: false, error: 'none' };
    expect(await takeExport(without({ ...second, grants }), first, seen)).toEqual(none);
    expect(await takeExport(without(null), first, seen)).toEqual(none);
    const gone = { ...first, grants: first.grants.map((g) => ({ ...g, sealedList: false })) };
    expect(await takeExport(desk, gone, seen)).toEqual(none);
    expect((await takeExport(desk, first, seen)).ok).toBe(true);
  });

  it('[AU181] a case that is not sealed has no such way, and no sealed one goes by the ledger', async () => {
    const { desk } = county.room;
    const clerk = await county.person('dengji');
    const plain = (await desk.cases.all()).find(({ file }) => file.status === 'CLOSED');
    const other = plain && (await seeCase(desk, clerk, plain.caseId));
    if (!other) throw new Error('the demo has a closed case');
    expect(await exportFor(desk, clerk, other)).toBeNull();
    expect(await askExport(desk, first, { seen: other, why: WHY })).toBe('none');
  });

  it('[UI140] who can be the second is named before anybody asks', async () => {
    const { desk } = county.room;
    expect(await exportFor(desk, first, seen)).toMatchObject({ seconds: [second.name] });
    expect(await askExport(desk, first, { seen, why: WHY })).toBeNull();
    for (const reader of [first, second])
      expect(await exportFor(desk, reader, seen)).toMatchObject({ seconds: [second.name] });
  });

  it('[UI140] an accusation of one of the two says at once that nobody can, until a third is listed', async () => {
    const { desk } = county.room;
    const { caseId } = seen.record;
    const press = { caseId, act: 'aside', eventId: eventId('aside') };
    const form = formOf({ who: second.personId, asideReason: 'INVOLVED' });
    expect(await perform(desk, second, { ...press, form })).toMatchObject({ ok: true });
    const now = await seeCase(desk, first, caseId);
    if (now === null) throw new Error('the first one still sees it');
    const before = (await audited()).length;
    expect(await exportFor(desk, first, now)).toMatchObject({ state: 'none', seconds: [] });
    expect(await askExport(desk, first, { seen: now, why: WHY })).toBe('alone');
    expect((await audited()).length).toBe(before);
    // Whom it means learns nothing of it.
    expect(await seeCase(desk, second, caseId)).toBeNull();
    expect(await exportFor(desk, second, now)).toBeNull();
    // A third of the list, who may export: a reviewer.
    const reviewer = await county.person('shenhe');
    const grants = reviewer.grants.map((grant) => ({ ...grant, sealedList: true }));
    const third = { ...reviewer, grants };
    const people = await desk.colleagues();
    const listed = people.map((one) =>
      one.personId === third.personId ? { ...one, grants } : one,
    );
    const withThird = { ...desk, colleagues: () => Promise.resolve(listed) };
    expect(await exportFor(withThird, first, now)).toMatchObject({ seconds: [third.name] });
    expect(await askExport(withThird, first, { seen: now, why: WHY })).toBeNull();
    expect(await confirmExport(withThird, third, { seen: now, why: YES })).toBeNull();
  });
});
