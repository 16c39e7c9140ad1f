import type { WaitReason, Workspace } from '$lib/tablet/workspace-types';
import { clockTime, dayOf, when } from '$lib/ui/dates';
import type { Language } from '$lib/ui/language';
import type { ShellWords } from '$lib/ui/messages/shell.zh-CN';
import { clockDoubt, doubtWords } from './clock-doubt.ts';

/** What the strip on top says; `quiet` only on the county's own proof. */
export interface Truth {
  readonly tone: 'quiet' | 'unsent' | 'late';
  readonly title: string;
  readonly note: string;
  readonly go: string;
}

/** What keeps the tablet and the county apart, as far as the answer, or none, can tell. */
const WHY: Readonly<Partial<Record<WaitReason, 'offline' | 'foreign' | 'county'>>> = {
  ...{ NO_ANSWER: 'offline', NOT_THE_COUNTY: 'foreign' },
  ...{ COUNTY_BUSY: 'county', COUNTY_FAULT: 'county', COUNTY_FULL: 'county' },
};

/** The always-true strip: built from receipts, never from hopes. */
export function truthOf(w: Workspace, words: ShellWords, lang: Language): Truth {
  const { sync, now } = w;
  const t = words.truth;
  const doubt = clockDoubt(sync, now);
  const update = sync.outdated ? t.outdated : '';
  const clock = doubt ? doubtWords(doubt, words) : '';
  if (sync.allSent && sync.allSent.cases > 0) {
    const sameDay = dayOf(sync.allSent.at) === dayOf(now);
    const at = sameDay ? clockTime(sync.allSent.at) : when(sync.allSent.at, now, lang);
    const { cases, sentHere } = sync.allSent;
    const title = sentHere ? t.sent(cases, at) : t.onlyFed(cases);
    return { tone: 'quiet', title, note: clock || update, go: '' };
  }
  if (sync.unsentCases === 0 && w.rows.length === 0)
    return { tone: 'quiet', title: t.none, note: clock || t.noneNote, go: '' };
  if (sync.proving && !clock)
    return { tone: 'unsent', title: t.proving, note: t.provingNote, go: '' };
  if (sync.unsentCases === 0 && sync.doubt)
    return { tone: 'unsent', title: t.doubt, note: clock || t.doubts[sync.doubt], go: t.why };
  const title = t.unsent(sync.unsentCases);
  const go = t.look(sync.unsentCases);
  // A wrong clock makes nothing late; what it says of deadlines is not repeated.
  if (clock) return { tone: 'unsent', title, note: clock, go };
  const overdue = w.rows.filter(
    (r) => r.ticks.county !== 'done' && r.light.clock === 'C0' && r.light.level === 'late',
  ).length;
  const why = w.signInNeeded
    ? t.signIn
    : sync.phase === 'sending'
      ? t.sending(Math.floor((sync.mediaProgress ?? 0) * 100))
      : t[WHY[sync.reason ?? 'SENDING'] ?? 'waiting'];
  const near = sync.nearestDue ? t.nearest(when(sync.nearestDue.dueAt, now, lang)) : '';
  return {
    tone: overdue > 0 ? 'late' : 'unsent',
    title,
    note: overdue > 0 ? t.overdue(overdue) : [update || why, near].filter(Boolean).join('。'),
    go,
  };
}
