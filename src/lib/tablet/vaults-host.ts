import type { Result } from '../domain/values.ts';
import type { AskSlip } from './house-ways.ts';
import type { Enrolling, LeftBehind } from './vault-types.ts';
import type { Making, Unlocked, VaultHouse } from './vaults.ts';

/** What stands behind the screens, as far as the vaults need it. */
export interface VaultsHost {
  house(): Promise<VaultHouse>;
  /** What a new vault is made of besides what the agent brings; null: nobody signed in for one. */
  making(): Promise<Omit<Making, keyof Enrolling> | null>;
  /** Opens the store behind the keys and fills the screens; rejects when it does not open. */
  enter(unlocked: Unlocked): Promise<void>;
  /** The latest clock into that vault, sealed, if it is the one whose store is open. */
  keepSeen(vaultId: string, seenAt: number): void;
  /** The sealers of this unlock, for words that are taken now; nothing is read. */
  enterToTake(unlocked: Unlocked): Promise<void>;
  /** Takes everything readable off the screens. */
  leave(): void;
  /** Resolves when what was being written is on the disk, or after a moment. */
  settled(): Promise<void>;
  /** The page's sealers end: nothing is taken any more until the next unlock. */
  drop(): void;
  /** Keeps in the open vault whether a card was shown that nobody called copied. */
  keepCardWaits(waits: boolean): Promise<void>;
  /** Ends the session at the county; what was not sent stays. */
  loggedOut(): Promise<LeftBehind>;
  /** From unlock screen to sign-in and back. */
  asks(what: 'signIn' | 'unlock'): void;
  askPersistence(): Promise<boolean>;
  /** The county's slip for a vault here. */
  askSlip: AskSlip;
  /** Other cards open this vault: the county is told. */
  changed(unlocked: Unlocked): void;
  /** The county's word about a vault that is not open, now. */
  askCounty(vaultId: string): Promise<void>;
  known(): readonly string[];
  /** Whether words are the account's passphrase, as it was typed before the lock opened. */
  isLogin(words: string): Promise<boolean>;
  canJot(): boolean;
  jot(words: string, isWhole: boolean): Promise<Result<null, 'STORAGE'>>;
}
