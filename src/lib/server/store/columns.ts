/** The columns of a case that lists and look-ups use, all read from the folded file. */
import type { CaseFile } from '../../domain/case-file.ts';
import { TERMINAL } from '../../domain/status.ts';
import type { CaseColumns } from '../../ports/county-store.ts';

/** Characters of one case that the search looks in. */
const SEARCH_TEXT_MAX = 20_000;

/** What the search finds a sealed case by: its numbers and nothing that was said. */
function searchText(file: CaseFile): string {
  const { caseNo, temporaryNo, queryCode, nationalNo, outsideNo } = file.numbers;
  const numbers = [caseNo, temporaryNo, queryCode, nationalNo, outsideNo];
  const words = file.sealed
    ? []
    : [
        ...file.petitioners.flatMap(({ name }) => name ?? []),
        file.head.title,
        file.head.summary,
        ...file.dictations.map(({ verbatim }) => verbatim ?? ''),
      ];
  return [...numbers, ...words].filter(Boolean).join('\n').toLowerCase().slice(0, SEARCH_TEXT_MAX);
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
