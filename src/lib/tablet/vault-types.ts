/**
 * What the screens know and do of the vaults on this tablet. Everything readable is reactive and
 * holds nothing of a person: a vault is a random id, a sign and whether something of it waits.
 */
import type { Result } from '../domain/values.ts';
import type { PrintedCard } from './vault/card.ts';
import type { Bar, Hold, LockMode } from './vault/lock.ts';
import type { PinFault } from './vault/pin-rules.ts';

/**
 * `none`: this tablet has no vault and works as before vaults; `enrolling`: somebody signed in and
 * has no vault here yet. The others as the lock engine has them.
 */
export type VaultsMode = LockMode | 'none' | 'enrolling';

/** One vault on this tablet. */
export interface VaultTile {
  readonly vaultId: string;
  /** Colour and figure chosen at enrolment, 0..SIGNS-1. */
  readonly sign: number;
  /** Something of it is on this tablet alone; how much, its own agent is told after the unlock. */
  readonly waits: boolean;
  readonly bar: Bar | null;
  /** Thirty days without the county: reading waits for a contact, taking and handing in do not. */
  readonly expired: boolean;
  /** So long without the county that what waits may want another way: a file that somebody carries. */
  readonly quiet: boolean;
  /** It was open in this window and its quick PIN may still be used. */
  readonly quick: boolean;
  /** Ways in that were made at enrolment. */
  readonly ways: readonly ('card' | 'pass' | 'prf')[];
}

/** What the county last said of this tablet's session and of bars. */
export interface CountySaid {
  /** True: nobody is signed in there, so that what is unsent waits; null: it was not asked yet. */
  readonly isSignedOut: boolean | null;
  /** The vault whose bar it has lifted; until that is opened. */
  readonly freed: string | null;
  /** Vaults for which it said nothing, because another agent is the one who is signed in. */
  readonly others: readonly string[];
  /** The vault whose agent has just signed in beside it; until that is opened. */
  readonly signedIn: string | null;
}

/** Signs to choose from. */
export const SIGNS = 12;

/** What opens a vault. `card`: text of the QR or what was typed; it names its vault by itself. */
export type VaultKey =
  | { readonly kind: 'card'; readonly scanned: string; readonly pin: string }
  | { readonly kind: 'pass'; readonly vaultId: string; readonly passphrase: string }
  | { readonly kind: 'prf'; readonly vaultId: string }
  | { readonly kind: 'quick'; readonly vaultId: string; readonly pin: string };

/**
 * WRONG: secret; NO_CARD: nothing of a card in it; FOREIGN: the card of no vault on this tablet;
 * WAIT: too many wrong tries; NO_ARGON2: this browser cannot count it; DROPPED: the quick PIN is
 * over; USED_UP: five wrong ones ended it; BARRED: revoked or lost; STORAGE: the vault's store does not open; NO_PRF: the tablet's
 * authenticator gave nothing.
 */
export interface UnlockRefusal {
  readonly code:
    | 'WRONG'
    | 'NO_CARD'
    | 'FOREIGN'
    | 'WAIT'
    | 'NO_ARGON2'
    | 'DROPPED'
    | 'USED_UP'
    | 'BARRED'
    | 'STORAGE'
    | 'NO_PRF';
  /** Seconds until the next try. */
  readonly waitSeconds: number;
}

/** Wrong tries before the right one, as its owner is told them: five of a kind, never one slip. */
export interface Tried {
  /** Wrong quick digits that ended them. */
  readonly digits: number;
  /** Wrong cards, sentences or their digits. */
  readonly secrets: number;
  /** Milliseconds since 1970 of the last one. */
  readonly at: number;
}

/** What the agent brings to the enrolment after the sign-in. */
export interface Enrolling {
  /** A card that the county printed, `make` for one that is shown once, null for none. */
  readonly card: { readonly scanned: string } | 'make' | null;
  /** Six digits; with a card only. */
  readonly pin: string;
  readonly passphrase: string;
  readonly sign: number;
}

/** LOGIN: it is the passphrase of the account, which goes over the line. */
export type SentenceFault = 'TOO_SHORT' | 'ONE_CHARACTER' | 'LOGIN';

export type EnrolRefusal =
  | { readonly code: 'PIN'; readonly why: PinFault }
  | { readonly code: 'PASSPHRASE'; readonly why: SentenceFault }
  | { readonly code: 'NO_CARD' | 'CARD_IN_USE' | 'NOT_SIGNED_IN' | 'OFFLINE' | 'COUNTY_FAULT' }
  /** The self-test of the disk: `what` did not hold. Nothing of a person was written. */
  | { readonly code: 'STORAGE'; readonly what: SelfTestFault };

/** `strict`: written and not found again; `canary`: a newer build was here; `full`: no room. */
export type SelfTestFault = 'strict' | 'canary' | 'full' | 'broken';

