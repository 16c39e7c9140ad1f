import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VaultRow } from '../../src/lib/tablet/registry.ts';
import type { VaultKey } from '../../src/lib/tablet/vault-types.ts';
import { readCard } from '../../src/lib/tablet/vault/card.ts';
import { newCard, newVaultId } from '../../src/lib/tablet/vault/enrolment.ts';
import { QUICK_HOURS } from '../../src/lib/tablet/vault/quick-pin.ts';
import { openCountyWrap } from '../../src/lib/tablet/vault/wraps.ts';
import type { Made } from '../../src/lib/tablet/vaults.ts';
import { digest, forgetAll, PASSPHRASE, PIN, tabletVaults } from './tablet-vaults.ts';
import { countyKey, endAll } from './workers.ts';

beforeEach(forgetAll);
afterEach(endAll);

const OTHER_PIN = '648293';
const place = { store: 'meta', id: 'session', version: 1 } as const;

type Tablet = Awaited<ReturnType<typeof tabletVaults>>;
async function made(tablet: Tablet, more = {}): Promise<Made> {
  const done = await tablet.house.make(tablet.making(more));
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return done.value;
}
async function rowOf(tablet: Tablet): Promise<VaultRow> {
  const [row] = await tablet.registry.vaults();
  if (!row) throw new Error('no vault');
  return row;
}
const countyKeysOf = ({ countyKeys }: VaultRow): readonly string[] => countyKeys ?? [];
const byCard = (m: Made, pin = PIN): VaultKey => ({
  ...{ kind: 'card', scanned: m.printed?.qr ?? '', pin },
});
const byPass = (m: Made, passphrase = PASSPHRASE): VaultKey => ({
  ...{ kind: 'pass', vaultId: m.open.row.vaultId, passphrase },
});

describe('making a vault', () => {
  it('[AU131] opens by card and PIN and by passphrase, in a window of another day too', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const body = (await one.open.client.sealAct([{ place, value: { name: '王春生' } }]))[0]?.body;
    one.open.client.lock();
    for (const key of [byCard(one), byPass(one)]) {
      const opened = await tablet.again().unlock(key);
      if (!opened.ok || !body) throw new Error('stays closed');
      expect(await opened.value.client.openMany([{ place, body }])).toEqual([{ name: '王春生' }]);
      opened.value.client.lock();
    }
  });

  it('[AU131] the wraps are on the disk before the county is asked, and count after it', async () => {
    const tablet = await tabletVaults();
    const seen: (boolean | undefined)[] = [];
    const refusing = tablet.making({
      upload: async () => {
        seen.push((await tablet.registry.vaults())[0]?.ready);
        return { ok: false, error: 'OFFLINE' };
      },
    });
    const refused = await tablet.house.make(refusing);
    expect(refused).toEqual({ ok: false, error: { code: 'OFFLINE' } });
    expect(seen).toEqual([false]);
    expect(await tablet.registry.vaults()).toEqual([]);
    await made(tablet);
    expect((await tablet.registry.vaults()).map(({ ready }) => ready)).toEqual([true]);
  });

  it('[AU131] a making that was killed leaves nothing that opens, and the card makes it anew', async () => {
    const tablet = await tabletVaults();
    const vaultId = newVaultId();
    const printed = await newCard(digest, { vaultId, pin: PIN, known: [] });
    if (!printed.ok) throw new Error('no card');
    const scanned = printed.value.printed.qr;
    const never = tablet.making({ card: { scanned }, upload: () => new Promise(() => undefined) });
    void tablet.house.make(never);
    while ((await tablet.registry.vaults()).length === 0)
      await new Promise((r) => setTimeout(r, 5));
    const early = await tablet.again().unlock({ kind: 'card', scanned, pin: PIN });
    expect(early).toMatchObject({ ok: false, error: { code: 'FOREIGN' } });
    const one = await made(tablet, { card: { scanned } });
    expect(one.open.row.vaultId).toBe(vaultId);
    expect(one.printed).toBeNull();
    const twice = await tablet.house.make(tablet.making({ card: { scanned } }));
    expect(twice).toEqual({ ok: false, error: { code: 'CARD_IN_USE' } });
  });

  it('[AU131] the county gets its wrap and the card ids; its key opens the vault', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const [uploaded] = tablet.uploads;
    expect(uploaded?.cards).toEqual([one.printed?.cardId]);
    const [wrap] = uploaded?.wraps ?? [];
    const dek = wrap && (await openCountyWrap(one.open.row.vaultId, wrap, tablet.recovery.own));
    expect(dek?.length).toBe(32);
  });

  it('[AU131] nothing is made of a weak PIN, a short passphrase, no card, or without the county', async () => {
    const tablet = await tabletVaults();
    const tries = [
      [{ pin: '123456' }, { code: 'PIN', why: 'IN_A_ROW' }],
      [{ passphrase: '太短' }, { code: 'PASSPHRASE', why: 'TOO_SHORT' }],
      [{ card: { scanned: '菜单' } }, { code: 'NO_CARD' }],
      [{ recipients: [] }, { code: 'COUNTY_FAULT' }],
    ] as const;
    for (const [more, error] of tries)
      expect(await tablet.house.make(tablet.making(more))).toEqual({ ok: false, error });
    expect(await tablet.registry.vaults()).toEqual([]);
    expect(tablet.uploads).toEqual([]);
  });
});

