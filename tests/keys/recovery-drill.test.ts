import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { countyKeysSchema } from '../../src/lib/protocol/county-keys-shape.ts';
import { recipientsOf, takeCountyKeys } from '../../src/lib/protocol/county-keys.ts';
import { loadArgon2 } from '../../src/lib/protocol/kdf.ts';
import { printShare, readShare, SHARES } from '../../src/lib/protocol/key-share.ts';
import { hpkePairOf, newOfficerKey, wrapOfficerKey } from '../../src/lib/protocol/officer-key.ts';
import { joinParts, splitSecret } from '../../src/lib/protocol/shamir.ts';
import { enrolReplySchema } from '../../src/lib/protocol/sync.ts';
import {
  confirmKey,
  endKey,
  proposeKey,
  recoveryRecipients,
} from '../../src/lib/server/keys/officer-keys.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { keptVault } from '../../src/lib/server/keys/kept-vaults.ts';
import { vaultWrapsEndpoint } from '../../src/lib/server/sync/vault-wraps.ts';
import type { Place } from '../../src/lib/tablet/vault/body.ts';
import { newVaultId } from '../../src/lib/tablet/vault/enrolment.ts';
import { openCountyWrap, wrapUnder, type Secret } from '../../src/lib/tablet/vault/wraps.ts';
import { openTestCounty, type TestCounty } from '../desk/county.ts';
import { endAll, newVault, QUICK_KDF } from '../vault/workers.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(async () => {
  endAll();
  await county.close();
});

const words = { name: '周桂芹', words: '粪堆挨着水井' };
const place: Place = { store: 'events', id: 'e1', version: 1 };
const settings = () => {
  const { db, county: code, env } = county.room.container;
  const { intakeKeyFile } = env;
  return { db: db as unknown as Kysely<CountyTables>, county: code, intakeKeyFile };
};
const post = (json: unknown): Request =>
  new Request('http://county/x', { method: 'POST', body: JSON.stringify(json) });

/** The key as the director's browser makes it and two people put it in force; answers its sheets. */
async function keyInForce(): Promise<readonly string[]> {
  const opened = await newOfficerKey('recovery');
  const how = { passphrase: 'twelve letters', argon2: null };
  const key = await wrapOfficerKey('recovery', opened, how);
  expect(await proposeKey(county.room, await county.person('juzhang'), key)).toBeNull();
  const admin = await county.person('guanli');
  expect(await confirmKey(county.room, admin, opened.keyId)).toBeNull();
  const parts = splitSecret(opened.scalar, SHARES);
  return Promise.all(parts.map((part) => printShare(opened.keyId, part)));
}

/** What typed sheets give of the vault's key that the county keeps; null: nothing. */
async function dekBySheets(vaultId: string, typed: readonly string[]) {
  const [wrap] = (await keptVault(settings(), vaultId))?.wraps ?? [];
  const recipient = (await recoveryRecipients(settings())).find((r) => r.keyId === wrap?.keyId);
  if (!wrap || !recipient) return null;
  const read = await Promise.all(typed.map((text) => readShare(wrap.keyId, text)));
  const scalar = joinParts(read.filter((part) => part !== null));
  if (scalar === null) return null;
  const pair = await hpkePairOf({ publicKey: recipient.publicKey, scalar }).catch(() => null);
  return pair && openCountyWrap(vaultId, wrap, pair);
}

it('[AU184] card lost and passphrase forgotten: two of the three sheets open the vault under a new card', async () => {
  const sheets = await keyInForce();
  const agent = await county.person('wangchunsheng');
  const { container } = county.room;
  const [dv, vaultId] = [newVaultId(), newVaultId()];
  const answer = await enrolEndpoint(container, agent, post({ dv, build: 't' }));
  const reply = enrolReplySchema.parse(await answer.json());
  // The tablet wraps to what the county told it at its enrolment, before it writes anything.
  const keys = countyKeysSchema.parse(reply.keys);
  const recovery = recipientsOf(keys).filter(({ kind }) => kind === 'recovery');
  expect(recovery.map(({ keyId }) => keyId)).toEqual(
    (await recoveryRecipients(settings())).map(({ keyId }) => keyId),
  );
  const vault = newVault();
  const forgotten: Secret = { kind: 'pass', passphrase: '谁也想不起来的那一句' };
  const made = await vault.create({ vaultId, kdf: QUICK_KDF, secrets: [forgotten], recovery });
  const wraps = made.filter(({ kind }) => kind === 'county');
  const sent = await vaultWrapsEndpoint(container, agent, post({ vaultId, dv, wraps, cards: [] }));
  expect(sent.status).toBe(200);
  const [sealed] = await vault.sealAct([{ place, value: words }]);
  vault.lock();

  const argon2 = await loadArgon2();
  const [a = '', b = '', c = ''] = sheets;
  for (const typed of [[], [a], [a, a], [b]]) expect(await dekBySheets(vaultId, typed)).toBeNull();
  for (const typed of [
    [a, b],
    [c, a],
    [b, c],
  ]) {
    const dek = await dekBySheets(vaultId, typed);
    if (dek === null) throw new Error('two sheets open it');
    const card: Secret = { kind: 'card', cardId: 'new', card: randomBytes(16), pin: '190583' };
    const wrap = await wrapUnder({ vaultId, argon2, kdf: QUICK_KDF }, card, dek);
    const again = newVault();
    await again.unlock({ vaultId, wrap, secret: card, kdf: QUICK_KDF });
    expect(await again.openMany([{ place, body: sealed?.body ?? new Uint8Array() }])).toEqual([
      words,
    ]);
    again.lock();
  }
  // Sheets of another key, and another tablet's vault, give nothing.
  const others = splitSecret(randomBytes(32), SHARES);
  const foreign = await Promise.all(others.map((part) => printShare('recovery-00000000', part)));
  expect(await dekBySheets(vaultId, foreign.slice(1))).toBeNull();
  expect(await dekBySheets(newVaultId(), [a, b])).toBeNull();
});

it('[AU185] a key that comes into force or is ended makes a later list, so that every tablet is told', async () => {
  const { keys } = county.room.container;
  const told = async () => {
    const { at, recipients } = await keys.list();
    return { at, ids: recipients.flatMap((one) => (one.kind === 'recovery' ? one.keyId : [])) };
  };
  const held = await keys.list();
  const before = await told();
  await keyInForce();
  const after = await told();
  expect(after.ids).toHaveLength(before.ids.length + 1);
  expect(after.at > before.at).toBe(true);
  const taken = await takeCountyKeys(held, await keys.list());
  expect(taken?.at).toBe(after.at);
  const [newest = ''] = after.ids;
  expect(await endKey(county.room, await county.person('guanli'), newest)).toBeNull();
  const ended = await told();
  expect(ended.ids).toEqual(before.ids);
  expect(ended.at > after.at).toBe(true);
});
