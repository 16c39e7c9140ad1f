import { apart } from '$lib/domain/apart';
import type { MediaManifest } from '$lib/domain/media-manifest';
import { TERMINAL } from '$lib/domain/status';
import type { CaseFilter, CaseRow, DraftRow, Task, Workspace } from '$lib/tablet/workspace-types';
import { monthDay, timeLeft, when } from '$lib/ui/dates';
import type { Language } from '$lib/ui/language';
import type { AskWords } from '$lib/ui/messages/ask.zh-CN';
import type { CaseWords } from '$lib/ui/messages/case.zh-CN';
import type { HomeWords } from '$lib/ui/messages/home.zh-CN';
import type { ShellWords } from '$lib/ui/messages/shell.zh-CN';
import { statusSentence } from '$lib/ui/messages/status';
import type { StatusWords } from '$lib/ui/messages/status.zh-CN';
import type { LightShape } from '$lib/ui/shapes';

/** Filter chips of 我的单子; 没写完 shows the drafts. */
export type ListFilter = CaseFilter | 'DRAFT';

/** Rows drawn at once; more follow while scrolling. */
export const listWindow = 30;

interface Speech {
  readonly lang: Language;
  readonly now: string;
  readonly shell: ShellWords;
  readonly home: HomeWords;
  readonly status: StatusWords;
}

/** The shape that stands for a light; a finished case no longer runs. */
export const lightShape = (row: CaseRow): LightShape =>
  row.light.level === 'frozen' ? 'idle' : row.light.level;

/** What stands beside a light: shape, word, what is left. */
export function lightOf(
  row: CaseRow,
  s: Speech,
): { shape: LightShape; word: string; left: string } {
  const shape = lightShape(row);
  const over =
    row.light.level === 'frozen' ||
    (shape === 'idle' && (TERMINAL as readonly string[]).includes(row.status));
  const word = over ? s.shell.lights.ended : s.shell.lights[shape];
  return { shape, word, left: row.light.dueAt ? timeLeft(row.light.dueAt, s.now, s.lang) : '' };
}

/** The last part of the number that stands on the slip. */
export const tipNumber = ({ temporaryNumber }: Pick<CaseRow, 'temporaryNumber'>): string =>
  temporaryNumber.split('-').at(-1) ?? '';

/** What left before 接单: life at risk, 换个人记. It has no words and no name yet. */
const isAhead = (row: CaseRow): boolean =>
  row.kind === 'case' && row.status === 'DRAFT' && !row.flags.includes('SEALED');

/** The headline of a row; only a sealed case is called one. */
export function whatOf(row: CaseRow, { home }: Pick<Speech, 'home'>): string {
  if (row.matter) return row.matter;
  if (row.kind === 'hazard') return home.hazardRow;
  return isAhead(row) ? home.ahead : home.sealed;
}

/** 周桂芹 · 三屯 · 今天 09:30 接单. */
export function whoOf(row: CaseRow, s: Speech): string {
  const sealed = row.away
    ? s.home.away(tipNumber(row), row.ticks.county === 'done')
    : s.home.sealed;
  const name = row.flags.includes('SEALED')
    ? sealed
    : s.home.people(apart(row.petitioner || s.home.anonymous), row.petitionerCount);
  const at =
    monthDay(row.takenAt, s.lang) === monthDay(s.now, s.lang)
      ? when(row.takenAt, s.now, s.lang)
      : monthDay(row.takenAt, s.lang, s.now);
  // Nobody was asked for a name yet, and nothing was taken.
  if (isAhead(row))
    return [apart(row.petitioner), apart(row.place), at].filter(Boolean).join(' · ');
  return [name, apart(row.place), s.home.takenOn(at)].filter(Boolean).join(' · ');
}

/** Of a sealed case: 已收到 only once the county has it; what is still here is said, nothing else. */
function sealedSentence(row: CaseRow, { home }: Speech): string {
  const { county } = row.ticks;
  if (row.refusedEvents > 0) return home.refusedPart(row.refusedEvents);
  if (county === 'done') return home.sealedWhat;
  // What nobody can look into any more must at least say that it is still here.
  if (row.away) return county === 'none' ? home.awayWaits : home.awayPart;
  if (county === 'none') return home.unsentSentence;
  return [
    ...(row.unsentEvents > 0 ? [home.unsentEvents(row.unsentEvents)] : []),
    ...(row.unsentMedia > 0 ? [home.unsentMedia(row.unsentMedia)] : []),
  ].reduce((text, one) => `${text}。${one}`, home.sealedWhat);
}

