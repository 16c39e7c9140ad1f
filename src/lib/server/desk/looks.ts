/**
 * 查阅留痕: who looked at what is sensitive (P3, P4) of a case, and why.
 *
 *     stands in his inbox, or he is its agent ─► shown, with a line
 *     looked in the last eight hours           ─► shown, with a line that repeats his reason
 *     anything else                            ─► asked first; without a reason the server shows none
 */
import type { Kysely } from 'kysely';
import type { CaseSight } from '../../domain/case-sight.ts';
import { can, grantsAt, type Subject } from '../../domain/permissions.ts';
import { saidWords } from '../../domain/said-words.ts';
import type { CaseId, Instant } from '../../domain/values.ts';
import type { CountyStore } from '../../ports/county-store.ts';
import type { CountyTables } from '../store/tables.ts';
import type { DeskDeps } from './deps.ts';
import { standsInInbox } from './inbox.ts';
import { may, type SeenCase } from './see.ts';

/** Reasons to choose from; `OTHER` wants words. */
export const LOOK_REASONS = ['ASKED', 'NEXT', 'COMPARE', 'SUPERVISE', 'AUDIT', 'OTHER'] as const;
/** Longest words of a reason, in letters. */
export const LOOK_WORDS_MAX = 200;
/** Fewest letters that say something. */
const LOOK_WORDS_MIN = 4;
/** How long a look goes on before the reason is asked again. */
const LOOK_HOURS = 8;
/** Reason of who had the case in hand a moment ago: it has just left his inbox. */
const IN_HAND = 'IN_HAND';
export const VIEWED = 'view.logged';

/** A reason as it stands in the audit: its code, then the words, if any. */
export const whyOf = (code: string, words: string): string =>
  words === '' ? code : `${code}：${words}`;

/** Whether a person may look, at which classes, and what the line says. */
export interface Look {
  /** `P3`, `P4`, `P3+P4`; empty when nothing sensitive would be shown. */
  readonly classes: string;
  /** False: a reason is asked first. */
  readonly open: boolean;
  readonly why: string;
}

/** What a line in the audit needs of the county. */
export interface LookDeps {
  readonly db: Kysely<CountyTables>;
  readonly store: CountyStore;
  readonly county: string;
  readonly now: Instant;
}

const rolesOf = (person: Subject, now: Instant): string =>
  [...new Set(grantsAt(person, now).map(({ role }) => role))].join(',');

/** What the person said at his last look, if that was not long ago; null when he has to say it. */
export async function lastLook(
  { db, county, now }: LookDeps,
  person: Subject,
  caseId: string,
): Promise<string | null> {
  const since = new Date(Date.parse(now) - LOOK_HOURS * 3_600_000).toISOString();
  const lines = await db
    .selectFrom('audit')
    .select('why')
    .where('county', '=', county)
    .where('case_id', '=', caseId)
    .where('person_id', '=', person.personId)
    .where('action', '=', VIEWED)
    .where('at', '>=', since)
    .orderBy('n', 'desc')
    .limit(1)
    .execute();
  const [last] = lines;
  return last === undefined ? null : last.why || IN_HAND;
}

/** Writes down that this person looks now. */
export async function writeLook(
  { store, county, now }: LookDeps,
  person: Subject,
  { caseId, classes, why }: { readonly caseId: string; readonly classes: string; why: string },
): Promise<void> {
  const line = {
    ...{ at: now, personId: person.personId, role: rolesOf(person, now), action: VIEWED },
    ...{ caseId: caseId as CaseId, note: classes, why },
  };
  await store.transact(county, (tx) => tx.write({ audit: [line] }));
}

/** Whoever carries the case himself needs no reason. */
export const isItsAgent = (person: Subject, sight: CaseSight): boolean =>
  sight.agentIds.includes(person.personId);

const depsOf = ({ db, store, county, now }: DeskDeps): LookDeps => ({
  ...{ db, store, county, now: now() },
});

function classesOf(deps: DeskDeps, person: Subject, { sight, record }: SeenCase): string {
  if (sight.sealed) return 'P4';
  const p3 = may(deps, person, ['case.view_sensitive', sight]);
  const p4 = record.file.followups.length > 0 && may(deps, person, ['followup.view', sight]);
  return [p3 ? ['P3'] : [], p4 ? ['P4'] : []].flat().join('+');
}

/** Whether the page may show what is sensitive; writes nothing. */
export async function lookAt(deps: DeskDeps, person: Subject, seen: SeenCase): Promise<Look> {
  const classes = classesOf(deps, person, seen);
  if (classes === '') return { classes, open: true, why: '' };
  if (isItsAgent(person, seen.sight) || standsInInbox(deps, person, seen))
    return { classes, open: true, why: '' };
  const why = await lastLook(depsOf(deps), person, seen.record.caseId);
  return { classes, open: why !== null, why: why ?? '' };
}

