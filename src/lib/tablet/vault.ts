/**
 * The seam in front of the disk: everything but ids, positions, states, sizes and coarse days
 * passes through here into one opaque body. A body tells its own version in the first byte, so
 * that bodies of an older vault stay readable.
 */
import { assert } from '../domain/values.ts';
import type { SealedEvent } from './sealed-shapes.ts';
import type { Place } from './vault/body.ts';

/**
 * Bodies are sealed for the place where they lie. `seal` and `open` need the keys and reject with
 * code LOCKED after a lock, which says nothing about the body; `capture` only writes, and goes on
 * after the lock: what a person says while it is locked is kept.
 */
export interface Vault {
  /** A JSON value into one body. Lone surrogates survive: JSON writes them as escapes. */
  seal(value: unknown, place: Place): Promise<Uint8Array>;
  /** Rejects with `UnreadableBody` for what is torn, moved or of another vault. */
  open(body: Uint8Array, place: Place): Promise<unknown>;
  openBytes(body: Uint8Array, place: Place): Promise<Uint8Array>;
  /** An event of this tablet; with its case's salt, so that the county can judge it sealed. */
  captureEvent(sealed: SealedEvent, salt: string): Promise<Uint8Array>;
  /** Drafts, list entries, settings; descriptions of files, which the county can open. */
  capture(value: unknown, place: Place): Promise<Uint8Array>;
  /** Raw bytes of a picture or a recording. */
  captureBytes(bytes: Uint8Array, place: Place): Promise<Uint8Array>;
  /** Seals so that the county alone reads it; absent where it named no key for that. */
  readonly blind?: BlindHand | undefined;
  /** Whether a body was sealed by a blind hand: it is whole, and opens for nobody at this tablet. */
  isBlind?(body: Uint8Array): Promise<boolean>;
  /** Whether anything at all was ever sealed so here. */
  hasBlind?(): Promise<boolean>;
}

/** Writes what whoever holds this vault's keys can never read back; after the lock, too. */
export interface BlindHand extends Pick<Vault, 'captureEvent' | 'capture' | 'captureBytes'> {
  /** False where it cannot seal (a key that is none, no room for its slip): a save goes on without. */
  ready(): Promise<boolean>;
}

/** {@link Vault.isBlind} of any vault. */
export const isBlind = async ({ isBlind: asked }: Vault, body: Uint8Array): Promise<boolean> =>
  (await asked?.(body)) ?? false;

const PLAIN_JSON = 0x01;
const PLAIN_BYTES = 0x02;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A body that cannot be opened: torn, rotten, or written by a newer app. */
export class UnreadableBody extends Error {}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | null)?.code;

/** The vault is locked: nothing was learned about what was to be opened. */
export const isLocked = (error: unknown): boolean => codeOf(error) === 'LOCKED';

/**
 * For a `catch` that takes a body for torn: a vault that refused or a store that failed (both say
 * why in a code) has said nothing about the body, and is thrown on.
 */
export function aboutTheBody(error: unknown): void {
  if (typeof codeOf(error) === 'string') throw error;
}

/** {@link aboutTheBody} as a value: null for a torn body. */
export async function orTorn<T>(opening: Promise<T>): Promise<T | null> {
  try {
    return await opening;
  } catch (error) {
    aboutTheBody(error);
    return null;
  }
}

/** The encoding of this version, where nothing has to wait: one byte of version, then the text. */
export function encodePlain(value: unknown): Uint8Array {
  const text = JSON.stringify(value);
  assert(text !== undefined, 'only JSON values are sealed');
  const body = new Uint8Array(1 + text.length * 3);
  body[0] = PLAIN_JSON;
  const { written } = encoder.encodeInto(text, body.subarray(1));
  return body.slice(0, 1 + written);
}

export function decodePlain(body: Uint8Array): unknown {
  if (body[0] !== PLAIN_JSON) throw new UnreadableBody(`version ${body[0]}`);
  try {
    return JSON.parse(decoder.decode(body.subarray(1))) as unknown;
  } catch (cause) {
    throw new UnreadableBody('torn', { cause });
  }
}

function wrapBytes(bytes: Uint8Array): Uint8Array {
  const body = new Uint8Array(bytes.length + 1);
  body[0] = PLAIN_BYTES;
  body.set(bytes, 1);
  return body;
}

function unwrapBytes(body: Uint8Array): Uint8Array {
  if (body[0] !== PLAIN_BYTES) throw new UnreadableBody(`version ${body[0]}`);
  return body.slice(1);
}

/** Version 1: encoded, not yet encrypted. Only this file changes when keys come. */
export function plainVault(): Vault {
  return {
    seal: async (value) => encodePlain(value),
    open: async (body) => decodePlain(body),
    openBytes: async (body) => unwrapBytes(body),
    captureEvent: async (sealed) => encodePlain(sealed),
    capture: async (value) => encodePlain(value),
    captureBytes: async (bytes) => wrapBytes(bytes),
  };
}
