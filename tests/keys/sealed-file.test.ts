import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newOfficerKey } from '../../src/lib/protocol/officer-key.ts';
import {
  bytesOf,
  hashOf,
  headFor,
  isSealedFile,
  knownKey,
  newFileKey,
  recoveryOpener,
  seal,
  sealedBytes,
  SealedFault,
  unseal,
  writeAll,
} from '../../src/lib/server/keys/sealed-file.ts';

const root = mkdtempSync(path.join(tmpdir(), 'daiban-sealed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const MIB = 1024 * 1024;

async function* from(bytes: Uint8Array, step = 70_001): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  await Promise.resolve();
}
const whole = async (source: AsyncIterable<Uint8Array>) => {
  const all: Uint8Array[] = [];
  for await (const some of source) all.push(some);
  return Buffer.concat(all);
};

describe('a sealed file', () => {
  it('[AU173] comes back whole at every size, for each of its keys, in the length foretold', async () => {
    const [a, b] = [await newOfficerKey('recovery'), await newOfficerKey('recovery')];
    const recipients = [a, b].map((one) => ({ ...one, kind: 'recovery' as const }));
    for (const length of [0, 1, 15, MIB - 1, MIB, MIB + 1, 3 * MIB]) {
      const plain = Buffer.alloc(length, '群众的话');
      const key = newFileKey();
      const head = await headFor(recipients, key);
      const file = path.join(root, `of-${length}`);
      await writeAll(file, seal(from(plain), { head, key }));
      expect(statSync(file).size).toBe(sealedBytes(head, length));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(await isSealedFile(file)).toBe(true);
      for (const one of [a, b])
        expect((await whole(unseal(bytesOf(file), recoveryOpener(one)))).equals(plain)).toBe(true);
      expect(await hashOf(unseal(bytesOf(file), knownKey(key)))).toBe(await hashOf(from(plain)));
    }
  });

  it('[AU173] another key opens nothing and says which it needs', async () => {
    const [own, other] = [await newOfficerKey('recovery'), await newOfficerKey('recovery')];
    const key = newFileKey();
    const head = await headFor([{ ...own, kind: 'recovery' }], key);
    const sealed = await whole(seal(from(Buffer.from('井水')), { head, key }));
    const opening = (opener: Parameters<typeof unseal>[1]) => whole(unseal(from(sealed), opener));
    await expect(opening(recoveryOpener(other))).rejects.toThrow(`sealed to ${own.keyId}`);
    const named = recoveryOpener({ ...other, keyId: own.keyId });
    await expect(opening(named)).rejects.toThrow(`is not ${own.keyId}`);
    await expect(opening(knownKey(newFileKey()))).rejects.toThrow('was changed');
    const plain = path.join(root, 'plain');
    writeFileSync(plain, 'SQLite format 3');
    expect(await isSealedFile(plain)).toBe(false);
    await expect(whole(unseal(bytesOf(plain), knownKey(key)))).rejects.toThrow(SealedFault);
  });

  it('[AU173] cut, bent, with pieces moved or put behind: it does not open', async () => {
    const key = newFileKey();
    const head = await headFor([], key);
    const file = path.join(root, 'bent');
    await writeAll(file, seal(from(Buffer.alloc(2 * MIB + 9, 7)), { head, key }));
    const good = readFileSync(file);
    const front = sealedBytes(head, 0) - 20;
    const piece = MIB + 20;
    const swapped = Buffer.concat([
      good.subarray(0, front),
      good.subarray(front + piece, front + 2 * piece),
      good.subarray(front, front + piece),
      good.subarray(front + 2 * piece),
    ]);
    const early = Buffer.from(good.subarray(0, front + 2 * piece));
    early.writeUInt32BE(early.readUInt32BE(front + piece) + 0x8000_0000, front + piece);
    const bad: Buffer[] = [swapped, early, Buffer.concat([good, Buffer.from('x')])];
    for (const at of [0, 10, 17, 22, front + 3, front + 900, front + piece + 2, good.length - 1]) {
      const bent = Buffer.from(good);
      bent[at] = (bent[at] ?? 0) ^ 1;
      bad.push(bent);
    }
    for (const cut of [3, front, front + piece, front + 2 * piece, good.length - 1])
      bad.push(good.subarray(0, cut));
    for (const one of bad)
      await expect(whole(unseal(from(one), knownKey(key)))).rejects.toThrow(SealedFault);
    expect((await whole(unseal(from(good), knownKey(key)))).length).toBe(2 * MIB + 9);
    expect(bad.length).toBe(16);
  });
});
