import { describe, expect, it } from 'vitest';
import { heldReceipt, keepReceipt, RECEIPTS_KEPT_MAX } from './signed-receipt.ts';

function shelf(text: string | null = null) {
  let value = text;
  return { getItem: () => value, setItem: (_: string, next: string) => void (value = next) };
}
const receipt = (n: number) => ({
  address: `https://xf.example.gov.cn/track/receipt#${String(n).padStart(170, 'A')}`,
  spoken: { digits: '4821', words: [1, 2, 3, 4] },
});

describe('the signed receipt on the tablet', () => {
  it('[AU168] the last one of each case is kept, so many and no more', () => {
    const storage = shelf();
    expect(heldReceipt('a', storage)).toBeNull();
    keepReceipt('a', receipt(1), storage);
    keepReceipt('a', receipt(2), storage);
    expect(heldReceipt('a', storage)).toEqual(receipt(2));
    for (let n = 0; n < RECEIPTS_KEPT_MAX; n++) keepReceipt(`b${n}`, receipt(n), storage);
    expect(heldReceipt('a', storage)).toBeNull();
    expect(heldReceipt('b0', storage)).toEqual(receipt(0));
  });

  it('[AU168] what is no receipt is none', () => {
    expect(heldReceipt('a', shelf('nonsense'))).toBeNull();
    expect(heldReceipt('a', shelf('[["a",{"address":"x"}],["b"]]'))).toBeNull();
    expect(heldReceipt('a', shelf('{"a":1}'))).toBeNull();
  });
});
