import { describe, expect, it } from 'vitest';
import { openChoices } from '$lib/domain/intake-choice';
import { at, sha } from '$lib/domain/testing/ids';
import { offer } from '$lib/domain/testing/offer';
import { EXAMPLES, fileOf, SUBMITTED } from '$lib/domain/testing/story';
import type { Sha256 } from '$lib/domain/values';
import type { AttachmentRef, CaseRow, MediaView, Task } from '$lib/tablet/workspace-types';
import { askWords } from '$lib/ui/messages/ask';
import { homeWords } from '$lib/ui/messages/home';
import { shellWords } from '$lib/ui/messages/shell';
import { statusWords } from '$lib/ui/messages/status';
import {
  answerEntries,
  goneFiles,
  mayShootAgain,
  NO_ANSWER,
} from './case/[id]/files/files-answer.ts';
import { choiceEntries, fieldName, valueWords, versionsOf } from './case/[id]/choice/versions.ts';
import { asksOf, askSentence, sentenceOf } from './list.ts';

const zh = askWords['zh-CN'];

describe('a file that never came', () => {
  const file = fileOf(...SUBMITTED, ['attachment.added', {}, { at: '2026-06-08T10:00:00Z' }]);
  const late = at('2026-06-15T10:00:00Z');
  const [gone] = goneFiles(file, [], late);
  const here = (change: Partial<MediaView> = {}): MediaView => ({
    ...{ sha256: gone!.sha256, kind: 'PHOTO', mime: 'image/jpeg', bytes: 9, caption: '' },
    ...{ sent: 0, here: true, fault: null, ...change },
  });
  const photo = (name: string): AttachmentRef =>
    ({
      sha256: sha(name),
      bytes: 7,
      mime: 'image/jpeg',
      kind: 'PHOTO',
      caption: '粪堆',
      capturedAt: late,
    }) as AttachmentRef;

  it('[UI25] is asked about after seven days, and not while it lies here and only wants signal', () => {
    expect(gone?.sha256).toBe(sha('b'));
    expect(goneFiles(file, [], at('2026-06-15T09:59:59Z'))).toEqual([]);
    expect(goneFiles(file, [here()], late)).toEqual([]);
    expect(goneFiles(file, [here({ fault: 'BROKEN_HERE' })], late)).toHaveLength(1);
    expect(mayShootAgain(gone!)).toBe(true);
    const voice = { ...gone!, payload: { ...gone!.payload, kind: 'audio' as const } };
    expect(mayShootAgain(voice)).toBe(false);
  });

  it('[UI26] a new photo or a word ends the asking, and the description of the old one stays', () => {
    const words = answerEntries([gone!], () => ({ photos: [], words: ' 机器掉井里了 ' }));
    expect(words).toEqual([
      {
        type: 'case.supplemented',
        payload: { text: ' 机器掉井里了 ', lostAttachments: [sha('b')] },
      },
    ]);
    const again = answerEntries([gone!], () => ({ photos: [photo('c')], words: '' }));
    expect(again.map(({ type }) => type)).toEqual(['attachment.added', 'case.supplemented']);
    expect(again[1]?.payload).toEqual({ attachments: [sha('c')], lostAttachments: [sha('b')] });
    const same = answerEntries([gone!], () => ({ photos: [photo('b')], words: '' }));
    expect(same[1]?.payload).toEqual({ attachments: [sha('b')] });
    expect(answerEntries([gone!], () => NO_ANSWER)).toEqual([]);
    const line = words[0]?.payload as { text: string; lostAttachments: Sha256[] };
    const after = offer(file, ['case.supplemented', line]).file;
    expect(goneFiles(after, [], at('2026-08-01T00:00:00Z'))).toEqual([]);
    expect(after.attachments).toHaveLength(1);
  });
});

