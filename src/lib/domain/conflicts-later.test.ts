import { describe, expect, it } from 'vitest';
import { admit } from './admit.ts';
import type { CaseEvent as AnyEvent } from './case-event.ts';
import { absorbPayload, mergeDrafts, mergePlan, representation } from './conflict-cases.ts';
import { evolve } from './evolve.ts';
import { flagsOf } from './flags.ts';
import { context, offer, rules, subject } from './testing/offer.ts';
import { at, caseId, eventId, sha } from './testing/ids.ts';
import {
  DRAFTED,
  fileOf,
  ISSUED,
  next,
  REGISTERED,
  RESOLVED,
  SUBMITTED,
  TAKEN,
  type Line,
} from './testing/story.ts';

const urgent: Line = ['urgent.reported', {}, { id: 'u1' }];

describe('urgency, sealing, ends', () => {
  it('[K16] an escalation wins over an earlier standing down until a person acknowledges', () => {
    const down = fileOf(
      ...REGISTERED,
      urgent,
      ['urgent.acknowledged'],
      ['urgent.stood_down', {}, { at: '2026-06-10T00:00:00Z' }],
    );
    expect(down.urgent.level).toBeNull();
    const old = { at: '2026-06-09T20:00:00Z', got: '2026-06-10T08:00:00Z' };
    const { verdict, file } = offer(down, ['urgent.reported', { level: 'MAJOR' }, old]);
    expect(rules(verdict)).toContain('K16');
    expect(file.urgent.level).toBe('MAJOR');
    const lower = evolve(
      file,
      next(file, ['urgent.reported', { level: 'URGENT_TIME' }, { id: 'low' }]),
    );
    expect(lower.urgent.level).toBe('MAJOR');
  });

  it("[K17] a sealed case takes the agent's unsent words and shows him nothing", () => {
    const sealed = fileOf(...REGISTERED, ['case.sealed', {}, { by: 'O' }]);
    const { verdict, file } = offer(sealed, ['visit.recorded']);
    expect(rules(verdict)).toContain('K17');
    expect(file.visits).toHaveLength(1);
    const own = fileOf(...TAKEN, ['case.sealed', {}, { by: 'A' }]);
    expect(rules(offer(own, ['case.submitted']).verdict)).toEqual(['applied']);
    const stranger = offer(sealed, ['visit.recorded', {}, { who: 'A02' }], {
      subject: subject('A02'),
    });
    expect(stranger.verdict).toMatchObject({ kind: 'quarantined', code: 'ACTOR' });
  });

  it('[K18] a voided or withdrawn case takes new facts, the office decides on reopening', () => {
    const voided = fileOf(...REGISTERED, ['case.voided', {}, { by: 'O' }]);
    const withdrawn = fileOf(...REGISTERED, ['withdrawal.requested'], ['withdrawal.confirmed']);
    for (const before of [voided, withdrawn]) {
      const { verdict, file } = offer(before, ['case.supplemented']);
      expect(rules(verdict)).toContain('K18');
      expect(file.status).toBe(before.status);
      expect(file.supplements).toHaveLength(1);
      expect(evolve(file, next(file, ['case.reopened'])).status).toBe('REGISTERED');
    }
  });

  it('[K19] withdrawn in the village while the opinion is out: recorded, the opinion stands', () => {
    const { verdict, file } = offer(fileOf(...ISSUED), ['withdrawal.requested']);
    expect(rules(verdict)).toContain('K19');
    expect([file.status, file.withdrawals[0]?.answer]).toEqual(['OPINION_ISSUED', 'OPEN']);
    expect(rules(offer(fileOf(...REGISTERED), ['withdrawal.requested']).verdict)).toEqual([
      'applied',
    ]);
  });

  it("[K20] representatives over five together: all are members, the choice is the group's", () => {
    const five = ['甲', '乙', '丙'];
    const before = fileOf(...SUBMITTED, ['case.supplemented', { representatives: five }]);
    expect(representation(before)).toMatchObject({ undecided: false, representatives: five });
    const { verdict, file } = offer(before, [
      'case.supplemented',
      { representatives: ['丁', '戊', '己'] },
      { id: 'r2' },
    ]);
    expect(rules(verdict)).toEqual(['K20']);
    const all = representation(file);
    expect([all.members.length, all.undecided, all.representatives]).toEqual([6, true, five]);
  });

  it('[K21] late work of the former agent is taken and marked', () => {
    const moved = fileOf(...REGISTERED, [
      'case.handed_over',
      {},
      { by: 'T', at: '2026-06-10T00:00:00Z' },
    ]);
    expect(moved.agent?.personId).toBe('A02');
    const { verdict, file } = offer(moved, ['visit.recorded', {}, { at: '2026-06-11T00:00:00Z' }]);
    expect(rules(verdict)).toEqual(['K21']);
    expect(file.visits).toHaveLength(1);
    const before = offer(moved, ['visit.recorded', {}, { at: '2026-06-09T00:00:00Z' }]);
    expect(rules(before.verdict)).toEqual(['applied']);
  });

  it('[K22] a broken promise is heard after closing', () => {
    const closed = fileOf(...RESOLVED, ['resolution.approved']);
    const { verdict, file } = offer(closed, ['commitment.breached']);
    expect(rules(verdict)).toEqual(['K22']);
    expect([file.status, flagsOf(file).promiseBroken]).toEqual(['CLOSED', true]);
  });

  it('[K23] a shape of another build is kept raw, a newer field survives', () => {
    const file = fileOf(...TAKEN);
    const event = next(file, ['visit.recorded', {}, { by: 'A' }]);
    const strange = { ...event, type: 'case.from_the_future' } as AnyEvent<string>;
    const line = { type: 'event.quarantined', payload: { eventId: event.id, code: 'OPAQUE' } };
    const opaque = { kind: 'opaque', followUps: [line] };
    expect(admit(file, strange, context())).toMatchObject(opaque);
    const newer = { ...event, v: 2 } as AnyEvent<string>;
    expect(admit(file, newer, context())).toMatchObject(opaque);
    // Nobody's case yet, an ended one, another's, an act of the office: kept aside as before.
    const aside = { kind: 'quarantined', code: 'UNKNOWN_TYPE' };
    expect(admit(fileOf(), strange, context())).toMatchObject(aside);
    const ended = fileOf(...RESOLVED, ['resolution.approved']);
    expect(admit(ended, strange, context())).toMatchObject(aside);
    const foreign = {
      ...subject('A09'),
      grants: subject('A09').grants.map((g) => ({ ...g, areaCode: '230278999999' as never })),
    };
    expect(admit(file, strange, { ...context(), subject: foreign })).toMatchObject(aside);
    const office = { ...strange, type: 'case.closed', v: 2 };
    expect(admit(file, office, context())).toMatchObject(aside);
    const extra = { ...event, payload: { ...event.payload, weather: '大雨' } } as AnyEvent<string>;
    expect(admit(file, extra, context()).kind).toBe('applied');
    expect(evolve(file, extra).visits[0]?.payload).toMatchObject({ weather: '大雨' });
  });

  it('[K24] typed from the phone and sent by the tablet: linked as one act', () => {
    const phoned = fileOf(...TAKEN, [
      'urgent.reported',
      { source: 'phone' },
      { by: 'O', id: 'phoned' },
    ]);
    const { verdict, file } = offer(phoned, ['urgent.reported']);
    expect(rules(verdict)).toContain('K24');
    expect(file.conflicts[0]?.detected.payload.events).toContain(eventId('phoned'));
  });

  it('[K25] asked within 30 days, arrived after: in time', () => {
    const served = fileOf(...ISSUED, ['delivery.recorded', {}, { at: '2026-06-09T02:00:00Z' }]);
    const offline = { at: '2026-07-09T02:00:00Z', got: '2026-07-12T02:00:00Z' };
    const { verdict, file } = offer(served, ['review.requested', {}, offline]);
    expect(rules(verdict)).toEqual(['K25']);
    expect(file.status).toBe('REVIEWING');
    expect(file.conflicts[0]?.detected.payload.kept).toContain('期限内');
    const tooLate = { at: '2026-07-10T02:00:00Z', got: '2026-07-12T02:00:00Z' };
    const second = offer(served, ['review.requested', {}, tooLate]);
    expect(second.file.conflicts[0]?.detected.payload.kept).toContain('请县局定');
  });

  it('[K26] a hazard turned into two cases: the first link wins', () => {
    const hazard = fileOf(['hazard.reported', { toCase: caseId('one') }]);
    const { verdict, file } = offer(hazard, ['hazard.reported', { toCase: caseId('two') }]);
    expect(rules(verdict)).toEqual(['K26']);
    expect(file.hazard?.toCase).toBe(caseId('one'));
  });

  it('[K27] a read-back that does not match what arrived: taken, read again', () => {
    const drafted = fileOf(...DRAFTED.slice(0, 3));
    const wrong = { textHash: sha('0') };
    const { verdict, file } = offer(drafted, ['dictation.readback_confirmed', wrong]);
    expect(rules(verdict)).toEqual(['K27']);
    expect(file.readbacks[0]?.state).toBe('MISMATCH');
    expect(flagsOf(file).readbackOpen).toBe(true);
  });
});

