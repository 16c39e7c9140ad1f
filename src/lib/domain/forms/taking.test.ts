import { describe, expect, it } from 'vitest';
import { EVENT_SCHEMAS, type EventType } from '../events.ts';
import type { Answers } from '../intake-form.ts';
import type { AreaCode, EventId, Instant, LocalDate, PersonId, Sha256 } from '../values.ts';
import { readbackOf, textKeyOf, type ReadbackAnswer, type WordsPiece } from './intake-answers.ts';
import { takingFrom, type TakingContext } from './taking.ts';

const sha = 'a'.repeat(64) as Sha256;
const village = '230278200201' as AreaCode;
const at = '2026-06-08T01:27:00Z' as Instant;
const context: TakingContext = {
  agent: { personId: 'A01' as PersonId, name: '王春生', areaCode: village },
  today: '2026-06-08' as LocalDate,
  noticeVersion: 'A4-1',
  startedAt: at,
  attachments: [],
  queryCode: '482160375519',
  urgentReported: false,
};
const piece: WordsPiece = {
  id: 'aaaaaaaaaaaaaaaaaaaaaa' as EventId,
  verbatim: '我家东院老于家那牛粪啊，从打春就堆在俺两家当间儿，眼瞅着比墙都高了。',
  tidy: '',
  audio: [],
  seconds: 0,
  gaps: [],
  startedAt: at,
  endedAt: at,
};
const answers: Answers = {
  consent: 'YES',
  name: '周桂芹',
  groupName: '三屯',
  idNo: '230278195703120225',
  phoneType: 'NONE',
  literacy: 'NONE',
  words: { pieces: [piece] },
  prior: ['对方'],
  priorWords: '他说没地儿搁',
  urgency: 'NORMAL',
  claims: ['把粪堆清走', '以后别再堆在井边'],
};
const signed = (over: Answers, readback: Partial<ReadbackAnswer> = {}): Answers => ({
  ...over,
  readback: {
    method: 'THUMB',
    at,
    by: '王春生',
    evidence: [sha],
    witness: { name: '李二', relation: '邻居' },
    ownWish: true,
    understood: true,
    changesAsked: [],
    textKey: textKeyOf(over),
    covers: [piece.id],
    ...readback,
  },
});
const typesOf = (a: Answers) => takingFrom(a, context).map((e) => e.type);
const payloadOf = (a: Answers, type: EventType) =>
  takingFrom(a, context).find((e) => e.type === type)?.payload as Record<string, unknown>;

describe('what stands beside her words', () => {
  const told = {
    ...answers,
    words: { pieces: [{ ...piece, verbatim: '打春那会儿占了我三垧二。' }] },
    happened: '腊月初八',
  };
  it('[UI11] meanings go with the piece they were said in, the words stay', () => {
    const said = {
      saidUnits: [
        { said: '三垧二', means: '48 亩' },
        { said: '五条垄', means: '' },
      ],
      saidDays: [{ said: '腊月初八', on: '2026-01-26' }],
    };
    expect(payloadOf(signed({ ...told, ...said }), 'dictation.recorded')).toMatchObject({
      verbatim: '打春那会儿占了我三垧二。',
      unitsSaid: [{ said: '三垧二', means: '48 亩' }],
      datesSaid: [{ said: '腊月初八', on: '2026-01-26' }],
    });
    const without = payloadOf(signed(told), 'dictation.recorded');
    expect(without).not.toHaveProperty('unitsSaid');
    expect(without).not.toHaveProperty('datesSaid');
  });

  it('[UI12] interpreter and guardian sign for themselves, or do not', () => {
    const people = {
      language: '朝鲜语',
      interpreter: { name: '金顺子', relation: '邻居', signature: sha },
      needs: ['cognitive'],
      guardian: { name: '周大力', relation: '儿子' },
    };
    const readback = payloadOf(signed({ ...answers, ...people }), 'dictation.readback_confirmed');
    expect(readback['interpreter']).toEqual(people.interpreter);
    expect(readback['guardian']).toEqual(people.guardian);
    expect(typesOf(signed({ ...answers, ...people }))).toContain('case.taken');
  });
});

describe('whether a unit may know who said it', () => {
  const told = (more: Answers) => {
    const { head } = payloadOf(signed({ ...answers, ...more }), 'case.taken') as {
      head: { identityToUnit?: boolean };
    };
    const consent = payloadOf(signed({ ...answers, ...more }), 'consent.recorded');
    expect(consent['identityToUnit']).toBe(head.identityToUnit);
    return head.identityToUnit;
  };
  it('[AU353] as she answered; without an answer no where it is about a unit or a cadre', () => {
    expect(told({})).toBeUndefined();
    expect(told({ respondentType: 'PERSON', respondentName: '于海' })).toBeUndefined();
    for (const respondentType of ['UNIT', 'VILLAGE', 'TOWNSHIP', 'COUNTY'])
      expect(told({ respondentType, respondentName: '水务局' }), respondentType).toBe(false);
    expect(told({ conflict: 'CADRE' })).toBe(false);
    expect(told({ kind: '检举控告' })).toBe(false);
    expect(told({ respondentType: 'UNIT', sensitive: ['unit'] })).toBe(true);
    expect(told({ sensitive: ['noUnit'] })).toBe(false);
    expect(told({ sensitive: ['unit', 'noUnit'] })).toBe(false);
    expect(told({ sensitive: ['unit'], secret: true })).toBe(false);
  });

  it('[UI147] a no that was filled in for her is marked in the consent, her own is not', () => {
    const asked = (more: Answers) =>
      payloadOf(signed({ ...answers, ...more }), 'consent.recorded')['identityAsked'];
    expect(asked({ respondentType: 'UNIT' })).toBe(false);
    expect(asked({ conflict: 'CADRE' })).toBe(false);
    expect(asked({ respondentType: 'UNIT', sensitive: ['noUnit'] })).toBeUndefined();
    expect(asked({ respondentType: 'UNIT', sensitive: ['unit'] })).toBeUndefined();
    expect(asked({})).toBeUndefined();
  });

  it('[AU353] a cadre of the county is a person with his level', () => {
    const head = payloadOf(signed({ ...answers, respondentType: 'COUNTY' }), 'case.taken')['head'];
    expect(head).toMatchObject({ respondent: { type: 'PERSON', level: 'COUNTY' } });
  });
});

