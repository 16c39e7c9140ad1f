/**
 * 查询页: the redacted projection that a query code may show. No names, no matter, no words of
 * anybody; a sealed case says one sentence and nothing else.
 */
import type { CaseFile, TimelineEntry } from './case-file.ts';
import { toLocalDate } from './calendar.ts';
import { markedAt } from './event-time.ts';
import type { EventType } from './events.ts';
import { SEALED_SENTENCE, untilSentence, villagerSentence } from './plain-words.ts';
import type { LocalDate } from './values.ts';

/** One line of what happened, in plain words. */
export interface PublicStep {
  readonly on: LocalDate;
  readonly sentence: string;
}

export interface PublicView {
  /** Plain sentence of where the case is. */
  readonly sentence: string;
  /** 几号之前给您信儿; empty when no limit runs. */
  readonly until: string;
  readonly steps: readonly PublicStep[];
  /** 已办结 and the like: nothing more is due. */
  readonly ended: boolean;
}

/** What the page adds from the clocks: the next live legal due day. */
export interface PublicDue {
  readonly on: LocalDate | null;
  readonly provisional: boolean;
}

/** Steps that are told, in the words of the villager; everything else stays inside. */
const TOLD: Readonly<Partial<Record<EventType, string>>> = {
  'case.taken': '代理员接下了',
  'case.received': '县里收到了',
  'case.returned': '县里让再补点材料',
  'case.supplemented': '补了材料',
  'case.registered': '县里登记上了，有号了',
  'case.transferred': '转给管这事的单位了',
  'case.assigned': '交给管这事的单位了，定了回话的日子',
  'objection.raised': '正在定到底谁管',
  'objection.overruled': '定了，还由原来的单位管',
  'objection.upheld': '要换个单位管',
  'case.accepted': '单位接了，正在办',
  'extension.approved': '办的时间延了，会告诉您为啥',
  'opinion.issued': '有结果了',
  'case.replied_directly': '有答复了',
  'delivery.recorded': '送到您手里了',
  'resolution.recorded': '现场处理了',
  'resolution.approved': '县里核过了，办完了',
  'resolution.rejected': '县里看了，还要再办',
  'case.closed': '办完了',
  'case.reopened': '又重新办了',
  'case.not_accepted': '这事不归信访办，告诉您该找谁',
  'case.no_more_accepted': '这事程序已走完',
  'case.diverted': '这事要走法律程序，已帮您转/指路',
  'case.merged': '跟另一件并成一件办',
  'case.unmerged': '又分开单独办',
  'withdrawal.requested': '记下您想撤回，县里会问您本人',
  'withdrawal.confirmed': '您自己撤回了',
  'withdrawal.refused': '县里觉得还该办，接着办',
  'review.requested': '申请复查了',
  'review.decided': '复查有结果了',
  'recheck.requested': '申请复核了',
  'recheck.decided': '复核有结果了',
  'hearing.scheduled': '安排听证',
  'commitment.fulfilled': '答应的事办到了',
  'commitment.breached': '答应的事还没办到，县里在看',
};

/** Served papers that may be named. */
const step = (line: TimelineEntry): PublicStep[] => {
  const sentence = TOLD[line.type];
  const told = line.effect === 'APPLIED' && line.seq !== null;
  return sentence && told ? [{ on: toLocalDate(dayOf(line)), sentence }] : [];
};

/** The villager's and agent's acts by when they happened, the office's by when they were made. */
const dayOf = (line: TimelineEntry) =>
  ['A', 'T', 'V'].includes(line.actor.code) ? line.occurredAt : markedAt(line);

/** Only what the county holds is told; `due` comes from the clocks. */
export function publicView(file: CaseFile, due: PublicDue): PublicView {
  if (file.sealed !== null || file.head.procedure === 'SEALED') {
    return { sentence: SEALED_SENTENCE, until: '', steps: [], ended: false };
  }
  const steps = file.timeline.flatMap(step);
  const ended = due.on === null && file.moments.endedAt !== null;
  return {
    sentence: villagerSentence(file),
    until: ended ? '' : untilSentence(due.on, due.provisional),
    steps: steps.toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0)),
    ended,
  };
}
