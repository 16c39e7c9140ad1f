/**
 * What only the county opens, as the loop sees it; the way it goes is `blind-way.ts`, loaded when
 * there is something to bring.
 */
import type { EventRow, TabletStore } from '../ports/tablet-store.ts';
import type { NoReply } from '../ports/transport.ts';
import type { BringReport, BringStop } from '../protocol/handin-send.ts';
import { isBlind, type Vault } from './vault.ts';

/** What the loop asks of it. */
export interface BlindWay {
  /** Brings the blind rows at the head of the queue; null: there are none. */
  bring(): Promise<Brought | null>;
  /** The county was told the key: what it held for want of the signature goes again. */
  signed(): void;
  /** Whether something is unsent, either way, that the county does not hold unopened today. */
  left(): Promise<boolean>;
  /** Brings blind files as long as `mayGoOn`; null: there are none for today. */
  files(mayGoOn: () => boolean): Promise<BringReport | null>;
}

/** `wantsKey`: some of it lies at the county for want of a signature by the key that is known there. */
export type Brought = BringReport & { readonly wantsKey: boolean };

/** A store and the seam that tells what in it is blind. */
export interface BlindHere {
  readonly store: TabletStore;
  readonly vault: Vault;
}

/** Room for the first row whatever it weighs. */
export const HEAD_BYTES = 1;

/** The first unsent row, if the county alone opens it. */
export async function blindHead({ store, vault }: BlindHere): Promise<EventRow | null> {
  if (!vault.isBlind) return null;
  const [row] = (await store.unsent(HEAD_BYTES)).rows;
  return row && (await isBlind(vault, row.body)) ? row : null;
}

/** Blind files that have not arrived. */
export async function blindWaiting({ store, vault }: BlindHere): Promise<readonly string[]> {
  const ids: string[] = [];
  if (!vault.isBlind) return ids;
  for (const { id, state, body } of await store.media())
    if (state === 'p' && (await isBlind(vault, body))) ids.push(id);
  return ids;
}

/** The way itself is made when the first row or file wants it: most tablets never do. */
export function blindWayLater(here: BlindHere, make: () => Promise<BlindWay>): BlindWay {
  let making: Promise<BlindWay> | null = null;
  let made: BlindWay | null = null;
  const way = async (): Promise<BlindWay> => {
    // One that could not be loaded is asked for again with the next run.
    making ??= make().catch((error: unknown) => {
      making = null;
      throw error;
    });
    return (made = await making);
  };
  return {
    bring: async () => ((await blindHead(here)) ? (await way()).bring() : null),
    files: async (mayGoOn) =>
      (await blindWaiting(here)).length > 0 ? (await way()).files(mayGoOn) : null,
    left: async () => (await way()).left(),
    signed: () => made?.signed(),
  };
}

/** Own rows that nobody here can read and that the county answered for. */
export async function blindAnswered({ store, vault }: BlindHere): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  // Most tablets never sealed anything so: one look at the slips says it.
  if (!vault.isBlind || (await vault.hasBlind?.()) === false) return ids;
  for (const state of ['a', 'q'] as const)
    for (const { id, body } of await store.eventsIn(state))
      if (await isBlind(vault, body)) ids.add(id);
  return ids;
}

/** A stop in the words of the exchange. */
export function noReplyOf(stop: BringStop): NoReply {
  if (stop === 'OFFLINE') return { kind: 'offline' };
  if (stop === 'FOREIGN') return { kind: 'not_the_county', why: 'sealed' };
  if (stop === 'BUSY') return { kind: 'busy', retryAfterSeconds: null };
  const refused = { kind: 'refused', retryAfterSeconds: null } as const;
  if (stop === 'SIGN_IN') return { ...refused, status: 401, error: 'SIGN_IN' };
  if (stop === 'FULL') return { ...refused, status: 507, error: 'STORAGE_FULL' };
  return { ...refused, status: 400, error: null };
}

/** Whether the county said something about any of the rows. */
export const hasMoved = ({ stored, dup, refused, held, unkept }: BringReport): boolean =>
  stored + dup + refused + held + unkept > 0;
