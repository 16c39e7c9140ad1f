import type { CountySaid } from './vault-types.ts';
import type { Bar } from './vault/lock.ts';

/** What the county last said to this window of the tablet's session and of its bars. */
export class CountyNews implements CountySaid {
  isSignedOut = $state<boolean | null>(null);
  freed = $state<string | null>(null);
  signedIn = $state<string | null>(null);
  others = $state.raw<readonly string[]>([]);
  /** How often the county itself answered. */
  meetings = 0;

  met(isSignedIn: boolean): void {
    this.meetings += 1;
    this.isSignedOut = !isSignedIn;
  }

  /** What it said of a vault that nobody has open: who is signed in is its agent, or is not. */
  about(vaultId: string, isOther: boolean): void {
    const rest = this.others.filter((one) => one !== vaultId);
    this.others = isOther ? [...rest, vaultId] : rest;
  }

  /** Its agent has just signed in beside it. */
  came(vaultId: string): void {
    this.signedIn = vaultId;
  }

  bar(vaultId: string, was: Bar | null, now: Bar | null): void {
    if (was !== null && now === null) this.freed = vaultId;
    else if (now !== null && this.freed === vaultId) this.freed = null;
  }

  /** A vault is open: what led to it was read. */
  read(): void {
    this.freed = this.signedIn = null;
  }
}