describe('two versions of one intake', () => {
  const { head, petitioners, receipt } = EXAMPLES['case.taken'];
  const second = {
    ...{
      receipt,
      head: { ...head, placeText: '西头井沿', prior: { before: 'YES' as const, where: ['村'] } },
    },
    petitioners: [{ ...petitioners[0]!, phoneType: 'NEIGHBOUR' as const, phone: '13900000000' }],
  };
  const file = offer(fileOf(...SUBMITTED), ['case.taken', second, { id: 'again' }]).file;
  const speech = {
    lang: 'zh-CN' as const,
    words: zh.choice,
    areaName: (code: string) => code,
    sex: '1',
  };

  it('[UI27] stand side by side in words, each field once; what only one says is kept unasked', () => {
    const { asked, kept } = versionsOf(file);
    expect(asked.map(({ field }) => field).sort()).toEqual([
      ...['petitioners.0.phoneType', 'placeText', 'prior'],
    ]);
    expect(kept.map(({ field }) => field)).toEqual(['petitioners.0.phone']);
    const [place] = asked.filter(({ field }) => field === 'placeText');
    expect(fieldName('placeText', speech)).toBe('挨着谁家、哪条道');
    expect(fieldName('claims', speech)).toBe('他要的，一样一行');
    expect(valueWords('placeText', place?.to, speech)).toBe('西头井沿');
    expect(valueWords('petitioners.0.phoneType', 'NEIGHBOUR', speech)).toBe('邻居的');
    expect(valueWords('prior', second.head.prior, speech)).toBe('村里');
    expect(valueWords('claims', [{ text: '甲' }, { text: '乙' }], speech)).toBe('甲；乙');
    expect(valueWords('joint', undefined, speech)).toBe('没记');
    expect(valueWords('secret', true, speech)).toBe('是');
  });

  it('[UI28] every conflict gets its answer in one act, and neither version is thrown away', () => {
    const entries = choiceEntries(file, { placeText: 'SECOND', prior: 'FIRST' });
    expect(entries).toHaveLength(openChoices(file).length);
    const payload = entries[0]?.payload as object;
    const line = { text: undefined, changes: undefined, ...payload };
    const after = offer(file, ['case.supplemented', line]).file;
    expect(after.head).toMatchObject({ placeText: '西头井沿', prior: head.prior });
    expect(after.petitioners[0]).toMatchObject({ phone: '13900000000', phoneType: 'NONE' });
    expect(after.takings).toHaveLength(2);
    expect(versionsOf(after)).toEqual({ asked: [], kept: [] });
  });
});

describe('the card of a case', () => {
  const row = (change: Partial<CaseRow>): CaseRow =>
    ({
      ...{ caseId: 'a', status: 'SUBMITTED', flags: [], refusedEvents: 0, unsentEvents: 0 },
      ...{ unsentMedia: 0, ticks: { county: 'part' }, ...change },
    }) as unknown as CaseRow;
  const speech = {
    ...{ lang: 'zh-CN' as const, now: '2026-06-15T10:00:00Z', shell: shellWords['zh-CN'] },
    ...{ home: homeWords['zh-CN'], status: statusWords['zh-CN'] },
  };

  it('[UI29] says how many files are still here beside what else is', () => {
    const said = (change: Partial<CaseRow>): string => sentenceOf(row(change), speech);
    expect(said({ unsentMedia: 3 })).toMatch(/。3 个照片录音还在机器里$/);
    expect(said({ unsentEvents: 1, unsentMedia: 3 })).toMatch(
      /。补的 1 条还在机器里。3 个照片录音还在机器里$/,
    );
    expect(said({ refusedEvents: 1, unsentMedia: 2 })).toMatch(/没丢。2 个照片录音还在机器里$/);
    expect(said({})).not.toContain('机器里');
  });

  it('[UI25] [UI27] asks for what is missing and for the choice, per case', () => {
    const task = (kind: Task['kind'], files?: number): Task =>
      ({ id: kind, kind, row: { caseId: 'a' }, ...(files ? { files } : {}) }) as unknown as Task;
    const asks = asksOf([task('RESHOOT', 2), task('TELL'), task('CHOOSE')]).get('a') ?? [];
    expect(asks.map((ask) => askSentence(ask, zh))).toEqual([
      '2 个照片录音没到县里，得重拍或说明',
      '两台机器记的不一样，得选一选',
    ]);
  });
});
