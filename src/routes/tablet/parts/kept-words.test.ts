import { describe, expect, it } from 'vitest';
import type { DraftHandle } from '$lib/tablet/workspace-types';
import { KeptWords } from './kept-words.ts';

/** Drafts of a disk, as much as is asked here. */
function disk() {
  const written: unknown[] = [];
  let made = 0;
  const draft = {
    answers: {},
    save: async ({ answers }: { answers: { written: unknown } }) => {
      written.push(answers.written);
      draft.answers = answers;
      return { ok: true };
    },
    close: async () => undefined,
  };
  const handle = draft as unknown as DraftHandle;
  const workspace = {
    actDraft: async () => (made > 0 ? handle : null),
    newDraft: async () => {
      made += 1;
      return { ok: true as const, value: handle };
    },
  };
  return { written, workspace, made: () => made };
}

describe('the words of an act that is not saved yet', () => {
  it('[UI65] are written when the page goes away, come back, and are written into one draft', async () => {
    const d = disk();
    const first = new KeptWords(d.workspace, 'visit', 'c');
    expect(await first.find()).toBeUndefined();
    first.set({ seen: '井' });
    first.set({ seen: '井水' });
    // The lock takes the page away before the second is over.
    await first.close();
    expect(d.written.at(-1)).toEqual({ seen: '井水' });
    const again = new KeptWords(d.workspace, 'visit', 'c');
    expect(await again.find()).toEqual({ seen: '井水' });
    again.set({ seen: '井水浑' });
    await again.close();
    expect(d.written.at(-1)).toEqual({ seen: '井水浑' });
    expect(d.made()).toBe(1);
  });

  it('[UI65] are written no more once the act is saved', async () => {
    const d = disk();
    const words = new KeptWords(d.workspace, 'visit', 'c');
    words.set({ seen: '井' });
    expect(await words.ending()).toBeDefined();
    const before = d.written.length;
    words.end();
    words.set({ seen: '' });
    await words.close();
    expect(d.written.length).toBe(before);
  });
});
