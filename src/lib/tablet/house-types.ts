/** What the rooms of a tablet's house of vaults have in common. */
import { fail, type Result } from '../domain/values.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { Digest } from '../protocol/hash.ts';
import type { Recipient } from '../protocol/sealed.ts';
import type { Registry, VaultRow } from './registry.ts';
import type { Enrolling, Tried, UnlockRefusal } from './vault-types.ts';
import type { PrintedCard } from './vault/card.ts';
import type { Kdf } from './vault/kdf.ts';
import type { KeeperClient } from './vault/keeper-client.ts';
import type { VaultClient } from './vault/vault-client.ts';
import type { Wrap } from './vault/wraps.ts';

export interface HouseDeps {
  registry(): Promise<Registry>;
  readonly digest: Digest;
  /** Milliseconds since 1970 by this device, and of a clock that does not jump. */
  wall(): number;
  up(): number;
  newVault(): VaultClient;
  newKeeper(): KeeperClient;
  /** The tablet's authenticator; missing where there is none. */
  readonly prf?: PrfDoor;
  /** Parameters for new wraps; the standard ones without it. */
  readonly kdf?: Kdf;
}

/** What the authenticator of this tablet is asked; null: none, refused, or given up. */
export interface PrfDoor {
  make(): Promise<string | null>;
  output(credentialId: string, vaultId: string): Promise<Bytes | null>;
}

/** A vault whose keys are in the worker behind `client`; `vault/opened.ts` makes a seam of it. */
export interface Unlocked {
  readonly row: VaultRow;
  readonly client: VaultClient;
  /** Wrong tries before this unlock that its owner is told of. */
  readonly tried?: Tried | null;
}

/** What a new vault is made of besides what the agent brought. */
export interface Making extends Enrolling {
  readonly dv: string;
  /** Numbers of the agent himself: no PIN is taken out of them. */
  readonly known: readonly string[];
  readonly recipients: readonly Recipient[];
  readonly day: number;
  /** Plain store whose rows move into the new vault; null where there is none. */
  readonly movingFrom: VaultRow['movingFrom'];
  /** Whether words are the passphrase of the account, as far as this window heard it. */
  isLogin?(words: string): Promise<boolean>;
  /** Gives the county its wraps; nothing personal is written before it has them. */
  upload(of: Uploaded): Promise<Result<null, 'OFFLINE' | 'COUNTY_FAULT'>>;
}

/** What the county gets of a new vault. */
export interface Uploaded {
  readonly vaultId: string;
  readonly wraps: readonly Extract<Wrap, { kind: 'county' }>[];
  readonly cards: readonly string[];
}

export interface Made {
  readonly open: Unlocked;
  readonly printed: PrintedCard | null;
}

/** No way in, and when the next try may be made. */
export const refusedUnlock = (
  code: UnlockRefusal['code'],
  seconds = 0,
): Result<never, UnlockRefusal> => fail({ code, waitSeconds: seconds });
