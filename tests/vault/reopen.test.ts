import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { cardIdOf, printedCard, readCard } from '../../src/lib/protocol/card.ts';
import { makeSlip, openCountyWrap } from '../../src/lib/protocol/reopen.ts';
import type { VaultRow } from '../../src/lib/tablet/registry.ts';
import type { AskSlip } from '../../src/lib/tablet/house-ways.ts';
import type { Made } from '../../src/lib/tablet/vaults.ts';
import { digest, forgetAll, PASSPHRASE, PIN, START, tabletVaults } from './tablet-vaults.ts';
import { endAll } from './workers.ts';

beforeEach(forgetAll);
afterEach(endAll);

const NEW_PIN = '648293';
const NEW_SENTENCE = '村口的石碾子压过三代人';
const place = { store: 'drafts', id: 'd1', version: 1 } as const;
const DAY = Math.floor(START / 86_400_000);

type Tablet = Awaited<ReturnType<typeof tabletVaults>>;
async function made(tablet: Tablet): Promise<Made> {
  const done = await tablet.house.make(tablet.making());
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return done.value;
}
async function rowOf(tablet: Tablet): Promise<VaultRow> {
  const [row] = await tablet.registry.vaults();
  if (!row) throw new Error('no vault');
  return row;
}
/** What the county's browser makes of its wrap: a card as printed, and the slip. */
async function newWayIn(tablet: Tablet, until = DAY + 30) {
  const { vaultId } = await rowOf(tablet);
  const wrap = tablet.uploads.at(-1)?.wraps[0];
  const dek = wrap && (await openCountyWrap(vaultId, wrap, tablet.recovery.own));
  if (!dek) throw new Error('the recovery key opens it');
  const card = { vaultId, secret: randomBytes(16) };
  const printed = await printedCard(digest, card);
  return { scanned: printed.qr, cardId: printed.cardId, slip: await makeSlip(card, until, dek) };
}
const never: AskSlip = () => Promise.reject(new Error('asked'));
const codeOf = (done: { readonly ok: boolean; readonly error?: unknown }) =>
  done.ok ? 'opened' : done.error;

