import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readbackEn } from '$lib/ui/messages/readback.en';
import { readbackZh } from '$lib/ui/messages/readback.zh-CN';
import { coverage } from './coverage.ts';
import { readLines, replaceSentence, sentencesOf } from './readback-lines.ts';

const piece = (verbatim: string, tidy = '') => ({
  id: 'p1',
  verbatim,
  tidy,
  audio: [],
  seconds: 0,
  gaps: [],
  startedAt: '2026-06-08T01:00:00Z',
  endedAt: '2026-06-08T01:00:00Z',
});
const answers = {
  name: '周桂芹',
  groupName: '三屯',
  phoneType: 'NONE',
  prior: ['对方'],
  priorWords: '没地儿搁',
  words: { pieces: [piece('粪堆比墙高。一下雨就淌！窗户不敢开')] },
  claims: ['把粪堆清走'],
};

describe('读回', () => {
  it('[UI4] reads the person, every sentence, what was answered before, and every claim', () => {
    expect(readLines(answers, readbackZh).map((l) => l.text)).toEqual([
      '您是周桂芹，家在三屯，没有电话。',
      '粪堆比墙高。',
      '一下雨就淌！',
      '窗户不敢开',
      '您以前找过：对方。人家说：没地儿搁',
      '您要的第一样：把粪堆清走。',
    ]);
  });

  it('[UI4] reads the place she gave, where she gave one', () => {
    const placed = { ...answers, placeText: ' 挨着老王家西墙 ' };
    const lines = readLines(placed, readbackZh);
    expect(lines.slice(3, 6).map(({ text, from }) => [from.kind, text])).toEqual([
      ['words', '窗户不敢开'],
      ['place', '这事在：挨着老王家西墙。'],
      ['prior', '您以前找过：对方。人家说：没地儿搁'],
    ]);
    expect(readLines(placed, readbackEn)[4]?.text).toBe('It is here: 挨着老王家西墙.');
    // Another place is another sentence: what was found right before does not count for it.
    const moved = readLines({ ...answers, placeText: '东头井沿' }, readbackZh);
    expect(moved[4]?.key).not.toBe(lines[4]?.key);
    const none = readLines({ ...answers, placeText: ' ' }, readbackZh);
    expect(none.some(({ from }) => from.kind === 'place')).toBe(false);
  });

  it('[UI4] reads the tidy text where there is one, and plays what was only recorded', () => {
    const tidied = { ...answers, words: { pieces: [piece('原话。', '整理过的话。')] } };
    expect(readLines(tidied, readbackZh)[1]?.text).toBe('整理过的话。');
    const audio = { ...piece(''), audio: ['a'.repeat(64)], seconds: 178 };
    const recorded = { ...answers, words: { pieces: [audio] } };
    expect(readLines(recorded, readbackZh)[1]?.text).toBe('这一段是录音，02:58，放给她听');
  });

  it('[UI4] cutting into sentences loses and changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const kept = sentencesOf(text).join('');
        expect(kept.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('[UI4] a changed sentence replaces that one alone, even where two are alike', () => {
    expect(replaceSentence('好。好。好。', 1, '不好。')).toBe('好。不好。好。');
    expect(replaceSentence('一。\n二。', 1, '\n三。')).toContain('三。');
  });

  it('[UI5] the list of what was said is a hint from her words', () => {
    const heard = (text: string) => coverage(text).flatMap((c) => (c.heard ? [c.key] : []));
    expect(heard('打春就堆在俺两家当间儿，我跟他说过两回')).toEqual([
      'when',
      'where',
      'who',
      'prior',
    ]);
    expect(heard('')).toEqual([]);
  });
});
