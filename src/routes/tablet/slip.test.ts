import { describe, expect, it } from 'vitest';
import { ACCEPTED, CLOSED, fileOf, SUBMITTED, type Line } from '$lib/domain/testing/story';
import type { CaseView, ClockView } from '$lib/tablet/workspace-types';
import { caseZh } from '$lib/ui/messages/case.zh-CN';
import { homeZh } from '$lib/ui/messages/home.zh-CN';
import { receiptZh } from '$lib/ui/messages/receipt.zh-CN';
import { statusZh } from '$lib/ui/messages/status.zh-CN';
import { slipOf } from './case/[id]/receipt/slip-lines.ts';

const running = (code: string, dueAt: string): ClockView =>
  ({ code, dueAt, startedAt: dueAt, stoppedAt: null, outcome: 'RUNNING' }) as unknown as ClockView;

const slip = (lines: readonly Line[], clocks: readonly ClockView[]) => {
  const file = fileOf(...lines);
  const row = { ticks: { county: 'done' }, flags: [], status: file.status, caseNo: null };
  const numbers = { temporaryNumber: '临-1', queryCode: '482160375519' };
  const view = { file, clocks, row, numbers } as unknown as CaseView;
  const words = { words: receiptZh, home: homeZh, status: statusZh, due: caseZh };
  return slipOf(view, { ...words, agentName: '王春生', village: '新河村' });
};

describe('the slip she keeps', () => {
  it('[UI17] names the day that runs now', () => {
    const fresh = slip(SUBMITTED, [running('C1', '2026-06-24T15:59:59Z')]);
    expect(fresh.next).toBe('县里收到了，最晚 6月24日 告诉您归谁管');
    const later = slip(ACCEPTED, [running('C4', '2026-11-26T15:59:59Z')]);
    expect(later.next).toContain('11月26日');
    expect(later.next).not.toContain('归谁管');
  });

  it('[UI17] names none once nothing runs', () => {
    expect(slip(CLOSED, []).next).toBe('');
  });
});
