import { describe, expect, it } from 'vitest';
import type { Task } from '$lib/tablet/workspace-types';
import { caseWords } from '$lib/ui/messages/case';
import { homeWords } from '$lib/ui/messages/home';
import { shellWords } from '$lib/ui/messages/shell';
import { statusWords } from '$lib/ui/messages/status';
import type { CaseRow } from '$lib/tablet/workspace-types';
import { manifestWords, sentenceOf, toTellAtHome, whatOf, whoOf } from './list.ts';

const task = (caseId: string, kind: Task['kind'], hasPhone = false): Task =>
  ({ id: `${caseId}-${kind}`, kind, row: { caseId, hasPhone } }) as unknown as Task;

describe('whom to tell at home', () => {
  it('[UI18] names a person once per case, with the paper when there is one', () => {
    const tasks = [task('a', 'TELL'), task('a', 'DELIVER'), task('b', 'TELL')];
    expect(toTellAtHome(tasks).map((t) => t.id)).toEqual(['a-DELIVER', 'b-TELL']);
  });

  it('[UI18] leaves out who has a telephone and what is no news', () => {
    expect(toTellAtHome([task('a', 'TELL', true), task('b', 'PROMISE')])).toEqual([]);
  });
});

describe('what of the files is at the county', () => {
  const none = { total: 0, here: 0 };
  const counted = (photos = none, recordings = none, others = none) => ({
    ...{ photos, recordings, others },
  });
  const said = (...files: Parameters<typeof counted>) =>
    manifestWords(counted(...files), caseWords['zh-CN'].manifest);

  it('[MD30] is said by kind, how many came of how many, and nothing where there are none', () => {
    expect(said({ total: 3, here: 2 })).toBe('3 张照片到了 2 张');
    expect(said({ total: 3, here: 3 }, { total: 1, here: 0 })).toBe(
      '3 张照片都到县里了 · 1 段录音到了 0 段',
    );
    expect(said(none, none, { total: 2, here: 1 })).toBe('2 份签名手印到了 1 份');
    expect(said(none)).toBe('');
    expect(manifestWords(counted({ total: 3, here: 2 }), caseWords.en.manifest)).toBe(
      '2 of 3 photos at the county',
    );
  });
});

describe('a case that went away sealed', () => {
  const speech = {
    ...{ lang: 'zh-CN', now: '2026-06-08T03:00:00Z' },
    ...{ shell: shellWords['zh-CN'], home: homeWords['zh-CN'], status: statusWords['zh-CN'] },
  } as Parameters<typeof whoOf>[1];
  const rowOf = (county: 'none' | 'part' | 'done', more: Partial<CaseRow> = {}): CaseRow =>
    ({
      ...{ away: true, flags: ['SEALED'], petitioner: '', place: '', matter: '' },
      ...{ temporaryNumber: '临-230278200201-A01-B-0007', takenAt: '2026-06-08T01:00:00Z' },
      ...{ status: 'SUBMITTED', unsentEvents: 0, refusedEvents: 0, unsentMedia: 0 },
      ticks: { saved: 'done', county, backup: 'none', receipt: 'none' },
      ...more,
    }) as unknown as CaseRow;

  it('[UI80] is a line with the number of the slip and where it stands, and nothing else', () => {
    expect(whoOf(rowOf('done'), speech)).toMatch(/^已封存上送 · 线索 0007 · /);
    expect(sentenceOf(rowOf('none'), speech)).toBe('封好了，还没送到县里，一有网自己送');
    expect(sentenceOf(rowOf('done'), speech)).toBe('已收到，按规定办理');
  });

  it('[UI110] says nothing of sent or received before the county has it, sealed here or not', () => {
    for (const county of ['none', 'part'] as const) {
      expect(whoOf(rowOf(county), speech)).toMatch(/^已封存 · 线索 0007 · /);
      expect(sentenceOf(rowOf(county), speech)).not.toContain('已收到');
    }
    expect(sentenceOf(rowOf('part'), speech)).toBe(
      '封好了，有的到县里了，有的还没到，一有网自己送',
    );
    // One that no key of the county has sealed here goes as it is: the same truth for it.
    const open = { away: undefined, unsentEvents: 1 };
    expect(sentenceOf(rowOf('none', open), speech)).toBe('还在代理员机器里，有网就报上去');
    expect(sentenceOf(rowOf('part', open), speech)).toBe('已收到，按规定办理。补的 1 条还在机器里');
    for (const away of [true, undefined])
      expect(sentenceOf(rowOf('part', { away, refusedEvents: 2 } as object), speech)).toBe(
        '有 2 条县里没收下，东西没丢',
      );
  });
});

describe.each(['zh-CN', 'en'] as const)('rows that are no case yet, or none, %s', (lang) => {
  const home = homeWords[lang];
  const speech = {
    ...{ lang, now: '2026-06-08T03:00:00Z', home },
    ...{ shell: shellWords[lang], status: statusWords[lang] },
  } as Parameters<typeof whoOf>[1];
  const rowOf = (more: object): CaseRow =>
    ({
      ...{ kind: 'case', status: 'DRAFT', flags: [], petitioner: '', place: '', matter: '' },
      ...{ temporaryNumber: '', takenAt: '2026-06-08T01:00:00Z', petitionerCount: 0 },
      ...{ unsentEvents: 0, refusedEvents: 0, unsentMedia: 0 },
      ticks: { saved: 'done', county: 'done', backup: 'none', receipt: 'none' },
      ...more,
    }) as unknown as CaseRow;

  it('[UI161] what was only reported ahead is called neither sealed nor taken nor nameless', () => {
    const ahead = rowOf({});
    expect(whatOf(ahead, speech)).toBe(home.ahead);
    expect(whoOf(ahead, speech)).not.toContain(home.anonymous);
    expect(whoOf(ahead, speech)).not.toContain(home.takenOn('').trim());
    expect(whatOf(rowOf({ flags: ['SEALED'] }), speech)).toBe(home.sealed);
    expect(whatOf(rowOf({ matter: '路不平' }), speech)).toBe('路不平');
  });

  it('[UI161] a hazard that the county has shows no code', () => {
    const hazard = rowOf({ kind: 'hazard', status: 'NONE' });
    expect(whatOf(hazard, speech)).toBe(home.hazardRow);
    expect(sentenceOf(hazard, speech)).toBe(home.hazardSent);
  });
});
