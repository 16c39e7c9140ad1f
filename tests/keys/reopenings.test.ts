import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { cardIdOf, readCard, printedCard, type Card } from '../../src/lib/protocol/card.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import {
  makeSlip,
  newPagePair,
  openCountyWrap,
  openSheet,
  openSlip,
  readSlip,
  recoveryPair,
  slipGroups,
} from '../../src/lib/protocol/reopen.ts';
import { cards } from '../../src/lib/server/desk/tablet-locks.ts';
import {
  endReopening,
  madeReopening,
  openReopening,
  sheetsOf,
  startReopening,
} from '../../src/lib/server/keys/reopenings.ts';
import { openTestCounty, type TestCounty } from '../desk/county.ts';
import { reopeningScene } from './reopening-scene.ts';

let county: TestCounty;
let scene: ReturnType<typeof reopeningScene>;
let key: Awaited<ReturnType<typeof scene.keyInForce>>;
beforeAll(async () => {
  county = await openTestCounty();
  scene = reopeningScene(county);
  key = await scene.keyInForce();
}, 300_000);
afterAll(() => county.close());

const [A, B, DIRECTOR, ADMIN, CLERK] = ['wangchunsheng', 'yuguilan', 'juzhang', 'guanli', 'dengji'];
const digest = async (bytes: Uint8Array): Promise<Bytes> =>
  new Uint8Array(createHash('sha256').update(bytes).digest());
const newId = (): string => toBase64Url(randomBytes(16));
const cardOf = (vaultId: string): Card => ({ vaultId, secret: randomBytes(16) });
const start = async (user: string, vaultId: string, to: Bytes) => {
  const id = newId();
  const of = { id, vaultId, reason: '忘了开锁话', to: toBase64Url(to) };
  const begun = await startReopening(county.room.desk, await county.person(user), of);
  return begun ? id : null;
};

