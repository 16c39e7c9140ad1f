/** What the county decided and the petitioner has not been told, where no agent goes to tell. Pure. */
import type { CaseFile } from './case-file.ts';
import type { Mark } from './noted.ts';
import type { FileStatus } from './status.ts';

/** Ends that are told in writing (条例 art. 23, 36; REFERENCE 4.3): she hears it from somebody. */
const DECIDED: readonly FileStatus[] = ['DIVERTED', 'NOT_ACCEPTED', 'NO_MORE', 'OPINION_ISSUED'];

const place = (mark: Mark): number => mark.seq ?? Number.MAX_SAFE_INTEGER;

/** An agent takes the paper to her; a sealed case goes by no agent, one of the desk never had one. */
const isForTheOffice = ({ sealed, head, agent }: CaseFile): boolean =>
  sealed !== null || head.procedure === 'SEALED' || agent === null;

/**
 * The decision that waits to be told by the office itself; null when nothing does. 送达, 告知 and
 * 口头告知 after it tell it. Who gave neither name nor telephone asks by the query code alone.
 */
export function untold(file: CaseFile): Mark | null {
  if (!DECIDED.includes(file.status) || !isForTheOffice(file)) return null;
  if (file.head.anonymous === true && !file.petitioners.some(({ phone }) => phone)) return null;
  const decided = [...file.endings, ...file.replies].map(({ mark }) => mark);
  const last = decided.toSorted((one, other) => place(one) - place(other)).at(-1);
  if (last === undefined) return null;
  const told = [...file.deliveries, ...file.notices].some(({ mark }) => place(mark) > place(last));
  return told ? null : last;
}
