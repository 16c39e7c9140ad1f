import { describe, expect, it } from 'vitest';
import { toBase64Url, toHex } from '../../src/lib/protocol/hash.ts';
import { loadArgon2 } from '../../src/lib/protocol/kdf.ts';
import { printShare, readShare, SHARES } from '../../src/lib/protocol/key-share.ts';
import {
  fingerprintOf,
  newOfficerKey,
  officerKeySchema,
  opensOwn,
  unwrapOfficerKey,
  wrapOfficerKey,
} from '../../src/lib/protocol/officer-key.ts';
import {
  inverse,
  joinParts,
  splitSecret,
  times,
  type Part,
} from '../../src/lib/protocol/shamir.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const at = <T>(list: readonly T[], i: number): T => {
  const one = list[i];
  if (one === undefined) throw new Error(`there is no ${i}`);
  return one;
};

describe('a secret in parts', () => {
  it('[AU170] the field is that of AES: its published products, and every inverse', () => {
    // FIPS 197, 4.2 and 4.2.1.
    expect([times(0x57, 0x83), times(0x57, 0x13)]).toEqual([0xc1, 0xfe]);
    expect(inverse(0x53)).toBe(0xca);
    for (let a = 1; a < 256; a += 1) expect(times(a, inverse(a))).toBe(1);
  });

  it('[AU170] the parts are what the polynomial says, and a worked example comes back', () => {
    // f(x) = 0x42 + 0x57·x: f(1) = 15, f(2) = 0x42 ^ 0xae = ec, f(3) = 0x42 ^ 0xf9 = bb.
    const parts = splitSecret(bytes('42'), { parts: 3, needed: 2 }, () => bytes('57'));
    expect(parts.map((one) => toHex(one.bytes))).toEqual(['15', 'ec', 'bb']);
    expect(toHex(joinParts([at(parts, 2), at(parts, 0)]) ?? bytes(''))).toBe('42');
  });

  it('[AU170] any two of three give it back; one alone is as likely for every secret', () => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const parts = splitSecret(secret, SHARES);
    for (const [a, b] of [
      [0, 1],
      [1, 0],
      [0, 2],
      [1, 2],
    ] as const)
      expect(joinParts([at(parts, a), at(parts, b)])).toEqual(secret);
    expect(joinParts(parts)).toEqual(secret);
    expect(joinParts([at(parts, 0)])).not.toEqual(secret);
    expect(joinParts([at(parts, 0), at(parts, 0)])).toBeNull();
    expect(joinParts([])).toBeNull();
    // For a given part 1 each of the 256 secrets has exactly one r that leads to it.
    const seen = new Set<number>();
    for (let s = 0; s < 256; s += 1)
      for (let r = 0; r < 256; r += 1) if ((s ^ times(r, 1)) === 0x7e) seen.add(s);
    expect(seen.size).toBe(256);
  });

  it('[AU171] a typed sheet is told from one with a slip, and from one of another key', async () => {
    const part: Part = { n: 2, bytes: crypto.getRandomValues(new Uint8Array(32)) };
    const text = await printShare('recovery-00c0ffee', part);
    expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-)+[0-9A-HJKMNP-TV-Z]{1,4}$/);
    const typed = text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    expect(await readShare('recovery-00c0ffee', typed)).toEqual(part);
    expect(await readShare('recovery-00c0ffef', text)).toBeNull();
    let wrong = 0;
    for (let i = 0; i < text.length; i += 1) {
      if (text[i] === '-') continue;
      const other = text[i] === 'A' ? 'B' : 'A';
      const bent = text.slice(0, i) + other + text.slice(i + 1);
      if ((await readShare('recovery-00c0ffee', bent)) === null) wrong += 1;
      else expect(bent).toBe(text);
    }
    expect(wrong).toBe(text.replaceAll('-', '').length);
    for (const odd of ['', 'AAAA', text.slice(0, -1), `${text}A`, 'U'.repeat(61)])
      expect(await readShare('recovery-00c0ffee', odd)).toBeNull();
  });
});

describe('an officer’s key', () => {
  it('[AU172] opens with its passphrase and its sheets, never in another key’s place', async () => {
    const argon2 = await loadArgon2();
    const opened = await newOfficerKey('recovery');
    expect(await opensOwn(opened)).toBe(true);
    const passphrase = '秋天的苞米 十二棒';
    const wrapped = await wrapOfficerKey('recovery', opened, { passphrase, argon2 });
    if (wrapped === null) throw new Error('no wrap');
    expect(officerKeySchema.parse(JSON.parse(JSON.stringify(wrapped)))).toEqual(wrapped);
    expect(wrapped.kdf).toMatchObject({ kind: 'argon2id', memoryKiB: 65_536, passes: 3 });
    expect(JSON.stringify(wrapped)).not.toContain(toBase64Url(opened.scalar));
    expect(await unwrapOfficerKey(wrapped, { passphrase, argon2 })).toEqual(opened);
    const wrong = { passphrase: `${passphrase}。`, argon2 };
    expect(await unwrapOfficerKey(wrapped, wrong)).toBe('WRONG');
    expect(await unwrapOfficerKey(wrapped, { passphrase, argon2: null })).toBe('NO_ARGON2');
    const moved = { ...wrapped, purpose: 'rating' as const };
    expect(await unwrapOfficerKey(moved, { passphrase, argon2 })).toBe('WRONG');
    const other = await newOfficerKey('recovery');
    const swapped = { ...wrapped, publicKey: toBase64Url(other.publicKey) };
    expect(await unwrapOfficerKey(swapped, { passphrase, argon2 })).toBe('WRONG');
    // Another point beside the scalar opens nothing.
    expect(await opensOwn({ ...opened, publicKey: other.publicKey })).toBe(false);
  });

  it('[AU172] without WebAssembly it lies under PBKDF2, and two sheets open it too', async () => {
    const opened = await newOfficerKey('sealing');
    const how = { passphrase: 'a long passphrase', argon2: null };
    const wrapped = await wrapOfficerKey('sealing', opened, how);
    expect(wrapped?.kdf).toEqual({ kind: 'pbkdf2', rounds: 600_000 });
    expect(wrapped && (await unwrapOfficerKey(wrapped, how))).toEqual(opened);
    const sheets = await Promise.all(
      splitSecret(opened.scalar, SHARES).map((part) => printShare(opened.keyId, part)),
    );
    const read = await Promise.all(sheets.slice(1).map((text) => readShare(opened.keyId, text)));
    const scalar = joinParts(read.filter((one) => one !== null));
    expect(scalar && (await opensOwn({ publicKey: opened.publicKey, scalar }))).toBe(true);
    expect(await fingerprintOf(opened.publicKey)).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
  });
});
