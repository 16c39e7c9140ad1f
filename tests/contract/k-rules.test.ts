import { describe, expect, it } from 'vitest';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import { areaTreeOf } from '../../src/lib/domain/area.ts';
import { at, caseId, day, eventId, sha, village } from '../../src/lib/domain/testing/ids.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import {
  ACCEPTED,
  CLOSED,
  DELIVERED,
  DRAFTED,
  ISSUED,
  REGISTERED,
  SUBMITTED,
  TAKEN,
  type Line,
} from '../../src/lib/domain/testing/story.ts';
import { judgedCounty, sent, STORY, type JudgedCounty, type Sent } from './judged-county.ts';

const MASTER = caseId('master');
const typesOf = (county: JudgedCounty, id = STORY) => county.log(id).map(({ type }) => type);

/** What the county wrote down of a conflict: log rows, in the case's file and in the answer. */
async function conflictsOf(county: JudgedCounty) {
  const rows = county.log().filter(({ type }) => type === 'conflict.detected');
  const { conflicts } = await county.file();
  expect(conflicts.map(({ detected }) => detected.mark.eventId)).toEqual(rows.map(({ id }) => id));
  return rows.map((row) => row.payload as { rule: string; events: string[]; kept: string });
}

interface Told {
  readonly rule: string;
  readonly story: readonly Line[];
  readonly push: Sent;
  readonly behind?: number;
  /** The county's time, when another than usual. */
  readonly now?: string;
  readonly holds: (file: CaseFile) => void;
}

const status = (is: string) => (file: CaseFile) => expect(file.status).toBe(is);
const urgent: Line = ['urgent.reported', {}, { id: 'u1' }];

