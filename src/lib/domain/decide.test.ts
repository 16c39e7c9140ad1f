import { describe, expect, it } from 'vitest';
import { emptyCaseFile } from './case-file.ts';
import { decide, idsNeeded, type Command } from './decide.ts';
import type { Payload } from './events.ts';
import { evolve, foldCase } from './evolve.ts';
import { REFUSALS, RUNGS } from './refusal.ts';
import { answer, context, recordOne } from './testing/ask.ts';
import { actor, caseId, day, eventId } from './testing/ids.ts';
import {
  EXAMPLES,
  fileOf,
  ISSUED,
  next,
  REGISTERED,
  RESOLVED,
  SUBMITTED,
  TAKEN,
} from './testing/story.ts';

const take: Command = {
  kind: 'TakeCase',
  drafted: EXAMPLES['case.drafted'],
  consent: EXAMPLES['consent.recorded'],
  attachments: [EXAMPLES['attachment.added']],
  dictations: [{ verbatim: '头一段' }, { verbatim: '第二段', tidy: '整理' }],
  readback: { ...EXAMPLES['dictation.readback_confirmed'] },
  mandate: EXAMPLES['mandate.granted'],
  taken: EXAMPLES['case.taken'],
  submitted: EXAMPLES['case.submitted'],
};

describe('接单 in one go', () => {
  const empty = emptyCaseFile(caseId('new'), 'salt');
  it('[ST6] yields every event from the first word to the hand-in, and they fold to SUBMITTED', () => {
    const decided = decide(empty, take, context('A'));
    expect(decided.ok).toBe(true);
    const bodies = decided.ok ? decided.value : [];
    expect(bodies.map((b) => b.type)).toEqual([
      'case.drafted',
      'consent.recorded',
      'attachment.added',
      'dictation.recorded',
      'dictation.recorded',
      'dictation.readback_confirmed',
      'mandate.granted',
      'case.taken',
      'case.submitted',
    ]);
    expect(bodies).toHaveLength(idsNeeded(empty, take));
    const stamp = { seq: null, receivedAt: null, actor: actor('A'), clockOffsetSeconds: 0 };
    const file = foldCase(bodies.map((b) => ({ ...b, stamp })));
    expect(file.status).toBe('SUBMITTED');
    expect(file.readbacks[0]?.state).toBe('CONFIRMED');
    expect(file.dictations.map((d) => [d.verbatim, d.frozen])).toEqual([
      ['头一段', true],
      ['第二段', true],
    ]);
  });
  it('[ST6] is all or nothing: one refused entry refuses the command', () => {
    const broken: Command = { ...take, submitted: { head: { title: '没写全' } } };
    expect(answer(empty, broken, context('A'))).toBe('ANSWERS_MISSING');
  });
  it('[ST6] the same ids again are the same act', () => {
    const decided = decide(empty, take, context('A'));
    const stamp = { seq: null, receivedAt: null, actor: actor('A'), clockOffsetSeconds: 0 };
    const file = decided.ok ? foldCase(decided.value.map((b) => ({ ...b, stamp }))) : empty;
    expect(answer(file, take, context('A'))).toBe('ALREADY_RECORDED');
  });
});

