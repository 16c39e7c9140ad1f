import { expect, it } from 'vitest';
import { NO_ACT, type SlipRow, type TabletStore } from '../src/lib/ports/tablet-store.ts';
import { textBytes } from '../src/lib/protocol/bytes.ts';
import { newEnvelope, sealCopy } from '../src/lib/protocol/sealed.ts';

const slip = async (day: number, files = false): Promise<SlipRow> => ({
  ...{ ...(await newEnvelope([])).slip, day, files },
});

/** What the store promises to a vault: slips stay as long as they may be needed. */
export function sealContract(begun: () => Promise<TabletStore>): void {
  it('[TB80] a slip goes only while it is as old as was thought, and never when files lie under it', async () => {
    const store = await begun();
    const [old, fresh, kept] = [await slip(10), await slip(20), await slip(10, true)];
    await store.putSlips([old, fresh, kept]);
    await store.putSlips([{ ...old, day: 11 }]);
    await store.dropSlips([old.id, fresh.id, kept.id, 'nobody'], 11);
    expect((await store.slips()).length).toBe(3);
    await store.dropSlips([old.id, fresh.id, kept.id], 12);
    expect(new Set((await store.slips()).map((s) => s.id))).toEqual(new Set([fresh.id, kept.id]));
  });

  it('[TB80] every envelope that a body lies in is named, wherever the body is', async () => {
    const store = await begun();
    const made = await Promise.all(
      Array.from({ length: 7 }, async (_, n) => {
        const envelope = await newEnvelope([]);
        const body = await sealCopy(envelope, { kind: 'body', id: `b${n}` }, textBytes('x'));
        return { id: envelope.slip.id, body };
      }),
    );
    const [event, core, facts, draft, media, meta, note] = made.map((m) => m.body) as [
      ...[Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array],
    ];
    await store.save({
      ...NO_ACT,
      events: [{ id: 'e1', caseId: 'c1', day: 1, body: event }],
      cases: [{ id: 'c1', body: core }],
      facts: [{ id: 'c1', facts }],
    });
    await store.putDraft({ id: 'd1', caseId: 'c2', rev: 1, bytes: 1, day: 1, body: draft });
    const record = { id: 'm1', caseId: 'c1', state: 'd', bytes: 1, chunks: 0, day: 1 } as const;
    await store.putMedia({ ...record, body: media }, []);
    await store.putMeta('forms', meta);
    await store.exchange({ ids: ['e1'], cases: [], own: false, all: false }, (view) => ({
      ...{ sync: view.sync, remove: [], touch: [], removeCases: [], mediaAgain: false },
      put: [...view.rows.values()].map((r) => ({ ...r, note })),
    }));
    expect([...(await store.envelopes())].sort()).toEqual(made.map((m) => m.id).sort());
  });

  it('[TB81] a body is sealed anew only where it still is what it was; nothing else of the row moves', async () => {
    const store = await begun();
    const [a, b, c] = ['a', 'b', 'c'].map(textBytes) as [Uint8Array, Uint8Array, Uint8Array];
    await store.save({
      ...NO_ACT,
      events: [{ id: 'e1', caseId: 'c1', day: 1, body: a }],
      cases: [{ id: 'c1', body: a }],
      facts: [{ id: 'c1', facts: b }],
    });
    const [before] = await store.eventsIn('p');
    const was = await store.caseOf('c1');
    const swaps = [
      { store: 'events' as const, id: 'e1', before: b, after: c },
      { store: 'facts' as const, id: 'c1', before: a, after: c },
      { store: 'events' as const, id: 'e9', before: a, after: c },
    ];
    expect(await store.swapBodies(swaps)).toBe(0);
    const right = [
      { store: 'events' as const, id: 'e1', before: a, after: c },
      { store: 'cases' as const, id: 'c1', before: a, after: c },
      { store: 'facts' as const, id: 'c1', before: b, after: c },
    ];
    expect(await store.swapBodies(right)).toBe(3);
    expect(await store.eventsIn('p')).toEqual([{ ...before, body: c }]);
    expect(await store.caseOf('c1')).toEqual({ ...was, body: c, facts: c });
  });
}