describe('重新开锁', () => {
  it('[AU245] card lost and sentence forgotten: two holders, each as himself, and a new card opens; the old one is void', async () => {
    const { desk } = county.room;
    const old = toBase64Url(randomBytes(12));
    const vault = await scene.vaultOf(A, key, [old]);
    const { vaultId } = vault;
    const page = await newPagePair();
    const id = (await start(DIRECTOR, vaultId, page.publicKey)) ?? '';
    const director = await county.person(DIRECTOR);
    const [first = '', second = '', third = ''] = key.sheets;
    const of = { id, keyId: key.keyId, page };
    expect(await scene.give(CLERK, of, third)).toBe(true);
    // One person with two sheets is one person.
    expect(await scene.give(CLERK, of, second)).toBe(true);
    expect(await openReopening(desk, director, id)).toBeNull();
    expect(await scene.give(ADMIN, of, first)).toBe(true);
    expect(await openReopening(desk, await county.person(ADMIN), id)).toBeNull();
    const opening = await openReopening(desk, director, id);
    if (!opening) throw new Error('two people gave their sheets');

    // In the browser of who began it.
    const parts = await Promise.all(
      opening.sheets.map(({ keyId, sealed }) => openSheet(page, { id, keyId }, sealed)),
    );
    const found = parts.filter((part) => part !== null);
    const pair = await recoveryPair(scene.bytesOf(opening.keys[key.keyId] ?? ''), found);
    const [wrap] = opening.wraps;
    const dek = pair && wrap && (await openCountyWrap(vaultId, wrap, pair));
    expect(dek).toEqual(vault.dek);
    const card = cardOf(vaultId);
    const slip = await makeSlip(card, opening.until, vault.dek);
    const cardId = await cardIdOf(digest, card);
    expect(await scene.slip(A, vaultId)).toBeNull();
    expect(await madeReopening(desk, director, { id, cardId, slip })).toBe(true);

    const { qr } = await printedCard(digest, card);
    const [read, scanned] = [
      await readSlip(slipGroups(slip).join(' ')),
      await readCard(digest, qr),
    ];
    expect(read && scanned && (await openSlip(scanned, read))).toEqual(vault.dek);
    expect(await scene.slip(A, vaultId)).toBe(slip);
    expect(await scene.slip(B, vaultId)).toBeNull();
    expect(await scene.slip(DIRECTOR, vaultId)).toBe(403);
    const known = await cards(desk);
    const revoked = Object.fromEntries(known.map((c) => [c.cardId, c.revoked]));
    expect([revoked[old], revoked[cardId]]).toEqual([true, false]);
    expect(await sheetsOf(desk, id)).toEqual([]);
    // The tablet names its new card: the slip is over.
    const { dv, wraps } = vault;
    expect(await scene.tell(A, { dv, vaultId, wraps, cards: [cardId] })).toBe(200);
    expect(await scene.slip(A, vaultId)).toBeNull();
    expect(await scene.audit('vault_reopen.%')).toEqual([
      ...['started', 'sheet', 'sheet', 'sheet', 'opened', 'made', 'used'],
    ]);
  });

  it('[AU246] nobody else begins, one page at a time, and what is given up leaves no sheet and no card', async () => {
    const { desk } = county.room;
    const { vaultId } = await scene.vaultOf(B, key);
    const page = await newPagePair();
    for (const user of [A, CLERK, 'mifeng1'])
      expect(await start(user, vaultId, page.publicKey)).toBeNull();
    expect(await start(ADMIN, newId(), page.publicKey)).toBeNull();
    expect(await start(ADMIN, vaultId, new Uint8Array(65))).toBeNull();
    const id = (await start(ADMIN, vaultId, page.publicKey)) ?? '';
    expect(await start(DIRECTOR, vaultId, page.publicKey)).toBeNull();
    const of = { id, keyId: key.keyId, page };
    const [first = '', second = ''] = key.sheets;
    expect(await scene.give(A, of, first)).toBe(false);
    expect(await scene.give(CLERK, of, first)).toBe(true);
    expect(await scene.give(DIRECTOR, { ...of, keyId: 'recovery-00000000' }, first)).toBe(false);
    expect(await sheetsOf(desk, id)).toHaveLength(1);
    expect(await endReopening(desk, await county.person(CLERK), id)).toBe(false);
    expect(await endReopening(desk, await county.person(DIRECTOR), id)).toBe(true);
    expect(await sheetsOf(desk, id)).toEqual([]);
    expect(await scene.give(DIRECTOR, of, second)).toBe(false);
    expect(await openReopening(desk, await county.person(ADMIN), id)).toBeNull();
    const cardId = toBase64Url(randomBytes(12));
    const slip = await makeSlip(cardOf(vaultId), 20_000, randomBytes(32));
    const admin = await county.person(ADMIN);
    expect(await madeReopening(desk, admin, { id, cardId, slip })).toBe(false);
    expect(await scene.slip(B, vaultId)).toBeNull();
  });

  it('[AU247] a slip opens under its own card and day alone, and a wrong letter is told', async () => {
    const card = cardOf(newId());
    const dek = randomBytes(32);
    const slip = await makeSlip(card, 20_800, dek);
    const read = await readSlip(slip);
    if (!read) throw new Error('no slip');
    expect(slip).toMatch(/^DB2[0-9A-HJKMNP-TV-Z]{109}$/);
    expect(await openSlip(card, read)).toEqual(dek);
    expect(await openSlip({ ...card, secret: randomBytes(16) }, read)).toBeNull();
    expect(await openSlip({ ...card, vaultId: newId() }, read)).toBeNull();
    expect(await openSlip(card, { ...read, until: 30_000 })).toBeNull();
    for (let at = 3; at < slip.length; at += 7) {
      const other = slip[at] === 'Z' ? 'Y' : 'Z';
      expect(await readSlip(slip.slice(0, at) + other + slip.slice(at + 1))).toBeNull();
    }
    expect(await readSlip((await printedCard(digest, card)).qr)).toBeNull();
  });

  it('[AU248] a card that its owner replaced on the tablet is void at the county, and stays it', async () => {
    const [one, two] = [toBase64Url(randomBytes(12)), toBase64Url(randomBytes(12))];
    const { dv, vaultId, wraps } = await scene.vaultOf(A, key, [one]);
    expect(await scene.tell(A, { dv, vaultId, wraps, cards: [two] })).toBe(200);
    const known = await cards(county.room.desk);
    expect(known.find((c) => c.cardId === one)).toMatchObject({ revoked: true });
    expect(known.find((c) => c.cardId === two)).toMatchObject({ revoked: false });
    // A profile that was copied before still names the old one.
    expect(await scene.tell(A, { dv, vaultId, wraps, cards: [one] })).toBe(403);
  });
});
