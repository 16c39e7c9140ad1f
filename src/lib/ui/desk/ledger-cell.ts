import type { Language } from '../language.ts';
import { deskWords } from '../messages/desk.ts';
import type { DeskLight, FlagCode } from './shapes.ts';
import { dayWords } from './when.ts';

/** One line of the ledger as it came from the county. */
export interface LedgerLine {
  readonly caseId: string;
  readonly light: DeskLight;
  readonly number: string;
  readonly temporary: string;
  readonly query: string;
  readonly xfDate: string | null;
  readonly petitioner: string;
  readonly count: number;
  readonly area: string;
  readonly title: string;
  readonly text: string;
  readonly category: string;
  readonly flags: readonly FlagCode[];
  readonly unit: string;
  readonly due: string | null;
  readonly closed: string | null;
  readonly result: string;
}

/** A cell as plain text, for the table and for copying. */
export function plainCell(row: LedgerLine, column: string, language: Language): string {
  const words = deskWords[language];
  const day = (value: string | null) => (value ? dayWords(value, language) : '—');
  switch (column) {
    case 'light':
      return words.lights[row.light.word];
    case 'flags':
      return row.flags.map((flag) => words.flags[flag].short).join('、');
    case 'count':
      // Nobody's number is told of a sealed case.
      return row.count === 0 ? '' : String(row.count);
    case 'due':
      return day(row.due);
    case 'closed':
      return day(row.closed);
    case 'xfDate':
      return day(row.xfDate);
    default:
      return String(Object.entries(row).find(([name]) => name === column)?.[1] ?? '');
  }
}
