import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { randomBytes, textBytes } from '../../src/lib/protocol/bytes.ts';
import { toBase64Url, toHex } from '../../src/lib/protocol/hash.ts';
import { cardIdOf, printedCard, readCard } from '../../src/lib/tablet/vault/card.ts';
import { afterWrong, NO_TRIES, waitSeconds } from '../../src/lib/tablet/vault/delays.ts';
import {
  newCard,
  newVaultId,
  passphraseFault,
  scannedCard,
} from '../../src/lib/tablet/vault/enrolment.ts';
import {
  ARGON2_STANDARD,
  isWeaker,
  kdfSchema,
  loadArgon2,
  PBKDF2_STANDARD,
  standardKdf,
  stretch,
  type Kdf,
} from '../../src/lib/tablet/vault/kdf.ts';
import { pinFault } from '../../src/lib/tablet/vault/pin-rules.ts';
import { browserPrf } from '../../src/lib/tablet/vault/prf.ts';
import {
  openWrap,
  wrapUnder,
  type Secret,
  type SecretWrap,
} from '../../src/lib/tablet/vault/wraps.ts';
import { newDek } from '../../src/lib/tablet/vault/keys.ts';
import { QUICK_KDF } from './workers.ts';

const digest = async (bytes: Uint8Array): Promise<Uint8Array> =>
  createHash('sha256').update(bytes).digest();
const plainCard = () => ({ vaultId: toBase64Url(randomBytes(16)), secret: randomBytes(16) });

describe('the card', () => {
  it('[AU75] is read however it was scanned or typed', async () => {
    const card = plainCard();
    const { qr, groups } = await printedCard(digest, card);
    expect(qr).toMatch(/^DB1[0-9A-Z]{58}$/);
    const ways = [
      ...[qr, qr.toLowerCase(), ` ${qr}\r\n`, groups.join(' '), groups.join('-').toLowerCase()],
      ...[`WIFI:${qr};;`, qr.replaceAll('0', 'O').replaceAll('1', 'l'), `DB1${qr}`],
      qr.replace(/[0-9A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
    ];
    for (const way of ways) expect(await readCard(digest, way)).toEqual(card);
  });

  it('[AU75] misread in one letter, or something else, is no card', async () => {
    const { qr } = await printedCard(digest, plainCard());
    for (let at = 3; at < qr.length; at++) {
      const other = qr[at] === 'Z' ? 'Y' : 'Z';
      expect(await readCard(digest, qr.slice(0, at) + other + qr.slice(at + 1))).toBeNull();
    }
    expect(await readCard(digest, qr.slice(0, -1))).toBeNull();
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200, unit: 'binary' }), async (text) => {
        expect(await readCard(digest, text)).toBeNull();
      }),
    );
  }, 300_000);

  it('[AU75] its id for the revocation says nothing of its secret', async () => {
    const card = plainCard();
    const { cardId, label } = await printedCard(digest, card);
    expect(cardId).toBe(await cardIdOf(digest, card));
    expect(label).toBe(cardId.slice(0, 4));
    const next = await cardIdOf(digest, { ...card, secret: randomBytes(16) });
    expect(next).not.toBe(cardId);
    expect(cardId).toHaveLength(16);
  });
});

describe('the enrolment', () => {
  it('[AU75] makes a card that opens its own vault after a scan, and no other', async () => {
    const [vaultId, other] = [newVaultId(), newVaultId()];
    const made = await newCard(digest, { vaultId, pin: '847362', known: ['13800001111'] });
    if (!made.ok) throw new Error(made.error);
    const scanned = made.value.printed.qr.toLowerCase();
    const read = await scannedCard(digest, { vaultId, scanned, pin: '847362' });
    expect(read).toEqual({ ok: true, value: made.value.secret });
    expect(await scannedCard(digest, { vaultId: other, scanned, pin: '847362' })).toMatchObject({
      error: 'FOREIGN',
    });
    expect(await scannedCard(digest, { vaultId, scanned: '微信', pin: '847362' })).toMatchObject({
      error: 'NO_CARD',
    });
    const bad = await newCard(digest, { vaultId, pin: '800001', known: ['13800001111'] });
    expect(bad).toMatchObject({ error: 'YOUR_OWN_NUMBER' });
  });

  it('[AU61] takes a sentence as passphrase, not a word and not one key held down', () => {
    expect(passphraseFault('三屯村口那棵老榆树下有口井')).toBeNull();
    expect(passphraseFault('  三屯村口那棵老榆    ')).toBe('TOO_SHORT');
    expect(passphraseFault('ababababababab')).toBe('ONE_CHARACTER');
  });
});

describe('the PIN', () => {
  it('[AU76] has six digits that nobody tries first', () => {
    const faults: readonly (readonly [string, string | null])[] = [
      ...([
        ['12345', 'NOT_SIX_DIGITS'],
        ['1234567', 'NOT_SIX_DIGITS'],
        ['12345a', 'NOT_SIX_DIGITS'],
      ] as const),
      ...([
        ['１２３４５６', 'NOT_SIX_DIGITS'],
        ['000000', 'ONE_DIGIT'],
        ['123456', 'IN_A_ROW'],
      ] as const),
      ...([
        ['654321', 'IN_A_ROW'],
        ['890123', 'IN_A_ROW'],
        ['121212', 'REPEATED'],
      ] as const),
      ...([
        ['847847', 'REPEATED'],
        ['889998', 'REPEATED'],
        ['850612', 'A_DATE'],
      ] as const),
      ...([
        ['120685', 'A_DATE'],
        ['197407', 'A_DATE'],
        ['159357', 'LUCKY'],
      ] as const),
      ...([
        ['847362', null],
        ['903157', null],
      ] as const),
    ];
    for (const [pin, fault] of faults) expect([pin, pinFault(pin)]).toEqual([pin, fault]);
    expect(pinFault('847362', ['138 8473 6211'])).toBe('YOUR_OWN_NUMBER');
    expect(pinFault('847362', ['13800001111'])).toBeNull();
  });

  it('[AU76] the rules leave most PINs free', () => {
    let free = 0;
    for (let n = 0; n < 1_000_000; n += 7) {
      if (pinFault(String(n).padStart(6, '0')) === null) free += 1;
    }
    expect(free / Math.ceil(1_000_000 / 7)).toBeGreaterThan(0.9);
  });
});

