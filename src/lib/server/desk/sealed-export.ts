/**
 * 密封件导出: no sealed case leaves the house by one hand. One person of the sealed list asks and
 * says why, another confirms and says why, and then the first may fetch it, once.
 *
 *     nothing ─ asked (X) ─► confirmed (Y ≠ X, within 24 h) ─► taken (X, once, within 24 h)
 *                  └───────► over: refused, taken back, or too late
 *
 * Source: REFERENCE 5, O3 "always two-person for export".
 */
import * as z from 'zod';
import type { Subject } from '../../domain/permissions.ts';
import { saidWords } from '../../domain/said-words.ts';
import type { Instant } from '../../domain/values.ts';
import { fail, ok, type Result } from '../../domain/values.ts';
import { rolesAt } from '../auth/subject.ts';
import { areOneHand } from '../settings/account-resets.ts';
import { lastKept } from '../settings/kept.ts';
import type { DeskDeps } from './deps.ts';
import { ledgerRow } from './ledger.ts';
import { ledgerXlsx } from './ledger-export.ts';
import { may, type SeenCase } from './see.ts';

/** An open request, and a confirmed one, hold so long. */
export const EXPORT_HOURS = 24;
const EXPORT_MS = EXPORT_HOURS * 3_600_000;
/** Longest and shortest reason, in letters. */
export const EXPORT_WHY_MAX = 200;
const WHY_MIN = 4;

const storedSchema = z.object({
  state: z.enum(['asked', 'confirmed', 'taken', 'over']),
  by: z.string(),
  why: z.string(),
  at: z.string(),
  confirmedBy: z.string(),
  confirmWhy: z.string(),
});
type Stored = z.infer<typeof storedSchema>;
/** A row with its number and the time of its last step. */
type Kept = Stored & { readonly n: number; readonly since: string };

/** Why nothing was done: not his, no reason, his own request, one is open, somebody was faster, nobody to confirm. */
export type ExportRefusal = 'none' | 'why' | 'own' | 'there' | 'late' | 'alone';

/** What one reader sees of it; names as the accounts have them. */
export interface ExportView {
  readonly state: 'none' | 'asked' | 'confirmed';
  readonly by: string;
  readonly why: string;
  readonly until: string;
  readonly confirmedBy: string;
  readonly confirmWhy: string;
  /** Who can be the second hand for whoever asked, or for the reader; empty: nobody of the list can. */
  readonly seconds: readonly string[];
  readonly mayConfirm: boolean;
  readonly mayTake: boolean;
  /** The file that left last, as long as nobody asked anew. */
  readonly taken: { readonly by: string; readonly confirmedBy: string; readonly at: string } | null;
  readonly max: number;
}

const nameOf = (caseId: string): string => `sealed_export.${caseId}`;
const NOTHING: Stored = {
  ...{ state: 'over', by: '', why: '', at: '', confirmedBy: '', confirmWhy: '' },
};

/** Whether this person may have a hand in it: on the sealed list, and exports what is sensitive. */
const mayExport = (deps: DeskDeps, person: Subject, { sight }: SeenCase): boolean =>
  sight.sealed &&
  may(deps, person, ['case.view', sight]) &&
  may(deps, person, ['export.sensitive', sight]);

async function stored(deps: DeskDeps, caseId: string): Promise<Kept> {
  const row = await lastKept(deps, nameOf(caseId));
  const read = row && storedSchema.safeParse(JSON.parse(row.value));
  if (!row || !read?.success) return { ...NOTHING, n: row?.n ?? 0, since: '' };
  return { ...read.data, n: Number(row.n), since: row.changed_at };
}

/**
 * Names of those whose hand can be the second beside `asker`. Of an accusation of one of the two people
 * of the list there is nobody; only who may open the case himself learns it.
 */
async function secondsFor(deps: DeskDeps, asker: string, seen: SeenCase): Promise<string[]> {
  const names: string[] = [];
  for (const other of await deps.colleagues()) {
    if (!mayExport(deps, other, seen)) continue;
    if (!(await areOneHand(deps, [asker, other.personId], deps.now()))) names.push(other.name);
  }
  return names;
}

const isFresh = (since: string, now: Instant): boolean => {
  const age = Date.parse(now) - Date.parse(since);
  return age <= EXPORT_MS && age >= -EXPORT_MS;
};

/** The state that counts now: what is too old is as if it were not. */
function holding(kept: Kept, now: Instant): ExportView['state'] {
  if (kept.state !== 'asked' && kept.state !== 'confirmed') return 'none';
  return isFresh(kept.since, now) ? kept.state : 'none';
}

/** How it stands; null for whoever has no hand in it. */
export async function exportFor(
  deps: DeskDeps,
  person: Subject,
  seen: SeenCase,
): Promise<ExportView | null> {
  if (!mayExport(deps, person, seen)) return null;
  const kept = await stored(deps, seen.record.caseId);
  const state = holding(kept, deps.now());
  const people = await deps.colleagues();
  const called = (id: string) => people.find((one) => one.personId === id)?.name ?? '';
  const isOwn = kept.by === person.personId;
  const open = state === 'none' ? { ...NOTHING, since: '' } : kept;
  return {
    ...{ state, by: called(open.by), why: open.why },
    until: open.since && new Date(Date.parse(open.since) + EXPORT_MS).toISOString(),
    ...{ confirmedBy: called(open.confirmedBy), confirmWhy: open.confirmWhy },
    seconds: await secondsFor(deps, open.by || person.personId, seen),
    mayConfirm: state === 'asked' && !isOwn,
    mayTake: state === 'confirmed' && isOwn,
    taken:
      kept.state === 'taken'
        ? { by: called(kept.by), confirmedBy: called(kept.confirmedBy), at: kept.since }
        : null,
    max: EXPORT_WHY_MAX,
  };
}

