import type { CaseFile } from '../../domain/case-file.ts';
import type { ClockContext, ClockRecord } from '../../domain/clock-record.ts';
import {
  can,
  type CaseSight,
  grantsAt,
  sightOf,
  type Subject,
  type ViewAction,
} from '../../domain/permissions.ts';
import { TERMINAL } from '../../domain/status.ts';
import type { Instant } from '../../domain/values.ts';
import { withoutWords } from '../../domain/without-words.ts';
import type { CaseRecord } from '../../ports/county-store.ts';
import { caseColumns } from '../store/columns.ts';
import type { DeskDeps } from './deps.ts';
import { type CaseTime, caseTime } from './light.ts';

/** A case that this person may see, with its clocks as of now. */
export interface SeenCase {
  /** As this person may read it: without what was said where that is not for him. */
  readonly record: CaseRecord;
  /** From the whole case, whatever of it is shown. */
  readonly sight: CaseSight;
  readonly clocks: readonly ClockRecord[];
  readonly time: CaseTime;
}

/** A folded case does not change, so neither does what the rights look at. */
const sights = new WeakMap<CaseFile, CaseSight>();

function sightHere(file: CaseFile): CaseSight {
  const known = sights.get(file);
  if (known !== undefined) return known;
  const sight = sightOf(file);
  sights.set(file, sight);
  return sight;
}

export const clockContext = (deps: DeskDeps): ClockContext => ({
  calendar: deps.calendar,
  settings: deps.settings,
  now: deps.now(),
});

/** Whether the person may do this to the case now; every list and endpoint of the desk asks here. */
export const may = (
  deps: DeskDeps,
  person: Subject,
  [action, object]: [ViewAction, CaseSight | null],
): boolean => can(person, action, { object, now: deps.now() });

/** One case that cannot be read costs its own row and a line for the operator, never the list. */
function alone<T>({ caseId }: CaseRecord, look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    console.error('a case cannot be listed', caseId, error);
    return null;
  }
}

/** The case as this person may read it; every list, page, search, paper and export stands on it. */
function readable(deps: DeskDeps, person: Subject, record: CaseRecord): CaseRecord {
  if (may(deps, person, ['case.view_words', sightHere(record.file)])) return record;
  const file = withoutWords(record.file);
  return { ...record, file, columns: caseColumns(file) };
}

/** Every case that the person may see; hazards are not cases. */
export async function seenCases(deps: DeskDeps, person: Subject): Promise<SeenCase[]> {
  const context = clockContext(deps);
  const visible = ({ file }: CaseRecord) =>
    file.status !== 'NONE' &&
    can(person, 'case.view', { object: sightHere(file), now: context.now });
  const records = (await deps.cases.all()).filter((record) => alone(record, () => visible(record)));
  await deps.cases.prepare(records, context);
  const seen: SeenCase[] = [];
  for (const record of records) {
    const clocks = await deps.cases.clocks(record, context).catch(() => null);
    const one = alone(record, () => {
      if (clocks === null) throw new Error('its clocks cannot be counted');
      const time = caseTime(record.file, clocks, context);
      const shown = readable(deps, person, record);
      return { record: shown, sight: sightHere(record.file), clocks, time };
    });
    if (one !== null) seen.push(one);
  }
  return seen;
}

/** One case, or null when there is none or the person may not see it: both look alike. */
export async function seeCase(
  deps: DeskDeps,
  person: Subject,
  caseId: string,
): Promise<SeenCase | null> {
  const record = await deps.cases.one(caseId);
  if (record === null || record.file.status === 'NONE') return null;
  const context = clockContext(deps);
  const sight = sightHere(record.file);
  if (!can(person, 'case.view', { object: sight, now: context.now })) return null;
  const clocks = await deps.cases.clocks(record, context);
  const time = caseTime(record.file, clocks, context);
  return { record: readable(deps, person, record), sight, clocks, time };
}

/**
 * The text that this person's search looks in: whoever may not read the name of the petitioner
 * does not find his cases by it either.
 */
export function searchTextFor(
  deps: DeskDeps,
  person: Subject,
  { record, sight }: SeenCase,
): string {
  const text = record.columns.searchText.toLowerCase();
  if (may(deps, person, ['case.view_identity', sight])) return text;
  const names = record.file.petitioners.flatMap(({ name }) => name || []);
  return names.reduce((rest, name) => rest.replaceAll(name.toLowerCase(), '\n'), text);
}

/** Fewer sealed cases than this are told as "some": a small number points at a person. */
export const SEALED_TOLD_FROM = 5;

/** Sealed cases that a reader may not see: how many, or `few` below five. */
export type SealedCount = number | 'few';

/** He is on the sealed list: what is hidden from him may be what means him. */
export const isListed = (person: Subject, now: Instant): boolean =>
  grantsAt(person, now).some(({ sealedList }) => sealedList === true);

/**
 * How many sealed cases lie hidden from an office person who may see the statistics; else 0. Who is
 * on the sealed list is told of none: it would say that somebody accused him.
 */
export async function sealedCount(deps: DeskDeps, person: Subject): Promise<SealedCount> {
  if (!may(deps, person, ['stats.view', null]) || isListed(person, deps.now())) return 0;
  const sealed = (await deps.cases.all()).filter(({ file }) => sightHere(file).sealed);
  const hidden = sealed.filter(({ file }) => !may(deps, person, ['case.view', sightHere(file)]));
  const officeWide = grantsAt(person, deps.now()).some((grant) => grant.role.startsWith('O'));
  if (!officeWide || hidden.length === 0) return 0;
  return hidden.length < SEALED_TOLD_FROM ? 'few' : hidden.length;
}

/**
 * Whether a sealed case waits that nobody of the sealed list may open, because it may mean every one
 * of them. Told to the director alone: somebody has to be put on the list.
 */
export async function sealedForNobody(deps: DeskDeps, person: Subject): Promise<boolean> {
  const now = deps.now();
  if (!grantsAt(person, now).some(({ role }) => role === 'O5')) return false;
  const listed = (await deps.colleagues()).filter(({ grants }) =>
    grants.some(({ sealedList }) => sealedList === true),
  );
  return (await deps.cases.all()).some(({ file }) => {
    const sight = sightHere(file);
    const open = sight.sealed && !TERMINAL.some((status) => status === file.status);
    return open && !listed.some((one) => can(one, 'case.view', { object: sight, now }));
  });
}

/** Units in whose name the person acts. */
export const unitsOfPerson = (deps: DeskDeps, person: Subject): readonly string[] =>
  grantsAt(person, deps.now()).flatMap((grant) => {
    if (grant.unitId !== null) return [grant.unitId as string];
    return grant.role === 'T' && grant.areaCode !== null ? [grant.areaCode as string] : [];
  });