describe('the ladder', () => {
  it('[ST7] recorded, shape, actor, status, content: the first that refuses answers', () => {
    const file = fileOf(...SUBMITTED);
    const bad = { missing: [] } as Partial<Payload<'case.returned'>>;
    const recorded: Command = {
      kind: 'RecordEvents',
      entries: [{ type: 'case.returned', payload: bad, id: eventId('submit') }],
    };
    // Everything is wrong at once; each step mends one rung.
    expect(answer(file, recorded, context('A'))).toBe('ALREADY_RECORDED');
    expect(answer(file, recordOne('case.returned', bad), context('A'))).toBe('PAYLOAD');
    expect(answer(fileOf(...TAKEN), recordOne('case.returned'), context('A'))).toBe(
      'NOT_THIS_ACTOR',
    );
    expect(answer(fileOf(...TAKEN), recordOne('case.returned'), context('O'))).toBe('STATUS');
    const merged = recordOne('case.merged', { masterCaseId: file.caseId });
    expect(answer(fileOf(...TAKEN), merged, context('O'))).toBe('STATUS');
    expect(answer(file, merged, context('O'))).toBe('SAME_CASE');
  });
  it('[ST7] the rungs are ordered and every refusal stands on one', () => {
    expect(RUNGS).toEqual(['RECORDED', 'SHAPE', 'ACTOR', 'STATUS', 'CONTENT']);
    const order = Object.values(REFUSALS).map((rung) => RUNGS.indexOf(rung));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
  it('[ST7] a tablet may make only what the life cycle marks as offline', () => {
    const onTablet = context('T', { place: 'tablet' });
    expect(answer(fileOf(...RESOLVED), recordOne('resolution.approved'), onTablet)).toBe(
      'NEEDS_COUNTY',
    );
    expect(answer(fileOf(...RESOLVED), recordOne('visit.recorded'), onTablet)).toEqual([
      'visit.recorded',
    ]);
  });
});

describe('composed commands', () => {
  it('[ST9] approval numbers an unregistered case in the same step, and only then', () => {
    const command: Command = {
      kind: 'ApproveResolution',
      check: '电话核实',
      nextCaseNo: 'DL230278202600031',
    };
    const fresh = decide(fileOf(...RESOLVED), command, context('O'));
    expect(fresh.ok && fresh.value[0]?.payload).toMatchObject({ caseNo: 'DL230278202600031' });
    const numbered = fileOf(...REGISTERED, ['resolution.recorded']);
    const again = decide(numbered, command, context('O'));
    expect(again.ok && (again.value[0]?.payload as { caseNo?: string }).caseNo).toBeUndefined();
  });
  it('[ST9] a proposal is adopted as corrections with the old values, or declined', () => {
    const edited = fileOf(
      ...REGISTERED,
      [
        'case.supplemented',
        { changes: [{ field: 'petitionerCount', from: 1, to: 2 }] },
        { id: 'edit' },
      ],
      ['conflict.detected', {}, { by: 'S' }],
    );
    const command = { supplementId: eventId('edit'), reason: '核实属实' };
    const adopted = decide(edited, { kind: 'AdoptProposal', ...command }, context('O'));
    const bodies = adopted.ok ? adopted.value : [];
    expect(bodies.map((b) => b.type)).toEqual(['case.corrected', 'conflict.resolved']);
    const stamp = next(edited, ['case.corrected']).stamp;
    const file = bodies.reduce((f, b) => evolve(f, { ...b, stamp }), edited);
    expect(file.head.petitionerCount).toBe(2);
    expect(file.corrections.at(-1)).toMatchObject({ field: 'petitionerCount', old: 1, new: 2 });
    expect(file.supplements.at(-1)?.proposal).toBe('ADOPTED');
    const declined = decide(edited, { kind: 'DeclineProposal', ...command }, context('O'));
    const after = (declined.ok ? declined.value : []).reduce(
      (f, b) => evolve(f, { ...b, stamp }),
      edited,
    );
    expect(after.supplements.at(-1)?.proposal).toBe('DECLINED');
    expect(after.head.petitionerCount).toBe(1);
  });
  it('[ST9] delivered and closed in one act', () => {
    const command: Command = {
      kind: 'DeliverAndClose',
      delivery: EXAMPLES['delivery.recorded'],
      close: EXAMPLES['case.closed'],
    };
    expect(answer(fileOf(...ISSUED), command, context('O'))).toEqual([
      'delivery.recorded',
      'case.closed',
    ]);
  });
  it('[ST9] a promise has its day in the file', () => {
    const file = fileOf(...RESOLVED);
    expect(file.commitments.map((c) => [c.due, c.status])).toEqual([[day('2026-06-24'), 'OPEN']]);
  });
});
