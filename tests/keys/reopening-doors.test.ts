/** 重新开锁 step by step: each door by itself, whatever the one before it has looked at. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { SHARES } from '../../src/lib/protocol/key-share.ts';
import { newOfficerKey } from '../../src/lib/protocol/officer-key.ts';
import {
  makeSlip,
  newPagePair,
  openSheet,
  recoveryPair,
  sealSheet,
  SHEETS_MINUTES,
  type OwnPair,
} from '../../src/lib/protocol/reopen.ts';
import { splitSecret } from '../../src/lib/protocol/shamir.ts';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import { cards } from '../../src/lib/server/desk/tablet-locks.ts';
import {
  endReopening,
  giveSheet,
  madeReopening,
  openReopening,
  reopenings,
  sheetsOf,
  startReopening,
} from '../../src/lib/server/keys/reopenings.ts';
import { ACCOUNT_RESET } from '../../src/lib/server/settings/account-resets.ts';
import { keep } from '../../src/lib/server/settings/kept.ts';
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
const newId = (bytes = 16): string => toBase64Url(randomBytes(bytes));
const desk = () => county.room.desk;
const slipOf = (vaultId: string, dek: Bytes) =>
  makeSlip({ vaultId, secret: randomBytes(16) }, 30_000, dek);

interface Begun {
  readonly id: string;
  readonly keyId: string;
  readonly page: OwnPair;
  readonly vaultId: string;
  readonly dek: Bytes;
}
/** The director begins for a new tablet of this agent. */
async function begun(user: string): Promise<Begun> {
  const { vaultId, dek } = await scene.vaultOf(user, key);
  const [id, page] = [newId(), await newPagePair()];
  const of = { id, vaultId, reason: '卡丢了', to: toBase64Url(page.publicKey) };
  expect(await startReopening(desk(), await county.person(DIRECTOR), of)).toBe(true);
  return { id, keyId: key.keyId, page, vaultId, dek };
}
const made = async ({ id, vaultId, dek }: Begun, slip?: string) => {
  const cardId = newId(12);
  const of = { id, cardId, slip: slip ?? (await slipOf(vaultId, dek)) };
  return { cardId, done: await madeReopening(desk(), await county.person(DIRECTOR), of) };
};
const twoSheets = async (of: Begun) => {
  expect(await scene.give(CLERK, of, key.sheets[0] ?? '')).toBe(true);
  expect(await scene.give(ADMIN, of, key.sheets[1] ?? '')).toBe(true);
};

describe('重新开锁, each door', () => {
  it('[AU430] a sheet of a key that does not open this vault is not taken', async () => {
    const of = await begun(A);
    const clerk = await county.person(CLERK);
    const sealed = 'A'.repeat(120);
    expect(await giveSheet(desk(), clerk, { id: of.id, keyId: 'recovery-0', sealed })).toBe(false);
    expect(await giveSheet(desk(), clerk, { id: of.id, keyId: key.keyId, sealed })).toBe(true);
    expect(await sheetsOf(desk(), of.id)).toHaveLength(1);
  });

  it('[AU430] a sheet opens in its own opening alone, and two that are not the key’s open nothing', async () => {
    const page = await newPagePair();
    const [a, b] = splitSecret((await newOfficerKey('recovery')).scalar, SHARES);
    if (!a || !b) throw new Error('no parts');
    const of = { id: newId(), keyId: key.keyId };
    const sealed = await sealSheet(page.publicKey, of, a);
    expect(await openSheet(page, of, sealed)).toEqual(a);
    expect(await openSheet(page, { ...of, id: newId() }, sealed)).toBeNull();
    expect(await openSheet(page, { ...of, keyId: 'recovery-0' }, sealed)).toBeNull();
    expect(await recoveryPair(key.publicKey, [a, b])).toBeNull();
    expect(await recoveryPair(key.publicKey, [a])).toBeNull();
  });

  it('[AU431] two sheets of one hand are one: who set a holder’s passphrase is no second holder', async () => {
    const of = await begun(A);
    await twoSheets(of);
    const [clerk, admin] = [await county.person(CLERK), await county.person(ADMIN)];
    const at = desk().now();
    const value = { by: admin.personId, what: 'passphrase', at, letIn: [] };
    const name = ACCOUNT_RESET + clerk.personId;
    await keep(desk(), { name, value }, { personId: admin.personId as PersonId, at });
    const director = await county.person(DIRECTOR);
    expect(await openReopening(desk(), director, of.id)).toBeNull();
    // A third who is nobody's hand makes two.
    expect(await scene.give('shenhe', of, key.sheets[2] ?? '')).toBe(true);
    expect(await openReopening(desk(), director, of.id)).not.toBeNull();
  });

  it('[AU432] no new way in without two sheets, nor one that nobody can read', async () => {
    const of = await begun(B);
    expect((await made(of)).done).toBe(false);
    expect(await scene.give(CLERK, of, key.sheets[0] ?? '')).toBe(true);
    const early = await made(of);
    expect(early.done).toBe(false);
    expect(await scene.give(ADMIN, of, key.sheets[1] ?? '')).toBe(true);
    const slip = await slipOf(of.vaultId, of.dek);
    const wrong = slip.slice(0, -1) + (slip.endsWith('0') ? '1' : '0');
    expect((await made(of, wrong)).done).toBe(false);
    expect((await made(of, 'no slip')).done).toBe(false);
    expect((await cards(desk())).map(({ cardId }) => cardId)).not.toContain(early.cardId);
    expect(await scene.slip(B, of.vaultId)).toBeNull();
    expect((await made(of, slip)).done).toBe(true);
    expect(await scene.slip(B, of.vaultId)).toBe(slip);
  });

  it('[AU433] what is taken back before the tablet used it has a void card; another vault uses it up for nobody', async () => {
    const of = await begun(B);
    await twoSheets(of);
    const { cardId, done } = await made(of);
    expect(done).toBe(true);
    const isVoid = async () => (await cards(desk())).find((one) => one.cardId === cardId)?.revoked;
    expect(await isVoid()).toBeFalsy();
    // Another tablet of his names this card as its own; one of somebody else is refused.
    const other = await scene.vaultOf(B, key);
    const { dv, vaultId, wraps } = other;
    expect(await scene.tell(A, { dv, vaultId, wraps, cards: [cardId] })).toBe(403);
    expect(await scene.tell(B, { dv, vaultId, wraps, cards: [cardId] })).toBe(200);
    expect((await reopenings(desk())).get(of.id)?.state).toBe('made');
    expect(await endReopening(desk(), await county.person(ADMIN), of.id)).toBe(true);
    expect(await isVoid()).toBeTruthy();
    expect(await scene.slip(B, of.vaultId)).toBeNull();
  });

  it('[AU434] sheets that did not come together within the hour are gone', async () => {
    const of = await begun(A);
    await twoSheets(of);
    const late = Date.parse(desk().now()) + (SHEETS_MINUTES + 1) * 60_000;
    const later = { ...desk(), now: () => new Date(late).toISOString() as Instant };
    const director = await county.person(DIRECTOR);
    expect(await openReopening(later, director, of.id)).toBeNull();
    expect(await sheetsOf(desk(), of.id)).toEqual([]);
  });
});
