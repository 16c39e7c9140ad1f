import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readbackEn } from '$lib/ui/messages/readback.en';
import { readbackZh } from '$lib/ui/messages/readback.zh-CN';
import { wordsFor } from '$lib/ui/pronoun';
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
      '您以前找过对方。他们说：没地儿搁。',
      '您要的第一样：把粪堆清走。',
    ]);
  });

  it('[UI4] reads the place she gave, where she gave one', () => {
    const placed = { ...answers, placeText: ' 挨着老王家西墙 ' };
    const lines = readLines(placed, readbackZh);
    expect(lines.slice(3, 6).map(({ text, from }) => [from.kind, text])).toEqual([
      ['words', '窗户不敢开'],
      ['place', '这事在：挨着老王家西墙。'],
      ['prior', '您以前找过对方。他们说：没地儿搁。'],
    ]);
    expect(readLines(placed, readbackEn)[4]?.text).toBe('It is here: 挨着老王家西墙.');
    // Another place is another sentence: what was found right before does not count for it.
    const moved = readLines({ ...answers, placeText: '东头井沿' }, readbackZh);
    expect(moved[4]?.key).not.toBe(lines[4]?.key);
    const none = readLines({ ...answers, placeText: ' ' }, readbackZh);
    expect(none.some(({ from }) => from.kind === 'place')).toBe(false);
  });

  const aboutOf = (more: object) =>
    readLines({ ...answers, ...more }, readbackZh).filter(({ from }) => from.kind === 'about');

  it('[UI111] reads whom it is about and whether they may know, so that a wrong press is heard', () => {
    const unit = { respondentType: 'UNIT', respondentName: '县民政局' };
    const said = (more: object) => aboutOf(more).map(({ text }) => text);
    expect(said(unit)).toEqual(['您说的是县民政局。不告诉他们是您说的。']);
    expect(said({ ...unit, sensitive: ['audio', 'noUnit'] })).toEqual(said(unit));
    expect(said({ ...unit, sensitive: ['unit'] })).toEqual([
      '您说的是县民政局。您说了，能告诉他们是您说的。',
    ]);
    expect(said({ respondentType: 'VILLAGE', respondentName: '李支书' })).toEqual([
      '您说的是李支书，是村干部。不告诉他们是您说的。',
    ]);
    expect(said({ respondentType: 'COUNTY' })).toEqual(['您说的是县里干部。不告诉他们是您说的。']);
    // A neighbour is named; whether he is told was not asked.
    expect(said({ respondentType: 'PERSON', respondentName: '老于家' })).toEqual([
      '您说的是老于家。',
    ]);
    expect(said({ sensitive: ['unit'] })).toEqual(['您说了，能告诉单位是您说的。']);
    expect(said({})).toEqual([]);
    const his = readLines({ ...answers, ...unit }, wordsFor(readbackZh, '1'));
    expect(his.map(({ text }) => text)).toContain('您说的是县民政局。不告诉他们是您说的。');
    // What is pressed after it was read is another sentence, and stands unread.
    const keys = [unit, { ...unit, sensitive: ['unit'] }].map((one) => aboutOf(one)[0]?.key);
    expect(new Set(keys).size).toBe(2);
  });

  it('[UI111] of a sealed case says who reads it, and leads back to where it was answered', () => {
    const cadre = { conflict: 'CADRE', secret: true };
    const [line] = aboutOf(cadre);
    expect(line?.text).toBe(
      '您说这事牵扯村里乡里的干部。这一单封上送，只给县里专人看。不告诉他们是您说的。',
    );
    expect(line?.from).toEqual({ kind: 'about', question: 'notice' });
    const [named] = aboutOf({ ...cadre, respondentType: 'VILLAGE', respondentName: '李支书' });
    expect(named?.text).toMatch(/^您说的是李支书，是村干部。这一单封上送/);
    expect(named?.from).toEqual({ kind: 'about', question: 'where' });
    // Sealed: whatever was pressed, nobody outside the list learns it; an accusation is sealed too.
    expect(aboutOf({ ...cadre, sensitive: ['unit'] })[0]?.text).toBe(line?.text);
    const accuses = aboutOf({ respondentType: 'UNIT', kind: '检举控告' });
    expect(accuses[0]?.text).toMatch(/^您说的是一个单位，没说是哪个。这一单封上送.*不告诉/);
  });

  it('[UI112] reads nothing as said that nobody has asked yet', () => {
    const unasked = { ...answers, prior: undefined, phoneType: undefined };
    const texts = (of: object) => readLines(of as typeof answers, readbackZh).map((l) => l.text);
    expect(texts(unasked).slice(0, 2)).toEqual(['您是周桂芹，家在三屯。', '粪堆比墙高。']);
    expect(texts(unasked).join('')).not.toMatch(/以前|电话/);
    expect(texts({}).join('')).not.toMatch(/您是|以前/);
    expect(texts({ ...answers, prior: ['UNKNOWN'] })).toContain('以前找没找过，您说不清。');
  });

  it('[UI113] says whom she asked as people speak, and what they answered as it was written', () => {
    const prior = (chosen: readonly string[], priorWords: string) =>
      readLines({ ...answers, prior: chosen, priorWords }, readbackZh).at(-2)?.text;
    expect(prior(['村'], '说没钱')).toBe('您以前找过村里。他们说没钱。');
    expect(prior(['村', '市往上'], '没钱')).toBe('您以前找过村里、市里往上。他们说：没钱。');
    expect(prior(['对方'], '他就说没地儿搁！')).toBe('您以前找过对方。他就说没地儿搁！');
    expect(prior(['县'], '你说了不算。')).toBe('您以前找过县里。他们说：你说了不算。');
    expect(prior(['12345'], '')).toBe('您以前找过12345 热线。');
    // For a man the same words, and his own untouched.
    const man = wordsFor(readbackZh, '1');
    const his = { ...answers, prior: ['村'], priorWords: '说她家的事她管' };
    expect(readLines(his, man).at(-2)?.text).toBe('您以前找过村里。他们说她家的事她管。');
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
