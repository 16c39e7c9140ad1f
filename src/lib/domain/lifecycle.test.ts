import { describe, expect, it } from 'vitest';
import machine from './data/state-machine.json' with { type: 'json' };
import { EVENT_TYPES, type CaseEvent } from './events.ts';
import { foldCase } from './evolve.ts';
import { CLOCK_CODES, isInPlace, LIFECYCLE, nextStatus } from './lifecycle.ts';
import {
  deliveryTarget,
  rejectionTarget,
  resolutionTarget,
  settlementTarget,
} from './lifecycle-targets.ts';
import { UNSENT_SENTENCE, VILLAGER_SENTENCES, villagerSentence } from './plain-words.ts';
import { OPEN, STATUSES, TERMINAL } from './status.ts';
import { ALL_TYPES, BY_STATUS, fileOf, next, TAKEN, told, TRANSFERRED } from './testing/story.ts';

const NAMED = {
  'FIELD_RESOLVED|=': resolutionTarget,
  'REGISTERED|SUBMITTED': rejectionTarget,
  'DELIVERED|=': deliveryTarget,
  'CLOSED or ACCEPTED': settlementTarget,
} as const;

describe('the one table', () => {
  it('[ST1] covers all 84 events, 22 statuses and 21 clocks of state-machine.json', () => {
    expect(EVENT_TYPES).toEqual(machine.events.map((e) => e.id));
    expect(EVENT_TYPES).toHaveLength(84);
    expect(STATUSES).toEqual(machine.statuses.map((s) => s.code));
    expect(STATUSES).toHaveLength(22);
    expect(CLOCK_CODES).toEqual(machine.clocks.map((c) => c.code));
    expect(CLOCK_CODES).toHaveLength(21);
  });

  it.each(machine.events)('[ST1] $id equals the data', (row) => {
    const own = LIFECYCLE[row.id as (typeof EVENT_TYPES)[number]];
    expect([...own.actors]).toEqual(row.actors);
    expect([...own.from].toSorted()).toEqual(row.from.toSorted());
    expect(own.to).toEqual(row.to in NAMED ? NAMED[row.to as keyof typeof NAMED] : row.to);
    expect([...own.starts]).toEqual(row.starts);
    expect([...own.stops]).toEqual(row.stops);
    expect(own.offline).toBe(row.offline);
    expect(own.privacy).toBe(row.privacy);
  });

  it('[ST1] terminal and open statuses equal the data', () => {
    const ends = machine.statuses.filter((s) => s.terminal).map((s) => s.code);
    expect([...TERMINAL].toSorted()).toEqual(ends.toSorted());
    expect(OPEN).toHaveLength(10);
  });

  it.each(Object.entries(BY_STATUS))('[ST2] a story reaches %s', (status, lines) => {
    expect(fileOf(...lines).status).toBe(status);
  });

  it('[ST2] every status has a story, and no event leads where the table does not', () => {
    expect(Object.keys(BY_STATUS).toSorted()).toEqual([...STATUSES].toSorted());
    let tried = 0;
    for (const [status, lines] of Object.entries(BY_STATUS)) {
      const file = fileOf(...lines);
      for (const type of ALL_TYPES) {
        const event = next(file, [type]) as CaseEvent;
        const moved = nextStatus(file, event);
        const listed = LIFECYCLE[type].from.includes(file.status);
        if (!listed) expect(moved, `${status} ${type}`).toBeNull();
        if (isInPlace(file, event) && typeof LIFECYCLE[type].to !== 'function' && moved !== null) {
          const to = LIFECYCLE[type].to;
          expect(moved, `${status} ${type}`).toBe(to === '=' ? file.status : to);
        }
        tried += 1;
      }
    }
    expect(tried).toBe(22 * 84);
  });
});

