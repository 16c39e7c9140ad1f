import { actorUnder, can, grantFor, sightOf, type Subject } from '../../domain/permissions.ts';
import { fail, type EventId, type Result } from '../../domain/values.ts';
import { asideFromTable } from '../store/rows.ts';
import { adoptAside } from '../sync/record.ts';
import type { DeskActDeps, DeskDeps } from './deps.ts';
import { eventName } from './history.ts';

/** Rows shown; the oldest wait at the top. */
const ROWS_MAX = 500;
const RAW_MAX = 4_000;

const typeOf = (raw: string): string => {
  const wire: unknown = JSON.parse(raw);
  const type = wire !== null && typeof wire === 'object' && 't' in wire ? wire.t : '';
  return typeof type === 'string' ? type : '';
};

/**
 * 暂存: events that the county keeps raw beside its log, with those of cases whose beginning has
 * not come. Of a known case only who may see it reads them; of an unknown one only who may adopt.
 */
export async function keptRows(deps: DeskDeps, person: Subject) {
  const now = deps.now();
  const rows = await deps.db
    .selectFrom('dead_letter')
    .selectAll()
    .where('county', '=', deps.county)
    .where('adopted_seq', 'is', null)
    .orderBy('received_at')
    .orderBy('id')
    .limit(ROWS_MAX)
    .execute();
  const people = new Map((await deps.colleagues()).map((one) => [one.personId, one.name]));
  const kept = [];
  for (const aside of rows.map(asideFromTable)) {
    const record = await deps.cases.one(aside.caseId);
    const object = record === null ? null : sightOf(record.file);
    const action = record === null ? 'record:event.adopted' : 'case.view';
    if (!can(person, action, { object, now })) continue;
    const type = typeOf(aside.raw);
    kept.push({
      id: aside.id as string,
      name: eventName(type),
      code: aside.code,
      reason: aside.reason,
      receivedAt: aside.receivedAt as string,
      who: people.get(aside.personId) ?? '',
      href: record === null ? null : `/desk/case/${aside.caseId}`,
      raw: aside.raw.slice(0, RAW_MAX),
      mayAdopt: can(person, 'record:event.adopted', { object, now }),
    });
  }
  return kept;
}

/** Lets a kept event join the log; a row that the person does not see is not there. */
export async function adoptKeptRow(
  deps: DeskActDeps,
  person: Subject,
  asked: { id: string; reason: string },
): Promise<Result<unknown, string>> {
  const row = (await keptRows(deps, person)).find((one) => one.id === asked.id && one.mayAdopt);
  if (row === undefined) return fail('NOT_FOUND');
  const grant = grantFor(person, 'record:event.adopted', { object: null, now: deps.now() });
  if (grant === null) return fail('NOT_FOUND');
  const actor = actorUnder(person, grant, 'event.adopted');
  return adoptAside(deps.sync, { id: asked.id as EventId, actor, reason: asked.reason });
}
