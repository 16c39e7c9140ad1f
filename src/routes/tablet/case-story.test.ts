import { describe, expect, it } from 'vitest';
import { at } from '$lib/domain/testing/ids';
import type { ClockView } from '$lib/tablet/workspace-types';
import { caseEn } from '$lib/ui/messages/case.en';
import { caseZh } from '$lib/ui/messages/case.zh-CN';
import { dueSentence, nextRow } from './case-story.ts';

const running = (code: string): ClockView => ({
  ...{ code, startedAt: at('2026-06-08T01:30:00Z'), dueAt: at('2026-06-24T15:59:59Z') },
  ...{ stoppedAt: null, outcome: 'RUNNING', provisional: false },
});
const told = ['C0', 'C1', 'C2', 'C4', 'C5', 'C7', 'C8', 'C10', 'C12', 'C14', 'C16', 'C99'];

describe('走到哪了', () => {
  it('[UI32] says what is to be done beside its day, and the day once', () => {
    expect(nextRow(running('C1'), caseZh, 'zh-CN')).toMatchObject({
      ...{ when: '最晚 6月24日', what: '告诉她归谁管', state: 'todo' },
    });
    for (const clock of told.map(running)) {
      expect(nextRow(clock, caseZh, 'zh-CN').what).not.toContain('6月24日');
      expect(nextRow(clock, caseEn, 'en').what).not.toContain('06-24');
      expect(dueSentence(clock, caseZh, 'zh-CN')).toContain('6月24日');
    }
  });

  it('[UI32] has words of its own for every clock that has a sentence', () => {
    expect(Object.keys(caseZh.todo)).toEqual(Object.keys(caseZh.due));
    expect(nextRow(running('C5'), caseZh, 'zh-CN').what).toBe(caseZh.todo.C4);
    expect(nextRow(running('C99'), caseZh, 'zh-CN').what).toBe(caseZh.todo.other);
  });
});
