import { describe, expect, it } from 'vitest';
import { areaTreeOf } from './area.ts';
import { emptyCaseFile, type CaseFile } from './case-file.ts';
import { mirrorFor, missingAttachments, serviceDates } from './conflict-cases.ts';
import { CONFLICT_IDS, CONFLICTS } from './conflicts.ts';
import { evolve } from './evolve.ts';
import { flagsOf } from './flags.ts';
import { offer, rules, subject } from './testing/offer.ts';
import { at, caseId, day, eventId, sha, village } from './testing/ids.ts';
import {
  ACCEPTED,
  CLOSED,
  DELIVERED,
  fileOf,
  ISSUED,
  next,
  REGISTERED,
  SUBMITTED,
  TAKEN,
  TRANSFERRED,
} from './testing/story.ts';

describe('the list', () => {
  it('[K01] to [K27] are data: situation, outcome and who sees it', () => {
    expect(CONFLICT_IDS).toEqual(
      Array.from({ length: 27 }, (_x, i) => `K${String(i + 1).padStart(2, '0')}`),
    );
    for (const id of CONFLICT_IDS) {
      expect(CONFLICTS[id].situation.length).toBeGreaterThan(4);
      expect(CONFLICTS[id].shownTo.length).toBeGreaterThan(0);
    }
  });
});

