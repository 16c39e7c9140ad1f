import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256OfBytes } from '../../src/lib/domain/text-hash.ts';
import { readCard } from '../../src/lib/protocol/card.ts';
import { loadArgon2 } from '../../src/lib/protocol/kdf.ts';
import { readShare } from '../../src/lib/protocol/key-share.ts';
import {
  officerKeySchema,
  opensOwn,
  unwrapOfficerKey,
} from '../../src/lib/protocol/officer-key.ts';
import { fromBase64Url } from '../../src/lib/protocol/bytes.ts';
import { joinParts } from '../../src/lib/protocol/shamir.ts';
import type { DemoAccount } from '../../src/lib/server/demo/people.ts';
import type { DemoRecovery } from '../../src/lib/server/demo/recovery.ts';
import { seedDemo } from '../../src/lib/server/demo/seed.ts';
import { passphraseFault } from '../../src/lib/tablet/vault/enrolment.ts';
import { pinFault } from '../../src/lib/tablet/vault/pin-rules.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-demo-locks-'));
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(dataDir, name), 'utf8'));
let told: { accounts: DemoAccount[]; recovery: DemoRecovery };

beforeAll(async () => {
  await seedDemo({ dataDir, recoveryKey: true });
  told = read('demo-accounts.json') as typeof told;
}, 300_000);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the locks of the demo', () => {
  it('[AU212] its key file and any two of its sheets open the key that is in force', async () => {
    const { recovery } = told;
    const key = officerKeySchema.parse(read(recovery.keyFile));
    expect(key.keyId).toBe(recovery.keyId);
    const how = { passphrase: recovery.passphrase, argon2: await loadArgon2() };
    const opened = await unwrapOfficerKey(key, how);
    if (typeof opened === 'string') throw new Error(opened);
    expect(await opensOwn(opened)).toBe(true);
    const parts = await Promise.all(recovery.sheets.map((text) => readShare(key.keyId, text)));
    const publicKey = fromBase64Url(key.publicKey);
    for (const pair of [parts.slice(0, 2), parts.slice(1), [parts[0], parts[2]]]) {
      const scalar = joinParts(pair.filter((part) => part != null));
      expect(scalar && publicKey && (await opensOwn({ publicKey, scalar }))).toBe(true);
    }
  });

  it('[AU212] every agent has a card of his own, digits and words that a lock takes', async () => {
    const agents = told.accounts.filter(({ code }) => code === 'A');
    expect(agents.length).toBeGreaterThan(10);
    const digest = (bytes: Uint8Array) => Promise.resolve(sha256OfBytes(bytes));
    const cards = await Promise.all(agents.map(({ card }) => readCard(digest, card ?? '')));
    expect(new Set(cards.map((card) => card?.vaultId)).size).toBe(agents.length);
    for (const { pin, sentence, user, personId } of agents) {
      expect(pinFault(pin ?? '', [user, personId])).toBeNull();
      expect(passphraseFault(sentence ?? '')).toBeNull();
    }
  });
});
