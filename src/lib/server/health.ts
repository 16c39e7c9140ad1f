import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Container } from './container.ts';
import { backupNow } from './jobs/schedule.ts';
import { FREE_BYTES_MIN } from './sync/limits.ts';

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * 200 when the county can take an exchange right now, else 503 with the reason: `closing`, `disk`
 * (less than FREE_BYTES_MIN left) or `store`. `backup` says how the backups stand against their
 * schedule: `good`, `late`, `none` yet, or `off`.
 */
export async function readyEndpoint(
  container: () => Promise<Container>,
  measure: (folder: string) => Promise<number> = freeBytes,
): Promise<Response> {
  const headers = { 'cache-control': 'no-store' };
  try {
    const { open, store, county, env } = await container();
    if (!open) return Response.json({ ready: false, why: 'closing' }, { status: 503, headers });
    const folders = [env.dataDir, path.dirname(env.databaseFile)];
    const free = Math.min(...(await Promise.all(folders.map(measure))));
    if (free < FREE_BYTES_MIN)
      return Response.json({ ready: false, why: 'disk' }, { status: 503, headers });
    const { seq } = await store.transact(county, (tx) => tx.head());
    // A late backup takes nobody's node away: it is said, and the exchange goes on.
    const { word, at } = await backupNow(await container());
    return Response.json({ ready: true, head: seq, backup: { word, at } }, { headers });
  } catch (error) {
    console.error('not ready:', error);
    return Response.json({ ready: false, why: 'store' }, { status: 503, headers });
  }
}

/** 200 as long as the process answers at all. */
export const aliveEndpoint = (): Response =>
  Response.json({ alive: true }, { headers: { 'cache-control': 'no-store' } });
