import { describe, expect, it } from 'vitest';
import type { Task } from '$lib/tablet/workspace-types';
import { toTellAtHome } from './list.ts';

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
