/** The columns of a case that lists and look-ups use, all read from the folded file. */
import type { CaseFile } from '../../domain/case-file.ts';
import { TERMINAL } from '../../domain/status.ts';
import type { CaseColumns } from '../../ports/county-store.ts';

/** Characters of one case that the search looks in. */
const SEARCH_TEXT_MAX = 20_000;

/** The parts of a file that the search reads. */
type Searched = Pick<CaseFile, 'numbers' | 'petitioners' | 'dictations' | 'sealed'> &
  Pick<CaseFile['head'], 'title' | 'summary'>;

const searchedOf = ({ numbers, petitioners, dictations, sealed, head }: CaseFile): Searched => {
  return { numbers, petitioners, dictations, sealed, title: head.title, summary: head.summary };
};

/** What the search finds a sealed case by: its numbers and nothing that was said. */
function textOf({ numbers, petitioners, dictations, sealed, title, summary }: Searched): string {
  const { caseNo, temporaryNo, queryCode, nationalNo, outsideNo } = numbers;
  const all = [caseNo, temporaryNo, queryCode, nationalNo, outsideNo];
  const words = sealed
    ? []
    : [
        ...petitioners.flatMap(({ name }) => name ?? []),
        title,
        summary,
        ...dictations.map(({ verbatim }) => verbatim ?? ''),
      ];
  return [...all, ...words].filter(Boolean).join('\n').toLowerCase().slice(0, SEARCH_TEXT_MAX);
}

/** Texts by the parts they were made of: most events leave all of them as they are. */
const made = new WeakMap<object, { readonly of: Searched; readonly text: string }>();
const PARTS = ['numbers', 'petitioners', 'dictations', 'sealed', 'title', 'summary'] as const;

function searchText(file: CaseFile): string {
  const of = searchedOf(file);
  const before = made.get(of.numbers);
  if (before !== undefined && PARTS.every((part) => before.of[part] === of[part]))
    return before.text;
  const text = textOf(of);
  made.set(of.numbers, { of, text });
  return text;
}

export function caseColumns(file: CaseFile): CaseColumns {
  const { head, numbers, moments } = file;
  return {
    status: file.status,
    caseNo: numbers.caseNo,
    temporaryNumber: numbers.temporaryNo,
    queryCode: numbers.queryCode,
    areaCode: head.areaCode ?? '',
    agentId: file.agent?.personId ?? null,
    leadUnitId: head.unit,
    category: head.categoryL2 ?? null,
    level: head.urgency ?? null,
    sealed: file.sealed !== null,
    urgent: file.urgent.level !== null,
    xfDate: head.xfDate,
    receivedAt: moments.receivedAt,
    closedAt: TERMINAL.includes(file.status) ? moments.endedAt : null,
    searchText: searchText(file),
  };
}