const TABLE: readonly Told[] = [
  {
    rule: 'K01',
    story: REGISTERED,
    push: sent('case.supplemented', { changes: [{ field: 'petitionerCount', from: 1, to: 32 }] }),
    holds: (file) => {
      expect(file.head.petitionerCount).toBe(1);
      expect(file.supplements.at(-1)?.proposal).toBe('OPEN');
    },
  },
  {
    rule: 'K02',
    story: ACCEPTED,
    push: sent('resolution.recorded'),
    holds: (file) => {
      expect([file.status, file.resolutions.length]).toEqual(['ACCEPTED', 1]);
    },
  },
  {
    rule: 'K03',
    story: [...SUBMITTED, ['case.returned', {}, { at: '2026-06-10T01:00:00Z' }]],
    push: sent('case.supplemented', {}, { at: '2026-06-09T05:00:00Z' }),
    holds: status('RETURNED'),
  },
  {
    rule: 'K07',
    story: [...CLOSED, ['rating.expired', {}, { at: '2026-07-20T00:00:00Z' }]],
    push: sent('rating.sealed', {}, { at: '2026-07-15T00:00:00Z' }),
    now: '2026-07-21T00:00:00Z',
    holds: (file) => expect(file.ratings[0]?.state).toBe('LATE'),
  },
  {
    rule: 'K09',
    story: [...DELIVERED, ['mandate.revoked', {}, { by: 'T', at: '2026-06-09T00:00:00Z' }]],
    push: sent('review.requested', {}, { at: '2026-06-10T00:00:00Z' }),
    holds: (file) => {
      expect([file.status, file.suspended.length]).toEqual(['DELIVERED', 1]);
    },
  },
  {
    rule: 'K11',
    story: TAKEN,
    push: sent('visit.recorded'),
    behind: 900,
    holds: (file) => expect(file.visits[0]?.mark.clockOffsetSeconds).toBeGreaterThan(890),
  },
  {
    rule: 'K14',
    story: [...ACCEPTED, ['extension.requested'], ['extension.approved', {}, { id: 'ext' }]],
    push: sent('notice.told', { what: '受理告知书，六十天' }),
    holds: status('ACCEPTED'),
  },
  {
    rule: 'K15',
    story: [
      ...ISSUED,
      [
        'delivery.recorded',
        { how: 'POST', signedByVillager: undefined, proof: '邮单' },
        { at: '2026-06-10T02:00:00Z', by: 'D' },
      ],
    ],
    push: sent(
      'delivery.recorded',
      { signedByVillager: undefined, proof: '照片' },
      { at: '2026-06-13T02:00:00Z' },
    ),
    holds: (file) => expect(file.deliveries).toHaveLength(2),
  },
  {
    rule: 'K16',
    story: [
      ...REGISTERED,
      urgent,
      ['urgent.acknowledged'],
      ['urgent.stood_down', {}, { at: '2026-06-10T00:00:00Z' }],
    ],
    push: sent('urgent.reported', { level: 'MAJOR' }, { at: '2026-06-09T20:00:00Z' }),
    holds: (file) => expect(file.urgent.level).toBe('MAJOR'),
  },
  {
    rule: 'K18',
    story: [...REGISTERED, ['case.voided', {}, { by: 'O' }]],
    push: sent('case.supplemented'),
    holds: (file) => {
      expect([file.status, file.supplements.length]).toEqual(['VOIDED', 1]);
    },
  },
  {
    rule: 'K18',
    story: [...REGISTERED, ['withdrawal.requested'], ['withdrawal.confirmed']],
    push: sent('visit.recorded'),
    holds: status('WITHDRAWN'),
  },
  {
    rule: 'K19',
    story: ISSUED,
    push: sent('withdrawal.requested'),
    holds: status('OPINION_ISSUED'),
  },
  {
    rule: 'K20',
    story: [...SUBMITTED, ['case.supplemented', { representatives: ['甲', '乙', '丙'] }]],
    push: sent('case.supplemented', { representatives: ['丁', '戊', '己'] }),
    holds: (file) => expect(file.representativeLists).toHaveLength(2),
  },
  {
    rule: 'K21',
    story: [...REGISTERED, ['case.handed_over', {}, { by: 'T', at: '2026-06-10T00:00:00Z' }]],
    push: sent('visit.recorded', {}, { at: '2026-06-11T00:00:00Z' }),
    holds: (file) => {
      expect([file.agent?.personId, file.visits.length]).toEqual(['A02', 1]);
    },
  },
  {
    rule: 'K22',
    story: CLOSED,
    push: sent('commitment.breached'),
    holds: status('CLOSED'),
  },
  {
    rule: 'K24',
    story: [...TAKEN, ['urgent.reported', { source: 'phone' }, { by: 'O', id: 'phoned' }]],
    push: sent('urgent.reported', {}, { at: '2026-06-08T20:00:00Z' }),
    holds: (file) => expect(file.urgent.reports).toHaveLength(2),
  },
  {
    rule: 'K25',
    story: [...ISSUED, ['delivery.recorded', {}, { at: '2026-06-09T02:00:00Z' }]],
    push: sent('review.requested', {}, { at: '2026-07-09T02:00:00Z' }),
    now: '2026-07-12T02:00:00Z',
    holds: status('REVIEWING'),
  },
  {
    rule: 'K26',
    story: [['hazard.reported', { toCase: caseId('one') }]],
    push: sent('hazard.reported', { toCase: caseId('two') }),
    holds: (file) => expect(file.hazard?.toCase).toBe(caseId('one')),
  },
  {
    rule: 'K27',
    story: DRAFTED.slice(0, 3),
    push: sent('dictation.readback_confirmed', { textHash: sha('0') }),
    holds: (file) => expect(file.readbacks[0]?.state).toBe('MISMATCH'),
  },
];