describe('stretching', () => {
  it('[AU77] is Argon2id to the letter, as Node counts it too', async () => {
    const { argon2Sync } = await import('node:crypto');
    const argon2 = await loadArgon2();
    const [secret, salt] = [textBytes('三屯村口'), randomBytes(16)];
    const ours = await stretch(secret, salt, { kdf: QUICK_KDF, argon2 });
    const parameters = { message: secret, nonce: salt, parallelism: 1, tagLength: 32 };
    const theirs = argon2Sync('argon2id', { ...parameters, memory: 19 * 1024, passes: 2 });
    expect(toHex(ours ?? new Uint8Array())).toBe(theirs.toString('hex'));
  });

  it('[AU77] without WebAssembly there is PBKDF2 of 600,000 rounds; a raise is noticed', async () => {
    expect(standardKdf(null)).toEqual({ kind: 'pbkdf2', rounds: 600_000 });
    expect(standardKdf(async (secret) => secret)).toEqual(ARGON2_STANDARD);
    const argon = (memoryKiB: number, passes: number): Kdf => ({
      ...ARGON2_STANDARD,
      memoryKiB,
      passes,
    });
    expect(isWeaker(PBKDF2_STANDARD, ARGON2_STANDARD)).toBe(true);
    expect(isWeaker(ARGON2_STANDARD, PBKDF2_STANDARD)).toBe(false);
    expect(isWeaker(argon(65_536, 2), ARGON2_STANDARD)).toBe(true);
    expect(isWeaker(argon(65_536, 4), ARGON2_STANDARD)).toBe(false);
    expect(isWeaker(PBKDF2_STANDARD, { kind: 'pbkdf2', rounds: 700_000 })).toBe(true);
    for (const bad of [
      { kind: 'pbkdf2', rounds: 599_999 },
      argon(8, 1),
      argon(4_000_000, 3),
      argon(65_536, 1_000),
      { ...ARGON2_STANDARD, lanes: 2 },
    ])
      expect(kdfSchema.safeParse(bad).success).toBe(false);
  });

  it('[AU77] a wrap keeps its parameters: made without WebAssembly it opens with it', async () => {
    const vaultId = toBase64Url(randomBytes(16));
    const secret: Secret = { kind: 'pass', passphrase: '三屯村口那棵老榆树' };
    const dek = newDek();
    const wrap = (await wrapUnder({ vaultId, argon2: null }, secret, dek)) as SecretWrap;
    expect(wrap).toMatchObject({ kind: 'pass', kdf: { kind: 'pbkdf2', rounds: 600_000 } });
    const argon2 = await loadArgon2();
    expect(await openWrap({ vaultId, argon2 }, wrap, secret)).toEqual(dek);
    const modern = (await wrapUnder(
      { vaultId, argon2, kdf: QUICK_KDF },
      secret,
      dek,
    )) as SecretWrap;
    expect(await openWrap({ vaultId, argon2: null }, modern, secret)).toBe('NO_ARGON2');
  });

  it('[AU79] an authenticator is one more way and never needed', async () => {
    const vaultId = toBase64Url(randomBytes(16));
    const output = randomBytes(32);
    const device = {
      get: async () => ({
        getClientExtensionResults: () => ({ prf: { results: { first: output.buffer } } }),
      }),
    } as unknown as CredentialsContainer;
    const made = await browserPrf(device, 'AAAA').output(randomBytes(32));
    const secret: Secret = { kind: 'prf', credentialId: 'AAAA', output: made ?? new Uint8Array() };
    const dek = newDek();
    const wrap = (await wrapUnder({ vaultId, argon2: null }, secret, dek)) as SecretWrap;
    expect(await openWrap({ vaultId, argon2: null }, wrap, secret)).toEqual(dek);
    const other: Secret = { ...secret, output: randomBytes(32) };
    expect(await openWrap({ vaultId, argon2: null }, wrap, other)).toBe('WRONG');
    expect(await browserPrf(undefined, 'AAAA').output(randomBytes(32))).toBeNull();
    const refusing = { get: () => Promise.reject(new Error('no')) } as unknown;
    const refused = browserPrf(refusing as CredentialsContainer, 'AAAA');
    expect(await refused.output(randomBytes(32))).toBeNull();
  });
});

describe('wrong tries', () => {
  it('[AU78] wait from the fifth on: 30 s, doubling to an hour; a clock put back adds nothing', () => {
    let [tries, now] = [NO_TRIES, Date.UTC(2026, 5, 8)];
    const waits: number[] = [];
    for (let n = 0; n < 14; n++) {
      tries = afterWrong(tries, now);
      waits.push(waitSeconds(tries, now));
      now += 4_000_000;
    }
    expect(waits).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    expect(waitSeconds(tries, tries.lastAt + 1_000)).toBe(3_599);
    expect(waitSeconds(tries, tries.lastAt + 3_600_000)).toBe(0);
    expect(waitSeconds(tries, tries.lastAt - 90 * 86_400_000)).toBe(3_600);
  });
});
