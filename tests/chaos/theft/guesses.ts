/**
 * What a thief can do: with the tablet in his hands (paste the profile back, kill between tries) and
 * with the profile on a machine of his own (guess at the wraps).
 */
import type { Page } from '@playwright/test';
import { createHash, randomBytes } from 'node:crypto';
import type { Bytes } from '../../../src/lib/protocol/bytes.ts';
import type { Digest } from '../../../src/lib/protocol/hash.ts';
import { cardIdOf, readCard } from '../../../src/lib/tablet/vault/card.ts';
import { loadArgon2, type Kdf } from '../../../src/lib/tablet/vault/kdf.ts';
import {
  openWrap,
  wrapSchema,
  type Secret,
  type SecretWrap,
} from '../../../src/lib/tablet/vault/wraps.ts';
import { PIN, SENTENCE } from './day.ts';

const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();

/** A vault as it stands on the disk in clear. */
export interface VaultOnDisk {
  readonly vaultId: string;
  /** Device id. */
  readonly dv: string;
  readonly wraps: readonly unknown[];
  readonly tries: { readonly wrong: number };
}

/** The registry, read without the product: any page of the origin does. */
export const registryOf = (page: Page): Promise<VaultOnDisk> =>
  page.evaluate(
    () =>
      new Promise<VaultOnDisk>((resolve, reject) => {
        const request = indexedDB.open('daiban-vaults');
        request.onerror = () => reject(new Error('no registry'));
        request.onsuccess = () => {
          const all = request.result.transaction('vaults').objectStore('vaults').getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve((all.result as VaultOnDisk[])[0] as VaultOnDisk);
          };
        };
      }),
  );

export interface Guessed {
  /** Guesses at the wraps that were made, and how many opened: must be none. */
  readonly guesses: number;
  readonly opened: number;
  /** The right secrets opened these ways; both must be there, or the guesses prove nothing. */
  readonly controls: number;
  /** Of this machine, one core, by the parameters of the wrap. */
  readonly perSecond: { readonly card: number; readonly pass: number };
  readonly kdf: { readonly card: Kdf; readonly pass: Kdf };
}

type StretchedWrap = Extract<SecretWrap, { kdf: Kdf }>;

function wrapOf(of: VaultOnDisk, kind: 'card' | 'pass'): StretchedWrap {
  for (const wrap of of.wraps) {
    const known = wrapSchema.safeParse(wrap);
    if (known.success && known.data.kind === kind) return known.data as StretchedWrap;
  }
  throw new Error(`no wrap under ${kind} on the disk`);
}

/** Guesses offline at both wraps: right PIN and no card, right card and no PIN, passphrases. */
export async function guessOffline(
  of: VaultOnDisk,
  card: string,
  msEach: number,
): Promise<Guessed> {
  const argon2 = await loadArgon2();
  const ground = { vaultId: of.vaultId, argon2 };
  const [byCard, byPass] = [wrapOf(of, 'card'), wrapOf(of, 'pass')];
  const read = await readCard(digest, card);
  if (!read || byCard.kind !== 'card') throw new Error('the card that was shown is no card');
  const cardId = await cardIdOf(digest, read);
  let [guesses, opened, controls] = [0, 0, 0];
  const tries = async (wrap: StretchedWrap, secret: Secret): Promise<boolean> =>
    typeof (await openWrap(ground, wrap, secret)) !== 'string';
  const right: Secret = { kind: 'card', cardId, card: read.secret, pin: PIN };
  if (await tries(byCard, right)) controls++;
  if (await tries(byPass, { kind: 'pass', passphrase: SENTENCE })) controls++;
  const rate = async (wrap: StretchedWrap, guess: (n: number) => Secret): Promise<number> => {
    const until = performance.now() + msEach;
    const started = performance.now();
    let n = 0;
    while (n === 0 || performance.now() < until) if (await tries(wrap, guess(n++))) opened++;
    guesses += n;
    return Math.round((n / (performance.now() - started)) * 100_000) / 100;
  };
  // He has seen the digits and has no card, or found the card and has no digits.
  const noCard = (): Secret => ({ ...right, card: new Uint8Array(randomBytes(16)) as Bytes });
  const noPin = (n: number): Secret => ({ ...right, pin: String(100_000 + n) });
  const perCard = await rate(byCard, (n) => (n % 2 === 0 ? noCard() : noPin(n)));
  const perPass = await rate(byPass, (n) => ({ kind: 'pass', passphrase: `${SENTENCE}${n}` }));
  return {
    ...{ guesses, opened, controls, perSecond: { card: perCard, pass: perPass } },
    kdf: { card: byCard.kdf, pass: byPass.kdf },
  };
}
