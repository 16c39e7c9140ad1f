import { describe, expect, it } from 'vitest';
import { hazardCounts, isHazardStream } from './hazard.ts';
import { untilSentence } from './plain-words.ts';
import { publicView } from './public-view.ts';
import { day } from './testing/ids.ts';
import { BY_STATUS, CLOSED, EXAMPLES, fileOf, TRANSFERRED } from './testing/story.ts';

const due = { on: day('2026-08-20'), provisional: false };
/** Words that stand in the examples and may never leave by the query code. */
const SECRETS = [
  '周桂芹',
  '老于',
  '王春生',
  '牛粪',
  '粪堆',
  '230278195703120225',
  '没地儿搁',
  '刘工',
  '水务',
  '县局登记员',
  'SWJ',
  '清运',
  'A01',
  EXAMPLES['case.registered'].caseNo,
];

describe('what a query code shows', () => {
  it.each(Object.entries(BY_STATUS))('[PV1] no name, matter or unit in %s', (_status, lines) => {
    const text = JSON.stringify(
      publicView(fileOf(...lines, ['visit.recorded'], ['notice.told']), due),
    );
    for (const secret of SECRETS) expect(text, secret).not.toContain(secret);
    expect(text.length).toBeGreaterThan(40);
  });
  it('[PV2] a sealed case says one sentence and nothing else, in every status', () => {
    for (const lines of Object.values(BY_STATUS)) {
      expect(publicView(fileOf(...lines, ['case.sealed']), due)).toEqual({
        sentence: '已收到，按规定办理',
        until: '',
        steps: [],
        ended: false,
      });
    }
  });
  it('[PV3] the plain sentence, the day, and the steps that the county holds', () => {
    const view = publicView(fileOf(...TRANSFERRED, ['case.supplemented', {}, { got: null }]), due);
    expect(view.sentence).toBe('转给管这事的单位了');
    expect(view.until).toBe('8月20日之前给您信儿');
    expect(view.steps.map((s) => s.sentence)).toEqual([
      '代理员接下了',
      '县里收到了',
      '县里登记上了，有号了',
      '转给管这事的单位了',
    ]);
    expect(publicView(fileOf(...CLOSED), { on: null, provisional: false })).toMatchObject({
      sentence: '办完了',
      until: '',
      ended: true,
    });
    expect(untilSentence('2027-01-08', true)).toBe('1月8日之前给您信儿（以县局为准）');
  });
});

describe('隐患', () => {
  it('[ST22] is a stream of its own; the newest report is its state and it counts once', () => {
    const open = fileOf(['hazard.reported', { toCase: undefined }]);
    const solved = fileOf(
      ['hazard.reported', { toCase: undefined }],
      ['hazard.reported', { status: 'RESOLVED', toCase: undefined }],
    );
    const taken = fileOf(['hazard.reported']);
    expect([open, solved, taken].every(isHazardStream)).toBe(true);
    expect(open.status).toBe('NONE');
    expect(hazardCounts([open, solved, taken, fileOf(...CLOSED)])).toEqual({
      found: 3,
      resolved: 1,
      toCase: 1,
    });
  });
});
