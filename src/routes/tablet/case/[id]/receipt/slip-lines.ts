import { apart } from '$lib/domain/apart';
import type { CaseView } from '$lib/tablet/workspace-types';
import { addDays, dayOf, fullDate, groupCode, monthDay } from '$lib/ui/dates';
import type { CaseWords } from '$lib/ui/messages/case.zh-CN';
import type { HomeWords } from '$lib/ui/messages/home.zh-CN';
import type { ReceiptWords } from '$lib/ui/messages/receipt.zh-CN';
import { statusSentence } from '$lib/ui/messages/status';
import type { StatusWords } from '$lib/ui/messages/status.zh-CN';
import { dueSentence, toldClock } from '../../../case-story.ts';

/** What stands on the slip; always Chinese, it goes to the villager. */
export interface Slip {
  readonly number: string;
  readonly caseNo: string | null;
  readonly date: string;
  readonly agent: string;
  /** Never the other side's name; empty on a sealed case. */
  readonly matter: string;
  readonly code: string;
  readonly stage: string;
  /** Empty when no day runs any more. */
  readonly next: string;
}

const handInDays = 1;

/** The slip of a case: numbers, stage and next day in plain words. */
export function slipOf(
  view: CaseView,
  world: {
    readonly words: ReceiptWords;
    readonly home: HomeWords;
    readonly status: StatusWords;
    readonly due: CaseWords;
    readonly agentName: string;
    readonly village: string;
  },
): Slip {
  const { words: w } = world;
  const taken = view.file.moments.takenAt ?? view.row.takenAt;
  const received = view.file.moments.receivedAt;
  const sealed = view.file.sealed !== null || view.row.flags.includes('SEALED');
  const clock = toldClock(view);
  /** The day that runs now, the same that stands on the case; nothing once it is over. */
  function nextOf(): string {
    if (clock && received && clock.code !== 'C0') {
      if (clock.code === 'C1') return w.nextReceived(monthDay(dayOf(clock.dueAt), 'zh-CN'));
      return dueSentence(clock, world.due, 'zh-CN');
    }
    // Of what nobody here can read the ticks say where it is.
    if (received || (view.row.away && view.row.ticks.county === 'done')) return '';
    return w.next(monthDay(addDays(taken, handInDays), 'zh-CN'));
  }
  return {
    number: view.numbers.temporaryNumber,
    caseNo: view.row.caseNo,
    date: fullDate(taken, 'zh-CN'),
    agent: w.agentOf(apart(world.agentName), world.village),
    matter: sealed
      ? ''
      : (view.file.head.title ?? view.file.head.claims?.[0]?.text ?? w.matterNone),
    code: groupCode(view.numbers.queryCode),
    stage:
      view.row.ticks.county === 'none'
        ? world.home.unsentSentence
        : statusSentence(world.status, view.row.status),
    next: nextOf(),
  };
}
