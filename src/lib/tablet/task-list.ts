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

/** Files that the county waited for in vain and that do not wait here for signal (K12). */
const filesGone = ({ facts, row }: Findable, now: string): number =>
  (facts.waits ?? []).filter((end) => Date.parse(end) <= Date.parse(now)).length - row.unsentMedia;

/** 重拍或说明: one for all such files of a case. */
function reshoot(f: Findable, now: string): Task[] {
  const files = filesGone(f, now);
  if (files <= 0) return [];
  const { row } = f;
  const id = `RESHOOT/${row.caseId}`;
  const rest = { text: '', cause: 'attachment.added', dueOn: null } as const;
  return [{ id, kind: 'RESHOOT', row, files, light: row.light.level, ...rest }];
}

/** Two versions of one intake are one choice, however many lines differ. */
const onceChosen = (tasks: readonly FactTask[]): readonly FactTask[] =>
  tasks.filter((t, i) => t.kind !== 'CHOOSE' || tasks.findIndex((o) => o.kind === t.kind) === i);

/** 该办的事 of all cases: what burns first on top; promises far away wait. */
export function taskList(all: readonly Findable[], now: string): Task[] {
  return all
    .flatMap((f) => [
      ...onceChosen(f.facts.tasks)
        .filter(
          (t) => t.kind !== 'PROMISE' || !t.dueOn || daysLeft(t.dueOn, now) <= PROMISE_AHEAD_DAYS,
        )
        .map((t): Task => ({ ...t, row: f.row, light: levelOf(t, f, now) })),
      ...reshoot(f, now),
    ])
    .sort((a, b) => ORDER.indexOf(a.light) - ORDER.indexOf(b.light));
}