describe('a tablet pushes through the real exchange', () => {
  it.each(TABLE)(
    '[$rule] $push.type: stored, told in the answer, written down once',
    async (told) => {
      const county = await judgedCounty(told.now);
      await county.lay(told.story);
      const before = county.log().length;
      const reply = await county.push([told.push], { behind: told.behind ?? 0 });
      const [result] = reply.results;
      expect(result).toMatchObject({ s: 'stored', rule: told.rule });
      const found = await conflictsOf(county);
      const own = found.find(({ rule }) => rule === told.rule);
      expect(own?.events).toContain(result?.id);
      expect(own?.kept.length).toBeGreaterThan(4);
      told.holds(await county.file());
      const rows = county.log().length;
      expect(rows).toBeGreaterThanOrEqual(before + 2);
      const again = await county.push([told.push], { behind: told.behind ?? 0 });
      expect(again.results[0]?.s).toBe('dup');
      expect(county.log()).toHaveLength(rows);
    },
  );

  it('[K01] the same edit before registration counts and is no conflict', async () => {
    const county = await judgedCounty();
    await county.lay(SUBMITTED);
    const edit = { changes: [{ field: 'petitionerCount', from: 1, to: 32 }] };
    const { results } = await county.push([sent('case.supplemented', edit)]);
    expect(results[0]).not.toHaveProperty('rule');
    expect(await conflictsOf(county)).toEqual([]);
    expect((await county.file()).head.petitionerCount).toBe(32);
  });

  it('[K07] a rating made inside the window counts although it comes after it', async () => {
    const county = await judgedCounty('2026-07-21T00:00:00Z');
    await county.lay([...CLOSED, ['rating.expired', {}, { at: '2026-07-20T00:00:00Z' }]]);
    const rating = sent('rating.sealed', {}, { at: '2026-07-01T00:00:00Z' });
    const { results } = await county.push([rating]);
    expect(results[0]).not.toHaveProperty('rule');
    expect(typesOf(county).at(-1)).toBe('rating.accepted');
    expect((await county.file()).ratings[0]?.state).toBe('ACCEPTED');
  });

  it('[K08] the second rating of one target stands beside the first', async () => {
    const county = await judgedCounty();
    await county.lay(CLOSED);
    const { results } = await county.push([sent('rating.sealed'), sent('rating.sealed')]);
    expect(results.map((r) => r.s === 'stored' && r.rule)).toEqual([undefined, 'K08']);
    const states = (await county.file()).ratings.map(({ state }) => state);
    expect(states).toEqual(['ACCEPTED', 'REPEAT']);
  });

  it('[K10] an ended agent: before it taken, after it kept aside with a line, the request taken', async () => {
    const county = await judgedCounty();
    await county.lay(TAKEN);
    const who = subject('A01', '2026-06-09T00:00:00Z');
    const late = '2026-06-10T00:00:00Z';
    const { results } = await county.push(
      [
        sent('visit.recorded', {}, { at: '2026-06-08T12:00:00Z' }),
        sent('visit.recorded', {}, { at: late }),
        sent('case.submitted', {}, { at: late }),
      ],
      { who },
    );
    expect(results).toMatchObject([
      { s: 'stored', rule: 'K10' },
      { s: 'rejected', code: 'REVOKED' },
      { s: 'stored', rule: 'K10' },
    ]);
    expect(county.aside()).toMatchObject([{ code: 'REVOKED', id: results[1]?.id }]);
    const file = await county.file();
    expect(file.status).toBe('SUBMITTED');
    expect(file.moments.receivedAt).not.toBeNull();
    expect(file.quarantined.map((q) => q.noted.payload.eventId)).toEqual([results[1]?.id]);
    // What was taken is marked, too: it says to be of before its tablet's last word (AU330).
    expect((await conflictsOf(county)).map(({ rule }) => rule)).toEqual(['K10', 'K10']);
  });

  it('[K13] the county hands its places to the door: an old or unknown code is taken and shown', async () => {
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
    for (const areaCode of [village, '230278299299' as never]) {
      const county = await judgedCounty(undefined, areas);
      const { results } = await county.push([sent('case.drafted', { areaCode })]);
      expect(results[0]).toMatchObject({ s: 'stored', rule: 'K13' });
      expect((await conflictsOf(county)).map(({ rule }) => rule)).toEqual(['K13']);
      expect((await county.file()).head.areaCode).toBe(areaCode);
    }
    const today = await judgedCounty();
    const { results } = await today.push([sent('case.drafted')]);
    expect(results[0]).not.toHaveProperty('rule');
  });

  it('[K17] a case sealed meanwhile takes the words, and the tablet is told to let go of it', async () => {
    const county = await judgedCounty();
    await county.lay(REGISTERED);
    const first = await county.push([]);
    await county.lay([...REGISTERED, ['case.sealed', {}, { by: 'O' }]]);
    const { results, feed } = await county.push([sent('visit.recorded')], {
      cursor: first.feed.cursor,
    });
    expect(results[0]).toMatchObject({ s: 'stored', rule: 'K17' });
    expect((await county.file()).visits).toHaveLength(1);
    expect(feed.rows).toMatchObject([{ k: 'leave', caseId: STORY, reason: 'SEALED' }]);
  });

  it('[K23] a type of another build is kept raw beside a line, the next event flows', async () => {
    const county = await judgedCounty();
    await county.lay(TAKEN);
    const strange: Sent = { type: 'case.from_the_future', change: { words: '后来的话' } };
    const { results } = await county.push([strange, sent('visit.recorded')]);
    expect(results).toMatchObject([{ s: 'stored' }, { s: 'stored' }]);
    expect(county.aside()[0]?.raw).toContain('后来的话');
    expect(typesOf(county).slice(-3)).toEqual([
      ...['event.quarantined', 'case.from_the_future', 'visit.recorded'],
    ]);
    expect((await county.file()).unread).toEqual([results[0]?.id]);
    const newer = await county.push([sent('visit.recorded', { weather: '大雨' } as never)], {
      from: 3,
    });
    expect(newer.results[0]?.s).toBe('stored');
    expect(county.log().at(-1)?.payload).toMatchObject({ weather: '大雨' });
  });
});