describe('another recovery key at the county', () => {
  it('[TB95] gets its wrap at the next unlock; a broken line tries again, the same key changes nothing', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const next = await countyKey('recovery', 'r2');
    const again = async (online: boolean, recipients = [next.recipient]) =>
      tablet.house.tell({ ...one.open, row: await rowOf(tablet) }, recipients, async (of) => {
        if (!online) return { ok: false, error: 'OFFLINE' };
        tablet.uploads.push(of);
        return { ok: true, value: null };
      });
    expect(await again(true, tablet.recipients)).toBe(false);
    expect(await again(false)).toBe(false);
    expect(countyKeysOf(await rowOf(tablet))).toEqual(['r1']);
    expect(await again(true)).toBe(true);
    expect(countyKeysOf(await rowOf(tablet))).toEqual(['r2']);
    expect(await again(true)).toBe(false);
    const wrap = tablet.uploads.at(-1)?.wraps[0];
    expect(wrap && (await openCountyWrap(one.open.row.vaultId, wrap, next.own))?.length).toBe(32);
    expect((await tablet.again().unlock(byCard(one))).ok).toBe(true);
  });
});

describe('opening a vault', () => {
  it('[AU132] a wrong try is on the disk before it is made: killing the window forgives none', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    for (let i = 0; i < 5; i++) {
      const wrong = await tablet.again().unlock(byCard(one, OTHER_PIN));
      expect(wrong).toMatchObject({ ok: false, error: { code: 'WRONG' } });
    }
    const right = await tablet.again().unlock(byCard(one));
    expect(right).toEqual({ ok: false, error: { code: 'WAIT', waitSeconds: 30 } });
    // Waiting is no try: the wait does not grow by asking.
    expect((await tablet.registry.vaults())[0]?.tries.wrong).toBe(5);
    tablet.pass(30);
    expect((await tablet.again().unlock(byCard(one))).ok).toBe(true);
    expect((await tablet.registry.vaults())[0]?.tries).toEqual({ wrong: 0, lastAt: 0 });
  });

  it('[AU132] a try whose window is killed in the middle is counted', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const killed = tablet.again();
    void killed.unlock(byPass(one, '不是这一句口令但是很长'));
    while ((await tablet.registry.vaults())[0]?.tries.wrong === 0)
      await new Promise((r) => setTimeout(r, 1));
    expect((await tablet.registry.vaults())[0]?.tries.wrong).toBe(1);
  });

  it('[AU341] a disk that takes nothing closes no vault; this window goes on counting', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const { change } = tablet.registry;
    tablet.registry.change = () =>
      Promise.reject(new DOMException('no room', 'QuotaExceededError'));
    expect((await tablet.house.unlock(byCard(one))).ok).toBe(true);
    for (let i = 0; i < 5; i++)
      expect(await tablet.house.unlock(byCard(one, OTHER_PIN))).toMatchObject({
        error: { code: 'WRONG' },
      });
    const waits = { error: { code: 'WAIT', waitSeconds: 30 } };
    expect(await tablet.house.unlock(byCard(one))).toMatchObject(waits);
    // There is room again: what was counted meanwhile goes to the disk with the next try.
    tablet.registry.change = change.bind(tablet.registry);
    expect(await tablet.house.unlock(byCard(one))).toMatchObject(waits);
    expect((await rowOf(tablet)).tries.wrong).toBe(5);
    tablet.pass(30);
    expect((await tablet.again().unlock(byCard(one))).ok).toBe(true);
  });

  it('[AU132] a card of another tablet, a replaced one and a menu cost no try', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const added = await tablet.house.addCard(one.open, { pin: OTHER_PIN, only: true, known: [] });
    if (!added.ok) throw new Error(added.error);
    const foreign = await newCard(digest, { vaultId: newVaultId(), pin: PIN, known: [] });
    const codes: string[] = [];
    for (const scanned of [
      one.printed?.qr ?? '',
      foreign.ok ? foreign.value.printed.qr : '',
      '菜单',
    ]) {
      const refused = await tablet.again().unlock({ kind: 'card', scanned, pin: PIN });
      codes.push(refused.ok ? 'OPEN' : refused.error.code);
    }
    expect(codes).toEqual(['FOREIGN', 'FOREIGN', 'NO_CARD']);
    expect((await tablet.registry.vaults())[0]?.tries.wrong).toBe(0);
    const key: VaultKey = { kind: 'card', scanned: added.value?.qr ?? '', pin: OTHER_PIN };
    expect((await tablet.again().unlock(key)).ok).toBe(true);
  });

  it('[AU137] what the county barred opens by nothing until the county says otherwise', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    await tablet.house.setQuick(one.open, PIN);
    await tablet.house.contact(one.open.row.vaultId, 'lost');
    const quick: VaultKey = { kind: 'quick', vaultId: one.open.row.vaultId, pin: PIN };
    for (const key of [byCard(one), byPass(one), quick])
      expect(await tablet.house.unlock(key)).toMatchObject({ error: { code: 'BARRED' } });
    // A sign-in beside it is a contact and no pardon.
    await tablet.house.seen(one.open.row.vaultId);
    expect(await tablet.house.unlock(byPass(one))).toMatchObject({ error: { code: 'BARRED' } });
    await tablet.house.contact(one.open.row.vaultId, null);
    expect((await tablet.again().unlock(byCard(one))).ok).toBe(true);
  });

  it('[AU440] five wrong quick digits are told as such, not as a long time, and the owner hears of them once', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const { vaultId } = one.open.row;
    const quick = (pin: string): VaultKey => ({ kind: 'quick', vaultId, pin });
    expect((await tablet.house.setQuick(one.open, PIN)).ok).toBe(true);
    const codes: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const refused = await tablet.house.unlock(quick(OTHER_PIN));
      codes.push(refused.ok ? 'OPEN' : refused.error.code);
    }
    expect(codes).toEqual([...Array.from({ length: 4 }, () => 'WRONG'), 'USED_UP', 'DROPPED']);
    // Another window of another day opens: he hears how often and when, and not again.
    const at = tablet.clock.wall;
    tablet.pass(86_400);
    const told = await tablet.again().unlock(byPass(one));
    expect(told.ok && told.value.tried).toEqual({ digits: 5, secrets: 0, at });
    const again = await tablet.again().unlock(byPass(one));
    expect(again.ok && again.value.tried).toBeNull();
  });

  it('[AU440] digits of the curtain that were tried five times are told, too; his own slip is not', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const { vaultId } = one.open.row;
    await tablet.house.setQuick(one.open, PIN);
    for (let n = 0; n < 4; n += 1) await tablet.house.checkQuick(vaultId, OTHER_PIN);
    const slip = await tablet.house.unlock(byPass(one));
    expect(slip.ok && slip.value.tried).toBeNull();
    await tablet.house.checkQuick(vaultId, OTHER_PIN);
    const told = await tablet.house.unlock(byPass(one));
    expect(told.ok && told.value.tried).toMatchObject({ digits: 5, secrets: 0 });
  });

  it('[AU440] five wrong sentences are told with the time of the last one, not of the right one', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const wrong = byPass(one, '这一句不是他的开锁话吧');
    for (let n = 0; n < 5; n += 1) await tablet.again().unlock(wrong);
    const at = tablet.clock.wall;
    tablet.pass(3_600);
    const told = await tablet.again().unlock(byPass(one));
    expect(told.ok && told.value.tried).toEqual({ digits: 0, secrets: 5, at });
    const again = await tablet.again().unlock(byPass(one));
    expect(again.ok && again.value.tried).toBeNull();
  });

  it('[AU300] a window that missed the county’s last word writes neither its bar nor its days over', async () => {
    const tablet = await tabletVaults();
    const { vaultId } = (await made(tablet)).open.row;
    const { contactAt } = await rowOf(tablet);
    tablet.pass(3600);
    await tablet.house.contact(vaultId, 'lost');
    const today = await rowOf(tablet);
    // Another window, locked since the morning, keeps its latest clock; nothing of the bar.
    const old = { contactAt, seenAt: today.seenAt, bar: null };
    await tablet.again().keepLock(vaultId, old);
    expect(await rowOf(tablet)).toEqual(today);
    tablet.pass(2 * 86_400);
    await tablet.house.contact(vaultId, 'lost');
    const word = await rowOf(tablet);
    await tablet.again().keepLock(vaultId, { ...old, seenAt: word.seenAt + 5 * 86_400_000 });
    expect(await rowOf(tablet)).toEqual(word);
    expect(await tablet.house.seen(vaultId)).toBe('lost');
    const seenAt = word.seenAt + 86_400_000;
    await tablet.house.keepLock(vaultId, { ...old, contactAt: word.contactAt, seenAt });
    expect(await rowOf(tablet)).toMatchObject({ seenAt, bar: 'lost' });
  });

  it('[AU137] a card that the county revoked opens nothing, the passphrase still does', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    await tablet.house.dropCards([one.printed?.cardId ?? '']);
    expect(await tablet.house.unlock(byCard(one))).toMatchObject({
      error: { code: 'FOREIGN' },
    });
    expect((await tablet.house.unlock(byPass(one))).ok).toBe(true);
  });

  it('[AU403] a card that the county revoked takes the quick PIN with it, in every window', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const { vaultId } = one.open.row;
    const quick: VaultKey = { kind: 'quick', vaultId, pin: PIN };
    const dropped = { error: { code: 'DROPPED' } };
    const other = tablet.again();
    for (const house of [tablet.house, other])
      expect((await house.setQuick(one.open, PIN)).ok).toBe(true);
    await tablet.house.dropCards(['somebody else’s']);
    expect((await tablet.house.unlock(quick)).ok).toBe(true);
    const word = [one.printed?.cardId ?? ''];
    // Also where the disk does not take the word.
    tablet.registry.change = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    await expect(tablet.house.dropCards(word)).rejects.toThrow('full');
    expect(tablet.house.hasQuick(vaultId)).toBe(false);
    expect(await tablet.house.unlock(quick)).toMatchObject(dropped);
    Reflect.deleteProperty(tablet.registry, 'change');
    await tablet.house.dropCards(word);
    expect(await other.unlock(quick)).toMatchObject(dropped);
    // Set beside what is left it holds, however often the county says it.
    expect((await tablet.house.setQuick(one.open, PIN)).ok).toBe(true);
    await tablet.house.dropCards(word);
    expect((await tablet.house.unlock(quick)).ok).toBe(true);
  });
});