export interface Enrolled {
  readonly vaultId: string;
  /** Only with `make`; shown once, the secret is kept nowhere. */
  readonly printed: PrintedCard | null;
  /** The browser's answer to persist(): false is told, never a reason to stop. */
  readonly persisted: boolean;
}

/** NO_CARD: nothing of a card in it; FOREIGN: for another vault, or one that is void. */
export type AddCardRefusal = PinFault | 'NO_CARD' | 'FOREIGN';

/**
 * Why the county's new way in opened nothing. IN_USE: its digits are set, it opens as any card;
 * SPENT: void; NONE: the county made none; NO_SLIP: a letter is wrong; WRONG: of another card; SIGN_IN:
 * the passphrase was not typed lately; NOT_YOURS: somebody who is no agent is signed in.
 */
export type ReopenRefusal =
  | 'NO_CARD'
  | 'FOREIGN'
  | 'BARRED'
  | 'IN_USE'
  | 'SPENT'
  | 'NONE'
  | 'NO_SLIP'
  | 'EXPIRED'
  | 'WRONG'
  | 'STORAGE'
  | 'OFFLINE'
  | 'SIGN_IN'
  | 'NOT_YOURS'
  | 'COUNTY_FAULT';

/** Opened by the county's new way in: the new digits make it count. */
export interface Reopening {
  /**
   * Opens the vault; `passphrase` null: the old sentence is still known and stays. After LOGIN another
   * one may be tried.
   */
  finish(of: {
    readonly pin: string;
    readonly passphrase: string | null;
  }): Promise<Result<null, PinFault | SentenceFault | 'STORAGE'>>;
  cancel(): void;
}

/** What stays behind on the tablet at a log-out; it goes on being sent. */
export interface LeftBehind {
  readonly events: number;
  readonly media: number;
}

/** `workspace.vaults`. */
export interface Vaults {
  readonly mode: VaultsMode;
  readonly here: readonly VaultTile[];
  /** The vault that is open, or that was last open in this window; null before. */
  readonly current: string | null;
  /** The county offered a list of keys that was not taken; fingerprints of those that hold here. */
  readonly countyKeys: { readonly isRefused: boolean; readonly prints: readonly string[] };
  /** Seconds until the next try for a vault may be made; counts down with the workspace's clock. */
  waitSeconds(vaultId: string): number;

  /** After a sign-in that left `mode` at `enrolling`: makes the vault, opens it. */
  enrol(of: Enrolling): Promise<Result<Enrolled, EnrolRefusal>>;
  unlock(key: VaultKey): Promise<Result<null, UnlockRefusal>>;
  /** Six digits that open again for four hours what this window had open; memory only. */
  setQuick(pin: string): Promise<Result<null, PinFault | 'LOCKED'>>;
  /**
   * Another card for the open vault, beside or (`only`) in place of the ones before: made here and
   * shown once, or `scanned`, as the county printed it (then null).
   */
  addCard(of: {
    readonly pin: string;
    readonly only: boolean;
    readonly scanned?: string;
  }): Promise<Result<PrintedCard | null, AddCardRefusal | 'LOCKED'>>;
  /** The tablet's own authenticator (finger, face) as one more way; false: none, or given up. */
  addPrf(): Promise<boolean>;
  removePrf(): Promise<void>;
  /** 县里给了新卡: by the county's word, or with the slip from paper. */
  reopen(of: {
    readonly scanned: string;
    readonly slip: string | null;
  }): Promise<Result<Reopening, ReopenRefusal>>;
  /** The button: drafts are on the disk, then nothing can be read. Resolves when it is so. */
  lock(): Promise<void>;
  /**
   * Locks, forgets the quick PIN and ends the session; what was not sent stays and goes. Null: it is
   * locked, and what stays could not be counted.
   */
  logOut(): Promise<LeftBehind | null>;
  /** Nothing locks by itself until the returned function is called. */
  hold(why: Hold): () => void;
  readonly said: CountySaid;
  /** What somebody tried before this unlock; until it was read. */
  readonly tried: Tried | null;
  triedRead(): void;
  /** A card was shown, here or before a reload, and nobody said that its letters were copied. */
  readonly cardWaits: boolean;
  cardCopied(): Promise<void>;
  /** Asks the county for its word about a vault that is not open; false: it was not reached. */
  ask(vaultId: string): Promise<boolean>;
  /** From the unlock screen to the sign-in: an agent who has no vault here yet; and back. */
  another(): void;
  back(): void;
  /**
   * 急用先记: new words into a sealed draft while nothing can be read; null where no sealer is at
   * hand (after a reload, a log-out) or the county barred the vault. Called with all that was typed
   * so far, as often as it changes; `isWhole`: what comes next is another draft.
   */
  readonly jot: ((words: string, isWhole: boolean) => Promise<Result<null, 'STORAGE'>>) | null;
}
