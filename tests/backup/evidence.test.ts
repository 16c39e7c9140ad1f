import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  provesContained,
  readReceipt,
  verifyReceipt,
  type ReceiptAnswer,
} from '../../src/lib/protocol/receipt.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { checkpointSince, notice } from '../../src/lib/server/evidence/public.ts';
import { keysOf, makePoint } from '../../src/lib/server/evidence/points.ts';
import { checkReceipt, makeReceipt } from '../../src/lib/server/evidence/receipts.ts';
import { evidenceOf } from '../../src/lib/server/evidence/start.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { restoreBackup } from '../../src/lib/server/jobs/restore.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { caseNamed, passingFolder, placeAt, visit } from './place.ts';

const root = passingFolder();
const digest = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

async function receipt(container: Container): Promise<string> {
  const of = { caseId: caseNamed('caseA'), sealed: false };
  const text = await makeReceipt(evidenceOf(container), of);
  if (text === null) throw new Error('nothing was signed');
  return text;
}

/** The answer of the county, and whether its proof holds on the villager's phone. */
async function asked(container: Container, text: string): Promise<[ReceiptAnswer, boolean]> {
  const deps = evidenceOf(container);
  const verdict = await verifyReceipt(digest, text, await keysOf(deps.db, deps.county));
  const answer = await checkReceipt(deps, text);
  if (verdict.kind !== 'signed' || answer.kind !== 'contained') return [answer, false];
  return [answer, await provesContained(digest, verdict.receipt, answer)];
}

describe('evidence and copies', () => {
  it('[AU169] after a restore the roots go on, and a receipt of what is gone is told of the restore', async () => {
    const env = placeAt(root, 'one');
    const before = await openContainer(env);
    await visit(before, '第一次');
    await visit(before, '别家的事', 'caseB');
    const first = await makePoint(evidenceOf(before));
    const early = await receipt(before);
    const made = await makeBackup(env);
    if (!made.ok) throw new Error(made.error.join());
    expect(made.value).toMatchObject({ points: 1, leaves: 2 });
    await visit(before, '第二次');
    await makePoint(evidenceOf(before));
    const late = await receipt(before);
    expect((await asked(before, late))[1]).toBe(true);
    await before.close();

    const done = await restoreBackup(env, { from: made.value.file, yesOlder: true });
    expect(done.ok).toBe(true);
    const after = await openContainer(env);
    expect((await asked(after, early))[1]).toBe(true);
    expect((await asked(after, late))[0]).toMatchObject({ kind: 'restored' });
    await visit(after, '补上的第二次');
    const next = await makePoint(evidenceOf(after));
    expect(next?.epoch).not.toBe(first?.epoch);
    expect((await asked(after, early))[1]).toBe(true);
    expect((await asked(after, await receipt(after)))[1]).toBe(true);
    expect(await verifyDatabase(after.db)).toMatchObject({ broken: 0, points: 2 });
    expect((await notice(after)).restoredAt).toHaveLength(1);
    await after.close();
  });

  it('[AU169] a witness gets the path from the root he kept, and none from one that never was', async () => {
    const running = await openContainer(placeAt(root, 'witness'));
    for (let n = 0; n < 5; n++) await visit(running, `第${n}次`);
    await makePoint(evidenceOf(running));
    for (let n = 5; n < 11; n++) await visit(running, `第${n}次`);
    await makePoint(evidenceOf(running));
    const { point, keys, path } = await checkpointSince(running, 5);
    expect([point?.size, keys.length]).toEqual([11, 1]);
    expect(path?.length).toBeGreaterThan(0);
    for (const wrong of [0, -1, 12, 1.5, Number.NaN])
      expect((await checkpointSince(running, wrong)).path, String(wrong)).toBeNull();
    const shown = await notice(running);
    expect(shown.days).toHaveLength(1);
    expect(shown.days[0]?.spoken.digits).toMatch(/^\d{4}$/);
    expect(readReceipt(await receipt(running))?.receipt).toMatchObject({
      entries: 11,
      keyId: shown.key?.keyId,
    });
    await running.close();
  });
});