describe('several vaults on one tablet', () => {
  it('[AU135] each opens its own alone; the keys of one open nothing of the other', async () => {
    const tablet = await tabletVaults();
    const [a, b] = [
      await made(tablet),
      await made(tablet, { passphrase: '井台上的辘轳响了一整夜' }),
    ];
    const body = (await a.open.client.sealAct([{ place, value: '王春生' }]))[0]?.body;
    if (!body) throw new Error('not sealed');
    expect(await b.open.client.openBytes([{ place, body }])).toEqual([null]);
    expect(a.open.row.database).not.toBe(b.open.row.database);
    const crossed = await tablet.house.unlock(byPass(b, PASSPHRASE));
    expect(crossed).toMatchObject({ error: { code: 'WRONG' } });
    const rows = await tablet.registry.vaults();
    const wrong = (made: Made) =>
      rows.find((r) => r.vaultId === made.open.row.vaultId)?.tries.wrong;
    expect([wrong(a), wrong(b)]).toEqual([0, 1]);
  });

  it('[AU134] the quick PIN opens for four hours what this window had open, and only this', async () => {
    const tablet = await tabletVaults();
    const [a, b] = [await made(tablet), await made(tablet)];
    expect(await tablet.house.setQuick(a.open, '111111')).toEqual({
      ok: false,
      error: 'ONE_DIGIT',
    });
    expect((await tablet.house.setQuick(a.open, PIN)).ok).toBe(true);
    const quick = (made: Made, pin = PIN): VaultKey => ({
      ...{ kind: 'quick', vaultId: made.open.row.vaultId, pin },
    });
    expect(await tablet.house.checkQuick(a.open.row.vaultId, OTHER_PIN)).toBe(false);
    expect(await tablet.house.checkQuick(a.open.row.vaultId, PIN)).toBe(true);
    expect((await tablet.house.unlock(quick(a))).ok).toBe(true);
    expect(await tablet.house.unlock(quick(b))).toMatchObject({ error: { code: 'DROPPED' } });
    expect(await tablet.again().unlock(quick(a))).toMatchObject({ error: { code: 'DROPPED' } });
    expect(tablet.house.hasQuick(a.open.row.vaultId)).toBe(true);
    tablet.pass(QUICK_HOURS * 3600);
    expect(tablet.house.hasQuick(a.open.row.vaultId)).toBe(false);
    expect(await tablet.house.unlock(quick(a))).toMatchObject({ error: { code: 'DROPPED' } });
  });

  it('[AU337] the quick PIN is over by either clock, and by one that was put back', async () => {
    const quickAfter = async (up: number, wall: number): Promise<string> => {
      const tablet = await tabletVaults();
      const { open } = await made(tablet);
      await tablet.house.setQuick(open, PIN);
      tablet.clock.up += up;
      tablet.clock.wall += wall;
      const { vaultId } = open.row;
      const has = tablet.house.hasQuick(vaultId);
      const knows = await tablet.house.checkQuick(vaultId, PIN);
      const tried = await tablet.house.unlock({ kind: 'quick', vaultId, pin: PIN });
      expect([knows, tried.ok]).toEqual([has, has]);
      await forgetAll();
      return tried.ok ? 'OPEN' : tried.error.code;
    };
    const hours = QUICK_HOURS * 3_600_000;
    // Asleep over night: the running clock stood still.
    expect(await quickAfter(1_000, hours)).toBe('DROPPED');
    expect(await quickAfter(hours, 1_000)).toBe('DROPPED');
    expect(await quickAfter(1_000, -3_600_000)).toBe('DROPPED');
    expect(await quickAfter(1_000, hours - 1)).toBe('OPEN');
  });

  it('[AU134] a printed card reads back as the card of its vault', async () => {
    const tablet = await tabletVaults();
    const one = await made(tablet);
    const typed = one.printed?.groups.join(' ').toLowerCase() ?? '';
    expect((await readCard(digest, typed))?.vaultId).toBe(one.open.row.vaultId);
  });
});
