/** After an upgrade: what an older build could not read is read again and joins the log (K23). */
import type { Actor } from '../../domain/case-event.ts';
import { parseEventBody } from '../../domain/event-body.ts';
import { OPAQUE } from '../../domain/shapes.ts';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { AsideRow } from '../../ports/county-store.ts';
import type { WireEvent } from '../../protocol/sync.ts';
import { isBox } from '../sealing/box.ts';
import type { CountyDeps } from '../sync/deps.ts';
import type { Asker } from '../sync/judge.ts';
import { SHUT } from '../sync/push.ts';
import { adoptAside } from '../sync/record.ts';

const ROWS_AT_ONCE = 500;
const SYSTEM: Actor = { code: 'S', personId: 'system' as PersonId, name: '系统' };
const BACK = '密封件的钥匙回来了'; // told to people
const REASON = '升级以后读懂了';

function isReadable({ id, caseId, raw }: AsideRow): boolean {
  // The key of its case is away.
  if (isBox(raw)) return false;
  const wire = JSON.parse(raw) as WireEvent;
  const { t: type, v, p: payload } = wire;
  return parseEventBody({ id, caseId, type, v, occurredAt: wire.at as Instant, payload }).ok;
}

/**
 * Lets every event of a newer build count that this build knows by now: those kept aside join the
 * log, those that stand in it unread are read; says how many.
 */
export async function readAgain<S extends Asker>(deps: CountyDeps<S>): Promise<number> {
  const rows = await deps.store.transact(deps.county, async (tx) => [
    ...(await tx.asideOpen('UNKNOWN_TYPE', ROWS_AT_ONCE)),
    ...(await tx.asideOpen(OPAQUE, ROWS_AT_ONCE)),
  ]);
  let adopted = 0;
  for (const row of rows) {
    // What stands in the log is asked of the judge, in the case as it is now.
    if (row.code !== OPAQUE && !isReadable(row)) continue;
    const done = await adoptAside(deps, {
      id: row.id,
      actor: SYSTEM,
      reason: row.reason === SHUT ? BACK : REASON,
    });
    if (done.ok) adopted += 1;
  }
  return adopted;
}
