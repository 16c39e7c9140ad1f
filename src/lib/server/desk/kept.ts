import { emptyCaseFile } from '../../domain/case-file.ts';
import {
  actorUnder,
  can,
  type CaseSight,
  grantFor,
  sightOf,
  type Subject,
} from '../../domain/permissions.ts';
import { fail, ok, type CaseId, type EventId, type Result } from '../../domain/values.ts';
import type { AsideRow } from '../../ports/county-store.ts';
import { isHeldCode, type HeldCode } from '../../protocol/sealed-rows.ts';
import { isBox } from '../sealing/box.ts';
import { asideFromTable } from '../store/rows.ts';
import { adoptAside } from '../sync/record.ts';
import { vouchFor } from '../sync/sealed-again.ts';
import type { DeskActDeps, DeskDeps } from './deps.ts';
import { eventName } from './history.ts';

/** Rows shown; the oldest wait at the top. */
const ROWS_MAX = 500;
const RAW_MAX = 4_000;

/** Nobody can read it yet; it joins the log by itself when the county can open it. */
const SEALED_NAME = '封着送来的一条';

/** Its tablet did not sign it: an officer may say that it counts. */
const isUnsigned = (code: string): boolean => code === ('SEALED_SIGNATURE' satisfies HeldCode);

const fieldOf = (value: unknown, name: string): unknown =>
  value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined;

const typeOf = (raw: string): string => {
  const type = fieldOf(JSON.parse(raw), 't');
  return typeof type === 'string' ? type : '';
};

/** Whether a kept event says that its case is sealed, although it could not join the log. */
function saysSealed(raw: string): boolean {
  if (isBox(raw)) return true;
  const head = fieldOf(fieldOf(JSON.parse(raw), 'p'), 'head');
  return typeOf(raw) === 'case.sealed' || fieldOf(head, 'procedure') === 'SEALED';
}

/** Cases of which any kept event says that they are sealed. */
async function sealedAmong(deps: DeskDeps, caseIds: readonly string[]): Promise<Set<string>> {
  if (caseIds.length === 0) return new Set();
  const rows = await deps.db
    .selectFrom('dead_letter')
    .select(['case_id', 'raw'])
    .where('county', '=', deps.county)
    .where('case_id', 'in', caseIds)
    .execute();
  return new Set(rows.filter(({ raw }) => saysSealed(raw)).map((row) => row.case_id));
}

/** A case whose beginning has not come, seen as if it had: somewhere in the county. */
const unknownSight = (deps: DeskDeps, caseId: CaseId): CaseSight => ({
  ...sightOf(emptyCaseFile(caseId, '')),
  status: 'SUBMITTED',
  areaCode: deps.county,
});

interface Door {
  readonly shown: boolean;
  readonly words: boolean;
  readonly mayAdopt: boolean;
}

/** What this person may do with a kept event; words of an unknown case are for the sealed list. */
async function doorOf(
  deps: DeskDeps,
  person: Subject,
  { aside, sealed }: { aside: AsideRow; sealed: boolean },
): Promise<Door & { known: boolean }> {
  const now = deps.now();
  const record = await deps.cases.one(aside.caseId);
  const known = record !== null;
  const plain = known ? sightOf(record.file) : unknownSight(deps, aside.caseId);
  const object = sealed ? { ...plain, sealed } : plain;
  const adopts = (sight: CaseSight) => can(person, 'record:event.adopted', { object: sight, now });
  const sees = can(person, 'case.view', { object, now });
  if (known) return { known, shown: sees, words: sees, mayAdopt: adopts(object) };
  const asSealed = { ...object, sealed: true };
  const mayAdopt = adopts(object) || adopts(asSealed);
  const words = mayAdopt && can(person, 'case.view', { object: asSealed, now });
  return { known, shown: mayAdopt, words, mayAdopt };
}

/**
 * 暂存: events that the county keeps raw beside its log, with those of cases whose beginning has
 * not come. Of a known case only who may see it reads them; of an unknown one who may adopt sees
 * that something waits, and the sealed list alone reads the words, for nobody knows yet what it is.
 */
export async function keptRows(deps: DeskDeps, person: Subject, only: string | null = null) {
  const waiting = deps.db
    .selectFrom('dead_letter')
    .selectAll()
    .where('county', '=', deps.county)
    .where('adopted_seq', 'is', null);
  const rows = await (only === null ? waiting : waiting.where('id', '=', only))
    .orderBy('received_at')
    .orderBy('id')
    .limit(ROWS_MAX)
    .execute();
  const people = new Map((await deps.colleagues()).map((one) => [one.personId, one.name]));
  const sealed = await sealedAmong(deps, [...new Set(rows.map((row) => row.case_id))]);
  const kept = [];
  for (const aside of rows.map(asideFromTable)) {
    const door = await doorOf(deps, person, { aside, sealed: sealed.has(aside.caseId) });
    if (!door.shown) continue;
    const shut = isBox(aside.raw);
    kept.push({
      id: aside.id as string,
      caseId: aside.caseId,
      name: shut || isHeldCode(aside.code) ? SEALED_NAME : eventName(typeOf(aside.raw)),
      code: aside.code,
      reason: aside.reason,
      receivedAt: aside.receivedAt as string,
      who: people.get(aside.personId) ?? '',
      href: door.known ? `/desk/case/${aside.caseId}` : null,
      raw: door.words && !shut ? aside.raw.slice(0, RAW_MAX) : null,
      mayAdopt: door.mayAdopt && !shut && (!isHeldCode(aside.code) || isUnsigned(aside.code)),
    });
  }
  return kept;
}

/** What is asked on 暂存, or on the review page of one case: then only what is kept of that case. */
interface Asked {
  readonly id: string;
  readonly reason: string;
  readonly caseId?: CaseId;
}

/** Lets a kept event join the log; a row that the person does not see is not there. */
export async function adoptKeptRow(
  deps: DeskActDeps,
  person: Subject,
  { id, reason, caseId }: Asked,
): Promise<Result<unknown, string>> {
  const [row] = await keptRows(deps, person, id);
  if (row?.mayAdopt !== true || (caseId !== undefined && row.caseId !== caseId))
    return fail('NOT_FOUND');
  const grant = grantFor(person, 'record:event.adopted', { object: null, now: deps.now() });
  if (grant === null) return fail('NOT_FOUND');
  const actor = actorUnder(person, grant, 'event.adopted');
  if (isUnsigned(row.code)) {
    const { personId, name } = person;
    const done = await vouchFor(deps.sync, id as EventId, { by: { personId, name }, reason });
    return done ? ok(null) : fail('NOT_READABLE');
  }
  const asked = { id: id as EventId, caseId: row.caseId, actor, reason };
  return adoptAside(deps.sync, asked);
}