describe('忘了: the county’s new card', () => {
  it('[AU249] opens everything once, asks for new digits, and is then a card like any; the ways before are gone', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const body = (await one.open.client.sealAct([{ place, value: { words: '没写完' } }]))[0]?.body;
    one.open.client.lock();
    for (let i = 0; i < 5; i++)
      await tablet.house.unlock({ kind: 'card', scanned: one.printed?.qr ?? '', pin: NEW_PIN });
    const { scanned, slip, cardId } = await newWayIn(tablet);
    const reopened = await tablet.again().reopen({ scanned, slip: null }, async () => ({
      ...{ ok: true, value: slip },
    }));
    if (!reopened.ok || !body) throw new Error('stays closed');
    const { finish } = reopened.value;
    expect(codeOf(await finish({ pin: '123456', passphrase: null }))).toBe('IN_A_ROW');
    expect(codeOf(await finish({ pin: NEW_PIN, passphrase: '短' }))).toBe('TOO_SHORT');
    const done = await finish({ pin: NEW_PIN, passphrase: NEW_SENTENCE });
    if (!done.ok) throw new Error('not finished');
    expect(await done.value.client.openMany([{ place, body }])).toEqual([{ words: '没写完' }]);
    const { vaultId, wraps, spent, tries } = await rowOf(tablet);
    expect(wraps.map(({ kind }) => kind)).toEqual(['card', 'pass']);
    expect(spent).toEqual([one.printed?.cardId]);
    expect(tries.wrong).toBe(0);
    const unlock = async (key: Parameters<typeof tablet.house.unlock>[0]) =>
      codeOf(await tablet.again().unlock(key));
    expect(await unlock({ kind: 'card', scanned, pin: NEW_PIN })).toBe('opened');
    expect(await unlock({ kind: 'pass', vaultId, passphrase: NEW_SENTENCE })).toBe('opened');
    expect(await unlock({ kind: 'pass', vaultId, passphrase: PASSPHRASE })).toMatchObject({
      code: 'WRONG',
    });
    const old = { kind: 'card', scanned: one.printed?.qr ?? '', pin: PIN } as const;
    expect(await unlock(old)).toMatchObject({ code: 'FOREIGN' });
    // The slip with its card opens no second time without the digits.
    expect(codeOf(await tablet.house.reopen({ scanned, slip }, never))).toBe('IN_USE');
    // The county hears which card opens it now, until it has heard it.
    const told: (readonly string[])[] = [];
    const tell = (ok: boolean) =>
      tablet.house.tell(done.value, tablet.recipients, async (of) => {
        told.push(of.cards);
        return ok ? { ok: true, value: null } : { ok: false, error: 'OFFLINE' };
      });
    expect([await tell(false), await tell(true), await tell(true)]).toEqual([false, true, false]);
    expect(told).toEqual([[cardId], [cardId]]);
    done.value.client.lock();
  });

  it('[AU249] left in the middle it changed nothing; without a line the paper does', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const before = await rowOf(tablet);
    const { scanned, slip } = await newWayIn(tablet);
    const first = await tablet.house.reopen({ scanned, slip }, never);
    if (!first.ok) throw new Error('stays closed');
    first.value.cancel();
    expect(await rowOf(tablet)).toEqual(before);
    const again = await tablet.house.reopen({ scanned, slip: slip.toLowerCase() }, never);
    if (!again.ok) throw new Error('stays closed');
    expect((await again.value.finish({ pin: NEW_PIN, passphrase: null })).ok).toBe(true);
    const { vaultId } = one.open.row;
    const key = { kind: 'pass', vaultId, passphrase: PASSPHRASE } as const;
    expect((await tablet.again().unlock(key)).ok).toBe(true);
  });

  it('[AU250] what is void, late, barred, torn or for another vault opens nothing and says so', async () => {
    const tablet = await tabletVaults();
    await made(tablet);
    const { vaultId } = await rowOf(tablet);
    const way = await newWayIn(tablet);
    const other = await newWayIn(tablet);
    const tried = async (scanned: string, slip: string | null, ask: AskSlip = never) =>
      codeOf(await tablet.house.reopen({ scanned, slip }, ask));
    const foreign = await printedCard(digest, {
      vaultId: 'A'.repeat(22),
      secret: randomBytes(16),
    });
    expect(await tried('菜单', way.slip)).toBe('NO_CARD');
    expect(await tried(foreign.qr, way.slip)).toBe('FOREIGN');
    expect(await tried(way.scanned, other.slip)).toBe('WRONG');
    expect(await tried(way.scanned, way.scanned)).toBe('NO_SLIP');
    expect(await tried(way.scanned, null, async () => ({ ok: true, value: null }))).toBe('NONE');
    for (const error of ['OFFLINE', 'SIGN_IN', 'COUNTY_FAULT'] as const)
      expect(await tried(way.scanned, null, async () => ({ ok: false, error }))).toBe(error);
    const late = await newWayIn(tablet, DAY);
    tablet.pass(86_400);
    expect(await tried(late.scanned, late.slip)).toBe('EXPIRED');
    // A clock that was put back gives no days.
    await tablet.registry.change(vaultId, () => ({ seenAt: tablet.clock.wall }));
    tablet.clock.wall -= 10 * 86_400_000;
    expect(await tried(late.scanned, late.slip)).toBe('EXPIRED');
    await tablet.house.contact(vaultId, 'lost');
    expect(await tried(way.scanned, way.slip)).toBe('BARRED');
    await tablet.house.contact(vaultId, null);
    const opened = await tablet.house.reopen({ scanned: way.scanned, slip: way.slip }, never);
    if (!opened.ok) throw new Error('stays closed');
    await opened.value.finish({ pin: NEW_PIN, passphrase: null });
    await tablet.house.dropCards([way.cardId]);
    expect(await tried(way.scanned, way.slip)).toBe('SPENT');
  });
});

describe('another card', () => {
  it('[AU251] printed by the county for this vault it takes the place of the old one; another vault’s and a void one do not', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const { vaultId } = one.open.row;
    const printed = await printedCard(digest, { vaultId, secret: randomBytes(16) });
    const add = async (scanned: string, pin = NEW_PIN) =>
      codeOf(
        await tablet.house.addCard(one.open, { scanned, pin, only: true, known: ['13900001111'] }),
      );
    const foreign = await printedCard(digest, {
      vaultId: 'A'.repeat(22),
      secret: randomBytes(16),
    });
    expect(await add('菜单')).toBe('NO_CARD');
    expect(await add(foreign.qr)).toBe('FOREIGN');
    expect(await add(printed.qr, '390000')).toBe('YOUR_OWN_NUMBER');
    expect(await add(printed.qr)).toBe('opened');
    const scanned = one.printed?.qr ?? '';
    const unlock = async (qr: string, pin: string) =>
      codeOf(await tablet.again().unlock({ kind: 'card', scanned: qr, pin }));
    expect(await unlock(scanned, PIN)).toMatchObject({ code: 'FOREIGN' });
    expect(await unlock(printed.qr, NEW_PIN)).toBe('opened');
    // The same card with other digits.
    expect(await add(printed.qr, '715394')).toBe('opened');
    expect(await unlock(printed.qr, '715394')).toBe('opened');
    // The old one was void: it is not taken again.
    expect(await add(scanned)).toBe('FOREIGN');
    const read = await readCard(digest, printed.qr);
    const cardId = read && (await cardIdOf(digest, read));
    const cards = (await rowOf(tablet)).wraps.flatMap((w) => (w.kind === 'card' ? [w.cardId] : []));
    expect(cards).toEqual([cardId]);
  });
});
