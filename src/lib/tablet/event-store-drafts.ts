import type { DraftRecord } from '../ports/tablet-store.ts';
import type { TabletDb } from './db.ts';
import { dropCapture } from './event-store-media.ts';

/** Drafts over Dexie: mutable, sealed, guarded by `rev`. */
export function draftTables(db: TabletDb) {
  return {
    drafts: () => db.drafts.toArray(),
    draft: async (id: string) => (await db.drafts.get(id)) ?? null,
    putDraft: (record: DraftRecord) =>
      db.transaction('rw', db.drafts, async () => {
        const old = await db.drafts.get(record.id);
        if ((old?.rev ?? 0) !== record.rev - 1) return false;
        await db.drafts.put(record);
        return true;
      }),
    removeDraft: (id: string) =>
      db.transaction('rw', [db.drafts, db.media, db.chunks], async () => {
        const draft = await db.drafts.get(id);
        if (!draft) return;
        const captures = await db.media.where('caseId').equals(draft.caseId).toArray();
        for (const m of captures) await dropCapture(db, m);
        await db.drafts.delete(id);
      }),
  };
}
