import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { textBytes } from '../../src/lib/protocol/bytes.ts';
import { canonical } from '../../src/lib/protocol/canonical.ts';
import { countyKeysSchema } from '../../src/lib/protocol/county-keys-shape.ts';
import {
  sealingRecipientsOf,
  signersOf,
  takeCountyKeys,
} from '../../src/lib/protocol/county-keys.ts';
import { fromBase64Url } from '../../src/lib/protocol/bytes.ts';
import { newKeyPair } from '../../src/lib/protocol/hpke.ts';
import { newEnvelope, sealCopy } from '../../src/lib/protocol/sealed.ts';
import { slipAbroad } from '../../src/lib/protocol/slip.ts';
import { countyKeyring } from '../../src/lib/server/intake-keys/county-keys.ts';
import { newSealingRing, rotateIntakeKey } from '../../src/lib/server/intake-keys/key-ring.ts';
import { CopyOpener } from '../../src/lib/server/intake-keys/open-copies.ts';

const NOW = '2026-06-08T01:00:00.000Z';
let folder = '';
let file = '';
let sealingFile = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'daiban-list-'));
  file = path.join(folder, 'intake.json');
  sealingFile = path.join(folder, 'sealing.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function keyring() {
  const { publicKey } = await newKeyPair();
  const recipients = [{ kind: 'recovery' as const, keyId: 'r1', publicKey }];
  const recovery = async () => ({ recipients, at: NOW });
  return countyKeyring({ file, sealingFile, county: '230278', now: () => NOW, recovery });
}

describe('the sealing key in the county’s list', () => {
  it('[AU270] travels signed; who has the list without it hears of it, who has it loses it to nobody', async () => {
    const keys = await keyring();
    const bare = await keys.list();
    expect(bare.sealing).toBeUndefined();
    expect(sealingRecipientsOf(bare)).toEqual([]);
    const ring = await newSealingRing(sealingFile, NOW);
    const list = await keys.list();
    expect(list.sealing?.keys.map(({ keyId }) => keyId)).toEqual([ring.keys[0]?.keyId]);
    expect(list.at > bare.at).toBe(true);
    const taken = await takeCountyKeys(bare, list);
    expect(taken).toEqual(list);
    const kinds = sealingRecipientsOf(list).map(({ kind, keyId }) => `${kind} ${keyId}`);
    expect(kinds).toEqual([`intake ${ring.keys[0]?.keyId ?? ''}`, 'recovery r1']);

    const { sealing, ...stripped } = list;
    expect(await takeCountyKeys(list, stripped)).toBe(list);
    const { publicKey } = await newKeyPair();
    const own = [
      { keyId: 'sealing-evil', publicKey: Buffer.from(publicKey).toString('base64url') },
    ];
    const bent = { ...list, sealing: { ...sealing, keys: own } };
    expect(await takeCountyKeys(bare, bent)).toBe(bare);
    // The signature of the list says nothing of the sealing keys, nor theirs of another list.
    const moved = { ...list, sealing: { ...sealing, signature: list.signature } };
    expect(await takeCountyKeys(bare, moved)).toBe(bare);

    const next = await rotateIntakeKey(sealingFile, '2026-09-01T00:00:00.000Z', 'sealing');
    const later = await keys.list();
    expect(later.sealing?.keys[0]?.keyId).toBe(next.keys[0]?.keyId);
    expect((await takeCountyKeys(list, later))?.sealing).toEqual(later.sealing);
    // Nor is an earlier key put into a later list: whoever has its private half would read on.
    expect(await takeCountyKeys(list, { ...later, sealing: list.sealing })).toBe(list);
  });

  it('[AU441] a later list whose sealing key somebody took out is not taken; accusations go on to the last known one', async () => {
    await newSealingRing(sealingFile, NOW);
    const keys = await keyring();
    const list = await keys.list();
    await rotateIntakeKey(sealingFile, '2026-09-01T00:00:00.000Z', 'sealing');
    const later = await keys.list();
    expect(later.at > list.at).toBe(true);
    const { sealing, ...stripped } = later;
    expect(sealing?.keys).toHaveLength(1);
    const taken = await takeCountyKeys(list, stripped);
    expect(taken).toBe(list);
    expect(sealingRecipientsOf(taken ?? stripped)).toEqual(sealingRecipientsOf(list));
    // With them it is the county's own word.
    expect(await takeCountyKeys(list, later)).toEqual(later);
  });

  it('[AU270] a program that knows nothing of it takes the list as before', async () => {
    await newSealingRing(sealingFile, NOW);
    const list = await (await keyring()).list();
    const older = z.object({ ...countyKeysSchema.shape, sealing: z.undefined() });
    expect(older.safeParse({ ...list, sealing: undefined }).success).toBe(true);
    const { v, county, at, recipients, signers, by, signature } = list;
    const said = `daiban keys 1|${by}|${canonical({ v, county, at, recipients, signers })}`;
    const raw = signersOf(list).get(by) ?? new Uint8Array(0);
    const curve = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await crypto.subtle.importKey('raw', raw, curve, false, ['verify']);
    const bytes = fromBase64Url(signature) ?? new Uint8Array(0);
    const how = { name: 'ECDSA', hash: 'SHA-256' };
    expect(await crypto.subtle.verify(how, key, bytes, textBytes(said))).toBe(true);
  });

  it('[AU271] what is sealed to it opens with its file, also after a change, and waits without it', async () => {
    const keys = await keyring();
    await newSealingRing(sealingFile, NOW);
    const envelope = await newEnvelope(sealingRecipientsOf(await keys.list()));
    const place = { kind: 'event', id: 'e1' } as const;
    const copy = await sealCopy(envelope, place, textBytes('支书拿了'));
    const opens = async () => {
      const opener = new CopyOpener(await keys.ring(), await keys.sealingRing());
      opener.know(slipAbroad(envelope.slip));
      const opened = await opener.open(place, copy);
      return opened.ok ? 'opens' : opened.error;
    };
    expect(await opens()).toBe('opens');
    await rotateIntakeKey(sealingFile, '2026-09-01T00:00:00.000Z', 'sealing');
    expect(await opens()).toBe('opens');
    expect(new Set((await keys.ring()).keys.map(({ keyId }) => keyId)).size).toBe(1);
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await unlink(sealingFile);
    expect(await opens()).toBe('NO_KEY');
    expect(quiet).not.toHaveBeenCalled();
    quiet.mockRestore();
  });
});
