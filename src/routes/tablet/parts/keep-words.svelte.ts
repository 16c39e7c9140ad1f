import type { KeptAct } from '$lib/tablet/act-forms';
import { onMount } from 'svelte';
import { useWorkspace } from '../context.ts';
import { countOf, filesIn, KeptWords, type Written } from './kept-words.ts';

/** Who saves the act: it takes the draft along into its transaction. */
interface Ending {
  words: KeptWords | null;
  kept?: Kept | null;
  readonly caseId: string | null;
}

/** What stands kept of one page, as its screens see it. */
export interface Kept {
  /** Something is written that no transaction took yet. */
  readonly written: boolean;
  /** Everything that stands on the page is on disk. */
  readonly onDisk: boolean;
  /** What would go. */
  count(): Written;
  /** Throws it away with its photos; false when another tab is writing it. */
  discard(): Promise<boolean>;
}

/**
 * Keeps what stands on the page of an act over a lock, a reload and a kill. Call while the component
 * is made: `read` gives all that a person enters, `put` lays back what was kept.
 */
export function keepWords<T>(
  ending: Ending,
  act: KeptAct,
  page: { readonly read: () => T; readonly put: (kept: T) => void },
): Kept {
  const workspace = useWorkspace();
  const words = new KeptWords(workspace, act, ending.caseId);
  ending.words = words;
  let fetched = $state(false);
  let written = $state(false);
  let onDisk = $state(false);
  words.onDisk = (all) => (onDisk = all);
  let last = '';
  onMount(() => {
    const untouched = JSON.stringify(page.read());
    last = untouched;
    void words.find().then((kept) => {
      // Who is faster than the disk keeps what he wrote.
      if (kept !== undefined && JSON.stringify(page.read()) === untouched) {
        page.put(kept as T);
        last = JSON.stringify(page.read());
      }
      written = kept !== undefined;
      onDisk = JSON.stringify(kept) === JSON.stringify(page.read());
      fetched = true;
    });
    return () => void words.close();
  });
  $effect(() => {
    const now = $state.snapshot(page.read());
    const text = JSON.stringify(now);
    if (!fetched || text === last) return;
    last = text;
    written = true;
    words.set(now);
  });
  const kept: Kept = {
    get written() {
      return written;
    },
    get onDisk() {
      return onDisk;
    },
    count: () => countOf($state.snapshot(page.read())),
    discard: async () => {
      if (!(await words.discard())) return false;
      const { caseId } = ending;
      if (caseId !== null)
        for (const sha256 of filesIn($state.snapshot(page.read())))
          await workspace.dropAttachment(caseId, sha256);
      return true;
    },
  };
  ending.kept = kept;
  return kept;
}
