import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../domain/case-event.ts';
import type { CaseId, DeviceId, EventId, Instant, PersonId, Sha256 } from '../../domain/values.ts';
import { openContainer } from '../container.ts';
import { readEnv } from '../env.ts';
import { openRoom } from '../room.ts';
import { recordAtCounty } from '../sync/record.ts';
import { daily } from './daily.ts';
import { readAgain } from './read-again.ts';

const root = mkdtempSync(path.join(tmpdir(), 'daiban-jobs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const caseId = 'caseA_________________' as CaseId;
const salt = 'saltA_________________';
const actor: Actor = { code: 'O', personId: 'office' as PersonId, name: '县局' };

async function county(name: string) {
  const env = readEnv({ DATA_DIR: path.join(root, name) });
  if (!env.ok) throw new Error(env.error.join());
  const container = await openContainer(env.value);
  await openRoom(container);
  return container;
}

const KNOWN = 'known_________________' as EventId;
const NEWER = 'newer_________________' as EventId;
const PROGRESS = { unitId: 'SWJ', plain: '打井队下周三进场' };

describe('jobs', () => {
  it('[SY6] what an older build could not read joins the log after the upgrade', async () => {
    const container = await county('one');
    const { sync, store } = container;
    const events = [{ type: 'progress.recorded', payload: PROGRESS }];
    await recordAtCounty(sync, { actor, caseId, salt, events });
    const aside = (id: EventId, t: string, ds: number) => ({
      ...{
        id,
        h: 'h' as Sha256,
        dv: 'dv' as DeviceId,
        ds,
        caseId,
        salt,
        reason: '',
      },
      ...{ personId: 'wang' as PersonId, code: 'UNKNOWN_TYPE', offset: 0, adoptedSeq: null },
      receivedAt: '2026-06-08T01:00:00Z' as Instant,
      raw: JSON.stringify({ ds, id, t, v: 1, at: '2026-06-08T00:00:00Z', p: PROGRESS }),
    });
    const rows = [aside(KNOWN, 'progress.recorded', 1), aside(NEWER, 'moon.landed', 2)];
    await store.transact(sync.county, (tx) => tx.write({ aside: rows }));
    expect(await readAgain(sync)).toBe(1);
    expect(await readAgain(sync)).toBe(0);
    const [known, newer] = await store.transact(sync.county, async (tx) => [
      await tx.aside(KNOWN),
      await tx.aside(NEWER),
    ]);
    expect([known?.adoptedSeq, newer?.adoptedSeq]).toEqual([2, null]);
    await container.close();
  });

  it('[SY9] the daily pass adds what fell due, once', async () => {
    const container = await county('two');
    const due = new Date(Date.now() + 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
    const claims = [{ i: 0, result: 'PROMISED', due, by: '老于' }];
    const sha = 'a'.repeat(64);
    const villagerConfirms = { how: 'THUMB', evidence: [sha] };
    const payload = {
      measures: '撒石灰消杀',
      claims,
      villagerConfirms,
      before: [sha],
      after: [sha],
    };
    const events = [{ type: 'resolution.recorded', payload }];
    await recordAtCounty(container.sync, { actor, caseId, salt, events });
    const { store, county: code } = container;
    const read = await store.transact(code, (tx) => tx.cases([caseId]));
    const open = read.get(caseId)?.file.commitments.length ?? 0;
    expect(open).toBe(1);
    expect(await daily(container)).toBe(1);
    expect(await daily(container)).toBe(0);
    await container.close();
  });
});
