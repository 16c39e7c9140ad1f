import type { MediaChunk, MediaRecord, MediaState } from '../ports/tablet-store.ts';
import type { TabletDb } from './db.ts';
import { CASE_INDEX } from './db-name.ts';

const chunksOf = (db: TabletDb, id: string) =>
  db.chunks.where('[mediaId+n]').between([id, 0], [id, Number.MAX_SAFE_INTEGER]);

/** Removes a capture that no saved event names; anything else stays. */
export async function dropCapture(db: TabletDb, m: MediaRecord): Promise<void> {
  if (m.state !== 'r' && m.state !== 'd') return;
  await chunksOf(db, m.id).delete();
  await db.media.delete(m.id);
}

/**
 * Files of cases that left: nothing names them here any more, and the county holds every byte. The
 * record of a case goes only when a checked backup has all that was written of it; the bare line of
 * one that went away sealed stays, and holds no files.
 */
async function dropLeft(db: TabletDb): Promise<number> {
  const sent = await db.media.filter((m) => m.state === 'a').toArray();
  if (sent.length === 0) return 0;
  const here = new Set((await db.cases.where('left').equals(0).primaryKeys()) as string[]);
  const left = sent.filter(({ caseId }) => !here.has(caseId));
  if (left.length === 0) return 0;
  // Looked at again in the transaction: the case may have come back meanwhile.
  return db.transaction('rw', [db.media, db.chunks, db.cases, db.events], async () => {
    let gone = 0;
    for (const { id, caseId } of left) {
      const now = await db.media.get(id);
      const held =
        ((await db.cases.get(caseId))?.left === 0 ? 1 : 0) +
        (await db.events.where(CASE_INDEX).equals(caseId).count());
      if (now?.state !== 'a' || held > 0) continue;
      await chunksOf(db, id).delete();
      await db.media.delete(id);
      gone += 1;
    }
    return gone;
  });
}

/** Captured files over Dexie: byte arrays in chunks, never Blobs (they get lost in some stores). */
export function mediaTables(db: TabletDb) {
  const both = [db.media, db.chunks];
  const rows = (record: MediaRecord, chunks: readonly MediaChunk[]) =>
    chunks.map((c) => ({ mediaId: record.id, n: c.n, body: c.body }));
  return {
    media: (caseId?: string) =>
      caseId ? db.media.where('caseId').equals(caseId).toArray() : db.media.toArray(),
    putMedia: (record: MediaRecord, chunks: readonly MediaChunk[]) =>
      db.transaction('rw', both, async () => {
        await db.chunks.bulkPut(rows(record, chunks));
        await db.media.put(record);
      }),
    chunk: async (id: string, n: number) => (await db.chunks.get([id, n]))?.body ?? null,
    replaceMedia: (record: MediaRecord, chunks: readonly MediaChunk[]) =>
      db.transaction('rw', both, async () => {
        await chunksOf(db, record.id).delete();
        await db.chunks.bulkPut(rows(record, chunks));
        await db.media.put(record);
      }),
    setMediaState: async (id: string, state: MediaState) => {
      await db.media.update(id, { state });
    },
    dropLeftMedia: () => dropLeft(db),
    removeMedia: (id: string) =>
      db.transaction('rw', both, async () => {
        const m = await db.media.get(id);
        if (m) await dropCapture(db, m);
      }),
  };
}