describe('a merged child', () => {
  async function merged(): Promise<JudgedCounty> {
    const county = await judgedCounty();
    await county.lay(REGISTERED, MASTER);
    await county.lay([...REGISTERED, ['case.merged', { masterCaseId: MASTER }]]);
    return county;
  }

  it('[K04] what comes to it is copied to its master, once, in the same commit', async () => {
    const county = await merged();
    const before = county.log(MASTER).length;
    const visit = sent('visit.recorded');
    const { results, head } = await county.push([visit]);
    expect(results[0]).toMatchObject({ s: 'stored', rule: 'K04' });
    const copies = county.log(MASTER).slice(before);
    expect(copies).toMatchObject([
      {
        type: 'case.supplemented',
        payload: { mirrorOf: { caseId: STORY, eventId: results[0]?.id, type: 'visit.recorded' } },
      },
    ]);
    expect(copies[0]?.seq).toBeLessThanOrEqual(head);
    expect((await county.file(MASTER)).supplements).toHaveLength(1);
    expect((await county.file()).visits).toHaveLength(1);
    await county.push([visit]);
    expect(county.log(MASTER)).toHaveLength(before + 1);
  });

  it('[K04] a master that was merged itself passes it on; a ring ends', async () => {
    const county = await merged();
    const top = caseId('top');
    await county.lay(REGISTERED, top);
    await county.lay([...REGISTERED, ['case.merged', { masterCaseId: top }]], MASTER);
    await county.push([sent('visit.recorded')]);
    expect(county.log(top).at(-1)?.payload).toMatchObject({ mirrorOf: { caseId: STORY } });
    expect(typesOf(county, MASTER).at(-1)).toBe('case.merged');
    await county.lay([...REGISTERED, ['case.merged', { masterCaseId: STORY }]], top);
    const rows = county.log(top).length;
    const { results } = await county.push([sent('visit.recorded')], { from: 2 });
    expect(results[0]?.s).toBe('stored');
    expect(county.log(top)).toHaveLength(rows);
  });

  it('[K04] what the county itself adds is not copied', async () => {
    const county = await merged();
    const before = county.log(MASTER).length;
    await county.push([sent('urgent.reported'), sent('visit.recorded')]);
    const copied = county.log(MASTER).slice(before);
    expect(
      copied.map((row) => (row.payload as { mirrorOf: { type: string } }).mirrorOf.type),
    ).toEqual(['urgent.reported', 'visit.recorded']);
  });
});

it('[K27] a read-back that matches is no conflict', async () => {
  const county = await judgedCounty();
  await county.lay(DRAFTED.slice(0, 2));
  const words = sent('dictation.recorded', {}, { id: 'e-words' });
  const covers = [eventId('words')];
  const { results } = await county.push([words, sent('dictation.readback_confirmed', { covers })]);
  expect(results.map((r) => r.s === 'stored' && r.rule)).toEqual([undefined, undefined]);
  expect((await county.file()).readbacks[0]?.state).not.toBe('MISMATCH');
  expect(at('2026-06-20T00:00:00Z') < (county.log().at(-1)?.receivedAt ?? '')).toBe(true);
});
