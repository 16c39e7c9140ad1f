import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { enrolReplySchema } from '../../src/lib/protocol/sync.ts';
import { cards, revokeCard } from '../../src/lib/server/desk/tablet-locks.ts';
import type { Container } from '../../src/lib/server/container.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { keptVault } from '../../src/lib/server/keys/kept-vaults.ts';
import { vaultWrapsEndpoint } from '../../src/lib/server/sync/vault-wraps.ts';
import { newVaultId } from '../../src/lib/tablet/vault/enrolment.ts';
import { openCountyWrap, wrapForCounty } from '../../src/lib/tablet/vault/wraps.ts';
import { openTestCounty, type TestCounty } from '../desk/county.ts';
import { countyKey } from './workers.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const [A, B] = ['wangchunsheng', 'yuguilan'];
const post = (json: unknown): Request =>
  new Request('http://county/x', { method: 'POST', body: JSON.stringify(json) });
const agent = (user: string | null) => (user === null ? null : county.person(user));
const cardId = (): string => toBase64Url(randomBytes(12));
const settings = () => {
  const { db, county: code } = county.room.container;
  return { db: db as unknown as Kysely<CountyTables>, county: code };
};

async function tabletOf(user: string, container: Container = county.room.container) {
  const dv = newVaultId();
  const answer = await enrolEndpoint(container, await agent(user), post({ dv, build: 't' }));
  return { dv, reply: enrolReplySchema.parse(await answer.json()) };
}
async function upload(user: string | null, of: object): Promise<number> {
  const { container } = county.room;
  return (await vaultWrapsEndpoint(container, await agent(user), post(of))).status;
}
async function aVault(dv: string, more: object = {}) {
  const vaultId = newVaultId();
  const recovery = await countyKey('recovery', 'r1');
  const dek = randomBytes(32);
  const wraps = await wrapForCounty(vaultId, [recovery.recipient], dek);
  return { recovery, dek, of: { vaultId, dv, wraps, cards: [cardId()], ...more } };
}

describe("the county's half of a recovery", () => {
  it('[AU138] is kept for a tablet of one’s own and opens with the recovery key alone', async () => {
    const { dv } = await tabletOf(A);
    const { of, recovery, dek } = await aVault(dv);
    expect(await upload(A, of)).toBe(200);
    // A broken line sends it twice.
    expect(await upload(A, of)).toBe(200);
    const kept = await keptVault(settings(), of.vaultId);
    const wrap = kept?.wraps[0];
    expect(kept).toMatchObject({ dv, cards: of.cards });
    expect(wrap && (await openCountyWrap(of.vaultId, wrap, recovery.own))).toEqual(dek);
    const other = await countyKey('recovery', 'r1');
    expect(wrap && (await openCountyWrap(of.vaultId, wrap, other.own))).toBeNull();
    const { db } = settings();
    const lines = await db
      .selectFrom('audit')
      .select('note')
      .where('action', '=', 'vault.made')
      .execute();
    expect(lines).toHaveLength(2);
  });

  it('[AU138] is taken from nobody else, for nobody else’s tablet, vault or card', async () => {
    const [mine, his] = [await tabletOf(A), await tabletOf(B)];
    const { of } = await aVault(mine.dv);
    expect(await upload(null, of)).toBe(401);
    expect(await upload('dengji', of)).toBe(403);
    expect(await upload(B, of)).toBe(403);
    expect(await upload(A, of)).toBe(200);
    const onHis = await aVault(his.dv);
    expect(await upload(B, { ...onHis.of, vaultId: of.vaultId })).toBe(403);
    expect(await upload(B, { ...onHis.of, cards: of.cards })).toBe(403);
    expect(await upload(A, { ...of, dv: newVaultId() })).toBe(403);
    for (const broken of [{ wraps: [] }, { vaultId: '../../x' }, { cards: ['x'] }, { dv: 7 }])
      expect(await upload(A, { ...of, ...broken })).toBe(400);
    expect(await keptVault(settings(), onHis.of.vaultId)).toBeNull();
    expect((await keptVault(settings(), of.vaultId))?.dv).toBe(mine.dv);
  });

  it('[AU138] a card that a tablet names is known at the desk, and revoked makes no vault', async () => {
    const { dv } = await tabletOf(A);
    const { of } = await aVault(dv);
    await upload(A, of);
    const { desk } = county.room;
    const named = (await cards(desk)).find((card) => card.cardId === of.cards[0]);
    expect(named).toMatchObject({ revoked: false });
    const by = { personId: (await county.person('dengji')).personId, at: desk.now() };
    await revokeCard(desk, { cardId: of.cards[0] ?? '', reason: '丢了' }, by);
    expect(await upload(A, { ...of, vaultId: newVaultId() })).toBe(403);
  });

  it('[AU139] a vault is offered only where the county wants it and has a recovery key', async () => {
    const { container } = county.room;
    const wanting = (kinds: readonly string[], on: boolean): Container => ({
      ...container,
      env: { ...container.env, tabletVaults: on },
      keys: {
        ...container.keys,
        list: async () => {
          const list = await container.keys.list();
          const [one] = list.recipients;
          if (!one) throw new Error('the county has an intake key');
          return { ...list, recipients: kinds.map((kind) => ({ ...one, kind }) as typeof one) };
        },
      },
    });
    const offered = async (kinds: readonly string[], on: boolean) =>
      (await tabletOf(A, wanting(kinds, on))).reply.vaults;
    expect(await offered(['intake', 'recovery'], true)).toBe(true);
    expect(await offered(['intake', 'recovery'], false)).toBeUndefined();
    expect(await offered(['intake'], true)).toBeUndefined();
  });
});
