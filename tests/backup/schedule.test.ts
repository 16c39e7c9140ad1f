import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openContainer } from '../../src/lib/server/container.ts';
import { readyEndpoint } from '../../src/lib/server/health.ts';
import {
  KEPT_LAST,
  prunable,
  verifiedIn,
  type Manifest,
} from '../../src/lib/server/jobs/backup-folder.ts';
import { backupHealth, noteFailed, noteVerified } from '../../src/lib/server/jobs/backup-state.ts';
import { backupNow, isDue, startBackups } from '../../src/lib/server/jobs/schedule.ts';
import { deskLedgerWords } from '../../src/lib/ui/messages/desk-ledger.ts';
import { historyOf, passingFolder, placeAt, visit } from './place.ts';

const root = passingFolder();
const verified = (at: string) => ({ at, file: '/b/x', seq: 7, bytes: 1, ms: 1 });
const ms = (at: string) => Date.parse(at);

describe('the schedule', () => {
  it('[BK4] one is due after its time, at once when there is none, and after a clock that was set back', () => {
    const state = { verified: verified('2026-06-08T08:00:00Z'), failed: null };
    const at = (now: string, lastTry: string | null = null) => ({
      ...{ everyMinutes: 60, nowMs: ms(now), lastTry: lastTry === null ? null : ms(lastTry) },
    });
    expect(isDue(state, at('2026-06-08T08:59:00Z'))).toBe(false);
    expect(isDue(state, at('2026-06-08T09:00:00Z'))).toBe(true);
    expect(isDue(state, at('2026-06-08T09:03:00Z', '2026-06-08T09:00:00Z'))).toBe(false);
    expect(isDue(state, at('2026-06-08T09:05:00Z', '2026-06-08T09:00:00Z'))).toBe(true);
    expect(isDue({ verified: null, failed: null }, at('2026-06-08T09:00:00Z'))).toBe(true);
    expect(isDue(state, at('2020-01-01T00:00:00Z'))).toBe(true);
    expect(isDue(state, at('2020-01-01T00:06:00Z', '2026-06-08T08:00:00Z'))).toBe(true);
    expect(isDue(state, { ...at('2026-06-09T09:00:00Z'), everyMinutes: 0 })).toBe(false);
  });

  it('[BK4] a process of its own makes it while commits go on', { timeout: 60_000 }, async () => {
    const env = placeAt(root, 'child', { BACKUP_EVERY_MINUTES: '60' });
    const running = await openContainer(env);
    for (let n = 0; n < 20; n++) await visit(running, `第${n}次`, `case${n}`);
    const look = startBackups(running);
    let made: boolean | null = null;
    const done = look().then((yes) => (made = yes));
    let commits = 0;
    while (made === null) {
      await visit(running, `第${commits}次`, `case${commits % 20}`);
      commits += 1;
      await sleep(5);
    }
    await done;
    expect(made).toBe(true);
    expect(commits).toBeGreaterThan(10);
    const { safe, head } = await historyOf(running);
    expect(safe).toBeGreaterThanOrEqual(20);
    expect(safe).toBeLessThanOrEqual(head);
    expect(verifiedIn(env.backupDir)).toHaveLength(1);
    expect(await look()).toBe(false);
    await running.close();
    expect(await look()).toBe(false);
  });

  it('[BK5] a quarter of an hour behind, it is late; so is a note of the future', () => {
    const state = { verified: verified('2026-06-08T08:00:00Z'), failed: null };
    const word = (now: string, everyMinutes = 60, of: Parameters<typeof backupHealth>[0] = state) =>
      backupHealth(of, { everyMinutes, now, since: '2026-06-08T08:00:00Z' }).word;
    expect(word('2026-06-08T09:15:00Z')).toBe('good');
    expect(word('2026-06-08T09:15:01Z')).toBe('late');
    expect(word('2026-06-01T09:15:01Z')).toBe('late');
    expect(word('2026-06-09T09:15:01Z', 0)).toBe('off');
    const none = { verified: null, failed: null };
    expect(word('2026-06-08T09:00:00Z', 60, none)).toBe('good');
    expect(word('2026-06-08T09:16:00Z', 60, none)).toBe('none');
  });

  it('[BK5] the desk and /readyz say it, with why; a good one ends it', async () => {
    const env = placeAt(root, 'late', { BACKUP_EVERY_MINUTES: '60' });
    const running = await openContainer(env);
    const ready = async () => {
      const answer = await readyEndpoint(() => Promise.resolve(running));
      return ((await answer.json()) as { backup: { word: string } }).backup.word;
    };
    expect(await ready()).toBe('good');
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    await noteVerified(running.db, verified(ago(76)));
    await noteFailed(running.db, { at: ago(16), why: 'the disk is full' });
    expect(await backupNow(running)).toMatchObject({ word: 'late', why: 'the disk is full' });
    expect(await ready()).toBe('late');
    const words = deskLedgerWords['zh-CN'].supervision.backup;
    expect(words.late('1 小时前', '7') + words.safe).toContain('没丢');
    const page = readFileSync(
      path.join(import.meta.dirname, '../../src/routes/desk/(in)/supervision/+page.svelte'),
      'utf8',
    );
    expect(page).toContain('words.backup.late');
    await noteVerified(running.db, verified(ago(1)));
    expect(await backupNow(running)).toMatchObject({ word: 'good', why: null });
    await running.close();
  });
});

describe('old backups', () => {
  const manifest = (n: number, at: string): Manifest => ({
    ...{ format: 1, n, at, file: `backup-${n}`, bytes: 1, sha256: '', heads: [], attempts: 1 },
    ...{ rows: 1, cases: 1, media: 0, mediaBytes: 0 },
  });

  it('[BK7] hourly ones of half a year leave the last three, seven days and six months', () => {
    const hours = 24 * 200;
    const all = Array.from({ length: hours }, (_, back) =>
      manifest(hours - back, new Date(ms('2026-06-30T23:30:00Z') - back * 3_600_000).toISOString()),
    );
    const gone = new Set(prunable(all));
    const kept = all.filter((one) => !gone.has(one));
    expect(kept.slice(0, KEPT_LAST)).toEqual(all.slice(0, KEPT_LAST));
    expect(new Set(kept.map(({ at }) => at.slice(0, 10))).size).toBe(7 + 5);
    expect(new Set(kept.map(({ at }) => at.slice(0, 7))).size).toBe(6);
    expect(kept.length).toBe(2 + 7 + 5);
  });

  it('[BK7] the last verified one stays, whatever the clock said', () => {
    const after = [manifest(9, '1999-01-01T00:00:00Z'), manifest(8, '2031-01-01T00:00:00Z')];
    const before = Array.from({ length: 30 }, (_, n) =>
      manifest(7 - n, `2026-06-${String(30 - n).padStart(2, '0')}T00:00:00Z`),
    );
    expect(prunable([...after, ...before])).not.toContain(after[0]);
    expect(prunable([manifest(1, 'no time at all')])).toEqual([]);
  });
});