interface Step {
  readonly seen: SeenCase;
  /** What was typed. */
  readonly why: string;
}

/** Takes the place behind `after`; false when somebody else was faster. The audit follows. */
async function step(
  deps: DeskDeps,
  by: Subject,
  { seen, after, word }: { seen: SeenCase; after: number; word: Stored },
): Promise<boolean> {
  const at = deps.now();
  const name = nameOf(seen.record.caseId);
  const { state, by: asker, why, confirmedBy, confirmWhy } = word;
  const line = {
    ...{ at, personId: by.personId, role: rolesAt(by, at).join(',') },
    ...{ action: `sealed_export.${state}`, caseId: seen.record.caseId },
    note: JSON.stringify({ asker, ...(confirmedBy === '' ? {} : { confirmedBy, confirmWhy }) }),
    why,
  };
  const kept = [{ name, value: JSON.stringify(word), at, personId: by.personId }];
  return deps.store.transact(deps.county, async (tx) => {
    // Somebody was quicker.
    if ((await tx.keptRows(name)) !== after) return false;
    await tx.write({ kept, audit: [line] });
    return true;
  });
}

const reasonOf = (typed: string): string | null => {
  const why = saidWords(typed).slice(0, EXPORT_WHY_MAX);
  return [...why].length < WHY_MIN ? null : why;
};

/** Asks; nothing leaves by it. Null: done. */
export async function askExport(
  deps: DeskDeps,
  by: Subject,
  { seen, why: typed }: Step,
): Promise<ExportRefusal | null> {
  if (!mayExport(deps, by, seen)) return 'none';
  const why = reasonOf(typed);
  if (why === null) return 'why';
  const kept = await stored(deps, seen.record.caseId);
  if (holding(kept, deps.now()) !== 'none') return 'there';
  // It would wait a day for a hand that nobody has.
  if ((await secondsFor(deps, by.personId, seen)).length === 0) return 'alone';
  const word: Stored = {
    ...{ state: 'asked', by: by.personId, why, at: deps.now() },
    ...{ confirmedBy: '', confirmWhy: '' },
  };
  return (await step(deps, by, { seen, after: kept.n, word })) ? null : 'there';
}

/** The second person. */
export async function confirmExport(
  deps: DeskDeps,
  by: Subject,
  { seen, why: typed }: Step,
): Promise<ExportRefusal | null> {
  if (!mayExport(deps, by, seen)) return 'none';
  const { n, since, ...kept } = await stored(deps, seen.record.caseId);
  if (holding({ ...kept, n, since }, deps.now()) !== 'asked') return 'none';
  if (await areOneHand(deps, [kept.by, by.personId], deps.now())) return 'own';
  const confirmWhy = reasonOf(typed);
  if (confirmWhy === null) return 'why';
  const word: Stored = { ...kept, state: 'confirmed', confirmedBy: by.personId, confirmWhy };
  return (await step(deps, by, { seen, after: n, word })) ? null : 'late';
}

/** Refuses it, or takes it back: either of them, and anybody else of the list. */
export async function endExport(
  deps: DeskDeps,
  by: Subject,
  { seen }: Pick<Step, 'seen'>,
): Promise<ExportRefusal | null> {
  if (!mayExport(deps, by, seen)) return 'none';
  const { n, since, ...kept } = await stored(deps, seen.record.caseId);
  if (holding({ ...kept, n, since }, deps.now()) === 'none') return 'none';
  const done = await step(deps, by, { seen, after: n, word: { ...kept, state: 'over' } });
  return done ? null : 'late';
}

/** Who confirmed still has the right; whoever lost it since has confirmed nothing. */
async function stillStands(deps: DeskDeps, seen: SeenCase, kept: Stored): Promise<boolean> {
  const second = await deps.subjectOf(kept.confirmedBy);
  return second !== null && mayExport(deps, second, seen);
}

/** The file, for the one who asked, once: the place is taken before anything is given. */
export async function takeExport(
  deps: DeskDeps,
  by: Subject,
  seen: SeenCase,
): Promise<Result<{ readonly name: string; readonly body: Uint8Array }, ExportRefusal>> {
  if (!mayExport(deps, by, seen)) return fail('none');
  const { n, since, ...kept } = await stored(deps, seen.record.caseId);
  const isOpen = holding({ ...kept, n, since }, deps.now()) === 'confirmed';
  if (!isOpen || kept.by !== by.personId) return fail('none');
  if (!(await stillStands(deps, seen, kept))) return fail('none');
  if (!(await step(deps, by, { seen, after: n, word: { ...kept, state: 'taken' } })))
    return fail('late');
  const people = await deps.colleagues();
  const second = people.find((one) => one.personId === kept.confirmedBy)?.name ?? '';
  const mark = {
    person: { ...by, name: `${by.name}、${second}` },
    at: deps.now(),
    purpose: `${kept.why}；${kept.confirmWhy}`,
  };
  const body = await ledgerXlsx([ledgerRow(deps, by, seen)], mark);
  return ok({ name: `sealed-${mark.at.slice(0, 10)}.xlsx`, body });
}
