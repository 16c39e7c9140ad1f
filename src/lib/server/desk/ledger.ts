import type { CaseFile } from '../../domain/case-file.ts';
import type { ClockRecord } from '../../domain/clock-record.ts';
import { liveLimit, limitOf } from '../../domain/lights.ts';
import type { Subject } from '../../domain/permissions.ts';
import { TERMINAL } from '../../domain/status.ts';
import type { DeskDeps } from './deps.ts';
import { personsOf } from './acts/facts.ts';
import { type FigureId, isFigure } from './figures.ts';
import { statusName } from './history.ts';
import { behindFigure, knownPeriod, type PeriodId, tellsAnswer } from './insight.ts';
import { areaName, CATEGORIES, categoryName, TOWNSHIPS, UNITS, unitName } from './names.ts';
import { flagsOf, listTitle, shownName, titleOf } from './row.ts';
import { may, searchTextFor, type SeenCase, sealedCount, seenCases } from './see.ts';

/** Rows sent at first, and at most with 再看. */
const ROWS_FIRST = 200;
const ROWS_MAX = 5_000;

export const LEDGER_COLUMNS = [
  'light',
  'number',
  'temporary',
  'query',
  'xfDate',
  'petitioner',
  'count',
  'area',
  'title',
  'category',
  'flags',
  'unit',
  'due',
  'closed',
  'result',
] as const;
export type LedgerColumn = (typeof LEDGER_COLUMNS)[number];

/** Columns that stand without being asked for; the rest wait under 选列. */
const COLUMNS_FIRST: readonly LedgerColumn[] = LEDGER_COLUMNS.filter(
  (one) => one !== 'temporary' && one !== 'xfDate',
);

/** What a reader asked the ledger for, from the address. */
export interface LedgerAsk {
  readonly view: string;
  readonly find: string;
  readonly sort: string;
  readonly township: string;
  readonly category: string;
  readonly unit: string;
  /** A figure of 研判 whose cases are asked for, its period, and which of its two counts. */
  readonly figure: FigureId | null;
  readonly period: PeriodId;
  readonly part: 'numerator' | 'denominator';
  readonly columns: readonly LedgerColumn[];
  readonly rows: number;
}

/** Reads the address; whatever is not known is as if it were not there. */
export function readLedgerAsk(params: URLSearchParams): LedgerAsk {
  const text = (name: string) => (params.get(name) ?? '').trim().slice(0, 60);
  const columns = LEDGER_COLUMNS.filter((one) => params.getAll('c').includes(one));
  return {
    view: text('v') || 'all',
    find: text('q'),
    sort: text('sort'),
    township: text('township'),
    category: text('category'),
    unit: text('unit'),
    figure: isFigure(text('figure')) ? (text('figure') as FigureId) : null,
    period: knownPeriod(text('p')),
    part: text('part') === 'n' ? 'numerator' : 'denominator',
    columns: columns.length > 0 ? columns : COLUMNS_FIRST,
    rows: Math.min(ROWS_MAX, Math.max(ROWS_FIRST, Number(params.get('n')) || ROWS_FIRST)),
  };
}

/** 限办时间: the live limit of the handling, else the deciding duty. */
const dueOf = (clocks: readonly ClockRecord[], fallback: string | null): string | null => {
  const limit = liveLimit(clocks);
  return limit === null ? fallback : limitOf(limit);
};

const closedAtOf = (file: CaseFile): string | null =>
  TERMINAL.includes(file.status) ? (file.moments.endedAt ?? null) : null;

