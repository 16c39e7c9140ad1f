import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../values.ts';
import { villagerConfirms } from './confirmation.ts';

const sha = 'a'.repeat(64) as Sha256;
const thumb = { method: 'THUMB', evidence: [sha], witness: null } as const;

describe('what was settled on the spot', () => {
  it('[UI13] is confirmed by her hand, her voice, or a witness by name', () => {
    expect(villagerConfirms('YES', thumb)).toEqual({ how: 'THUMB', evidence: [sha] });
    const witness = { name: '李二', relation: '邻居' };
    expect(villagerConfirms('YES', { method: 'WITNESS', evidence: [], witness })).toEqual({
      how: 'WITNESS',
      witness,
    });
  });

  it('[UI13] is not confirmed by a word alone, nor when she does not agree', () => {
    const empty = { method: 'WITNESS', evidence: [], witness: null } as const;
    expect(villagerConfirms('YES', null)).toEqual({ how: 'NOT_YET' });
    expect(villagerConfirms('YES', empty)).toEqual({ how: 'NOT_YET' });
    expect(villagerConfirms('HALF', thumb)).toEqual({ how: 'NOT_YET' });
    expect(villagerConfirms('NO', thumb)).toEqual({ how: 'NOT_YET' });
    expect(villagerConfirms(null, thumb)).toEqual({ how: 'NOT_YET' });
  });
});
