import { afterAll, beforeAll, expect, it } from 'vitest';
import { can, sightOf } from '../../src/lib/domain/permissions.ts';
import { toLocalDate, daysBetween } from '../../src/lib/domain/calendar.ts';
import { intakeFindings, intakeOf } from '../../src/lib/domain/intake-findings.ts';
import { caseLights } from '../../src/lib/domain/lights.ts';
import { AREAS } from '../../src/lib/server/county.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

it('[AU18] the demo shows its agent one case for each thing that may wait for him', async () => {
  const { desk } = county.room;
  const wang = await county.person('wangchunsheng');
  const now = desk.now();
  const seen = (object: Parameters<typeof sightOf>[0]) =>
    can(wang, 'case.view', { object: sightOf(object), now });
  const own = (await desk.cases.all()).filter(({ file }) => seen(file));
  const byTitle = (word: string) => {
    const found = own.find(({ file }) => file.head.title?.includes(word));
    if (!found) throw new Error(word);
    return found;
  };
  const accepted = byTitle('山墙');
  expect(accepted.file.status).toBe('ACCEPTED');
  const context = { calendar: desk.calendar, settings: desk.settings, now };
  const lights = caseLights(await desk.cases.clocks(accepted, context), context);
  expect(lights.light).toBe('yellow');
  const served = byTitle('高龄').file;
  expect([served.status, served.deliveries.length]).toEqual(['OPINION_ISSUED', 0]);
  expect(served.petitioners[0]).toMatchObject({ phoneType: 'NONE', literacy: 'NONE' });
  expect(byTitle('地力').file.status).toBe('RETURNED');
  expect(byTitle('表箱').file.status).toBe('FIELD_RESOLVED');
  const [promise] = byTitle('园子').file.commitments;
  expect(promise?.status).toBe('OPEN');
  expect(promise?.due && daysBetween(toLocalDate(now), promise.due)).toBe(2);
  const { opinion } = served.handlings.at(-1) ?? {};
  expect(opinion?.payload.plain).toContain('高龄补贴');
  const fresh = byTitle('慢病').file;
  expect(fresh.status).toBe('SUBMITTED');
  const world = { stage: 'register' as const, today: toLocalDate(now), areas: AREAS };
  const codes = intakeFindings(intakeOf(fresh), { ...world, countyCode: '0452' });
  expect(codes.map(({ code }) => code)).toContain('identity.check_digit');
});

it('[AU18] what the demo says about its moments and people is true of the case', async () => {
  const { desk } = county.room;
  const all = (await desk.cases.all()).map(({ file }) => file);
  const own = all.find(({ head }) => head.title === '彩礼钱要不回来，说不想活了');
  if (!own) throw new Error('the demo has its urgent case');
  const at = own.timeline.map((line) => Date.parse(line.occurredAt));
  expect(Math.max(...at) - Math.min(...at)).toBeLessThan(10 * 60_000);
  const clerk = await county.person('nyj-jingban');
  const inbox = await inboxOf(desk, clerk, { tab: 'all', find: '' });
  expect(inbox.sections.flatMap(({ rows }) => rows.map(({ title }) => title))).toContain(
    '防疫员没来打针，怕猪闹病',
  );
});
