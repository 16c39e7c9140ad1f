import type { CaseFacts } from './case-facts.ts';
import type { CaseFilter, CaseRow } from './workspace-types.ts';

/** One case as the search sees it. */
export interface Findable {
  readonly row: CaseRow;
  readonly facts: CaseFacts;
}

/** First letters of the syllables, lower case; other characters as they are. */
export type Initials = (text: string) => string;

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Lower-case words without blanks, so that 二 屯 finds 二屯. */
const squeeze = (text: string): string => plain(text).replace(/\s+/g, '');

/** Loads the table of pinyin; it is heavy, so only a search with letters asks for it. */
export async function loadInitials(): Promise<Initials> {
  const { pinyin } = await import('pinyin-pro');
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const options = { pattern: 'first', toneType: 'none', type: 'array' } as const;
    const letters = pinyin(text, { ...options, nonZh: 'consecutive' })
      .join('')
      .toLowerCase();
    known.set(text, letters);
    return letters;
  };
}

const matchesFilter = (row: CaseRow, filter: CaseFilter): boolean => {
  if (filter === 'LATE') return row.light.level === 'late';
  if (filter === 'SOON') return row.light.level === 'soon';
  if (filter === 'UNSENT') return row.unsentEvents + row.unsentMedia > 0;
  if (filter === 'REFUSED') return row.refusedEvents > 0;
  return true;
};

/** Names, places, words, numbers; letters also by pinyin initials when the table is here. */
export function search(
  all: readonly Findable[],
  query: { readonly text: string; readonly filter: CaseFilter },
  initials: ((f: Findable) => string) | null,
): CaseRow[] {
  const parts = plain(query.text).split(/\s+/).filter(Boolean);
  const { filter } = query;
  // The whole list is asked for with every redraw: nothing is looked at that nobody asked about.
  const some = filter === 'ALL' ? all : all.filter(({ row }) => matchesFilter(row, filter));
  const found =
    parts.length === 0
      ? some
      : some.filter((f) => parts.every((part) => hit(f, squeeze(part), initials)));
  return found.map(({ row }) => row);
}

function hit(f: Findable, part: string, initials: ((f: Findable) => string) | null): boolean {
  const { row, facts } = f;
  const sealed = row.flags.includes('SEALED');
  const numbers = [row.temporaryNumber, row.caseNo ?? '', facts.queryCode];
  if (numbers.some((n) => squeeze(n).includes(part))) return true;
  if (sealed) return false;
  const words = [row.petitioner, row.place, row.matter, facts.words];
  if (words.some((w) => squeeze(w).includes(part))) return true;
  return /^[a-z]+$/.test(part) && (initials?.(f) ?? '').includes(part);
}

export const hasLetters = (query: string): boolean => /[a-z]/i.test(query);
