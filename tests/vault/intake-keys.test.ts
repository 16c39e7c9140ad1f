import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes, textBytes } from '../../src/lib/protocol/bytes.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { padJson } from '../../src/lib/protocol/padding.ts';
import { newEnvelope, sealCopy } from '../../src/lib/protocol/sealed.ts';
import {
  intakeKeyFile,
  intakeKeyRing,
  intakeRecipients,
  KEEP_DAYS,
  rotateIntakeKey,
} from '../../src/lib/server/intake-keys/key-ring.ts';
import { CopyOpener } from '../../src/lib/server/intake-keys/open-copies.ts';
import { encodePlain } from '../../src/lib/tablet/vault.ts';
import { countyKey, endAll, newVault, QUICK_KDF } from './workers.ts';

const at = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
const place = { kind: 'event', id: 'e1' } as const;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'intake-keys-'));
});
afterAll(async () => {
  endAll();
  await rm(folder, { recursive: true, force: true });
});

describe('the intake keys', () => {
  it('[AU80] lie outside the data folder, are made once, and read by their owner alone', async () => {
    const file = intakeKeyFile(path.join(folder, 'county'));
    expect(path.relative(path.join(folder, 'county'), file).startsWith('..')).toBe(true);
    const rings = await Promise.all([0, 1, 2, 3].map(() => intakeKeyRing(file, at(0))));
    expect(new Set(rings.map((r) => r.keys[0]?.keyId)).size).toBe(1);
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect((await readdir(folder)).filter((f) => f.includes('intake-keys'))).toHaveLength(1);
    const broken = path.join(folder, 'broken.json');
    await writeFile(broken, '{"v":1');
    await expect(intakeKeyRing(broken, at(0))).rejects.toThrow();
    expect(await readFile(broken, 'utf8')).toBe('{"v":1');
  });

  it('[AU80] two are in force at a time; a replaced one opens for a year and a month more', async () => {
    const file = path.join(folder, 'rotating.json');
    const first = intakeRecipients(await intakeKeyRing(file, at(0)));
    const envelope = await newEnvelope(first);
    const copy = await sealCopy(envelope, place, textBytes('x'));
    const opens = async (ring: Awaited<ReturnType<typeof rotateIntakeKey>>): Promise<boolean> => {
      const opener = new CopyOpener(ring);
      opener.know(envelope.slip);
      return (await opener.open(place, copy)).ok;
    };
    const second = await rotateIntakeKey(file, at(30));
    expect(intakeRecipients(second).map((r) => r.keyId)).toContain(first[0]?.keyId);
    expect(await opens(second)).toBe(true);
    const third = await rotateIntakeKey(file, at(60));
    expect(intakeRecipients(third)).toHaveLength(2);
    expect(intakeRecipients(third).map((r) => r.keyId)).not.toContain(first[0]?.keyId);
    expect(await opens(third)).toBe(true);
    expect(await opens(await rotateIntakeKey(file, at(30 + KEEP_DAYS)))).toBe(true);
    expect(await opens(await rotateIntakeKey(file, at(31 + KEEP_DAYS)))).toBe(false);
    expect((await intakeKeyRing(file, at(900))).keys[0]?.replaced).toBeUndefined();
  });

  it('[AU81] what cannot be opened says why and stops nothing', async () => {
    const ring = await intakeKeyRing(path.join(folder, 'why.json'), at(0));
    const [ours, foreign] = [await newEnvelope(intakeRecipients(ring)), await newEnvelope([])];
    const opener = new CopyOpener(ring);
    const copy = await sealCopy(ours, place, textBytes('x'));
    expect(await opener.open(place, copy)).toMatchObject({ error: 'NO_SLIP' });
    expect(opener.know(ours.slip) && opener.know(foreign.slip)).toBe(true);
    expect(await opener.open(place, copy)).toEqual({ ok: true, value: padJson(textBytes('x')) });
    expect(await opener.open({ ...place, id: 'e2' }, copy)).toMatchObject({ error: 'UNREADABLE' });
    const strange = await sealCopy(foreign, place, textBytes('x'));
    expect(await opener.open(place, strange)).toMatchObject({ error: 'NO_KEY' });
    expect(await opener.open(place, textBytes('nothing'))).toMatchObject({ error: 'UNREADABLE' });
    expect(await opener.open(place, copy)).toMatchObject({ ok: true });
  });
});

describe('a thief with the disk', () => {
  it('[AU82] finds no word, no number and no key in all that the vault gives to be stored', async () => {
    const markers = Array.from(
      { length: 1_000 },
      (_, n) => `周桂芹${n}号13${String(n).padStart(9, '8')}`,
    );
    const [intake, recovery] = [await countyKey('intake', 'i'), await countyKey('recovery', 'r')];
    const vault = newVault();
    const card = randomBytes(16);
    const wraps = await vault.create({
      ...{ vaultId: toBase64Url(randomBytes(16)), kdf: QUICK_KDF, recovery: [recovery.recipient] },
      secrets: [{ kind: 'card', cardId: 'c', card, pin: '847362' }],
    });
    const slip = await vault.begin([intake.recipient, recovery.recipient]);
    const sealed = await vault.sealAct(
      markers.map((words, n) => ({
        ...{ place: { store: 'events' as const, id: `e${n}`, version: 1 }, value: { words } },
        copy: { place: { kind: 'event' as const, id: `e${n}` }, value: { words } },
      })),
    );
    vault.lock();
    const disk = Buffer.concat([
      Buffer.from(JSON.stringify({ wraps, slip })),
      ...sealed.flatMap(({ body, copy }) => [body, copy ?? new Uint8Array()]),
    ]);
    const forms = (text: string): Buffer[] => [
      ...[Buffer.from(text), Buffer.from(text, 'utf16le')],
      Buffer.from(Buffer.from(text).toString('base64').slice(0, 16)),
      Buffer.from(text.slice(0, 3)),
    ];
    const hits = (place: Buffer): number =>
      markers.filter((m) => forms(m).some((form) => place.includes(form))).length;
    expect(hits(disk)).toBe(0);
    expect(disk.includes(Buffer.from(card))).toBe(false);
    expect(disk.includes(Buffer.from('847362'))).toBe(false);
    // The search itself works: in plain bodies it finds every one.
    const plain = markers.map((words) => encodePlain({ words }));
    expect(hits(Buffer.concat(plain))).toBe(1_000);
  });
});
