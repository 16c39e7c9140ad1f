import { createHash } from 'node:crypto';
import type { Actor } from '../../domain/case-event.ts';
import { clocksOf } from '../../domain/clocks.ts';
import type { Command } from '../../domain/commands.ts';
import { absorbPayload } from '../../domain/conflict-cases.ts';
import { decide, idsNeeded } from '../../domain/decide.ts';
import { caseNoOf } from '../../domain/numbers.ts';
import { actorUnder, grantFor, type Subject } from '../../domain/permissions.ts';
import { fail, ok, type CaseId, type EventId, type Result } from '../../domain/values.ts';
import type { MakeBeside } from '../sync/beside.ts';
import { recordAtCounty, type Deciding, type IdTaken, type NewRecord } from '../sync/record.ts';
import { ACTS, actsFor } from './acts/index.ts';
import { readAnswers } from './acts/read.ts';
import type { ActContext, ActSpec } from './acts/spec.ts';
import { shanghaiDay } from './acts/spec.ts';
import { actContext } from './context.ts';
import type { DeskActDeps } from './deps.ts';
import { adoptKeptRow } from './kept.ts';
import { seeCase } from './see.ts';

/** Why a press did nothing; the page says it in words. */
export interface DeskRefusal {
  readonly code: string;
  readonly missing: readonly string[];
  readonly detail: string;
}

/** What a page says when the county did not record: a press of another case is told as such. */
export const told = (error: DeskRefusal | IdTaken): DeskRefusal =>
  error === 'ID_TAKEN' ? refuse('PRESS_USED') : error;

const refuse = (code: string, missing: readonly string[] = [], detail = ''): DeskRefusal => ({
  code,
  missing,
  detail,
});

/** A press of a button: which act, on which case, under which id, with which answers. */
export interface Press {
  readonly caseId: string;
  readonly act: string;
  /** Made with the page: a second press carries the same id and is the same event. */
  readonly eventId: string;
  readonly form: FormData;
}

/** Further ids of one press, derived, so that a repeated press derives the same. */
const derivedId = (first: string, n: number): EventId =>
  (n === 0
    ? first
    : createHash('sha256')
        .update(`${first}/${n}`)
        .digest()
        .subarray(0, 16)
        .toString('base64url')) as EventId;

/** The command of an act; most are one event with the answers as its payload. */
function commandOf(
  act: ActSpec,
  answers: Readonly<Record<string, unknown>>,
  about: { context: ActContext; nextCaseNo: () => string },
): Command {
  const { context } = about;
  const text = (name: string) => String(answers[name] ?? '');
  if (act.id === 'approve')
    return {
      kind: 'ApproveResolution',
      check: text('check'),
      checkedBy: answers.checkedBy as 'PHONE',
      nextCaseNo: context.file.numbers.caseNo ?? about.nextCaseNo(),
    };
  if (act.id === 'decideProposal')
    return {
      kind: answers.proposal === 'ADOPT' ? 'AdoptProposal' : 'DeclineProposal',
      supplementId: text('supplementId') as EventId,
      reason: text('reason'),
    };
  const built = act.build?.(answers, context) ?? answers;
  const payload =
    act.id === 'register' ? { ...built, caseNo: about.nextCaseNo() } : dropEmpty(built);
  return { kind: 'RecordEvents', entries: [{ type: act.type, payload }] };
}

const dropEmpty = (payload: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));

/** Decides inside the county's transaction, on the case as it stands there. */
function deciding(
  deps: DeskActDeps,
  press: Press,
  about: { act: ActSpec; answers: Record<string, unknown>; context: ActContext; actor: Actor },
) {
  return ({ file, now, serials }: Deciding): Result<readonly NewRecord[], DeskRefusal> => {
    const year = Number(shanghaiDay(now).slice(0, 4));
    const nextCaseNo = () =>
      caseNoOf({
        ...{ county: deps.county, year, serial: serials.caseSerial(year) },
        prefix: file.head.channel,
      });
    const context = { ...about.context, file, now };
    // Somebody else may have sealed it since this press was looked at.
    const barred = about.act.barred?.(context) ?? null;
    if (barred !== null) return fail(refuse(barred));
    const command = commandOf(about.act, about.answers, { context, nextCaseNo });
    const ids = Array.from({ length: Math.max(1, idsNeeded(file, command)) }, (_, n) =>
      derivedId(press.eventId, n),
    );
    const decided = decide(file, command, {
      actor: about.actor,
      now,
      ids,
      place: 'county',
      county: deps.county.slice(0, 6),
      calendar: deps.calendar,
    });
    if (!decided.ok) return fail(refuse(decided.error.code, [], decided.error.details.join('；')));
    return ok(decided.value);
  };
}

