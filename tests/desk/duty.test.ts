import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Kysely } from 'kysely';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import { enrolReplySchema } from '../../src/lib/protocol/sync.ts';
import {
  dutyNumbersFor,
  readDutyNumbers,
  typedDutyNumbers,
  writeDutyNumbers,
} from '../../src/lib/server/settings/duty.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const settings = () => {
  const { db, county: code } = county.room.container;
  return { db: db as unknown as Kysely<CountyTables>, county: code };
};
const by = { personId: 'xfj-director' as PersonId, at: '2026-11-21T08:00:00Z' as Instant };
const typed = (form: Record<string, string>) => typedDutyNumbers((name) => form[name] ?? '');

async function enrolled(): Promise<unknown> {
  const request = new Request('http://county/x', {
    method: 'POST',
    body: JSON.stringify({ dv: 'duty-tablet'.padEnd(22, '0'), build: 't' }),
  });
  const agent = await county.person('wangchunsheng');
  const answer = await enrolEndpoint(county.room.container, agent, request);
  return enrolReplySchema.parse(await answer.json()).dutyNumbers;
}

it('[AU26] a tablet gets the numbers that the county filled in, its own township only', async () => {
  // The sample county's own ring nowhere and say so.
  expect(await enrolled()).toMatchObject([
    { label: '县局值班（示例）', number: '0452-0000001' },
    { label: '河沿乡派出所（示例）' },
  ]);
  await writeDutyNumbers(settings(), { county: '', townships: {} }, by);
  expect(await enrolled()).toEqual([]);
  expect(await readDutyNumbers({ ...settings(), county: '230299' })).toEqual({
    ...{ county: '', townships: {} },
  });
  const numbers = typed({
    county: '0452 4567890',
    '230278200000': '0452-4561110',
    '230278101000': '(0452)4562220',
  });
  if (numbers === null) throw new Error('they can be dialled');
  await writeDutyNumbers(settings(), numbers, by);
  await writeDutyNumbers(settings(), numbers, by);
  expect(await enrolled()).toEqual([
    { label: '县局值班', number: '04524567890' },
    { label: '河沿乡派出所', number: '0452-4561110' },
  ]);
  await writeDutyNumbers(settings(), { ...numbers, county: '12345' }, by);
  expect(await enrolled()).toContainEqual({ label: '县局值班', number: '12345' });
  // Every change stands with who and when; the same again is no change.
  const rows = await settings()
    .db.selectFrom('county_setting')
    .selectAll()
    .where('name', '=', 'duty_numbers')
    .execute();
  expect(rows.map(({ n, changed_by }) => [n, changed_by])).toEqual([
    [1, 'xfj-director'],
    [2, 'xfj-director'],
    [3, 'xfj-director'],
    [4, 'xfj-director'],
  ]);
});

it('[AU26] a number that cannot be dialled changes nothing', () => {
  for (const wrong of ['找老张', '1', '110<script>', '-110', '1'.repeat(30)])
    expect(typed({ county: wrong })).toBeNull();
  expect(typed({ county: '+86 452 4567890' })?.county).toBe('+864524567890');
  expect(dutyNumbersFor({ county: '110', townships: {} }, ['230278'])).toHaveLength(1);
});
