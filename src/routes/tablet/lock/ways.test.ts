import { describe, expect, it } from 'vitest';
import type { VaultTile } from '../../../lib/tablet/vault-types.ts';
import { reopenEn } from '../../../lib/ui/messages/reopen.en.ts';
import { reopenZh } from '../../../lib/ui/messages/reopen.zh-CN.ts';
import type { ReopenRefusal } from '../../../lib/tablet/vault-types.ts';
import { afterRefusal, afterReopen, askedFor, barOf, goesByItself, waysOf } from './ways.ts';

const tile = (more: Partial<VaultTile> = {}): VaultTile => ({
  ...{ vaultId: 'A', sign: 0, waits: true, bar: null, expired: false, quiet: false, quick: false },
  ...{ ways: ['card', 'pass'] as const, ...more },
});
const refused = (code: Parameters<typeof afterRefusal>[1]['code']) => ({ code, waitSeconds: 0 });

describe('开锁', () => {
  it('[UI42] offers the easiest way first and only ways that were made', () => {
    expect(waysOf(tile())).toEqual(['card', 'pass']);
    expect(waysOf(tile({ quick: true }))).toEqual(['quick', 'card', 'pass']);
    expect(waysOf(tile({ ways: ['pass'] }))).toEqual(['pass']);
  });

  it('[UI42] a lock that the county stopped asks for no secret', () => {
    for (const bar of ['revoked', 'lost'] as const) {
      expect(waysOf(tile({ bar, quick: true }))).toEqual([]);
      expect(barOf(tile({ bar, expired: true }))).toBe(bar);
    }
    expect(barOf(tile({ expired: true }))).toBe('expired');
    expect(barOf(tile())).toBeNull();
  });

  it('[UI42] digits that no longer open lead to the card, else to the sentence', () => {
    expect(afterRefusal('quick', refused('DROPPED'), tile({ quick: true }))).toBe('card');
    expect(afterRefusal('quick', refused('DROPPED'), tile({ ways: ['pass'] }))).toBe('pass');
    expect(afterRefusal('quick', refused('USED_UP'), tile({ quick: true }))).toBe('card');
    expect(afterRefusal('pass', refused('WRONG'), tile())).toBe('pass');
    expect(afterRefusal('card', refused('FOREIGN'), tile())).toBe('card');
  });

  it('[UI42] with several agents nobody is taken for another', () => {
    const both = [tile(), tile({ vaultId: 'B', sign: 3 })];
    expect(askedFor(both, null)).toBeNull();
    expect(askedFor(both, 'B')?.vaultId).toBe('B');
    expect(askedFor([tile()], null)?.vaultId).toBe('A');
    expect(askedFor([], 'A')).toBeNull();
  });

  it('[UI120] a lost tablet promises to send by itself only when somebody is signed in on it', () => {
    const said = [null, true, false].map((isSignedOut) => [
      goesByItself('lost', isSignedOut),
      goesByItself('expired', isSignedOut),
      goesByItself('revoked', isSignedOut),
      goesByItself(null, isSignedOut),
    ]);
    expect(said).toEqual([
      [false, false, true, true],
      [false, false, false, false],
      [true, false, true, true],
    ]);
  });

  it('[UI55] 县里给了新卡 leads to the slip where paper helps, else to another card, in words of its own', () => {
    for (const words of [reopenZh, reopenEn]) {
      const said = Object.values(words.tablet.refusals);
      expect(new Set(said).size).toBe(14);
    }
    const codes = Object.keys(reopenZh.tablet.refusals) as ReopenRefusal[];
    expect(codes.filter((code) => afterReopen(code) === 'card')).toEqual([
      ...['NO_CARD', 'FOREIGN', 'BARRED', 'IN_USE', 'SPENT', 'STORAGE'],
    ]);
  });
});
