import { afterAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { randomBytes, textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import {
  ARGON2_LEAST,
  ARGON2_STANDARD,
  calibrated,
  kdfSchema,
  PBKDF2_STANDARD,
  raised,
  type Argon2,
  type Kdf,
} from '../../src/lib/tablet/vault/kdf.ts';
import { VaultCore } from '../../src/lib/tablet/vault/vault-core.ts';
import type { VaultClient } from '../../src/lib/tablet/vault/vault-client.ts';
import type { Secret, Wrap } from '../../src/lib/tablet/vault/wraps.ts';
import { endAll, newVault } from './workers.ts';

afterAll(endAll);

describe('parameters by the device', () => {
  it('[AU220] is calibrated to a second on the device, never below 19 MiB and two passes, never without end', () => {
    const argon = (mib: number, passes: number): Kdf => ({
      ...ARGON2_LEAST,
      memoryKiB: mib * 1024,
      passes,
    });
    const by = (ms: number, kdf: Kdf = ARGON2_LEAST): Kdf => calibrated({ kdf, ms });
    expect(by(0)).toEqual(argon(64, 10));
    expect(by(55)).toEqual(argon(64, 10));
    expect(by(100)).toEqual(argon(64, 5));
    expect(by(197)).toEqual(ARGON2_STANDARD);
    expect(by(199)).toEqual(argon(48, 3));
    expect(by(330)).toEqual(argon(32, 3));
    expect(by(900)).toEqual(ARGON2_LEAST);
    expect(by(60_000)).toEqual(ARGON2_LEAST);
    expect(by(500, ARGON2_STANDARD)).toEqual(argon(64, 6));
    expect(by(200, PBKDF2_STANDARD)).toEqual({ kind: 'pbkdf2', rounds: 3_000_000 });
    expect(by(9_000, PBKDF2_STANDARD)).toEqual(PBKDF2_STANDARD);
    expect(kdfSchema.safeParse({ ...ARGON2_LEAST, passes: 1 }).success).toBe(false);
  });

  it('[AU221] a wrap that a busy moment made cheap is raised to the standard when that fits; never lowered', () => {
    const argon2 = async (secret: Uint8Array): Promise<Bytes> => new Uint8Array(secret);
    const at = (ms: number) => ({ ms, argon2 });
    expect(raised(ARGON2_LEAST, at(100))).toEqual(ARGON2_STANDARD);
    expect(raised(ARGON2_LEAST, at(300))).toBeNull();
    expect(raised({ ...ARGON2_LEAST, passes: 1 }, at(2_000))).toEqual(ARGON2_LEAST);
    expect(raised(ARGON2_STANDARD, at(20))).toBeNull();
    expect(raised({ ...ARGON2_STANDARD, passes: 10 }, at(30_000))).toBeNull();
    expect(raised(PBKDF2_STANDARD, at(100))).toEqual(ARGON2_LEAST);
    expect(raised(PBKDF2_STANDARD, { ms: 100, argon2: null })).toBeNull();
  });

  it('[AU220] a vault is made with what its device carries: the card never dearer than the standard', async () => {
    const fast = await enrolled(1.5);
    expect(kdfOf(fast.wraps, 'card')).toEqual(ARGON2_STANDARD);
    expect(kdfOf(fast.wraps, 'pass')).toEqual({ ...ARGON2_STANDARD, passes: 10 });
    const weak = await enrolled(9);
    expect(kdfOf(weak.wraps, 'card')).toEqual({ ...ARGON2_LEAST, memoryKiB: 32 * 1024, passes: 3 });
    expect(kdfOf(weak.wraps, 'pass')).toEqual(kdfOf(weak.wraps, 'card'));
    const before = [...fast.device.counted];
    await fast.vault.addWrap(card);
    expect(fast.device.counted).toEqual([...before, ARGON2_LEAST, ARGON2_STANDARD]);
  });

  it('[AU221] the unlock after a busy enrolment brings a dearer wrap, which opens; the next brings none', async () => {
    const busy = await enrolled(30);
    const cheap = wrapOf(busy.wraps, 'pass');
    expect(kdfOf(busy.wraps, 'pass')).toEqual(ARGON2_LEAST);
    busy.vault.lock();
    const idle = device(1.5);
    const first = await idle.newVault().unlock({ vaultId, wrap: cheap, secret: pass });
    expect(first).toMatchObject({ kind: 'pass', kdf: ARGON2_STANDARD });
    const second = await idle.newVault().unlock({ vaultId, wrap: first ?? cheap, secret: pass });
    expect(second).toBeNull();
    const still = device(30);
    expect(await still.newVault().unlock({ vaultId, wrap: cheap, secret: pass })).toBeNull();
  });
});

const vaultId = toBase64Url(randomBytes(16));
const card: Secret = { kind: 'card', cardId: 'card-1', card: randomBytes(16), pin: '847362' };
const pass: Secret = { kind: 'pass', passphrase: '三屯村口那棵老榆树下有口井' };

const wrapOf = (wraps: readonly Wrap[], kind: Wrap['kind']): Wrap => {
  const wrap = wraps.find((w) => w.kind === kind);
  if (!wrap) throw new Error('no such wrap');
  return wrap;
};
const kdfOf = (wraps: readonly Wrap[], kind: Wrap['kind']): Kdf | null => {
  const wrap = wrapOf(wraps, kind);
  return 'kdf' in wrap ? wrap.kdf : null;
};

/** A device on which a MiB takes so long each pass: its clock goes on by what it counts. */
function device(msPerMiB: number) {
  let now = 0;
  const counted: Kdf[] = [];
  const argon2: Argon2 = async (secret, salt, how) => {
    now += (how.memoryKiB / 1024) * how.passes * msPerMiB;
    counted.push({ ...how });
    const of = `${toBase64Url(secret)} ${toBase64Url(salt)} ${how.memoryKiB} ${how.passes}`;
    return new Uint8Array(createHash('sha256').update(textBytes(of)).digest()) as Bytes;
  };
  const vault = (): VaultClient =>
    newVault(
      new VaultCore(
        async () => argon2,
        () => now,
      ),
    );
  return { counted, newVault: vault };
}

async function enrolled(msPerMiB: number) {
  const on = device(msPerMiB);
  const vault = on.newVault();
  const wraps = await vault.create({ vaultId, secrets: [card, pass], recovery: [] });
  return { device: on, vault, wraps };
}