describe('targets that depend on the case', () => {
  const facts = { hasCaseNo: false, payload: {} };
  it('[ST3] 就地化解 waits for approval before a unit has the case, afterwards proposes', () => {
    expect(resolutionTarget({ ...facts, from: 'REGISTERED' })).toBe('FIELD_RESOLVED');
    expect(resolutionTarget({ ...facts, from: 'TAKEN' })).toBe('FIELD_RESOLVED');
    for (const from of ['TRANSFERRED', 'OBJECTED', 'ACCEPTED'] as const) {
      expect(resolutionTarget({ ...facts, from })).toBe('=');
    }
  });
  it('[ST3] a rejected solution goes back to where its number says', () => {
    expect(rejectionTarget({ ...facts, from: 'FIELD_RESOLVED', hasCaseNo: true })).toBe(
      'REGISTERED',
    );
    expect(rejectionTarget({ ...facts, from: 'FIELD_RESOLVED' })).toBe('SUBMITTED');
  });
  it('[ST3] only the answer itself delivers; other papers leave the status', () => {
    const answer = { ...facts, payload: { docKind: '处理意见书' } };
    expect(deliveryTarget({ ...answer, from: 'OPINION_ISSUED' })).toBe('DELIVERED');
    expect(deliveryTarget({ ...answer, from: 'ACCEPTED' })).toBe('=');
    const notice = { ...facts, payload: { docKind: '受理告知书' } };
    expect(deliveryTarget({ ...notice, from: 'OPINION_ISSUED' })).toBe('=');
  });
  it('[ST3] a review that lapses closes, a changed one is handled again', () => {
    const settle = (result: string) =>
      settlementTarget({ ...facts, from: 'REVIEWED', payload: { result } });
    expect(settle('LAPSED')).toBe('CLOSED');
    expect(settle('NEW_ROUND')).toBe('ACCEPTED');
  });
});

describe('what the villager hears', () => {
  it.each(machine.statuses)('[ST4] $code has the plain sentence of the data', (row) => {
    expect(VILLAGER_SENTENCES[row.code as 'DRAFT']).toBe(row.villagerText);
  });
  it('[ST4] the SUBMITTED sentence comes only after the county received it', () => {
    const unsent = fileOf(...TAKEN, ['case.submitted', {}, { got: null }]);
    expect(villagerSentence(unsent)).toBe(UNSENT_SENTENCE);
    const here = fileOf(...TAKEN, ['case.submitted'], ['case.received']);
    expect(villagerSentence(here)).toBe('报到县里了，等县里看');
  });
  it('[ST4] a sealed case says one sentence in every status', () => {
    for (const lines of Object.values(BY_STATUS)) {
      expect(villagerSentence(fileOf(...lines, ['case.sealed']))).toBe('已收到，按规定办理');
    }
  });
});

describe('handlings', () => {
  const two = [...TRANSFERRED.slice(0, -1), ['case.transferred'] as const] as const;
  it('[ST5] one handling per unit, and the status of the case is that of the lead', () => {
    const file = fileOf(...two, ['case.accepted', { unitId: 'STJ' as never }]);
    expect(file.handlings.map((h) => [h.unitId, h.lead, h.status])).toEqual([
      ['SWJ', true, 'SENT'],
      ['STJ', false, 'ACCEPTED'],
    ]);
    expect(file.status).toBe('TRANSFERRED');
    const lead = foldCase(
      told([...two, ['case.accepted', { unitId: 'STJ' as never }], ['case.accepted']]),
    );
    expect(lead.status).toBe('ACCEPTED');
  });
  it('[ST5] a co-unit that objects and wins leaves, the lead goes on', () => {
    const file = fileOf(
      ...two,
      ['objection.raised', { unitId: 'STJ' as never }],
      ['objection.upheld', { unitId: 'STJ' as never }],
      ['case.accepted'],
    );
    expect(file.handlings.map((h) => h.status)).toEqual(['ACCEPTED', 'RETRACTED']);
    expect(file.status).toBe('ACCEPTED');
  });
  it('[ST5] an event of a unit that was never given the case moves nothing', () => {
    const file = fileOf(...two, ['case.accepted', { unitId: 'JTJ' as never }]);
    expect(file.status).toBe('TRANSFERRED');
    expect(file.timeline.at(-1)?.effect).toBe('NOTED');
  });
  it('[ST5] objection upheld sends the case back and a new lead is the second handling', () => {
    const file = fileOf(...TRANSFERRED, ['objection.raised'], ['objection.upheld']);
    expect(file.status).toBe('REGISTERED');
    const again = fileOf(
      ...TRANSFERRED,
      ['objection.raised'],
      ['objection.upheld'],
      ['case.transferred', { unitId: 'STJ' as never, coUnits: undefined }],
    );
    expect(again.head.firstUnit).toBe('SWJ');
    expect(again.head.unit).toBe('STJ');
    expect(again.handlings.map((h) => h.status)).toEqual(['RETRACTED', 'SENT']);
  });
});
