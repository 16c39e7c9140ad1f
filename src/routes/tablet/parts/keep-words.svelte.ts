import type { KeptAct } from '$lib/tablet/act-forms';
import { onMount } from 'svelte';
import { useWorkspace } from '../context.ts';
import { KeptWords } from './kept-words.ts';

/** Who saves the act: it takes the draft along into its transaction. */
interface Ending {
  words: KeptWords | null;
  readonly caseId: string | null;
}

/**
 * Keeps what stands on the page of an act over a lock, a reload and a kill. Call while the component
 * is made: `read` gives all that a person enters, `put` lays back what was kept.
 */
export function keepWords<T>(
  ending: Ending,
  act: KeptAct,
  page: { readonly read: () => T; readonly put: (kept: T) => void },
): void {
  const words = new KeptWords(useWorkspace(), act, ending.caseId);
  ending.words = words;
  let fetched = $state(false);
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
      fetched = true;
    });
    return () => void words.close();
  });
  $effect(() => {
    const now = $state.snapshot(page.read());
    const text = JSON.stringify(now);
    if (!fetched || text === last) return;
    last = text;
    words.set(now);
  });
}
