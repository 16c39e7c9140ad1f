import { coarseDay } from './coarse-day.ts';
import type { FactTask } from './case-facts.ts';
import type { Findable } from './search.ts';
import type { LightLevel, Task } from './workspace-types.ts';

/** A promise shows among the tasks from here on. */
const PROMISE_AHEAD_DAYS = 7;

const daysLeft = (dueOn: string, now: string): number =>
  coarseDay(`${dueOn}T00:00:00+08:00`) - coarseDay(now);

function levelOf(task: FactTask, f: Findable, now: string): LightLevel {
  if (task.dueOn === null) return f.row.light.level;
  const left = daysLeft(task.dueOn, now);
  return left < 0 ? 'late' : left <= 1 ? 'soon' : 'ok';
}

const ORDER: readonly LightLevel[] = ['late', 'soon', 'ok', 'frozen', 'idle'];

/** 该办的事 of all cases: what burns first on top; promises far away wait. */
export function taskList(all: readonly Findable[], now: string): Task[] {
  return all
    .flatMap((f) =>
      f.facts.tasks
        .filter(
          (t) => t.kind !== 'PROMISE' || !t.dueOn || daysLeft(t.dueOn, now) <= PROMISE_AHEAD_DAYS,
        )
        .map((t) => ({ ...t, row: f.row, light: levelOf(t, f, now) })),
    )
    .sort((a, b) => ORDER.indexOf(a.light) - ORDER.indexOf(b.light));
}
