import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from './engine.ts';
import {
  heldReceipt,
  RECEIPTS_KEPT_MAX,
  refreshReceipt,
  takeReceiptsBefore,
} from './signed-receipt.ts';
import { plainVault } from './vault.ts';

afterEach(() => vi.unstubAllGlobals());

/** A store with cases `a` and `b`, whose meta is a map. */
function open(): { engine: Engine; meta: Map<string, Uint8Array> } {
  const meta = new Map<string, Uint8Array>();
  const store = {
    meta: async (key: string) => meta.get(key) ?? null,
    putMeta: async (key: string, body: Uint8Array) => void meta.set(key, body),
    cases: async () => [{ id: 'a' }, { id: 'b' }],
    sync: async () => ({ dv: 'dv1' }),
  };
  return { engine: { store, vault: plainVault(), sync: { dv: 'dv1' } } as unknown as Engine, meta };
}
const receipt = (n: number) => ({
  address: `https://xf.example.gov.cn/track/receipt#${String(n).padStart(170, 'A')}`,
  spoken: { digits: '4821', words: [1, 2, 3, 4] },
});
/** The county answers with this; what it was asked is kept. */
function county(answer: () => Response) {
  const asked: Headers[] = [];
  vi.stubGlobal('fetch', async (_: string, init?: RequestInit) => {
    asked.push(new Headers(init?.headers));
    return answer();
  });
  return asked;
}
const ask = (engine: Engine, caseId: string, isVault = false) =>
  refreshReceipt(engine, { caseId, isVault });

describe('the signed receipt on the tablet', () => {
  it('[AU168] the last one of each case is kept, so many and no more', async () => {
    const { engine } = open();
    expect(await heldReceipt(engine, 'a')).toBeNull();
    for (const n of [1, 2]) {
      county(() => Response.json(receipt(n)));
      expect(await ask(engine, 'a')).toEqual(receipt(n));
    }
    county(() => Response.json(receipt(7)));
    for (let n = 1; n < RECEIPTS_KEPT_MAX; n++) await ask(engine, `b${n}`);
    expect(await heldReceipt(engine, 'a')).toEqual(receipt(2));
    await ask(engine, 'c');
    expect(await heldReceipt(engine, 'a')).toBeNull();
    expect(await heldReceipt(engine, 'b1')).toEqual(receipt(7));
  });

  it('[AU168] without a line, or what is no receipt: the one held stays', async () => {
    const { engine } = open();
    county(() => Response.json(receipt(1)));
    await ask(engine, 'a');
    const strange = [{}, { address: 'x' }, null, { ...receipt(2), spoken: { digits: 1 } }];
    for (const one of strange) {
      county(() => Response.json(one));
      expect(await ask(engine, 'a')).toEqual(receipt(1));
    }
    county(() => new Response(null, { status: 404 }));
    expect(await ask(engine, 'a')).toEqual(receipt(1));
    county(() => {
      throw new TypeError('Failed to fetch');
    });
    expect(await ask(engine, 'a')).toEqual(receipt(1));
  });

  it('[AU327] it lies sealed in the vault, is asked for with its secret, and what lay in clear goes', async () => {
    const { engine, meta } = open();
    const asked = county(() => Response.json(receipt(1)));
    await ask(engine, 'a', true);
    expect([...meta.keys()].sort()).toEqual(['read', 'signedReceipts']);
    expect(asked[0]?.get('x-daiban-read')).toMatch(/^[\w-]{43}$/);
    expect(asked[0]?.get('x-daiban-device')).toBe('dv1');
    await ask(engine, 'a');
    expect(asked[1]?.get('x-daiban-read')).toBeNull();

    let clear: string | null = JSON.stringify([
      ...[['b', receipt(3)], ['colleague', receipt(4)], ['a', { address: 'x' }], 7],
    ]);
    const storage = { getItem: () => clear, removeItem: () => void (clear = null) };
    await takeReceiptsBefore(engine, storage);
    expect(clear).toBeNull();
    expect(await heldReceipt(engine, 'b')).toEqual(receipt(3));
    expect(await heldReceipt(engine, 'a')).toEqual(receipt(1));
    expect(await heldReceipt(engine, 'colleague')).toBeNull();
    for (const nonsense of ['nonsense', '{"a":1}', '[["a"]]']) {
      clear = nonsense;
      await takeReceiptsBefore(engine, storage);
      expect(clear).toBeNull();
    }
    expect(await heldReceipt(engine, 'b')).toEqual(receipt(3));
  });
});
