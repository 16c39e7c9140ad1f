import type { CaseFile } from '../../domain/case-file.ts';
import { maskName, IDENTITY_WITHHELD_ZH, SEALED_ZH } from '../../domain/masking.ts';
import { mainPetitioner } from '../../domain/petitioner.ts';
import type { CaseSight } from '../../domain/permissions.ts';
import type { CaseRecord } from '../../ports/county-store.ts';
import { categoryName, placeName, unitName } from './names.ts';
import type { CaseTime } from './light.ts';
import { personsOf } from './acts/facts.ts';

interface Listed {
  readonly record: CaseRecord;
  readonly sight: CaseSight;
}

interface Timed extends Listed {
  readonly time: CaseTime;
}

export type FlagView =
  | 'first'
  | 'repeat'
  | 'skipLevel'
  | 'joint'
  | 'anonymous'
  | 'lawsuit'
  | 'urgent'
  | 'threat'
  | 'secret'
  | 'leaderCase'
  | 'supervised';

/** Flags of REFERENCE 6.1 that stand on a row. */
export function flagsOf(file: CaseFile): FlagView[] {
  const { head, urgent } = file;
  const flags: [FlagView, boolean][] = [
    ['repeat', head.repeat],
    ['first', head.firstLocal === true && !head.repeat],
    ['skipLevel', head.skipLevel],
    ['joint', head.joint === true || personsOf(file) >= 2],
    ['anonymous', head.anonymous === true],
    ['lawsuit', head.legalStatus === 'RUNNING' || head.legalStatus === 'ENDED'],
    ['urgent', urgent.level !== null && urgent.stoodDown === null],
    ['threat', (head.threat?.kind ?? 'NONE') !== 'NONE'],
    ['secret', head.secret === true],
    ['leaderCase', file.leaderCase !== null],
    ['supervised', file.supervisions.some((one) => one.closed === null)],
  ];
  return flags.filter(([, on]) => on).map(([flag]) => flag);
}

/** 事由: the title, else the beginning of what was said. */
export function titleOf(file: CaseFile): string {
  const said = file.dictations[0]?.tidy ?? file.dictations[0]?.verbatim ?? '';
  return file.head.title ?? file.head.summary?.slice(0, 30) ?? said.slice(0, 30);
}

/** 整理: the summary, else the newest tidy text. */
export const summaryOf = (file: CaseFile): string =>
  file.head.summary ?? file.dictations.findLast((piece) => piece.tidy !== null)?.tidy ?? '';

/** Fields that the office still has to ask for before 登记. */
export function missingOf(file: CaseFile): string[] {
  const { head } = file;
  const asks = head.kind !== '咨询' && head.kind !== '感谢其他';
  const list: [string, boolean][] = [
    ['summary', summaryOf(file) === ''],
    ['claims', asks && (head.claims ?? []).length === 0],
    ['categoryL2', head.categoryL2 === undefined],
    ['kind', head.kind === undefined],
    ['readback', !file.readbacks.some((one) => one.state === 'CONFIRMED')],
  ];
  return list.filter(([, missing]) => missing).map(([name]) => name);
}

/** Who has it in hand: the lead unit, else the agent. */
export const holderOf = (file: CaseFile): string =>
  file.head.unit !== null ? unitName(file.head.unit) : (file.agent?.name ?? '');

/** Name as this reader may see it; masked in lists. */
export function shownName(file: CaseFile, identity: boolean): string {
  if (file.head.anonymous === true) return '匿名';
  if (!identity) return IDENTITY_WITHHELD_ZH;
  return maskName(mainPetitioner(file.petitioners)?.name ?? '');
}

/** Number that people say: the official one, else the temporary one. */
export const numberOf = (file: CaseFile): string =>
  file.numbers.caseNo ?? file.numbers.temporaryNo ?? '';

/**
 * What a list calls a case. Of a sealed one it is the number: its words stand on its page and
 * nowhere else, behind a reason and with a line of the audit.
 */
export const listTitle = ({ record: { file }, sight }: Listed): string =>
  sight.sealed ? `${SEALED_ZH} ${numberOf(file)}` : titleOf(file);

/** What a list says of an open case beside its title. */
const tellsOf = (file: CaseFile) => ({
  place: placeName(file.head.areaCode ?? ''),
  category: file.head.categoryL2 === undefined ? '' : categoryName(file.head.categoryL2),
  holder: holderOf(file),
  flags: flagsOf(file),
  missing: missingOf(file),
});
const UNTOLD: ReturnType<typeof tellsOf> = {
  ...{ place: '', category: '', holder: '', flags: [], missing: [] },
};

/** The parts of a row that do not depend on its section. */
export function rowBase(one: Timed) {
  const { file } = one.record;
  return {
    key: file.caseId,
    caseId: file.caseId,
    href: `/desk/case/${file.caseId}`,
    light: one.time.light,
    title: listTitle(one),
    /** The pane opens it for a press alone. */
    sealed: one.sight.sealed,
    ...(one.sight.sealed ? UNTOLD : tellsOf(file)),
    dueAt: one.time.dueAt,
    spent: null as number | null,
  };
}
