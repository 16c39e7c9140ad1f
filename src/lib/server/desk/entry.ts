/**
 * 录入来信来电来访: what reached the office or the township without an agent becomes a case in one
 * act (R05). The same road as in the village: drafted, words, read back, taken, submitted; the
 * county's receipt follows in the same commit.
 */
import { createHash, randomBytes } from 'node:crypto';
import { decide, idsNeeded } from '../../domain/decide.ts';
import { LIMITS } from '../../domain/limits.ts';
import { queryCodeFromBytes, QUERY_CODE_BYTES } from '../../domain/numbers.ts';
import { actorUnder, grantFor, type Subject } from '../../domain/permissions.ts';
import { saidWords } from '../../domain/said-words.ts';
import {
  assert,
  fail,
  ok,
  type CaseId,
  type EventId,
  type LocalDate,
  type Result,
} from '../../domain/values.ts';
import { recordAtCounty, type Deciding, type NewRecord } from '../sync/record.ts';
import { readAnswers } from './acts/read.ts';
import { shanghaiDay } from './acts/spec.ts';
import type { DeskActDeps, DeskDeps } from './deps.ts';
import {
  entryCommand,
  entryFields,
  OUTSIDE_NO,
  textOf,
  WORDS,
  type Answers,
} from './entry-form.ts';
import { told, type DeskRefusal } from './perform.ts';

/** The grant under which the person may enter a case; null when he may not. */
export const entryGrant = (deps: DeskDeps, person: Subject) =>
  grantFor(person, 'record:case.submitted', { object: null, now: deps.now() });

/** Ids of one press, derived, so that a repeated press derives the same. */
const idOf = (first: string, n: number): EventId =>
  createHash('sha256')
    .update(`${first}/${n}`)
    .digest()
    .subarray(0, 16)
    .toString('base64url') as EventId;

function freshQueryCode(): string {
  for (let times = 0; times < 100; times += 1) {
    const code = queryCodeFromBytes(randomBytes(QUERY_CODE_BYTES));
    if (code !== null) return code;
  }
  throw new Error('invariant: random bytes give a query code');
}

/** Ids that a page carries, so that a second press is the same act. */
export const entryIds = (): { caseId: string; eventId: string } => ({
  caseId: randomBytes(16).toString('base64url'),
  eventId: randomBytes(16).toString('base64url'),
});

/** A case that the office or the township typed in, as the page tells it. */
export interface EnteredCase {
  readonly caseId: CaseId;
  readonly queryCode: string;
  /** A sealed case is seen by the sealed desk alone. */
  readonly sealed: boolean;
}

const refuse = (code: string, missing: readonly string[] = [], detail = ''): DeskRefusal => ({
  code,
  missing,
  detail,
});

/** Browsers send a text's line ends as CR LF; the words get back those that were typed. */
const typedWords = (form: FormData): string =>
  String(form.get(WORDS) ?? '')
    .replaceAll('\r\n', '\n')
    .slice(0, LIMITS.verbatimMax);

const ID = /^[\w-]{22}$/;

function missingOf(answers: Answers, words: string): string[] {
  const letter = answers['channel'] === 'LX';
  const missing: string[] = [];
  if (saidWords(words) === '') missing.push(WORDS);
  if (answers['anonymous'] !== true && textOf(answers, 'name') === '') missing.push('name');
  const sealed = answers['secret'] === true || answers['kind'] === '检举控告';
  if (!letter && !sealed && answers['readToPerson'] !== true) missing.push('readToPerson');
  return missing;
}

/** Blanks and width apart, the same number names the same outside message. */
const sameNumber = (text: string): string =>
  text.normalize('NFKC').replace(/\s/g, '').toUpperCase();

/** True when another case already carries that outside number: nothing is handled twice. */
async function outsideNoTaken(deps: DeskActDeps, number: string, caseId: string): Promise<boolean> {
  if (number === '') return false;
  const wanted = sameNumber(number);
  const records = await deps.cases.all();
  return records.some(
    ({ file }) =>
      file.caseId !== caseId &&
      file.status !== 'VOIDED' &&
      sameNumber(file.numbers.outsideNo ?? '') === wanted,
  );
}

/** Records the whole intake in one durable transaction, once however often it is pressed. */
export async function enterCase(
  deps: DeskActDeps,
  person: Subject,
  press: { readonly caseId: string; readonly eventId: string; readonly form: FormData },
): Promise<Result<EnteredCase, DeskRefusal>> {
  const grant = entryGrant(deps, person);
  if (grant === null) return fail(refuse('ACTOR'));
  if (!ID.test(press.caseId) || !ID.test(press.eventId)) return fail(refuse('SHAPE'));
  const read = readAnswers(press.form, entryFields(deps, person));
  const { answers } = read;
  const words = typedWords(press.form);
  const missing = [...new Set([...read.missing, ...missingOf(answers, words)])];
  if (missing.length > 0) return fail(refuse('MISSING', missing));
  if (read.notOffered.length > 0) return fail(refuse('NOT_OFFERED', read.notOffered));
  const caseId = press.caseId as CaseId;
  if (await outsideNoTaken(deps, textOf(answers, OUTSIDE_NO), caseId))
    return fail(refuse('OUTSIDE_TAKEN'));
  const actor = actorUnder(person, grant, 'case.drafted');
  const by = actor.code === 'T' ? 'T' : 'O';
  const today = shanghaiDay(deps.now()) as LocalDate;
  const queryCode = freshQueryCode();
  const events = ({ file, now }: Deciding): Result<readonly NewRecord[], DeskRefusal> => {
    const [begun] = file.timeline;
    if (begun !== undefined) {
      const same =
        begun.eventId === idOf(press.eventId, 0) && begun.actor.personId === actor.personId;
      return same ? ok([]) : fail(refuse('NOT_FOUND'));
    }
    const command = entryCommand({ answers, words, by, queryCode, today, at: now });
    const ids = Array.from({ length: idsNeeded(file, command) }, (_, n) => idOf(press.eventId, n));
    const decided = decide(file, command, {
      ...{ actor, now, ids, place: 'county', calendar: deps.calendar },
      county: deps.county.slice(0, 6),
    });
    if (decided.ok) return ok(decided.value);
    return fail(refuse(decided.error.code, [], decided.error.details.join('；')));
  };
  const audit = [{ personId: person.personId, action: 'case.taken', caseId, note: 'desk' }];
  const done = await recordAtCounty<Subject, DeskRefusal>(deps.sync, {
    actor,
    caseId,
    events,
    audit,
  });
  if (!done.ok) return fail(told(done.error));
  const { file } = done.value;
  assert(file.numbers.queryCode !== null, 'a taken case has its query code');
  return ok({ caseId, queryCode: file.numbers.queryCode, sealed: file.sealed !== null });
}
