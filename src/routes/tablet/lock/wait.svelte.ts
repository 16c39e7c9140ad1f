import type { Vaults } from '$lib/tablet/vault-types';

const TICK_MS = 1_000;

/** Seconds until the next try, true to the second; asked anew while somebody looks at it. */
export function watchWait(vaults: Vaults, vaultId: () => string): { readonly seconds: number } {
  let seconds = $state(0);
  $effect(() => {
    const ask = (): void => {
      seconds = vaults.waitSeconds(vaultId());
    };
    ask();
    const timer = setInterval(ask, TICK_MS);
    return () => clearInterval(timer);
  });
  return {
    get seconds(): number {
      return seconds;
    },
  };
}
