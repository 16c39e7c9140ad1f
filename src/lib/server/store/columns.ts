/** The columns of a case that lists and look-ups use, all read from the folded file. */
import type { CaseFile } from '../../domain/case-file.ts';
import type { Payload } from '../../domain/events.ts';
import { isQueryCode } from '../../domain/numbers.ts';
import { TERMINAL } from '../../domain/status.ts';
import type { CaseColumns } from '../../ports/county-store.ts';

type Taken = Payload<'case.taken'>;

/** Characters of one case that the search looks in. */
const SEARCH_TEXT_MAX = 20_000;

/**
 * Codes on further slips of one case: two tablets that went on with one draft each gave a paper
 * with a code of its own (K06). Blank between them, null when there is none.
 */
function otherCodes({ takings, numbers }: Pick<CaseFile, 'takings' | 'numbers'>): string | null {
  const codes = takings.map(({ payload }) => (payload as Partial<Taken>).receipt?.queryCode ?? '');
  const others = codes.filter((code) => isQueryCode(code) && code !== numbers.queryCode);
  return others.length === 0 ? null : [...new Set(others)].join(' ');
}

/** The parts of a file that the search reads. */
type Searched = Pick<CaseFile, 'numbers' | 'takings' | 'petitioners' | 'dictations' | 'sealed'> &
  Pick<CaseFile['head'], 'title' | 'summary'>;

const searchedOf = ({ head, ...file }: CaseFile): Searched => {
  const { numbers, takings, petitioners, dictations, sealed } = file;
  const { title, summary } = head;
  return { numbers, takings, petitioners, dictations, sealed, title, summary };
};

/** What the search finds a sealed case by: its numbers and nothing that was said. */
function textOf(searched: Searched): string {
  const { numbers, petitioners, dictations, sealed, title, summary } = searched;
  const { caseNo, temporaryNo, queryCode, nationalNo, outsideNo } = numbers;
  const all = [caseNo, temporaryNo, queryCode, otherCodes(searched), nationalNo, outsideNo];
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
const PARTS = [
  ...(['numbers', 'takings', 'petitioners', 'dictations'] as const),
  ...(['sealed', 'title', 'summary'] as const),
];

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
    otherCodes: otherCodes(file),
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