describe('one case', () => {
  it('[K01] an edit after registration becomes a proposal; the registered value stays', () => {
    const edit = { changes: [{ field: 'petitionerCount', from: 1, to: 32 }] };
    const { verdict, file } = offer(fileOf(...REGISTERED), ['case.supplemented', edit]);
    expect(rules(verdict)).toEqual(['K01']);
    expect(file.head.petitionerCount).toBe(1);
    expect(file.supplements.at(-1)?.proposal).toBe('OPEN');
    expect(file.conflicts[0]?.detected.payload.changes).toEqual(edit.changes);
    const again = offer(fileOf(...REGISTERED), ['case.submitted', { head: { title: '改名' } }]);
    expect(rules(again.verdict)).toEqual(['K01']);
    expect(again.file.head.title).toBe('院边粪堆挨着水井');
    // Before registration the agent's own edit simply counts, with the old value kept.
    const early = offer(fileOf(...SUBMITTED), ['case.supplemented', edit]);
    expect(rules(early.verdict)).toEqual(['applied']);
    expect(early.file.head.petitionerCount).toBe(32);
    expect(early.file.corrections[0]).toMatchObject({ old: 1, new: 32 });
  });

  it('[K02] solved on the spot while the unit has it: status unchanged, the unit is asked', () => {
    for (const lines of [TRANSFERRED, ACCEPTED, ISSUED]) {
      const before = fileOf(...lines);
      const { verdict, file } = offer(before, ['resolution.recorded']);
      expect(rules(verdict)).toContain('K02');
      expect(file.status).toBe(before.status);
      expect(file.resolutions).toHaveLength(1);
    }
    const { file } = offer(fileOf(...ACCEPTED), ['resolution.recorded']);
    expect(flagsOf(file).fieldResolutionPending).toBe(true);
    expect(evolve(file, next(file, ['resolution.adopted'])).resolutions[0]?.state).toBe('ADOPTED');
  });

  it('[K03] material sent before the return was read counts, the agent only sends again', () => {
    const returned = fileOf(...SUBMITTED, ['case.returned', {}, { at: '2026-06-10T01:00:00Z' }]);
    const blind = { at: '2026-06-09T05:00:00Z', got: '2026-06-11T01:00:00Z' };
    const { verdict, file } = offer(returned, ['case.supplemented', {}, blind]);
    expect(rules(verdict)).toEqual(['K03']);
    expect(file.status).toBe('RETURNED');
    expect(evolve(file, next(file, ['case.submitted'])).status).toBe('SUBMITTED');
    const knowing = offer(returned, ['case.supplemented', {}, { at: '2026-06-10T05:00:00Z' }]);
    expect(rules(knowing.verdict)).toEqual(['applied']);
  });

  it('[K04] what comes to a merged child stays there and is mirrored to the master', () => {
    const merged = fileOf(...REGISTERED, ['case.merged']);
    const { verdict, file, event } = offer(merged, ['visit.recorded']);
    expect(rules(verdict)).toEqual(['K04']);
    expect([file.status, file.visits.length]).toEqual(['MERGED', 1]);
    expect(mirrorFor(file, event as never)?.mirrorOf).toEqual({
      caseId: file.caseId,
      eventId: event.id,
      type: 'visit.recorded',
    });
  });

  it('[K07] a rating made in time counts although it comes after the window closed', () => {
    const closed = fileOf(...CLOSED, ['rating.expired', {}, { at: '2026-07-20T00:00:00Z' }]);
    const inTime = { at: '2026-07-01T00:00:00Z', got: '2026-07-21T00:00:00Z' };
    const good = offer(closed, ['rating.sealed', {}, inTime], { now: at('2026-07-21T00:00:00Z') });
    expect(rules(good.verdict)).toEqual(['applied']);
    expect(good.file.ratings[0]).toMatchObject({ state: 'ACCEPTED', counted: ['OFFICE', 'UNIT'] });
    const late = { at: '2026-07-15T00:00:00Z', got: '2026-07-21T00:00:00Z' };
    const bad = offer(closed, ['rating.sealed', {}, late], { now: at('2026-07-21T00:00:00Z') });
    expect(rules(bad.verdict)).toEqual(['K07']);
    expect(bad.file.ratings[0]?.state).toBe('LATE');
    const skewed = { ...inTime, offset: 90_000 };
    expect(rules(offer(closed, ['rating.sealed', {}, skewed]).verdict)).toContain('K07');
    const graceOver = { at: '2026-07-01T00:00:00Z', got: '2026-07-25T00:00:00Z' };
    expect(rules(offer(closed, ['rating.sealed', {}, graceOver]).verdict)).toContain('K07');
  });

  it('[K08] the first valid rating counts, the second stands beside it', () => {
    const first = offer(fileOf(...CLOSED), ['rating.sealed', {}, { id: 'r1' }]);
    const second = offer(first.file, [
      'rating.sealed',
      { mode: 'HELPER', helper: { name: '孙女' } },
      { id: 'r2' },
    ]);
    expect(rules(second.verdict)).toEqual(['K08']);
    expect(second.file.ratings.map((r) => r.state)).toEqual(['ACCEPTED', 'REPEAT']);
  });

  it('[K09] a binding act after the mandate was revoked waits for ratification, then runs', () => {
    const revoked = fileOf(...DELIVERED, [
      'mandate.revoked',
      {},
      { by: 'T', at: '2026-06-09T00:00:00Z' },
    ]);
    const { verdict, file, event } = offer(revoked, [
      'review.requested',
      {},
      { at: '2026-06-10T00:00:00Z' },
    ]);
    expect(rules(verdict)).toEqual(['K09']);
    expect([file.status, file.reviews.length, file.suspended.length]).toEqual(['DELIVERED', 0, 1]);
    const ratified = evolve(
      file,
      next(file, ['mandate.granted', { ratifies: [event.id] }, { by: 'T' }]),
    );
    expect([ratified.status, ratified.reviews.length]).toEqual(['REVIEWING', 1]);
    const earlier = offer(revoked, ['review.requested', {}, { at: '2026-06-08T12:00:00Z' }]);
    expect(rules(earlier.verdict)).toEqual(['applied']);
    const visit = offer(revoked, ['visit.recorded', {}, { at: '2026-06-10T00:00:00Z' }]);
    expect(visit.file.visits).toHaveLength(1);
  });

  it('[K10] revoked agent: before it stands, after it waits, the request itself never waits', () => {
    const gone = { subject: subject('A01', '2026-06-09T00:00:00Z') };
    const before = offer(
      fileOf(...TAKEN),
      ['visit.recorded', {}, { at: '2026-06-08T12:00:00Z' }],
      gone,
    );
    expect(rules(before.verdict)).toEqual(['applied']);
    const after = offer(
      fileOf(...SUBMITTED),
      ['visit.recorded', {}, { at: '2026-06-10T00:00:00Z' }],
      gone,
    );
    expect(after.verdict).toMatchObject({ kind: 'quarantined', code: 'REVOKED' });
    expect(after.file.quarantined[0]?.noted.payload.eventId).toBe(after.event.id);
    const request = offer(
      fileOf(...TAKEN),
      ['case.submitted', {}, { at: '2026-06-10T00:00:00Z' }],
      gone,
    );
    expect(rules(request.verdict)).toEqual(['K10']);
    expect(request.file.status).toBe('SUBMITTED');
    expect(request.file.moments.receivedAt).not.toBeNull();
  });

  it('[K11] a wrong device clock is shown, both times are kept', () => {
    const skewed = { offset: 700, at: '2026-06-10T01:00:00Z', got: '2026-06-10T01:11:40Z' };
    const { verdict, file } = offer(fileOf(...TAKEN), ['visit.recorded', {}, skewed]);
    expect(rules(verdict)).toEqual(['K11']);
    expect(file.visits[0]?.mark).toMatchObject({
      occurredAt: '2026-06-10T01:00:00Z',
      receivedAt: '2026-06-10T01:11:40Z',
    });
    expect(rules(offer(fileOf(...TAKEN), ['visit.recorded', {}, { offset: 600 }]).verdict)).toEqual(
      ['applied'],
    );
  });

  it('[K12] files that never came are a task after seven days; the case goes on', () => {
    const file = fileOf(...SUBMITTED, ['attachment.added', {}, { at: '2026-06-08T10:00:00Z' }]);
    expect(missingAttachments(file, at('2026-06-15T09:59:59Z'))).toHaveLength(0);
    expect(missingAttachments(file, at('2026-06-15T10:00:00Z'))).toHaveLength(1);
    const here = evolve(file, next(file, ['attachment.received']));
    expect(missingAttachments(here, at('2026-08-01T00:00:00Z'))).toHaveLength(0);
    const lost = evolve(file, next(file, ['case.supplemented', { lostAttachments: [sha('b')] }]));
    expect(missingAttachments(lost, at('2026-08-01T00:00:00Z'))).toHaveLength(0);
    const isLost = (of: CaseFile) => of.attachments.find((a) => a.sha256 === sha('b'))?.lost;
    const late = evolve(here, next(here, ['case.supplemented', { lostAttachments: [sha('b')] }]));
    expect([isLost(lost), isLost(late)]).toEqual([true, false]);
    expect(lost.attachments).toHaveLength(1);
  });

  it('[K13] an old area code is taken and mapped, never refused', () => {
    const heir = {
      code: '230278200299',
      name: '新河社区',
      level: 'village',
      parent: null,
    } as never;
    const areas = areaTreeOf(
      '2027',
      [heir],
      [{ from: village, to: ['230278200299' as never], on: day('2026-05-01') }],
    );
    const fresh = emptyCaseFile(caseId('story'));
    const { verdict, file } = offer(fresh, ['case.drafted'], { areas });
    expect(rules(verdict)).toEqual(['K13']);
    expect(file.head.areaCode).toBe(village);
  });

  it('[K14] told the old date after an extension: the new date must be told', () => {
    const extended = fileOf(
      ...ACCEPTED,
      ['extension.requested'],
      ['extension.approved', {}, { id: 'ext' }],
    );
    expect(flagsOf(extended).noticeMissing).toBe(true);
    const { verdict, file } = offer(extended, ['notice.told', { what: '受理告知书，六十天' }]);
    expect(rules(verdict)).toEqual(['K14']);
    expect(flagsOf(file).noticeMissing).toBe(true);
    const told = offer(file, [
      'notice.told',
      { what: '延期告知书', about: eventId('ext') },
      { id: 'told' },
    ]);
    expect(rules(told.verdict)).toEqual(['applied']);
    expect(flagsOf(told.file).noticeMissing).toBe(false);
  });

  it('[K15] two dates of service: the later for the villager, the earlier sending for the unit', () => {
    const posted = { how: 'POST', signedByVillager: undefined, proof: '邮单' } as const;
    const once = fileOf(...ISSUED, [
      'delivery.recorded',
      posted,
      { at: '2026-07-03T02:00:00Z', by: 'D' },
    ]);
    const byHand = { signedByVillager: undefined, proof: '照片' };
    const { verdict, file } = offer(once, [
      'delivery.recorded',
      byHand,
      { at: '2026-07-06T02:00:00Z' },
    ]);
    expect(rules(verdict)).toEqual(['K15']);
    expect(serviceDates(file)).toEqual({
      forVillager: at('2026-07-06T02:00:00Z'),
      forUnit: at('2026-07-03T02:00:00Z'),
    });
    const signed = fileOf(
      ...ISSUED,
      ['delivery.recorded', { signedByVillager: true }, { at: '2026-07-03T02:00:00Z' }],
      ['delivery.recorded', byHand, { at: '2026-07-06T02:00:00Z' }],
    );
    expect(serviceDates(signed)?.forVillager).toBe(at('2026-07-03T02:00:00Z'));
  });
});
