/** P3 is an agent's while the case is open (REFERENCE 3.2): afterwards no tablet is sent it. */
import { describe, expect, it } from 'vitest';
import { withoutIdNo } from '../../src/lib/domain/masking.ts';
import { caseId } from '../../src/lib/domain/testing/ids.ts';
import { CLOSED, EXAMPLES, SUBMITTED, type Line } from '../../src/lib/domain/testing/story.ts';
import type { FeedRow } from '../../src/lib/protocol/sync.ts';
import { judgedCounty, sent, STORY } from './judged-county.ts';

const NUMBER = EXAMPLES['case.taken'].petitioners[0]?.idNo ?? '';
const MASKED = '230278********0225';
/** Every way in which an event can write the number: a person, a proposal, a correction. */
const CHANGE = { field: 'petitioners.0.idNo', from: NUMBER, to: NUMBER };
const TOLD: readonly Line[] = [
  ['case.supplemented', { changes: [CHANGE] }],
  ['case.corrected', { ...CHANGE, old: NUMBER, new: NUMBER } as never, { by: 'O' }],
];

const eventsIn = (rows: readonly FeedRow[]) =>
  rows.flatMap((row) => (row.k === 'enter' ? row.events : row.k === 'event' ? [row.event] : []));

/** What a tablet that comes for the first time is sent of a case. */
async function sentOf(lines: readonly Line[], how: 'event' | 'enter') {
  const county = await judgedCounty();
  // A case that the agent began himself comes event by event, one that was given to him whole.
  if (how === 'event') await county.push([sent('case.drafted')]);
  await county.lay(how === 'event' ? lines.slice(1) : lines);
  const { feed } = await county.push([], { dv: 'dvNew' });
  expect(new Set(feed.rows.map(({ k }) => k))).toContain(how);
  return eventsIn(feed.rows);
}

describe('what a new tablet is sent of a closed case', () => {
  it('[AU540] the example has a number, and its mask shows neither birthday nor order', () => {
    expect(NUMBER).toMatch(/^\d{17}[\dX]$/);
    expect(MASKED).not.toContain(NUMBER.slice(6, 14));
  });

  for (const how of ['event', 'enter'] as const)
    it(`[AU540] its identity numbers are masked (${how}), everything else is as it was`, async () => {
      const closed = await sentOf([...CLOSED.slice(0, -1), ...TOLD, ...CLOSED.slice(-1)], how);
      const said = JSON.stringify(closed);
      expect(said).not.toContain(NUMBER);
      expect(said.split(MASKED).length - 1).toBeGreaterThanOrEqual(5);
      const taken = closed.find(({ t }) => t === 'case.taken')?.p as never;
      expect(taken).toEqual(withoutIdNo(EXAMPLES['case.taken']));
      expect(closed.some(({ t }) => t === 'case.closed')).toBe(true);
    });

  for (const how of ['event', 'enter'] as const)
    it(`[AU540] while the case is open its agent is sent them (${how})`, async () => {
      const open = await sentOf([...SUBMITTED, ...TOLD], how);
      expect(JSON.stringify(open)).toContain(NUMBER);
      expect(JSON.stringify(open)).not.toContain(MASKED);
    });

  it('[AU540] another case of the page, still open, is not touched', async () => {
    const county = await judgedCounty();
    await county.lay(CLOSED);
    const other = caseId('other');
    await county.lay(SUBMITTED, other);
    const { feed } = await county.push([], { dv: 'dvNew' });
    const of = (id: string) =>
      JSON.stringify(eventsIn(feed.rows).filter((event) => event.caseId === id));
    expect([of(STORY).includes(NUMBER), of(other).includes(NUMBER)]).toEqual([false, true]);
  });

  it('[AU540] a payload without a number is the very same value', () => {
    const payload = EXAMPLES['visit.recorded'];
    expect(withoutIdNo(payload)).toBe(payload);
    expect(withoutIdNo({ a: [{ idNo: '' }] })).toEqual({ a: [{ idNo: '' }] });
  });
});
