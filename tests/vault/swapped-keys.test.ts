import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { newKeyPair } from '../../src/lib/protocol/hpke.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { fingerprintOf } from '../../src/lib/protocol/officer-key.ts';
import { signCountyKeys, type CountyKeys } from '../../src/lib/protocol/county-keys.ts';
import { openRegistry } from '../../src/lib/tablet/registry.ts';
import {
  areKeysRefused,
  followKeys,
  keepCountyKeys,
  keysHere,
  recipientsHere,
  recoveryPrints,
} from '../../src/lib/tablet/known-keys.ts';
import { forgetAll } from './tablet-vaults.ts';

beforeEach(forgetAll);

async function signer(keyId: string) {
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    keyId,
    publicKey: toBase64Url(raw),
    privateKey: await crypto.subtle.exportKey('jwk', pair.privateKey),
  };
}
type Signer = Awaited<ReturnType<typeof signer>>;

/** A list of one recovery key, as a county gives it. */
async function list(
  of: { readonly at: string; readonly recovery: Uint8Array; readonly signers: readonly Signer[] },
  by: Signer,
): Promise<CountyKeys> {
  const publicKey = toBase64Url(of.recovery);
  const unsigned = {
    ...{ v: 1 as const, county: '230278', at: of.at },
    recipients: [
      { kind: 'recovery' as const, keyId: `recovery-${publicKey.slice(1, 5)}`, publicKey },
    ],
    signers: of.signers.map(({ keyId, publicKey }) => ({ keyId, publicKey })),
  };
  return signCountyKeys(unsigned, by);
}

describe('the county’s keys at a tablet that was enrolled', () => {
  it('[AU253] a swapped recovery key is not taken and is noticed; one that a known signer gave is taken', async () => {
    const registry = await openRegistry();
    const [ours, theirs] = [await signer('s-ours'), await signer('s-theirs')];
    const [first, second, foreign] = await Promise.all([newKeyPair(), newKeyPair(), newKeyPair()]);
    const at = (day: number): string => `2026-06-0${day}T00:00:00Z`;
    const good = { at: at(1), recovery: first.publicKey, signers: [ours] };
    await keepCountyKeys(registry, await list(good, ours));
    expect(await areKeysRefused(registry)).toBe(false);
    expect(await recoveryPrints(registry)).toEqual([await fingerprintOf(first.publicKey)]);

    // Who swapped the key signs with his own hand, or with a name that is not his.
    const swapped = { at: at(3), recovery: foreign.publicKey, signers: [theirs] };
    for (const by of [theirs, { ...theirs, keyId: 's-ours' }]) {
      await keepCountyKeys(registry, await list(swapped, by));
      expect((await recipientsHere(registry)).map(({ publicKey }) => publicKey)).toEqual([
        first.publicKey,
      ]);
      expect(await areKeysRefused(registry)).toBe(true);
    }
    // An old list that is right takes the word back no more than silence does.
    await keepCountyKeys(registry, await list(good, ours));
    expect(await areKeysRefused(registry)).toBe(true);

    const next = { at: at(4), recovery: second.publicKey, signers: [ours, theirs] };
    await keepCountyKeys(registry, await list(next, ours));
    expect(await recoveryPrints(registry)).toEqual([await fingerprintOf(second.publicKey)]);
    expect(await areKeysRefused(registry)).toBe(false);
    registry.close();
  });

  it('[AU254] a build that pins recovery keys takes no other, not even the first', async () => {
    const registry = await openRegistry();
    const ours = await signer('s-ours');
    const [pinned, foreign] = [await newKeyPair(), await newKeyPair()];
    const pins = [toBase64Url(pinned.publicKey)];
    const of = (recovery: Uint8Array) => ({
      at: '2026-06-01T00:00:00Z',
      recovery,
      signers: [ours],
    });
    await keepCountyKeys(registry, await list(of(foreign.publicKey), ours), pins);
    expect(await keysHere(registry)).toBeNull();
    expect(await areKeysRefused(registry)).toBe(true);
    await keepCountyKeys(registry, await list(of(pinned.publicKey), ours), pins);
    expect(await recoveryPrints(registry)).toEqual([await fingerprintOf(pinned.publicKey)]);
    expect(await areKeysRefused(registry)).toBe(false);
    registry.close();
  });

  it('[AU348] a list that somebody wrote into the registry is not followed; the vault’s own stands again', async () => {
    const registry = await openRegistry();
    const [ours, theirs] = [await signer('s-ours'), await signer('s-theirs')];
    const [first, second, foreign] = await Promise.all([newKeyPair(), newKeyPair(), newKeyPair()]);
    const at = (day: number): string => `2026-06-0${day}T00:00:00Z`;
    const of = (day: number, recovery: Uint8Array, by: Signer) =>
      list({ at: at(day), recovery, signers: [by] }, by);
    const [own, next] = [await of(2, first.publicKey, ours), await of(3, second.publicKey, ours)];
    await keepCountyKeys(registry, own);
    // A vault that kept nothing yet believes what is here, and keeps it.
    expect(await followKeys(registry, undefined)).toEqual({
      ...{ keys: own, isNew: true, putBack: false },
    });
    expect(await followKeys(registry, own)).toEqual({ keys: own, isNew: false, putBack: false });
    const older = await of(1, first.publicKey, ours);
    const bent = { ...own, recipients: (await of(2, foreign.publicKey, ours)).recipients };
    const planted = [await of(4, foreign.publicKey, theirs), older, bent, null, 'no list'];
    for (const one of planted) {
      await registry.putClear('countyKeys', one);
      await registry.putClear('keysRefused', false);
      expect(await followKeys(registry, own)).toEqual({ keys: own, isNew: false, putBack: true });
      expect(await keysHere(registry)).toEqual(own);
      expect(await areKeysRefused(registry)).toBe(true);
    }
    // What the county gave to another vault of this tablet meanwhile is followed.
    await keepCountyKeys(registry, next);
    expect(await followKeys(registry, own)).toEqual({ keys: next, isNew: true, putBack: false });
    expect(await areKeysRefused(registry)).toBe(false);
    registry.close();
  });

  it('[AU441] a later list with its sealing key taken out of the registry is put back and told', async () => {
    const registry = await openRegistry();
    const ours = await signer('s-ours');
    const [recovery, sealing] = await Promise.all([newKeyPair(), newKeyPair()]);
    const of = (day: number) => {
      const publicKey = toBase64Url(recovery.publicKey);
      const county = { v: 1 as const, county: '230278', at: `2026-06-0${day}T00:00:00Z` };
      const recipients = [{ kind: 'recovery' as const, keyId: 'r1', publicKey }];
      const signers = [{ keyId: ours.keyId, publicKey: ours.publicKey }];
      const keys = [{ keyId: 's1', publicKey: toBase64Url(sealing.publicKey) }];
      return signCountyKeys({ ...county, recipients, signers, sealing: keys }, ours);
    };
    const own = await of(1);
    const stripped = { ...(await of(2)), sealing: undefined };
    await registry.putClear('countyKeys', stripped);
    expect(await followKeys(registry, own)).toEqual({ keys: own, isNew: false, putBack: true });
    expect(await keysHere(registry)).toEqual(own);
    expect(await areKeysRefused(registry)).toBe(true);
    registry.close();
  });
});
