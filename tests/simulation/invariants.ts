/** What must be true at the end of every history, looked at from outside the code under test. */
import type { EventRow } from '../../src/lib/ports/event-store.ts';
import { COUNTY } from './county.ts';
import type { SimCounty } from './sim-county.ts';
import type { SavedEvent, SimTablet } from './sim-tablet.ts';
import { Violation } from './world.ts';

export interface Ended {
  readonly saved: number;
  readonly stored: number;
  readonly rounds: number;
}

interface Looked {
  readonly county: SimCounty;
  readonly tablets: readonly SimTablet[];
  readonly saved: ReadonlyMap<string, SavedEvent>;
  readonly wiped: ReadonlySet<string>;
}

function nothingLost(
  { county, tablets, saved, wiped }: Looked,
  log: ReadonlyMap<string, EventRow>,
) {
  const aside = new Set<string>(county.store.asideRows(COUNTY).map(({ id }) => id));
  for (const [id, { tablet, h, bad }] of saved) {
    if (wiped.has(id)) continue;
    const row = log.get(id);
    if (row === undefined) {
      const shown = tablets[tablet]?.disk.events.get(id)?.state === 'q';
      if (!bad) throw new Violation(`S1 lost ${id}`);
      if (!shown || !aside.has(id)) throw new Violation(`S1 refused event vanished ${id}`);
    } else if (row.h !== h) throw new Violation(`S2 altered ${id}`);
  }
}

function inOrder(log: readonly EventRow[]): void {
  const last = new Map<string, number>();
  for (const { dv, ds } of log) {
    if (dv === 'county') continue;
    if (ds <= (last.get(dv) ?? 0)) throw new Violation(`S3 device order of ${dv}`);
    last.set(dv, ds);
  }
}

async function sameSight({ county, tablets }: Looked, log: readonly EventRow[]): Promise<void> {
  const { store } = county;
  const ids = [...new Set(log.map(({ caseId }) => caseId))];
  const cases = await store.transact(COUNTY, (tx) => tx.cases(ids));
  const truth = new Map(log.map((row) => [String(row.id), row]));
  for (const { owner, disk } of tablets) {
    const visible = (caseId: string) => {
      const record = cases.get(caseId as never);
      const agent = record?.file.agent?.personId === owner.personId;
      return record !== undefined && agent && record.file.sealed === null;
    };
    for (const row of log)
      if (visible(row.caseId) && !disk.events.has(row.id))
        throw new Violation(`S5 ${owner.name} never got ${row.id} at ${row.seq}`);
    for (const row of disk.events.values()) {
      if (row.state !== 'f') continue;
      if (truth.get(row.id)?.seq !== row.seq) throw new Violation(`S6 phantom ${row.id}`);
      if (!visible(row.caseId)) throw new Violation(`S6 ${owner.name} kept ${row.id}`);
    }
  }
}

/** Throws at the first invariant that does not hold. */
export async function checkEnd(looked: Looked, rounds: number): Promise<Ended> {
  const rows = looked.county.store.log(COUNTY);
  const log = rows.filter((row): row is EventRow => row.kind === 'event');
  const byId = new Map(log.map((row) => [String(row.id), row]));
  if (byId.size !== log.length) throw new Violation('S2 an id stands twice in the log');
  const own = log.filter(({ dv }) => dv !== 'county');
  for (const { id } of own)
    if (!looked.saved.has(id)) throw new Violation(`S2 ${id} was never saved by anybody`);
  nothingLost(looked, byId);
  inOrder(log);
  await sameSight(looked, log);
  return { saved: looked.saved.size, stored: log.length, rounds };
}
