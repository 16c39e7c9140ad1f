import type { ReopenRefusal, UnlockRefusal, VaultTile } from '$lib/tablet/vault-types';

/** A way to open, as the screen offers it. */
export type Way = 'quick' | 'prf' | 'card' | 'pass';

/** Ways of a vault, the easiest first; none while the county has stopped it. */
export function waysOf(tile: VaultTile): readonly Way[] {
  if (tile.bar !== null) return [];
  const made = (['prf', 'card', 'pass'] as const).filter((way) => tile.ways.includes(way));
  return tile.quick ? ['quick', ...made] : made;
}

/** What lies over a vault, whatever opens it; null: the right secret opens it. */
export const barOf = (tile: VaultTile): 'revoked' | 'lost' | 'expired' | null =>
  tile.bar ?? (tile.expired ? 'expired' : null);

/**
 * Whether what is unsent goes to the county by itself: by the session alone. A tablet that was reported
 * lost has none until the county says otherwise; who is a month away has to sign in, whatever was before.
 */
export function goesByItself(bar: ReturnType<typeof barOf>, isSignedOut: boolean | null): boolean {
  if (bar === 'expired') return false;
  return bar === 'lost' ? isSignedOut === false : isSignedOut !== true;
}

/** Where the screen goes after a refusal: another way, or the same once more. */
export function afterRefusal(way: Way, { code }: UnlockRefusal, tile: VaultTile): Way | null {
  if (code === 'DROPPED' || code === 'USED_UP') return waysOf({ ...tile, quick: false })[0] ?? null;
  // A wrong card and a wrong number look the same; the card has to be shown again.
  if (code === 'NO_CARD' || code === 'FOREIGN') return way === 'card' ? 'card' : null;
  return way;
}

/** The vault this screen asks about: the one of this window, the only one, or none yet. */
export function askedFor(here: readonly VaultTile[], current: string | null): VaultTile | null {
  const known = here.find(({ vaultId }) => vaultId === current);
  return known ?? (here.length === 1 ? (here[0] ?? null) : null);
}

const ASKS_FOR_SLIP: ReadonlySet<ReopenRefusal> = new Set([
  ...(['OFFLINE', 'SIGN_IN', 'NOT_YOURS', 'COUNTY_FAULT'] as const),
  ...(['NONE', 'NO_SLIP', 'EXPIRED', 'WRONG'] as const),
]);

/** After the county's new card opened nothing: its slip helps, or only another card does. */
export const afterReopen = (code: ReopenRefusal): 'card' | 'slip' =>
  ASKS_FOR_SLIP.has(code) ? 'slip' : 'card';