describe('answers become one act', () => {
  it('[UI3] records consent, words, read-back, mandate, taking and submission in this order', () => {
    expect(typesOf(signed(answers))).toEqual([
      'consent.recorded',
      'dictation.recorded',
      'dictation.readback_confirmed',
      'mandate.granted',
      'case.taken',
      'case.submitted',
    ]);
  });

  it('[UI3] every payload is one the domain accepts', () => {
    const variants: Answers[] = [
      signed(answers),
      signed({ ...answers, secret: true }, { evidence: [] }),
      signed({ ...answers, kind: '检举控告', respondentType: 'VILLAGE', respondentName: '村长' }),
      signed({ ...answers, anonymous: true, name: undefined }),
      signed({ ...answers, urgency: 'LIFE', threatWords: '不想活了', needs: ['cognitive'] }),
      signed({ ...answers, language: '朝鲜语', interpreter: { name: '金顺子', relation: '' } }),
    ];
    for (const a of variants) {
      for (const entry of takingFrom(a, context)) {
        const parsed = EVENT_SCHEMAS[entry.type].safeParse(entry.payload);
        expect(parsed.success ? '' : `${entry.type} ${parsed.error.message}`).toBe('');
      }
    }
  });

  it('[UI4] the words come out as they went in, code point for code point', () => {
    const odd = `「土话」𠮷\u200b咋整\n两行\u3000全角 ${'啊'.repeat(300)}`;
    const a = signed({ ...answers, words: { pieces: [{ ...piece, verbatim: odd }] } });
    expect(payloadOf(a, 'dictation.recorded')['verbatim']).toBe(odd);
  });

  it('[UI4] a tidy text stands beside the verbatim and never in its place', () => {
    const words = { pieces: [{ ...piece, tidy: '邻居把牛粪堆在两家中间。' }] };
    const said = payloadOf(signed({ ...answers, words }), 'dictation.recorded');
    expect([said['verbatim'], said['tidy']]).toEqual([piece.verbatim, '邻居把牛粪堆在两家中间。']);
  });

  it('[UI4] a change after the read-back voids it', () => {
    const a = signed(answers);
    expect(readbackOf(a)).not.toBeNull();
    expect(readbackOf({ ...a, claims: ['别的'] })).toBeNull();
    const retold = { pieces: [{ ...piece, tidy: '改过的' }] };
    expect(readbackOf({ ...a, words: retold })).toBeNull();
  });

  it('[UI3] without a hand or a voice there is no mandate, and the taking says why', () => {
    const a = signed(answers, { evidence: [] });
    expect(typesOf(a)).not.toContain('mandate.granted');
    expect(payloadOf(a, 'case.taken')['mandateMissing']).toBe('本人明天补签');
    const nameless = signed({ ...answers, anonymous: true });
    expect(payloadOf(nameless, 'case.taken')['mandateMissing']).toBe('匿名');
  });

  it('[UI3] what nobody could say is named as a gap', () => {
    expect(payloadOf(signed(answers), 'case.submitted')['gaps']).toEqual([
      'title',
      'kind',
      'categoryL2',
    ]);
  });

  it('[UI3] secrecy and accusations are sealed, last of all', () => {
    expect(typesOf(signed({ ...answers, secret: true })).at(-1)).toBe('case.sealed');
    expect(typesOf(signed({ ...answers, kind: '检举控告' })).at(-1)).toBe('case.sealed');
    expect(typesOf(signed(answers))).not.toContain('case.sealed');
  });

  it('[UI115] of a sealed case no paper is told to the county: an accusation has only its number', () => {
    const howOf = (more: object) =>
      payloadOf(signed({ ...answers, ...more }), 'case.taken')['receipt'] as { how: string };
    expect(howOf({ kind: '检举控告' }).how).toBe('CODE_ONLY');
    expect(howOf({ secret: true }).how).toBe('CODE_ONLY');
    expect(howOf({}).how).toBe('PAPER');
  });

  it('[UI3] danger to life is reported once, with the exact words', () => {
    const a = signed({ ...answers, urgency: 'LIFE', threatWords: '说不想活了' });
    expect(payloadOf(a, 'urgent.reported')['words']).toBe('说不想活了');
    const reported = { ...context, urgentReported: true };
    expect(takingFrom(a, reported).map((e) => e.type)).not.toContain('urgent.reported');
  });
});
