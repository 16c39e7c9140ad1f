/** Who writes the database makes every tag of the audit anew: the signed heads are not his to make. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonId } from '../../src/lib/domain/values.ts';
import {
  auditMarkFile,
  AuditAltered,
  makeAuditPoint,
  readAuditMark,
} from '../../src/lib/server/evidence/audit-points.ts';
import type { EvidenceDeps } from '../../src/lib/server/evidence/points.ts';
import { checkpointSince } from '../../src/lib/server/evidence/public.ts';
import { noFindings } from '../../src/lib/server/jobs/findings.ts';
import { verifyAudit } from '../../src/lib/server/jobs/verify-audit.ts';
import { auditTag } from '../../src/lib/server/store/audit-chain.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let deps: EvidenceDeps;
let keys: string;
beforeEach(async () => {
  county = await openTestCounty();
  keys = mkdtempSync(path.join(tmpdir(), 'daiban-audit-head-'));
  const { db, county: code, now } = county.room.desk;
  const lockHead = county.room.container.database.kind === 'postgres';
  deps = { db, county: code, keyFile: path.join(keys, 'key.json'), now, lockHead };
}, 300_000);
afterEach(async () => {
  await county.close();
  rmSync(keys, { recursive: true, force: true });
});

async function looks(count: number): Promise<void> {
  const { desk } = county.room;
  const line = (n: number) => ({
    ...{ at: desk.now(), personId: `person${n}` as PersonId, role: 'O1' },
    ...{ action: 'view.logged', caseId: null, note: 'P3', why: '核对' },
  });
  const audit = Array.from({ length: count }, (_, n) => line(n));
  await desk.store.transact(desk.county, (tx) => tx.write({ audit }));
}
const faults = async ({ file = true } = {}) => {
  const findings = noFindings();
  await verifyAudit(deps.db, findings, file ? deps.keyFile : undefined);
  return findings.faults;
};
/** One look is somebody else's, and every tag behind it is made again. */
async function rewrite(back: number): Promise<void> {
  const of = () => deps.db.selectFrom('audit').selectAll().where('county', '=', deps.county);
  const all = await of().orderBy('n').execute();
  const at = all.length - back;
  let before = all[at - 1]?.tag ?? '';
  for (const [index, row] of all.slice(at).entries()) {
    const line = { ...row, ...(index === 0 ? { person_id: 'nobody' } : {}) };
    before = auditTag(before, line);
    const set = deps.db.updateTable('audit').set({ person_id: line.person_id, tag: before });
    await set.where('county', '=', row.county).where('n', '=', row.n).execute();
  }
}

describe('the signed head of the audit', () => {
  it('[AU376] a chain that was made anew is found, and nothing is signed over it', async () => {
    await looks(6);
    const first = await makeAuditPoint(deps);
    expect(first).not.toBeNull();
    expect(await makeAuditPoint(deps)).toBeNull();
    await looks(3);
    expect((await makeAuditPoint(deps))?.n).toBe((first?.n ?? 0) + 3);
    await looks(2);
    expect(await faults()).toEqual([]);
    expect((await checkpointSince(county.room.container, 0)).audit?.n).toBe((first?.n ?? 0) + 3);
    await rewrite(7);
    // The chain itself holds: only what was signed tells.
    const said = await faults({ file: false });
    const told = expect.stringContaining('is not that of audit line') as string;
    expect(said).toEqual([told, told]);
    await expect(makeAuditPoint(deps)).rejects.toThrow(AuditAltered);
  });

  it('[AU377] who takes the signed heads away too is told by the one beside the key', async () => {
    await looks(6);
    await makeAuditPoint(deps);
    expect(await readAuditMark(deps.keyFile)).toMatchObject({ county: deps.county });
    await rewrite(4);
    await deps.db.deleteFrom('audit_point').execute();
    expect(await faults({ file: false })).toEqual([]);
    expect(await faults()).toEqual([expect.stringContaining('noted beside the key')]);
    await expect(makeAuditPoint(deps)).rejects.toThrow(AuditAltered);
    // Lines that are gone from the end.
    await deps.db.deleteFrom('audit').where('n', '>', 2).execute();
    await deps.db.updateTable('counters').set({ value: 2 }).where('name', '=', 'audit').execute();
    expect(await faults()).toEqual([expect.stringContaining('was signed')]);
    // A county that was put back has begun another history: the heads begin anew with it.
    const at = deps.now();
    const epoch = { id: 'restored', baseSeq: 0, reason: 'restore', at };
    await county.room.desk.store.transact(deps.county, (tx) => tx.write({ epochs: [epoch] }));
    expect(await makeAuditPoint(deps)).not.toBeNull();
    expect(await faults()).toEqual([]);
    // Without a place for the file the heads in the database go on.
    rmSync(auditMarkFile(deps.keyFile));
    expect(await faults()).toEqual([]);
  });

  it('[AU376] a head with another’s signature, or of another line, is none', async () => {
    await looks(3);
    await makeAuditPoint(deps);
    await deps.db
      .updateTable('audit_point')
      .set({ signature: 'A'.repeat(86) })
      .execute();
    expect(await faults()).toEqual([expect.stringContaining('no good signature')]);
  });
});