/** Limits of the child that its master must keep when they are earlier (K05). */
const LEGAL_LIMITS: readonly string[] = ['C1', 'C2', 'C4', 'C7'];

/** 并案: the master learns of the child in the same commit, once, whatever was pressed how often. */
const tellMaster =
  (deps: DeskActDeps): MakeBeside =>
  (child, events) => {
    const master = child.mergedInto;
    if (master === null) return null;
    const { calendar, settings } = deps;
    const dues = clocksOf(events, { calendar, settings, now: deps.now() })
      .filter((clock) => LEGAL_LIMITS.includes(clock.code))
      .map(({ code, due }) => ({ code, due }));
    return {
      caseId: master.caseId,
      id: derivedId(master.mark.eventId, 1),
      type: 'case.supplemented',
      payload: { absorbs: dropEmpty({ ...absorbPayload(child), dues }) },
    };
  };

/** 采认 on the review page: the same gate as on 暂存, and only what was kept of this case. */
async function adoptKept(
  deps: DeskActDeps,
  person: Subject,
  about: { readonly caseId: CaseId; readonly answers: Readonly<Record<string, unknown>> },
): Promise<Result<true, DeskRefusal>> {
  const { caseId, answers } = about;
  const asked = { id: String(answers.keptId), reason: String(answers.reason), caseId };
  const done = await adoptKeptRow(deps, person, asked);
  return done.ok ? ok(true) : fail(refuse(done.error === 'NOT_FOUND' ? 'KEPT_GONE' : done.error));
}

/**
 * Does what a button says: permission, fields, the domain's ladder, one durable transaction.
 * A case that the person may not see answers exactly like one that does not exist.
 */
export async function perform(
  deps: DeskActDeps,
  person: Subject,
  press: Press,
): Promise<Result<true, DeskRefusal>> {
  const seen = await seeCase(deps, person, press.caseId);
  if (seen === null) return fail(refuse('NOT_FOUND'));
  if (!/^[A-Za-z0-9_-]{22}$/.test(press.eventId)) return fail(refuse('SHAPE'));
  const { file } = seen.record;
  if (file.timeline.some((line) => line.eventId === press.eventId))
    return fail(refuse('ALREADY_RECORDED'));
  const act = ACTS.find((one) => one.id === press.act);
  if (act === undefined) return fail(refuse('SHAPE'));
  const context = await actContext(deps, person, seen);
  const scene = { object: seen.sight, now: context.now };
  const grant = grantFor(person, `record:${act.type}`, scene);
  if (grant === null) return fail(refuse('ACTOR'));
  const barred = act.barred?.(context) ?? null;
  if (barred !== null) return fail(refuse(barred));
  if (!actsFor(context, person).includes(act)) return fail(refuse('STATUS'));
  const { answers, missing, notOffered } = readAnswers(press.form, act.fields(context));
  const lacking = [...missing, ...(act.wants?.(answers, context) ?? [])];
  if (lacking.length > 0) return fail(refuse('MISSING', lacking));
  const odd = [...notOffered, ...(act.misfits?.(answers) ?? [])];
  if (odd.length > 0) return fail(refuse('NOT_OFFERED', odd));
  const actor = actorUnder(person, grant, act.type);
  if (act.id === 'adoptKept') return adoptKept(deps, person, { caseId: file.caseId, answers });
  const done = await recordAtCounty<Subject, DeskRefusal>(deps.sync, {
    actor,
    caseId: file.caseId,
    events: deciding(deps, press, { act, answers, context, actor }),
    ...(act.id === 'merge' ? { beside: tellMaster(deps) } : {}),
    audit: [{ personId: person.personId, action: act.type, caseId: file.caseId, note: 'desk' }],
  });
  return done.ok ? ok(true) : fail(told(done.error));
}
