import type { Workspace } from '$lib/tablet/workspace-types';
import type { Language } from '$lib/ui/language';
import { vaultWords } from '$lib/ui/messages/vault';

/** What was said at the last log-out of this window; shown over the sign-in. */
let farewell = $state('');
export const lastFarewell = (): string => farewell;

/** What stays on the tablet, in words. */
function staysWords(left: { readonly events: number; readonly media: number }, lang: Language) {
  const w = vaultWords[lang].out;
  return left.events + left.media > 0 ? w.stays(left.events, left.media) : w.none;
}

/** The question before a log-out: what it costs, and what goes on without him. */
export function leavingWords({ sync }: Workspace, lang: Language): string {
  const left = { events: sync.unsentEvents, media: sync.unsentMedia };
  return `${vaultWords[lang].out.ask}${staysWords(left, lang)}`;
}

/** Logs out; with a vault it locks, says what it left behind, and that goes on being sent. */
export async function leave(workspace: Workspace, lang: Language): Promise<void> {
  farewell = '';
  if (workspace.vaults.mode === 'none') return workspace.signOut();
  const left = await workspace.vaults.logOut();
  const w = vaultWords[lang].out;
  // The next one reads it, too: that something stays, not how much. Not counted is not: nothing.
  const isAllSent = left !== null && left.events + left.media === 0;
  farewell = `${w.done}${isAllSent ? '' : w.left}`;
}
