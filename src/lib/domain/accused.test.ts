import { describe, expect, it } from 'vitest';
import { foldName, isNamed, isUnitMeant, isWritten, mayMean, type Accused } from './accused.ts';
import departments from './data/departments.json' with { type: 'json' };
import { wordsOfUnit } from './unit-words.ts';

const said = (name: string, rest: Partial<Accused> = {}): Accused => ({
  ...{ name, level: 'NONE', areaCode: '230278200201', unitId: '' },
  ...rest,
});

describe('who is meant', () => {
  it.each([
    ...['宋严', '宋 严', '宋　严', '宋·严', '信访局的宋严主任', '（宋严）', '宋嚴', '宋\u200b严'],
    ...['就是那个宋严，还有他小舅子', '姓宋的，叫宋严'],
  ])('[AU350] the whole name stands in %s', (words) => {
    expect(isNamed(said(words), '宋严')).toBe(true);
    expect(isNamed(said(words), '唐谨')).toBe(false);
  });

  it('[AU350] an empty respondent means nobody, and a name of one letter is no name', () => {
    expect(isNamed(said(''), '宋严')).toBe(false);
    expect(mayMean(said(''), '宋严', true)).toBe(false);
    expect(isNamed(said('宋严'), '严')).toBe(false);
  });

  it.each([
    ['宋主任', true, false],
    ['老宋', true, false],
    ['信访局姓宋的', true, false],
    ['宋科长跟唐谨', true, false],
    ['信访局', false, false],
    ['主任', false, false],
    ['东院老于家', false, false],
  ])('[AU351] a surname with an office: %s', (words, guarded, plain) => {
    expect(mayMean(said(words), '宋严', true)).toBe(guarded);
    expect(mayMean(said(words), '宋严', false)).toBe(plain);
  });

  it.each([
    ...['宋专员', '信访局宋主任收我的钱', '宋主任啊', '就是宋主任', '宋主任(女)', '接访室宋主任'],
    ...['信访办那个姓宋的女主任', '宋某某', '宋大姐', '宋调研员', '严主任', '宋某严'],
  ])('[AU363] %s may mean 宋严 where the case is guarded, and not his colleague', (words) => {
    expect(mayMean(said(words), '宋严', true)).toBe(true);
    expect(mayMean(said(words), '唐谨', true)).toBe(false);
    expect(mayMean(said(words, { level: 'VILLAGE' }), '宋严', true)).toBe(false);
  });

  it('[AU363] letters of an office are no surname, and a post is no person', () => {
    expect(mayMean(said('信访局主任'), '任远', true)).toBe(false);
    expect(mayMean(said('任主任'), '任远', true)).toBe(true);
    expect(mayMean(said('县里的人'), '县水务局经办', true)).toBe(false);
    expect(mayMean(said('县水利局的人'), '同名人', true)).toBe(false);
  });

  it('[AU364] the whole name is found in the texts of the case in any spelling, a part is not', () => {
    const texts = ['机井修了三回', '告的就是县信访局的 宋 嚴'];
    expect(isWritten(said('', { texts }), '宋严')).toBe(true);
    expect(isWritten(said('', { texts: ['宋主任'] }), '宋严')).toBe(false);
    expect(isWritten(said('宋严'), '宋严')).toBe(false);
  });

  it('[AU351] a part of the name is enough, a surname among village cadres is not', () => {
    expect(mayMean(said('春生'), '王春生', false)).toBe(true);
    expect(mayMean(said('宋会计', { level: 'VILLAGE' }), '宋严', true)).toBe(false);
    expect(isNamed(said('宋严会计', { level: 'VILLAGE' }), '宋严')).toBe(true);
    expect(mayMean(said('水务局'), '县水务局经办', true)).toBe(false);
  });
});

describe('which unit is meant', () => {
  it.each([
    ...[
      '县水务局',
      '水务局',
      '水利局',
      '水务上的人',
      '北禾縣水務局',
      '县 水 利 局',
      '水务局的刘科长',
    ],
  ])('[AU352] 水务局 is meant by %s', (words) => {
    expect(isUnitMeant(said(words), 'SWJ')).toBe(true);
    expect(isUnitMeant(said(words), 'MZJ')).toBe(false);
  });

  it("[AU352] the township by its name and, in its own villages, by 乡政府; the office's answer counts first", () => {
    expect(isUnitMeant(said('河沿乡政府'), '230278200000')).toBe(true);
    expect(isUnitMeant(said('乡政府的人'), '230278200000')).toBe(true);
    expect(isUnitMeant(said('乡政府的人'), '230278201000')).toBe(false);
    expect(isUnitMeant(said('', { unitId: 'SWJ' }), 'SWJ')).toBe(true);
    expect(isUnitMeant(said('水务局', { unitsSettled: true }), 'SWJ')).toBe(false);
    expect(isUnitMeant(said('东院老于家'), 'SWJ')).toBe(false);
  });

  it('[AU352] every unit of the county is known by words of its own', () => {
    for (const { id, name } of departments.departments) {
      const own = wordsOfUnit(id);
      expect(own.length, name).toBeGreaterThan(0);
      expect(isUnitMeant(said(foldName(name)), id), name).toBe(true);
    }
  });
});
