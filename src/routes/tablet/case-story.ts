/** 案件: the story of a case in plain words, newest first for the agent. */
import { apart } from '$lib/domain/apart';
import type { CaseView, ClockView } from '$lib/tablet/workspace-types';
import { dayOf, monthDay, when } from '$lib/ui/dates';
import type { Language } from '$lib/ui/language';
import type { CaseWords } from '$lib/ui/messages/case.zh-CN';
import type { TimelineRow } from '$lib/ui/shapes';
import { mayRate } from './case-acts.ts';

/** Lines the agent need not see one by one: they belong to the act beside them. */
const quiet = new Set([
  'case.drafted',
  'attachment.added',
  'attachment.received',
  'clock.changed',
  'view.logged',
  'doc.generated',
  'commitment.due',
]);
/** Clocks whose day is told on the case; the others are the office's own. */
const told = new Set(['C0', 'C1', 'C2', 'C4', 'C5', 'C7', 'C8', 'C10', 'C12', 'C14', 'C16']);

/** What was recorded in its own words, where there are any: seen, measures, told, progress. */
function ownWords(view: CaseView): ReadonlyMap<string, string> {
  const { file } = view;
  const found = new Map<string, string>();
  const put = (id: string, text: string | null | undefined): void => {
    if (text) found.set(id, text);
  };
  for (const v of file.visits) put(v.mark.eventId, v.payload.seen);
  for (const m of file.mediations) put(m.mark.eventId, m.payload.agreement);
  for (const r of file.resolutions) put(r.mark.eventId, r.payload.measures);
  for (const s of file.supplements) put(s.mark.eventId, s.payload.text);
  for (const n of file.notices) put(n.mark.eventId, n.payload.what);
  for (const p of file.progress) put(p.mark.eventId, p.payload.plain);
  for (const r of file.returns) put(r.mark.eventId, r.payload.plain);
  for (const r of file.replies) put(r.mark.eventId, r.payload.plain);
  for (const h of file.handlings) put(h.opinion?.mark.eventId ?? '', h.opinion?.payload.plain);
  for (const d of file.deliveries) put(d.mark.eventId, d.payload.docKind);
  for (const q of file.quarantined) put(q.noted.mark.eventId, q.noted.payload.reason);
  return found;
}

const lineLength = 80;
const short = (text: string): string =>
  text.length > lineLength ? `${text.slice(0, lineLength)}……` : text;

/** The running clock that is told: the nearest day first. */
export const toldClock = (view: CaseView): ClockView | undefined =>
  view.clocks
    .filter((c) => c.outcome === 'RUNNING' && told.has(c.code))
    .toSorted((a, b) => a.dueAt.localeCompare(b.dueAt))[0];

const wordCode = ({ code }: ClockView): string => (code === 'C5' ? 'C4' : code);

/** 最晚 6月24日 告诉她归谁管. */
export function dueSentence(clock: ClockView, w: CaseWords, lang: Language): string {
  const words = w.due as Readonly<Record<string, ((day: string) => string) | undefined>>;
  return (words[wordCode(clock)] ?? w.due.other)(monthDay(dayOf(clock.dueAt), lang));
}

/** The line that is still to come: its day, and beside it what is to be done by then. */
export function nextRow(clock: ClockView, w: CaseWords, lang: Language): TimelineRow {
  const words = w.todo as Readonly<Record<string, string | undefined>>;
  return {
    key: 'next',
    when: w.latest(monthDay(dayOf(clock.dueAt), lang)),
    what: words[wordCode(clock)] ?? w.todo.other,
    where: '',
    state: 'todo',
  };
}

/** 走到哪了: what is still to come on top, then every event, newest first. */
export function storyOf(
  view: CaseView,
  world: { readonly now: string; readonly lang: Language; readonly words: CaseWords },
): readonly TimelineRow[] {
  const { words: w, lang, now } = world;
  const own = ownWords(view);
  const next = toldClock(view);
  const todo = next ? [nextRow(next, w, lang)] : [];
  // The county's own line before an unread entry says the same once more.
  const twice = new Set(view.file.opaque?.map(({ noted }) => noted.eventId));
  const past = view.file.timeline
    .filter((e) => !quiet.has(e.type) && !twice.has(e.eventId))
    // Newest on top; of one act's events, written in the same second, the last one stands on top.
    .toReversed()
    .toSorted((a, b) => b.occurredAt.slice(0, 19).localeCompare(a.occurredAt.slice(0, 19)))
    .map((e): TimelineRow => {
      const words = e.effect === 'UNKNOWN' ? w.unread : (w.events[e.type] ?? e.type);
      const said = own.get(e.eventId);
      const place = view.places[e.eventId] ?? 'county';
      return {
        key: e.eventId,
        when: when(e.occurredAt, now, lang),
        what: said ? `${words}：${apart(short(said))}` : words,
        where: w.places[place],
        state: place === 'tablet' || place === 'refused' ? 'unsent' : 'county',
      };
    });
  return [...todo, ...past];
}

export type FiveKey = 'take' | 'handle' | 'rate' | 'supervise' | 'judge';
export interface FiveStep {
  readonly key: FiveKey;
  readonly word: string;
  readonly note: string;
  readonly state: 'done' | 'now' | 'none';
}

const unitStatuses = new Set(['TRANSFERRED', 'OBJECTED', 'ACCEPTED', 'REVIEWING', 'RECHECKING']);
const answeredStatuses = new Set(['OPINION_ISSUED', 'DELIVERED', 'REVIEWED']);
const countyStatuses = new Set(['SUBMITTED', 'RETURNED', 'REGISTERED']);

function handlingNote(view: CaseView, w: CaseWords): string {
  const { status } = view.file;
  if (view.row.ticks.county === 'none') return w.five.handling.tablet;
  if (status === 'FIELD_RESOLVED') return w.five.handling.field;
  if (unitStatuses.has(status)) return w.five.handling.unit;
  if (answeredStatuses.has(status)) return w.five.handling.answered;
  return countyStatuses.has(status) || status === 'TAKEN'
    ? w.five.handling.county
    : w.five.handling.ended;
}

/** 投 办 评 督 判. Under 评 the agent sees only whether it was made, never what it says. */
export function fiveOf(
  view: CaseView,
  world: { readonly lang: Language; readonly words: CaseWords; readonly similar: number },
): readonly FiveStep[] {
  const { file } = view;
  const f = world.words.five;
  const ended =
    !countyStatuses.has(file.status) && handlingNote(view, world.words) === f.handling.ended;
  const rated = file.ratings.length > 0;
  const taken = file.moments.takenAt;
  return [
    {
      key: 'take',
      word: f.words.take,
      note: taken ? f.takenOn(monthDay(taken, world.lang)) : f.draft,
      state: 'done',
    },
    {
      key: 'handle',
      word: f.words.handle,
      note: handlingNote(view, world.words),
      state: ended ? 'done' : 'now',
    },
    {
      key: 'rate',
      word: f.words.rate,
      note: rated ? f.rated : mayRate(file) ? f.notRated : f.notYetRate,
      state: rated ? 'done' : ended ? 'now' : 'none',
    },
    {
      key: 'supervise',
      word: f.words.supervise,
      note: file.supervisions.length > 0 ? f.supervised(file.supervisions.length) : f.notSupervised,
      state: file.supervisions.length > 0 ? 'done' : 'none',
    },
    { key: 'judge', word: f.words.judge, note: f.similar(world.similar), state: 'none' },
  ];
}
