/** Recovery keys, vaults and sheets for what the county opens anew. */
import type { Kysely } from 'kysely';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { fromBase64Url, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { printShare, readShare, SHARES } from '../../src/lib/protocol/key-share.ts';
import { newOfficerKey, wrapOfficerKey } from '../../src/lib/protocol/officer-key.ts';
import { sealSheet, type OwnPair } from '../../src/lib/protocol/reopen.ts';
import { splitSecret } from '../../src/lib/protocol/shamir.ts';
import { confirmKey, proposeKey } from '../../src/lib/server/keys/officer-keys.ts';
import { giveSheet } from '../../src/lib/server/keys/reopenings.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { vaultSlipEndpoint, vaultWrapsEndpoint } from '../../src/lib/server/sync/vault-wraps.ts';
import { newVaultId } from '../../src/lib/tablet/vault/enrolment.ts';
import { wrapForCounty } from '../../src/lib/tablet/vault/wraps.ts';
import type { TestCounty } from '../desk/county.ts';

const post = (json: unknown): Request =>
  new Request('http://county/x', { method: 'POST', body: JSON.stringify(json) });

const slipOf = (told: unknown): unknown => (told as { readonly slip: unknown }).slip;

/** What a test of the reopening does with a county. */
export function reopeningScene(county: TestCounty) {
  const { container } = county.room;
  const settings = {
    db: container.db as unknown as Kysely<CountyTables>,
    county: container.county,
  };
  return {
    settings,
    /** A recovery key in force; its id, its public half and its three sheets. */
    keyInForce: async () => {
      const opened = await newOfficerKey('recovery');
      const kdf = { kind: 'pbkdf2', rounds: 600_000 } as const;
      const how = { passphrase: 'twelve letters', argon2: null, kdf };
      const key = await wrapOfficerKey('recovery', opened, how);
      await proposeKey(county.room, await county.person('juzhang'), key);
      await confirmKey(county.room, await county.person('guanli'), opened.keyId);
      const parts = splitSecret(opened.scalar, SHARES);
      const sheets = await Promise.all(parts.map((part) => printShare(opened.keyId, part)));
      return { keyId: opened.keyId, publicKey: opened.publicKey, sheets };
    },
    /** A vault of an agent's new tablet, as the county knows it. */
    vaultOf: async (
      user: string,
      key: { readonly keyId: string; readonly publicKey: Bytes },
      cards: readonly string[] = [],
    ) => {
      const [dv, vaultId, dek] = [newVaultId(), newVaultId(), randomBytes(32)];
      const agent = await county.person(user);
      await enrolEndpoint(container, agent, post({ dv, build: 't' }));
      const wraps = await wrapForCounty(vaultId, [{ kind: 'recovery', ...key }], dek);
      const of = { dv, vaultId, wraps };
      const sent = await vaultWrapsEndpoint(container, agent, post({ ...of, cards }));
      if (sent.status !== 200) throw new Error(String(sent.status));
      return { ...of, dek };
    },
    /** The tablet names its cards again. */
    tell: async (user: string, of: object): Promise<number> =>
      (await vaultWrapsEndpoint(container, await county.person(user), post(of))).status,
    /** What a tablet gets that asks for the new way in. */
    slip: async (user: string, vaultId: string): Promise<unknown> => {
      const agent = await county.person(user);
      const told = { request: post({ vaultId }), provenAt: container.clock.now() };
      const answer = await vaultSlipEndpoint(container, agent, told);
      return answer.status === 200 ? slipOf(await answer.json()) : answer.status;
    },
    /** A holder types his sheet. */
    give: async (
      user: string,
      of: { readonly id: string; readonly keyId: string; readonly page: OwnPair },
      typed: string,
    ): Promise<boolean> => {
      const part = await readShare(of.keyId, typed);
      if (!part) return false;
      const { id, keyId, page } = of;
      const sealed = await sealSheet(page.publicKey, { id, keyId }, part);
      return giveSheet(county.room.desk, await county.person(user), { id, keyId, sealed });
    },
    audit: async (like: string): Promise<string[]> => {
      const rows = await settings.db
        .selectFrom('audit')
        .select('action')
        .where('action', 'like', like)
        .orderBy('n')
        .execute();
      return rows.map(({ action }) => action.replace('vault_reopen.', ''));
    },
    bytesOf: (text: string): Bytes => fromBase64Url(text) ?? new Uint8Array(0),
  };
}