describe('two things side by side', () => {
  it('[K05] two agents took one matter: the earlier taking is the master, nobody loses a code', () => {
    const first = fileOf(...SUBMITTED);
    const late = {
      ...first,
      caseId: caseId('second'),
      moments: {
        ...first.moments,
        takenAt: at('2026-06-09T00:00:00Z'),
        receivedAt: at('2026-06-08T08:00:00Z'),
      },
    };
    for (const plan of [mergePlan(first, late), mergePlan(late, first)]) {
      expect([plan.master, plan.child]).toEqual([first.caseId, late.caseId]);
      expect(plan.receivedAt).toBe(at('2026-06-08T08:00:00Z'));
      expect(plan.queryCodes).toHaveLength(2);
    }
    const master = evolve(
      first,
      next(first, ['case.supplemented', { absorbs: absorbPayload(late) }, { by: 'O' }]),
    );
    expect(master.children[0]?.caseId).toBe(caseId('second'));
  });

  it('[K06] one draft on two devices: untouched fields follow, two texts stand side by side', () => {
    const base = { name: '周桂芹', place: '三屯', dictation: ['一'] };
    const mine = { name: '周桂芹', place: '三屯东头', phone: '无', dictation: ['一', '二'] };
    const theirs = { name: '周桂琴', place: '三屯西头', dictation: ['一', '三'] };
    const merged = mergeDrafts(base, mine, theirs);
    expect(merged.answers).toMatchObject({
      name: '周桂琴',
      phone: '无',
      dictation: ['一', '二', '三'],
    });
    expect(merged.choices).toEqual([{ field: 'place', mine: '三屯东头', theirs: '三屯西头' }]);
  });
});
