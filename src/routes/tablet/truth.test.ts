import { describe, expect, it } from 'vitest';
import type { WaitReason, Workspace } from '$lib/tablet/workspace-types';
import { sendingZh } from '$lib/ui/messages/sending.zh-CN';
import { shellZh } from '$lib/ui/messages/shell.zh-CN';
import { truthOf } from './truth.ts';

const now = '2026-06-08T09:45:00Z';
const idle = {
  phase: 'idle',
  unsentCases: 0,
  reason: null,
  allSent: null,
  nearestDue: null,
  mediaProgress: null,
  proving: false,
  doubt: null,
};
const strip = (sync: object, over: object = {}) =>
  truthOf(
    {
      sync: { ...idle, ...sync },
      rows: [],
      now,
      signInNeeded: false,
      ...over,
    } as unknown as Workspace,
    shellZh,
    'zh-CN',
  );
const proved = { at: '2026-06-08T09:42:00Z', sentHere: true };
const row = { ticks: { county: 'none' }, light: { clock: 'C0', level: 'late' } };

describe('the strip on top', () => {
  it('[UI9] is quiet only on the county’s own proof, and says its time', () => {
    const said = strip({ allSent: { ...proved, cases: 12 } }, { rows: [row] });
    expect([said.tone, said.title]).toEqual(['quiet', '12 件都已送达县里 · 17:42']);
  });

  it('[UI75] a tablet that has sent nothing does not call the county’s cases sent', () => {
    const fed = { allSent: { ...proved, cases: 7, sentHere: false } };
    const said = strip(fed, { rows: [row] });
    expect([said.tone, said.title]).toEqual(['quiet', '没有要送的 · 7 件在县里']);
  });

  it('[UI9] without that proof it is never quiet, not even when nothing seems unsent', () => {
    expect(strip({ unsentCases: 0 }, { rows: [row] }).tone).not.toBe('quiet');
    const said = strip({ unsentCases: 3, reason: 'NO_ANSWER' }, { rows: [{ ...row, light: {} }] });
    expect([said.tone, said.title]).toEqual(['unsent', '3 件还在机器里']);
    expect(said.note).toBe('这会儿连不上县里。连上了自己送，不用守着');
  });

  it('[UI90] tells no answer, another net and the county’s own trouble apart, and claims no signal away', () => {
    const some = { rows: [{ ...row, light: {} }] };
    const note = (reason: WaitReason) => strip({ unsentCases: 3, reason }, some).note;
    const { offline, foreign, county } = shellZh.truth;
    expect([note('NO_ANSWER'), note('NOT_THE_COUNTY')]).toEqual([offline, foreign]);
    for (const reason of ['COUNTY_BUSY', 'COUNTY_FAULT', 'COUNTY_FULL'] as const)
      expect(note(reason)).toBe(county);
    for (const words of [offline, foreign, county, ...Object.values(sendingZh.reasons)])
      expect(words).not.toMatch(/没信号/);
  });

  it('[UI9] while the proof is made, and when it does not hold, it says so and is not quiet', () => {
    const some = { rows: [{ ...row, light: {} }] };
    const proving = strip({ proving: true }, some);
    expect([proving.tone, proving.title]).toEqual(['unsent', '正在跟县里的回执对一遍']);
    const doubt = strip({ doubt: 'COUNTY_LACKS' }, some);
    expect([doubt.tone, doubt.title]).toEqual(['unsent', '还没跟县里对上']);
    expect(doubt.note).toContain('收齐了没有');
  });

  it('[SY50] asks for an update in plain words, and never says that sending stopped', () => {
    const sent = { allSent: { ...proved, cases: 2 }, outdated: true };
    expect(strip(sent, { rows: [row] }).note).toBe('要更新程序，存的照样能送');
    const waiting = { rows: [{ ...row, light: {} }] };
    const said = strip({ unsentCases: 1, outdated: true }, waiting);
    expect([said.title, said.note]).toEqual(['1 件还在机器里', '要更新程序，存的照样能送']);
  });

  it('[UI9] names the nearest deadline, and turns red when a 24 h limit has passed', () => {
    const near = { nearestDue: { caseId: 'c', dueAt: '2026-06-09T01:30:00Z' } };
    const waiting = { rows: [{ ...row, light: { clock: 'C0', level: 'ok' } }] };
    expect(strip({ unsentCases: 1, ...near }, waiting).note).toContain('明天 09:30 前要送到县里');
    expect(strip({ unsentCases: 1, ...near }, { rows: [row] }).tone).toBe('late');
  });
});
