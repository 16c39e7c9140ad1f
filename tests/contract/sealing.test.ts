import { expect, it } from 'vitest';
import { whyNot, sightOf } from '../../src/lib/domain/permissions.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import { at } from '../../src/lib/domain/testing/ids.ts';
import { EXAMPLES, TAKEN } from '../../src/lib/domain/testing/story.ts';
import { judgedCounty, sent } from './judged-county.ts';

const now = at('2026-09-01T00:00:00Z');
const clerk = (role: string, sealedList = false) => {
  const grant = { role, areaCode: '230278000000', unitId: null, from: '2026-01-01T00:00:00Z' };
  const grants = [{ ...grant, to: null, sealedList }];
  return { personId: role, name: role, grants } as unknown as ReturnType<typeof subject>;
};

it('[ST70] an accusation that a tablet did not seal is sealed at the exchange, nothing of it is lost', async () => {
  const county = await judgedCounty();
  await county.lay(TAKEN);
  const head = { ...EXAMPLES['case.submitted'].head, kind: '检举控告' as const };
  const { results, feed } = await county.push([
    sent('case.submitted', { head }),
    sent('visit.recorded'),
    sent('case.sealed', { reason: 'ACCUSATION' }),
    sent('attachment.added'),
  ]);
  expect(results.map(({ s }) => s)).toEqual(['stored', 'stored', 'stored', 'stored']);
  const file = await county.file();
  expect([file.sealed?.mark.actor.code, file.visits.length]).toEqual(['S', 1]);
  expect(file.attachments.length).toBeGreaterThan(0);
  expect(county.log().map(({ type }) => type)).not.toContain('conflict.detected');
  expect(county.aside()).toEqual([]);
  const why = (who: ReturnType<typeof subject>) =>
    whyNot(who, 'case.view', { object: sightOf(file), now });
  expect([why(clerk('O1')), why(clerk('O5')), why(subject('A01'))]).toEqual([
    ...['SEALED', 'SEALED', 'SEALED'],
  ]);
  expect(why(clerk('O3', true))).toBeNull();
  // He sent it and may not read it any more: his tablet lets go of it.
  expect(JSON.stringify(feed)).not.toContain(EXAMPLES['dictation.recorded'].verbatim);
});
