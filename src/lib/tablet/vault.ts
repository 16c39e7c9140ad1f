/**
 * The seam in front of the disk: everything but ids, positions, states, sizes and coarse days
 * passes through here into one opaque body. A body tells its own version in the first byte, so
 * that bodies of an older vault stay readable.
 */
import { assert } from '../domain/values.ts';

export interface Vault {
  /** A JSON value into one body. Lone surrogates survive: JSON writes them as escapes. */
  seal(value: unknown): Promise<Uint8Array>;
  open(body: Uint8Array): Promise<unknown>;
  /** Raw bytes of a picture or a recording. */
  sealBytes(bytes: Uint8Array): Promise<Uint8Array>;
  openBytes(body: Uint8Array): Promise<Uint8Array>;
}

const PLAIN_JSON = 0x01;
const PLAIN_BYTES = 0x02;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A body that cannot be opened: torn, rotten, or written by a newer app. */
export class UnreadableBody extends Error {}

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
    sealBytes: async (bytes) => wrapBytes(bytes),
    openBytes: async (body) => unwrapBytes(body),
  };
}