/** Writes the line of a look that shows something; nothing for one that does not. */
export async function logLook(
  deps: DeskDeps,
  person: Subject,
  { seen, look }: { readonly seen: SeenCase; readonly look: Look },
): Promise<void> {
  const { classes, open, why } = look;
  if (classes === '' || !open) return;
  await writeLook(depsOf(deps), person, { caseId: seen.record.caseId, classes, why });
}

/** A reason as it stands in the audit; null when it says nothing. */
function reasonOf({ code, words: typed }: { readonly code: string; readonly words: string }) {
  const words = saidWords(typed).slice(0, LOOK_WORDS_MAX);
  if (!LOOK_REASONS.some((one) => one === code)) return null;
  if (code === 'OTHER' && [...words].length < LOOK_WORDS_MIN) return null;
  return whyOf(code, words);
}

/** Begins a look outside of one's own work; says what is missing when the reason says nothing. */
export async function beginLook(
  deps: DeskDeps,
  person: Subject,
  about: { readonly seen: SeenCase; readonly code: string; readonly words: string },
): Promise<'begun' | 'REASON' | 'NOTHING'> {
  const { seen } = about;
  const { classes } = await lookAt(deps, person, seen);
  if (classes === '') return 'NOTHING';
  const why = reasonOf(about);
  if (why === null) return 'REASON';
  await writeLook(depsOf(deps), person, { caseId: seen.record.caseId, classes, why });
  return 'begun';
}

/** The same for what is kept of a case whose beginning has not come: it may be sealed. */
export async function beginLookBeside(
  deps: LookDeps,
  person: Subject,
  about: { readonly caseId: string; readonly code: string; readonly words: string },
): Promise<'begun' | 'REASON'> {
  const why = reasonOf(about);
  if (why === null) return 'REASON';
  await writeLook(deps, person, { caseId: about.caseId, classes: 'P4', why });
  return 'begun';
}

/** One look as the petitioner may be told of it: which post, when, at what, why. */
export interface LookTold {
  readonly key: string;
  readonly at: string;
  readonly roles: readonly string[];
  /** Only for those who read the audit. */
  readonly who: string;
  readonly what: string;
  readonly code: string;
  readonly words: string;
  readonly times: number;
}

/** Who may tell it: the office of the case, and who reads the audit. */
export const mayTell = (deps: DeskDeps, person: Subject, sight: CaseSight): boolean =>
  may(deps, person, ['case.view', sight]) &&
  grantsAt(person, deps.now()).some(({ role }) => role.startsWith('O') || role === 'X');

/** Lines told of one case. */
const TOLD_MAX = 1_000;
/** The whole of a sealed case left the house: its purpose is somebody's own words. */
const EXPORTED = 'sealed_export.taken';
const TOLD: readonly string[] = [VIEWED, 'original.fetched', EXPORTED];

const whatOf = (action: string, note: string): string =>
  action === VIEWED ? note : action === EXPORTED ? 'EXPORT' : 'ORIGINAL';

/** A page that is loaded again within so long is the same look: reloads and acts are no new ones. */
const SAME_LOOK_MS = 10 * 60_000;

/** Every look at a case, newest first; those of one person, day and reason are one row. */
export async function looksTold(
  deps: DeskDeps,
  person: Subject,
  seen: SeenCase,
): Promise<readonly LookTold[]> {
  const names = can(person, 'audit.view', { object: null, now: deps.now() });
  const lines = await deps.db
    .selectFrom('audit')
    .select(['n', 'at', 'person_id', 'role', 'action', 'note', 'why'])
    .where('county', '=', deps.county)
    .where('case_id', '=', seen.record.caseId)
    .where('action', 'in', TOLD)
    .orderBy('n', 'desc')
    .limit(TOLD_MAX)
    .execute();
  const rows = new Map<string, LookTold>();
  /** When the line that was read before began, by row. */
  const last = new Map<string, number>();
  for (const { n, at, person_id, role, action, note, why } of lines) {
    const [code = '', ...words] = action === EXPORTED ? ['EXPORT', why] : why.split('：');
    const what = whatOf(action, note);
    const key = JSON.stringify([person_id, role, at.slice(0, 10), what, why]);
    const before = rows.get(key);
    const row: LookTold = before ?? {
      ...{ key: String(n), at, roles: role === '' ? [] : role.split(','), what, code },
      ...{ who: names ? person_id : '', words: words.join('：'), times: 0 },
    };
    const [ms, later] = [Date.parse(at), last.get(key) ?? Infinity];
    last.set(key, ms);
    const isSame = action === VIEWED && later - ms <= SAME_LOOK_MS;
    rows.set(key, { ...row, times: isSame ? row.times : row.times + 1 });
  }
  return [...rows.values()];
}
