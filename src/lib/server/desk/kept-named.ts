/**
 * Whom the raw words of kept events name: a case that is not known yet has no respondent to ask, so
 * the rows themselves are read. Errs on shutting out. Source: 条例 art. 30.
 */
import { type Accused, isWritten, mayMean } from '../../domain/accused.ts';
import type { Subject } from '../../domain/permissions.ts';
import { isBox } from '../sealing/box.ts';
import type { DeskDeps } from './deps.ts';

const IDS_AT_ONCE = 500;
/** Answers that are kept of all readers together; asked anew when there are more. */
const NAMED_KEPT_MAX = 50_000;

const fieldOf = (value: unknown, name: string): unknown =>
  value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a kept event tells, as the rights look at the words of a case. */
function accusedIn(raw: string): Accused {
  const nobody = { level: 'UNKNOWN', areaCode: '', unitId: '' } as const;
  try {
    const payload = fieldOf(JSON.parse(raw), 'p');
    const said = [fieldOf(fieldOf(payload, 'head'), 'respondent'), fieldOf(payload, 'respondent')];
    const names = [...said, fieldOf(payload, 'new')].map((one) => textOf(fieldOf(one, 'name')));
    const written = JSON.stringify(payload ?? '').replaceAll(/\\[nrt]/gu, ' ');
    return { ...nobody, name: names.filter((name) => name !== '').join('、'), texts: [written] };
  } catch {
    return { ...nobody, name: '', texts: [raw] };
  }
}

const isMeantIn = (raw: string, name: string): boolean => {
  const accused = accusedIn(raw);
  return isWritten(accused, name) || mayMean(accused, name, true);
};

const known = new WeakMap<DeskDeps['db'], Map<string, boolean>>();

/** Cases among these rows whose kept words may mean this person. */
export async function keptCasesNaming(
  deps: DeskDeps,
  { name }: Subject,
  rows: readonly { readonly id: string; readonly case_id: string }[],
): Promise<ReadonlySet<string>> {
  const answers = known.get(deps.db) ?? new Map<string, boolean>();
  known.set(deps.db, answers);
  if (answers.size > NAMED_KEPT_MAX) answers.clear();
  const keyOf = (id: string) => `${name}\n${id}`;
  const fresh = rows.flatMap(({ id }) => (answers.has(keyOf(id)) ? [] : [id]));
  for (let at = 0; at < fresh.length; at += IDS_AT_ONCE) {
    const read = await deps.db
      .selectFrom('dead_letter')
      // With its case: a box opens in its own case alone.
      .select(['id', 'case_id', 'raw'])
      .where('county', '=', deps.county)
      .where('id', 'in', fresh.slice(at, at + IDS_AT_ONCE))
      .execute();
    // A box that is shut says nothing yet and is asked again.
    for (const { id, raw } of read) if (!isBox(raw)) answers.set(keyOf(id), isMeantIn(raw, name));
  }
  return new Set(
    rows.filter(({ id }) => answers.get(keyOf(id)) === true).map((row) => row.case_id),
  );
}