/** One line; the case text travels with it for the export. */
export function ledgerRow(deps: DeskDeps, person: Subject, seen: SeenCase) {
  const { file } = seen.record;
  const identity = may(deps, person, ['case.view_identity', seen.sight]);
  const onsite = file.closeKind === 'ONSITE' || file.head.procedure === 'ONSITE';
  return {
    caseId: file.caseId as string,
    light: seen.time.light,
    number: file.numbers.caseNo ?? '',
    temporary: file.numbers.temporaryNo ?? '',
    query: identity ? (file.numbers.queryCode ?? '') : '',
    xfDate: file.head.xfDate === null ? null : `${file.head.xfDate}T00:00:00+08:00`,
    petitioner: shownName(file, identity),
    count: personsOf(file),
    area: areaName(file.head.areaCode ?? ''),
    title: titleOf(file),
    /** What was said, whole: the list shows its beginning. */
    text: (file.dictations[0]?.verbatim ?? '').slice(0, 120),
    category: file.head.categoryL2 === undefined ? '' : categoryName(file.head.categoryL2),
    flags: flagsOf(file),
    unit: file.head.unit === null ? (onsite ? '就地化解' : '—') : unitName(file.head.unit),
    due: dueOf(seen.clocks, seen.time.dueAt),
    closed: closedAtOf(file),
    result: statusName(file.status),
    seen,
  };
}
export type LedgerRow = ReturnType<typeof ledgerRow>;

/** The line as a list shows it: of a sealed case its numbers, days and light alone. */
function listedRow(row: LedgerRow): LedgerRow {
  if (!row.seen.sight.sealed) return row;
  const words = { petitioner: '', area: '', text: '', category: '', unit: '', query: '', count: 0 };
  return { ...row, ...words, flags: [], title: listTitle(row.seen) };
}

const VIEWS: Readonly<Record<string, (row: LedgerRow) => boolean>> = {
  all: () => true,
  open: ({ seen }) => !TERMINAL.includes(seen.record.file.status),
  onsite: ({ seen }) => !seen.sight.sealed && seen.record.file.closeKind === 'ONSITE',
  late: ({ light }) => light.word === 'late' || light.word === 'overTime',
  repeat: ({ flags }) => flags.includes('repeat'),
  joint: ({ flags }) => flags.includes('joint'),
};

function fits(row: LedgerRow, ask: LedgerAsk, text: string): boolean {
  const { sight, record } = row.seen;
  const { file } = record;
  // Where it lies and what it is about is not told of a sealed case, by no list of few either.
  if (sight.sealed && `${ask.township}${ask.category}${ask.unit}` !== '') return false;
  const words = ask.find.toLowerCase().split(/\s+/).filter(Boolean);
  return (
    (ask.township === '' || (file.head.areaCode ?? '').startsWith(ask.township.slice(0, 9))) &&
    (ask.category === '' || file.head.categoryL2 === ask.category) &&
    (ask.unit === '' || file.head.unit === ask.unit) &&
    words.every((word) => text.includes(word))
  );
}

const SORTABLE = ['number', 'xfDate', 'area', 'category', 'unit', 'due', 'closed'] as const;

