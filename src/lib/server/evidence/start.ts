/** What the county does for its evidence by itself: roots, and the audit off the host. */
import type { Kysely } from 'kysely';
import type { Container } from '../container.ts';
import type { CountyTables } from '../store/tables.ts';
import { AuditAltered, makeAuditPoint } from './audit-points.ts';
import { EvidenceKeyLost, makePoint, type EvidenceDeps } from './points.ts';
import { shipAudit } from './ship.ts';

const MINUTE_MS = 60_000;
/** A root is signed this long after the log moved, at the latest. */
export const POINT_EVERY_MS = 5 * MINUTE_MS;
/** The audit is off the host this long after it was written, and one message more. */
export const SHIP_EVERY_MS = 20_000;
/** A fault that stays is said again after this long. */
const SAY_AGAIN_MS = 60 * MINUTE_MS;

/** What the evidence of an open county needs. */
export function evidenceOf({ db, county, env, clock, database }: Container): EvidenceDeps {
  const tables = db as unknown as Kysely<CountyTables>;
  const lockHead = database.kind === 'postgres';
  return { db: tables, county, keyFile: env.evidenceKeyFile, now: clock.now, lockHead };
}

/** A key that is lost is the operator's to mend: its sentence, without where it was thrown. */
const wordsOf = (error: unknown): string => {
  if (error instanceof EvidenceKeyLost || error instanceof AuditAltered) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

/** Runs `work` now and every so often until the county closes, never twice at once. */
function repeated(
  container: Container,
  { what, everyMs }: { what: string; everyMs: number },
  work: () => Promise<unknown>,
): void {
  let running = false;
  let saidAt = -Infinity;
  const run = async () => {
    if (running || !container.open) return;
    running = true;
    try {
      await work();
      if (saidAt > -Infinity) console.log(`${what}: it goes on`);
      saidAt = -Infinity;
    } catch (error) {
      const again = performance.now() - saidAt >= SAY_AGAIN_MS;
      if (again && container.open) console.error(`${what}: ${wordsOf(error)}`);
      if (again) saidAt = performance.now();
    } finally {
      running = false;
    }
  };
  void run();
  const timer = setInterval(() => {
    if (container.open) void run();
    else clearInterval(timer);
  }, everyMs);
  timer.unref();
}

/** Begins with it; a county that cannot sign or ship goes on and says so in its log. */
export function startEvidence(container: Container): void {
  const deps = evidenceOf(container);
  const points = { what: 'no root could be signed', everyMs: POINT_EVERY_MS };
  repeated(container, points, () => makePoint(deps, () => container.open));
  const heads = { what: 'the head of the audit could not be signed', everyMs: POINT_EVERY_MS };
  repeated(container, heads, () => makeAuditPoint(deps));
  const target = container.env.auditShip;
  if (target === null) return;
  const ship = { what: 'the audit cannot be shipped, its lines wait', everyMs: SHIP_EVERY_MS };
  repeated(container, ship, () => shipAudit(deps, target));
}
