/** What a copied cookie, vault id and device id change of a vault's way back in. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import {
  ENROL_PATH,
  EXCHANGE_PATH,
  READ_HEADER,
  WRAPS_PATH,
} from '../../src/lib/protocol/version.ts';
import { keptVault } from '../../src/lib/server/keys/kept-vaults.ts';
import { FRESH_MINUTES } from '../../src/lib/server/keys/read-secret.ts';
import { ACCOUNT_RESET } from '../../src/lib/server/settings/account-resets.ts';
import { keep } from '../../src/lib/server/settings/kept.ts';
import { vaultSlipEndpoint, vaultWrapsEndpoint } from '../../src/lib/server/sync/vault-wraps.ts';
import { showing } from '../../src/lib/tablet/read-secret.ts';
import { EnrolScene, id, who, type Shown } from './scene.ts';

const scene = new EnrolScene();
const wang = who('wang');
const secretOf = (name: string): string => name.padEnd(43, 's');
const [own, wrong] = [secretOf('own'), secretOf('wrong')];
const vaultId = id('vault');
const now = (): Instant => scene.county.clock.now();
const minutesAgo = (minutes: number): Instant =>
  new Date(Date.parse(now()) - minutes * 60_000).toISOString() as Instant;

/** One telling, as a tablet or a thief sends it; `box` is what the county should keep of it. */
async function tell(
  box: string,
  shown: Shown = {},
  of: { readonly dv?: string; readonly cards?: readonly string[] } = {},
): Promise<number> {
  const wraps = [{ kind: 'county', v: 1, keyId: 'recovery-00000001', box: box.repeat(200) }];
  const body = JSON.stringify({ vaultId, wraps, cards: of.cards ?? [], dv: id(of.dv ?? 'own') });
  const { secret, provenAt } = shown;
  const headers: Record<string, string> = secret === undefined ? {} : { [READ_HEADER]: secret };
  const request = new Request('http://county/x', { method: 'POST', body, headers });
  return (await vaultWrapsEndpoint(scene.county, wang, { request, provenAt })).status;
}
const kept = async () => {
  const vault = await keptVault(scene.deps, vaultId);
  return { box: vault?.wraps[0]?.box.slice(0, 1), dv: vault?.dv, cards: vault?.cards };
};
const card = 'c'.repeat(16);

beforeAll(async () => {
  await scene.open();
  for (const dv of ['own', 'spare'])
    await scene.enrol(wang, { dv: id(dv), code: await scene.code('wang') });
}, 300_000);
afterAll(() => scene.close());

describe('what the county keeps of a vault', () => {
  it('[AU332] a tablet without a read secret makes its vault; from then on the session alone changes nothing', async () => {
    expect(await tell('A', {}, { cards: [card] })).toBe(200);
    // A broken line sends it twice; the secret comes with the first exchange.
    expect(await tell('A', {}, { cards: [card] })).toBe(200);
    await scene.exchange(wang, { dv: id('own') }, { [READ_HEADER]: own });
    for (const secret of [undefined, '', wrong, `${own}x`])
      for (const from of [{}, { provenAt: minutesAgo(FRESH_MINUTES + 1) }])
        for (const dv of ['own', 'spare'])
          expect(
            await tell('B', { ...from, ...(secret === undefined ? {} : { secret }) }, { dv }),
          ).toBe(401);
    expect(await kept()).toEqual({ box: 'A', dv: id('own'), cards: [card] });
    expect(await tell('C', { secret: own }, { cards: [card] })).toBe(200);
    expect(await tell('D', { provenAt: minutesAgo(1) }, { cards: [card] })).toBe(200);
    expect(await kept()).toEqual({ box: 'D', dv: id('own'), cards: [card] });
    // A tablet whose store was put back has a new id: what the vault shows is its own secret.
    expect(await tell('E', { secret: own }, { dv: 'spare', cards: [card] })).toBe(200);
    expect(await kept()).toEqual({ box: 'E', dv: id('spare'), cards: [card] });
    expect(await tell('F', { secret: own }, { cards: [card] })).toBe(200);
  });

  it('[AU332] a barred tablet’s secret and a passphrase that somebody else set change nothing', async () => {
    const by = { personId: 'admin' as PersonId, at: now() };
    const value = { bar: 'lost', reason: 'x' };
    const bar = { name: `vault_bar.${id('own')}`, value };
    await keep(scene.deps, bar, by);
    expect(await tell('G', { secret: own })).toBe(401);
    expect(await tell('H', { provenAt: minutesAgo(1) }, { cards: [card] })).toBe(200);
    await keep(scene.deps, { ...bar, value: { bar: null, reason: 'x' } }, by);
    const reset = { by: 'admin', what: 'passphrase', at: now(), letIn: [] };
    await keep(scene.deps, { name: `${ACCOUNT_RESET}wang`, value: reset }, by);
    expect(await tell('I', { provenAt: minutesAgo(1) })).toBe(401);
    expect(await tell('I', { provenAt: minutesAgo(1) }, { dv: 'spare' })).toBe(401);
    expect(await kept()).toEqual({ box: 'H', dv: id('own'), cards: [card] });
    expect(await tell('J', { secret: own }, { cards: [card] })).toBe(200);
  });

  it('[AU410] the new way in is told to who typed his passphrase lately, to no cookie alone', async () => {
    const ask = async (shown: Shown): Promise<number> => {
      const { secret, provenAt } = shown;
      const headers: Record<string, string> = secret === undefined ? {} : { [READ_HEADER]: secret };
      const body = JSON.stringify({ vaultId });
      const request = new Request('http://county/x', { method: 'POST', body, headers });
      return (await vaultSlipEndpoint(scene.county, wang, { request, provenAt })).status;
    };
    for (const shown of [{}, { secret: own }, { provenAt: minutesAgo(FRESH_MINUTES + 1) }])
      expect(await ask(shown)).toBe(401);
    expect(await ask({ provenAt: minutesAgo(1) })).toBe(200);
  });

  it('[AU333] an open vault shows its secret with what it tells of itself, and to no other address', async () => {
    vi.stubGlobal('location', { origin: 'http://county' });
    const shown: (string | null)[] = [];
    const plain: typeof fetch = async (_input, init) => {
      shown.push(new Headers(init?.headers).get(READ_HEADER));
      return new Response();
    };
    const fetching = showing(plain, async () => own);
    const paths = [WRAPS_PATH, EXCHANGE_PATH, ENROL_PATH, '/api/vault/slip', '/api/auth/sign-out'];
    for (const path of paths) await fetching(`http://county${path}`, { method: 'POST' });
    vi.unstubAllGlobals();
    expect(shown).toEqual([own, own, own, null, null]);
  });
});