function sorted(rows: LedgerRow[], sort: string): LedgerRow[] {
  const down = sort.startsWith('-') || sort === '';
  const column = SORTABLE.find((one) => one === sort.replace('-', '')) ?? 'number';
  const valueOf = (row: LedgerRow) => String(row[column] ?? '') || row.temporary;
  const order = (a: LedgerRow, b: LedgerRow) => valueOf(a).localeCompare(valueOf(b), 'zh-CN');
  return rows.sort((a, b) => (down ? -order(a, b) : order(a, b)));
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '—' : `${(Math.round((part * 1000) / whole) / 10).toFixed(1)}%`;

function sumsOf(rows: readonly LedgerRow[]) {
  const limited = rows.filter(({ light }) => ['inTime', 'overTime', 'late'].includes(light.word));
  const onTime = limited.filter(({ light }) => light.word === 'inTime');
  const ended = rows.filter(({ closed }) => closed !== null);
  const onsite = ended.filter(({ seen }) => seen.record.file.closeKind === 'ONSITE');
  return [
    {
      id: 'onTime' as const,
      text: percent(onTime.length, limited.length),
      numerator: onTime.length,
      denominator: limited.length,
    },
    {
      id: 'onsite' as const,
      text: percent(onsite.length, ended.length),
      numerator: onsite.length,
      denominator: ended.length,
    },
  ];
}

/** Ids behind the figure that was asked for; null when none was. */
async function figureCases(deps: DeskDeps, person: Subject, ask: LedgerAsk) {
  const { figure, period, part } = ask;
  if (figure === null || !may(deps, person, ['stats.view', null])) return null;
  const behind = await behindFigure(deps, person, { figure, period });
  return new Set([...behind].filter(([, counts]) => counts[part] > 0).map(([caseId]) => caseId));
}

/** All rows that answer an ask, sorted, sealed ones only for whoever may see them. */
export async function ledgerRows(deps: DeskDeps, person: Subject, ask: LedgerAsk) {
  const behind = await figureCases(deps, person, ask);
  const { figure: asked, part } = ask;
  const isBehind = ({ record, sight }: SeenCase) =>
    behind === null ||
    asked === null ||
    (behind.has(record.caseId) && !tellsAnswer(deps, person, { figure: asked, part, sight }));
  const seen = (await seenCases(deps, person)).filter(isBehind);
  const fitting = seen
    .map((one) => listedRow(ledgerRow(deps, person, one)))
    .filter((row) => fits(row, ask, ask.find === '' ? '' : searchTextFor(deps, person, row.seen)));
  const view = Object.hasOwn(VIEWS, ask.view) ? ask.view : 'all';
  const counts = Object.entries(VIEWS).map(([id, holds]) => ({
    id,
    count: fitting.filter(holds).length,
  }));
  const rows = sorted(fitting.filter(VIEWS[view] ?? (() => true)), ask.sort);
  const figure = behind === null ? null : { id: ask.figure, cases: behind.size };
  return { rows, counts, view, figure };
}

const inUse = (options: readonly { value: string; word: string }[], used: ReadonlySet<string>) =>
  options.filter((option) => used.has(option.value));

/** The ledger page: rows, tabs with counts, filters in use, and the sums under the table. */
export async function ledgerOf(deps: DeskDeps, person: Subject, ask: LedgerAsk) {
  const { rows, counts, view, figure } = await ledgerRows(deps, person, ask);
  const days = rows.flatMap((row) => row.xfDate ?? []).sort();
  const open = rows.filter(({ seen }) => !seen.sight.sealed);
  const heads = open.map(({ seen }) => seen.record.file.head);
  const townships = new Set(heads.map((head) => `${(head.areaCode ?? '').slice(0, 9)}000`));
  const kept = (id: string, set: Set<string>) => (id === '' ? set : set.add(id));
  return {
    rows: rows.slice(0, ask.rows).map(({ seen: _seen, ...row }) => row),
    total: rows.length,
    persons: rows.reduce((sum, row) => sum + row.count, 0),
    sums: sumsOf(rows),
    sealedCount: await sealedCount(deps, person),
    views: counts.filter(({ id, count }) => id === 'all' || id === view || count > 0),
    view,
    figure: figure && { ...figure, period: ask.period, part: ask.part },
    find: ask.find,
    sort: ask.sort || '-number',
    columns: [...ask.columns] as string[],
    from: days[0] ?? null,
    to: days.at(-1) ?? null,
    mayExport: may(deps, person, ['export', null]),
    filters: [
      {
        id: 'township' as const,
        value: ask.township,
        options: inUse(TOWNSHIPS, kept(ask.township, townships)),
      },
      {
        id: 'category' as const,
        value: ask.category,
        options: inUse(
          CATEGORIES,
          kept(ask.category, new Set(heads.flatMap((head) => head.categoryL2 ?? []))),
        ),
      },
      {
        id: 'unit' as const,
        value: ask.unit,
        options: inUse(UNITS, kept(ask.unit, new Set(heads.flatMap((head) => head.unit ?? [])))),
      },
    ],
  };
}