/** A hazard has no status of a case. */
const atCounty = (row: CaseRow, s: Speech): string =>
  row.kind === 'hazard' ? s.home.hazardSent : statusSentence(s.status, row.status);

/** The villager's sentence, and what of it the county has not got; never SUBMITTED before its receipt. */
export function sentenceOf(row: CaseRow, s: Speech): string {
  if (row.flags.includes('SEALED')) return sealedSentence(row, s);
  const first = row.ticks.county === 'none' ? s.home.unsentSentence : atCounty(row, s);
  const unsent = row.ticks.county === 'part' && row.unsentEvents > 0;
  const rest = [
    ...(row.refusedEvents > 0 ? [s.home.refusedPart(row.refusedEvents)] : []),
    ...(unsent && row.refusedEvents === 0 ? [s.home.unsentEvents(row.unsentEvents)] : []),
    // Pictures come behind the text: they are named as long as they are here.
    ...(row.unsentMedia > 0 ? [s.home.unsentMedia(row.unsentMedia)] : []),
  ];
  return [first, ...rest].join('。');
}

/** What a case asks of the agent beside its sentence. */
export interface Ask {
  readonly kind: 'RESHOOT' | 'CHOOSE';
  /** Files to take again; 0 for a choice. */
  readonly files: number;
}

/** 重拍或说明 and 选一选 per case, as its card and its page show them. */
export function asksOf(tasks: readonly Task[]): ReadonlyMap<string, readonly Ask[]> {
  const found = new Map<string, readonly Ask[]>();
  for (const { kind, files = 0, row } of tasks)
    if (kind === 'RESHOOT' || kind === 'CHOOSE')
      found.set(row.caseId, [...(found.get(row.caseId) ?? []), { kind, files }]);
  return found;
}

export const askSentence = ({ kind, files }: Ask, w: AskWords): string =>
  kind === 'RESHOOT' ? w.ask.RESHOOT(files) : w.ask.CHOOSE;

/** 3 张照片到了 2 张: what of the case's files is at the county, by the county's own word. */
export const manifestWords = (manifest: MediaManifest, w: CaseWords['manifest']): string =>
  (['photos', 'recordings', 'others'] as const)
    .filter((kind) => manifest[kind].total > 0)
    .map((kind) => w[kind](manifest[kind].total, manifest[kind].here))
    .join(' · ');

/** How many rows each chip would show; chips with nothing are left away, except the first. */
export function chipCounts(w: Workspace): readonly [ListFilter, number][] {
  const count = (f: CaseFilter): number => w.find('', f).length;
  const all: readonly [ListFilter, number][] = [
    ['ALL', w.rows.length + w.drafts.length],
    ['LATE', count('LATE')],
    ['SOON', count('SOON')],
    ['DRAFT', w.drafts.length],
    ['UNSENT', count('UNSENT')],
    ['REFUSED', count('REFUSED')],
  ];
  return all.filter(([f, n]) => f === 'ALL' || n > 0);
}

const weight: Record<LightShape, number> = { late: 0, soon: 1, ok: 2, idle: 3 };

/** What burns first on top: worst light, then the nearest deadline, then the newest. */
export const byUrgency = (a: CaseRow, b: CaseRow): number =>
  weight[lightShape(a)] - weight[lightShape(b)] ||
  compare(a.light.dueAt ?? '9', b.light.dueAt ?? '9') ||
  compare(b.takenAt, a.takenAt);

/** Instants by their characters: by the rules of a language 2,000 rows take 30 ms of a fast machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Drafts whose name, matter or place contains the words looked for. */
export const findDrafts = (drafts: readonly DraftRow[], query: string): readonly DraftRow[] =>
  drafts.filter((d) => `${d.petitioner}${d.matter}${d.place}`.includes(query.trim()));

/** 该上门告诉的人: people without a telephone, once per case; a paper to deliver is told with it. */
export function toTellAtHome(tasks: readonly Task[]): readonly Task[] {
  const found = new Map<string, Task>();
  for (const task of tasks) {
    if ((task.kind !== 'TELL' && task.kind !== 'DELIVER') || task.row.hasPhone) continue;
    if (task.kind === 'DELIVER' || !found.has(task.row.caseId)) found.set(task.row.caseId, task);
  }
  return [...found.values()];
}
