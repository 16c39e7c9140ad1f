import chineseDays from 'chinese-days';
import { describe, expect, it } from 'vitest';
import { addDays } from '../calendar.ts';
import type { LocalDate } from '../values.ts';
import { chineseNumber } from './chinese-number.ts';
import { daysSaid } from './day-said.ts';
import { landSaid, muOf, MU_PER_SHANG } from './land-said.ts';

const today = '2026-06-08' as LocalDate;

describe('what was said, and what it means', () => {
  it('[UI11] numbers are read as people say them', () => {
    const said = ['两', '十', '十二', '二十', '四十五', '一百零三', '15', '仨'];
    expect(said.map(chineseNumber)).toEqual([2, 10, 12, 20, 45, 103, 15, 3]);
    expect(['几', '百', '一二', ''].map(chineseNumber)).toEqual([null, null, null, null]);
  });

  it('[UI11] 垧 is found with its tenth, and told in 亩', () => {
    const found = landSaid(
      '我家三垧二，他家半垧，老于家2.5垧，开荒两垧半，还占我五条垄，三垧二没跑。',
    );
    expect(found).toEqual([
      { said: '三垧二', shangTenths: 32 },
      { said: '半垧', shangTenths: 5 },
      { said: '2.5垧', shangTenths: 25 },
      { said: '两垧半', shangTenths: 25 },
      { said: '五条垄', shangTenths: null },
    ]);
    expect(muOf(32, MU_PER_SHANG)).toBe('48');
    expect(muOf(5, MU_PER_SHANG)).toBe('7.5');
    expect(landSaid('几垧地，没量过；这垧地')).toEqual([]);
  });

  it('[UI11] a day of the old calendar is offered in the solar one, never after today', () => {
    expect(daysSaid('腊月初八那天，打春以后堆的', today)).toEqual([
      { said: '腊月初八', days: ['2026-01-26', '2025-01-07'] },
      { said: '打春', days: ['2026-02-04', '2025-02-03'] },
    ]);
    expect(daysSaid('闰六月初三', today)).toEqual([{ said: '闰六月初三', days: ['2025-07-27'] }]);
    expect(daysSaid('年三十', today)[0]?.days[0]).toBe('2026-02-16');
    expect(daysSaid('三月十五', today)[0]?.days).toContain('2026-03-15');
    expect(daysSaid('三月十五', today)[0]?.days).toContain('2026-05-01');
    expect(daysSaid('二月二十三日、三月五号', today)).toEqual([]);
    expect(daysSaid('昨天下了大雪，去年的事', today)).toEqual([]);
  });

  it('[UI11] the table of the old calendar is the almanac’s, day by day', () => {
    const months = '正二三四五六七八九十冬腊';
    let looked = 0;
    for (let day = '2023-01-22' as LocalDate; day < '2028-01-01'; day = addDays(day, 1)) {
      const { lunarMon, lunarDayCN, isLeap } = chineseDays.getLunarDate(day);
      const said = `${isLeap ? '闰' : ''}${months[lunarMon - 1] ?? ''}月${lunarDayCN}`;
      expect(daysSaid(said, day)[0]?.days[0], said).toBe(day);
      looked += 1;
    }
    expect(looked).toBeGreaterThan(1800);
    const terms = chineseDays.getSolarTerms('2023-01-01', '2027-12-31');
    const spoken = terms.filter((t) => daysSaid(t.name, '2027-12-31' as LocalDate).length > 0);
    for (const { name, date } of spoken)
      expect(daysSaid(name, date as LocalDate)[0]?.days[0]).toBe(date);
    expect(spoken.length).toBeGreaterThan(80);
  });
});
