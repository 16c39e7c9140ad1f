/**
 * The seam of `../vault.ts` with keys behind it: each body is sealed for its place. Calls of one
 * turn become one message to the worker, so code that seals body by body costs one way there and
 * back.
 */
import { UnreadableBody, decodePlain } from '../vault.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { isSealed, PLAIN_BYTES, PLAIN_JSON, VAULT_BYTES, VAULT_JSON, type Place } from './body.ts';
import type { VaultClient } from './vault-client.ts';

/** `Vault` with the place of every body: what the call sites say from the wiring on. */
export interface PlacedVault {
  seal(value: unknown, place: Place): Promise<Uint8Array>;
  open(body: Uint8Array, place: Place): Promise<unknown>;
  sealBytes(bytes: Uint8Array, place: Place): Promise<Uint8Array>;
  openBytes(body: Uint8Array, place: Place): Promise<Uint8Array>;
}

interface Waiting<In, Out> {
  readonly item: In;
  resolve(value: Out): void;
  reject(error: unknown): void;
}

/** Gathers the calls of one turn. */
function gathered<In, Out>(
  run: (items: readonly In[]) => Promise<readonly Out[]>,
): (item: In) => Promise<Out> {
  let waiting: Waiting<In, Out>[] = [];
  const flush = (): void => {
    const now = waiting;
    waiting = [];
    run(now.map(({ item }) => item)).then(
      (values) => now.forEach((one, i) => one.resolve(values[i] as Out)),
      (error: unknown) => now.forEach((one) => one.reject(error)),
    );
  };
  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) queueMicrotask(flush);
    });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function valueOf(plain: Bytes): unknown {
  try {
    return JSON.parse(decoder.decode(plain)) as unknown;
  } catch (cause) {
    throw new UnreadableBody('torn', { cause });
  }
}

/**
 * The vault behind the seam. `acceptPlain` only while an older store is being migrated: afterwards
 * a plain body is one that somebody put there. A body that does not open rejects with
 * `UnreadableBody`; a lock in the middle rejects with `VaultRefusal` LOCKED, and that says nothing
 * about the body.
 */
export function keyedVault(client: VaultClient, acceptPlain: boolean): PlacedVault {
  const sealing = gathered((items: readonly { value: unknown; place: Place }[]) =>
    client.sealAct(items).then((sealed) => sealed.map(({ body }) => body)),
  );
  const sealingBytes = gathered((items: readonly { bytes: Uint8Array; place: Place }[]) =>
    client.sealBytes(items),
  );
  const opening = gathered((items: readonly { body: Uint8Array; place: Place }[]) =>
    client.openBytes(items),
  );
  const opened = async (body: Uint8Array, place: Place, kind: number): Promise<Bytes> => {
    if (!isSealed(body) || body[0] !== kind) throw new UnreadableBody(`version ${body[0]}`);
    const plain = await opening({ body, place });
    if (!plain) throw new UnreadableBody('sealed for another place, by another key, or torn');
    return plain;
  };
  return {
    seal: (value, place) => sealing({ value, place }),
    sealBytes: (bytes, place) => sealingBytes({ bytes, place }),
    open: async (body, place) =>
      acceptPlain && body[0] === PLAIN_JSON
        ? decodePlain(body)
        : valueOf(await opened(body, place, VAULT_JSON)),
    openBytes: async (body, place) =>
      acceptPlain && body[0] === PLAIN_BYTES ? body.slice(1) : opened(body, place, VAULT_BYTES),
  };
}
