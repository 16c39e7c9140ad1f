import { describe, expect, it } from 'vitest';
import type { DraftHandle } from '$lib/tablet/workspace-types';
import { countOf, filesIn, KeptWords } from './kept-words.ts';

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
    readOnly: false,
    erase: async () => {
      made = 0;
      draft.answers = {};
    },
  };
  const handle = draft as unknown as DraftHandle;
  const workspace = {
    actDraft: async () => (made > 0 ? handle : null),
    newDraft: async () => {
      made += 1;
      return { ok: true as const, value: handle };
    },
  };
  return { written, workspace, draft, made: () => made };
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

  it('[UI88] are called kept when everything that stands there is on disk, not before', async () => {
    const d = disk();
    const words = new KeptWords(d.workspace, 'life', 'c');
    let all: boolean | null = null;
    words.onDisk = (is) => (all = is);
    words.set({ done: '坐着', place: '' });
    expect(all).toBe(false);
    // The second field is filled while the first one is being written.
    words.set({ done: '坐着', place: '东头' });
    await expect.poll(() => d.written.length).toBe(1);
    expect(all).toBe(false);
    await words.flush();
    expect(d.written.at(-1)).toEqual({ done: '坐着', place: '东头' });
    expect(all).toBe(true);
    d.draft.save = async () => ({ ok: false });
    words.set({ done: '站着', place: '东头' });
    await words.flush();
    expect(all).toBe(false);
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

  it('[UI85] are thrown away for good by the person’s own hand, and never under another tab’s', async () => {
    const d = disk();
    const words = new KeptWords(d.workspace, 'visit', 'c');
    words.set({ seen: '井' });
    await words.ending();
    words.set({ seen: '井水' });
    d.draft.readOnly = true;
    expect(await words.discard()).toBe(false);
    expect(d.made()).toBe(1);
    d.draft.readOnly = false;
    const before = d.written.length;
    expect(await words.discard()).toBe(true);
    words.set({ seen: '井水浑' });
    await words.close();
    expect([d.made(), d.written.length]).toEqual([0, before]);
    expect(await new KeptWords(d.workspace, 'visit', 'c').find()).toBeUndefined();
  });

  it('[UI85] are counted before they go: what was written and photographed, not what was tapped', () => {
    const photo = { sha256: 'ab', caption: '井台', kind: 'PHOTO' };
    const page = {
      how: 'PHONE',
      seen: '井水还是浑的，烧开了也有味儿',
      said: ['好'],
      photos: [photo, photo],
    };
    expect(countOf(page)).toEqual({ chars: 15, begins: '井水还是浑的，烧开了也有', files: 1 });
    expect(filesIn(page)).toEqual(['ab']);
    expect(countOf({ how: 'PHONE', people: 2, at: null })).toEqual({
      chars: 0,
      begins: '',
      files: 0,
    });
  });
});
