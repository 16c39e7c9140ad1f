import { describe, expect, it } from 'vitest';
import type { Task } from '$lib/tablet/workspace-types';
import { caseWords } from '$lib/ui/messages/case';
import { manifestWords, toTellAtHome } from './list.ts';

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
