import { afterAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { newEnvelope, openCopy, openSlip, sealCopy } from '../../src/lib/protocol/sealed.ts';
import type { Place } from '../../src/lib/tablet/vault/body.ts';
import { deriveKeys, newDek } from '../../src/lib/tablet/vault/keys.ts';
import { PageSealer } from '../../src/lib/tablet/vault/page-sealer.ts';
import { SealBroken } from '../../src/lib/tablet/vault/vault-client.ts';
import { openCountyWrap } from '../../src/lib/tablet/vault/wraps.ts';
import type { Secret, Wrap } from '../../src/lib/tablet/vault/wraps.ts';
import { countyKey, endAll, newKeeper, newVault, QUICK_KDF } from './workers.ts';

const vaultId = toBase64Url(randomBytes(16));
const card: Secret = { kind: 'card', cardId: 'card-1', card: randomBytes(16), pin: '847362' };
const pass: Secret = { kind: 'pass', passphrase: '三屯村口那棵老榆树下有口井' };
const event = (id: string): Place => ({ store: 'events', id, version: 1 });
const words = { name: '周桂芹', words: '粪堆挨着水井', lone: '\ud800' };

async function made() {
  const recovery = await countyKey('recovery', 'recovery-1');
  const intake = await countyKey('intake', 'intake-1');
  const vault = newVault();
  const wraps = await vault.create({
    ...{ vaultId, kdf: QUICK_KDF, secrets: [card, pass], recovery: [recovery.recipient] },
  });
  return { vault, wraps, recovery, intake };
}
const wrapOf = (wraps: readonly Wrap[], kind: Wrap['kind']): Wrap => {
  const wrap = wraps.find((w) => w.kind === kind);
  if (!wrap) throw new Error('no such wrap');
  return wrap;
};

afterAll(endAll);

describe('the vault', () => {
  it('[AU61] card with PIN, passphrase: each opens; one of card and PIN alone does not', async () => {
    const { vault, wraps } = await made();
    const [sealed] = await vault.sealAct([{ place: event('e1'), value: words }]);
    const body = sealed?.body ?? new Uint8Array();
    vault.lock();
    for (const secret of [card, pass]) {
      const again = newVault();
      await again.unlock({ vaultId, wrap: wrapOf(wraps, secret.kind), secret, kdf: QUICK_KDF });
      expect(await again.openMany([{ place: event('e1'), body }])).toEqual([words]);
      again.lock();
    }
    const wrong: Secret[] = [
      { ...card, pin: '847363' },
      { ...card, card: randomBytes(16) },
      { kind: 'pass', passphrase: '三屯村口那棵老榆树下有口' },
    ];
    for (const secret of wrong) {
      const other = newVault();
      const wrap = wrapOf(wraps, secret.kind);
      await expect(other.unlock({ vaultId, wrap, secret })).rejects.toThrow('WRONG');
      await expect(other.openMany([{ place: event('e1'), body }])).rejects.toThrow('LOCKED');
      other.lock();
    }
  });

  it('[AU61] a wrap belongs to its vault and its kind', async () => {
    const { vault, wraps } = await made();
    vault.lock();
    const other = newVault();
    const elsewhere = toBase64Url(randomBytes(16));
    const wrap = wrapOf(wraps, 'pass');
    await expect(other.unlock({ vaultId: elsewhere, wrap, secret: pass })).rejects.toThrow('WRONG');
    await expect(other.unlock({ vaultId, wrap, secret: card })).rejects.toThrow('WRONG');
    const renamed = { ...wrapOf(wraps, 'card'), cardId: 'card-2' } as Wrap;
    await expect(other.unlock({ vaultId, wrap: renamed, secret: card })).rejects.toThrow('WRONG');
    other.lock();
  });

  it('[AU62] the county opens its wrap, and with it everything that was sealed', async () => {
    const { vault, wraps, recovery } = await made();
    const [sealed] = await vault.sealAct([{ place: event('e1'), value: words }]);
    vault.lock();
    const wrap = wrapOf(wraps, 'county');
    if (wrap.kind !== 'county') throw new Error('not a county wrap');
    const dek = await openCountyWrap(vaultId, wrap, recovery.own);
    expect(dek).toHaveLength(32);
    expect(await openCountyWrap(toBase64Url(randomBytes(16)), wrap, recovery.own)).toBeNull();
    const stranger = await countyKey('recovery', 'recovery-1');
    expect(await openCountyWrap(vaultId, wrap, stranger.own)).toBeNull();
    // What the key holders hand out opens the vault under a new passphrase.
    const { openBody } = await import('../../src/lib/tablet/vault/body.ts');
    const keys = await deriveKeys(dek ?? newDek());
    const plain = await openBody(keys.event, 'events|e1|1', sealed?.body ?? new Uint8Array());
    expect(JSON.parse(new TextDecoder().decode(plain ?? undefined))).toEqual(words);
  });

  it('[AU63] a body opens at its own place and unchanged, and costs only itself', async () => {
    const { vault } = await made();
    const places = [event('a'), event('b'), { store: 'drafts', id: 'a', version: 3 } as const];
    const sealed = await vault.sealAct(places.map((place) => ({ place, value: words })));
    const bodies = sealed.map(({ body }) => body);
    expect(new Set(bodies.map((b) => toBase64Url(b.subarray(1, 13)))).size).toBe(3);
    const asked = places.map((place, i) => ({ place, body: bodies[i] ?? new Uint8Array() }));
    expect(await vault.openMany(asked)).toEqual([words, words, words]);
    const [a, b, draft] = bodies as [Uint8Array, Uint8Array, Uint8Array];
    const torn = b.slice();
    torn[20] = (torn[20] ?? 0) ^ 4;
    const answers = await vault.openBytes([
      { place: event('a'), body: a },
      { place: event('b'), body: a },
      { place: event('b'), body: torn },
      { place: { store: 'notes', id: 'a', version: 1 }, body: a },
      { place: { store: 'drafts', id: 'a', version: 2 }, body: draft },
      { place: event('b'), body: b.slice(0, 10) },
      { place: event('b'), body: b },
    ]);
    expect(answers.map((one) => one !== null)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    await expect(vault.openMany([{ place: event('b'), body: a }])).rejects.toThrow(SealBroken);
    vault.lock();
  });

  it('[AU63] the place has no device and no sequence: renumbered events still open', async () => {
    const { vault } = await made();
    const [sealed] = await vault.sealAct([{ place: event('e1'), value: words }]);
    // The row gets another dv and ds; nothing of the sealing knows them.
    const row = { id: 'e1', dv: 'another', ds: 77, body: sealed?.body ?? new Uint8Array() };
    expect(await vault.openMany([{ place: event(row.id), body: row.body }])).toEqual([words]);
    vault.lock();
  });

  it('[AU64] locked is locked: the worker is gone, whatever was asked is refused', async () => {
    const { vault } = await made();
    const asked = vault.sealAct([{ place: event('e1'), value: words }]);
    vault.lock();
    await expect(asked).rejects.toThrow('LOCKED');
    await expect(vault.names(['x'])).rejects.toThrow('LOCKED');
    vault.lock();
  });

  it('[AU64] what is no message of ours changes nothing', async () => {
    const { vault } = await made();
    const bad = [{ store: 'events', id: 'with space and 字', version: 1 }] as const;
    await expect(vault.sealAct([{ place: bad[0], value: 1 }])).rejects.toThrow('BAD_REQUEST');
    expect((await vault.names(['130123']))[0]).toMatch(/^[\w-]{22}$/);
    vault.lock();
  });

  it('[AU65] names of equal values are equal in one vault and foreign in the next', async () => {
    const [a, b] = [await made(), await made()];
    const [one, two] = await a.vault.names(['130123199001011234', '130123199001011234']);
    const [other] = await b.vault.names(['130123199001011234']);
    expect(one).toBe(two);
    expect(other).not.toBe(one);
    a.vault.lock();
    b.vault.lock();
  });
});

describe('sealed copies', () => {
  it('[AU66] of one act go to the county; the tablet that wrote them cannot read them', async () => {
    const { vault, intake, recovery } = await made();
    const slip = await vault.begin([intake.recipient, recovery.recipient]);
    const place = { kind: 'event', id: 'e1' } as const;
    const [sealed] = await vault.sealAct([
      { place: event('e1'), value: words, copy: { place, value: { ...words, salt: 's' } } },
    ]);
    vault.lock();
    const copy = sealed?.copy ?? new Uint8Array();
    for (const { own } of [intake, recovery]) {
      const key = await openSlip(slip, own);
      const plain = key && (await openCopy(key, place, copy));
      expect(JSON.parse(new TextDecoder().decode(plain ?? undefined))).toEqual({
        ...words,
        salt: 's',
      });
      expect(key && (await openCopy(key, { ...place, id: 'e2' }, copy))).toBeNull();
    }
    const stranger = await countyKey('intake', 'intake-1');
    expect(await openSlip(slip, stranger.own)).toBeNull();
  });

  it('[AU66] are write-only: the key that seals them opens nothing, its own copies neither', async () => {
    const { key, slip } = await newEnvelope([(await countyKey('intake', 'i')).recipient]);
    const place = { kind: 'event', id: 'e1' } as const;
    const copy = await sealCopy({ key, slip }, place, randomBytes(40));
    expect([key.usages, key.extractable]).toEqual([['encrypt'], false]);
    expect(await openCopy(key, place, copy)).toBeNull();
  });

  it('[AU67] slices go on being sealed while locked, and are read after the next unlock', async () => {
    const { vault, wraps, intake } = await made();
    const keeper = newKeeper();
    const slip = await vault.begin([intake.recipient], keeper);
    vault.lock();
    const place = { kind: 'slice', id: 'rec/0' } as const;
    const sound = randomBytes(4_000);
    const [sealed] = await keeper.seal([{ place, bytes: sound }]);
    const again = newVault();
    await again.unlock({ vaultId, wrap: wrapOf(wraps, 'pass'), secret: pass, kdf: QUICK_KDF });
    const bytes = sealed ?? new Uint8Array();
    expect(await again.openCopies(slip, [{ place, bytes }])).toEqual([sound]);
    // The same worker for another agent: nothing of the first one is left in it.
    const other = await made();
    other.vault.lock();
    const secret = pass;
    const wrap = wrapOf(other.wraps, 'pass');
    await again.unlock({ vaultId, wrap, secret, kdf: QUICK_KDF });
    await expect(again.openCopies(slip, [{ place, bytes }])).rejects.toThrow('WRONG');
    // Begun while locked: the county's alone.
    const alone = await keeper.begin([intake.recipient]);
    const [second] = await keeper.seal([{ place, bytes: sound }]);
    await expect(
      again.openCopies(alone, [{ place, bytes: second ?? new Uint8Array() }]),
    ).rejects.toThrow('WRONG');
    const key = await openSlip(alone, intake.own);
    expect(key && (await openCopy(key, place, second ?? new Uint8Array()))).toEqual(sound);
    again.lock();
    keeper.end();
  });
});

describe('sealing on the page', () => {
  it('[AU83] writes what only vault and county read, and goes on when locked', async () => {
    const { vault, wraps, intake } = await made();
    const [work, own] = [new PageSealer(), new PageSealer()];
    const place = { kind: 'slice', id: 'f1/7' } as const;
    await expect(work.seal([{ place, bytes: randomBytes(5) }])).rejects.toThrow('LOCKED');
    const slip = await vault.begin([intake.recipient], work);
    const ownSlip = await vault.begin([], own);
    vault.lock();
    const bytes = randomBytes(300);
    const [forCounty] = await work.seal([{ place, bytes }]);
    const [forVault] = await own.seal([{ place, bytes }]);
    const again = newVault();
    await again.unlock({ vaultId, wrap: wrapOf(wraps, 'pass'), secret: pass, kdf: QUICK_KDF });
    const both = [
      [slip, forCounty],
      [ownSlip, forVault],
    ] as const;
    for (const [s, copy] of both)
      expect(await again.openCopies(s, [{ place, bytes: copy ?? new Uint8Array() }])).toEqual([
        bytes,
      ]);
    const key = await openSlip(slip, intake.own);
    expect(key && (await openCopy(key, place, forCounty ?? new Uint8Array()))).toEqual(bytes);
    expect(ownSlip.wraps).toEqual([]);
    expect(await openSlip(ownSlip, intake.own)).toBeNull();
    again.lock();
  });

  it('[AU83] takes no key that could read', async () => {
    const { port1, port2 } = new MessageChannel();
    const { slip } = await newEnvelope([]);
    const usages = ['encrypt', 'decrypt'] as const;
    const how = { name: 'AES-GCM', length: 256 };
    port1.postMessage(await crypto.subtle.generateKey(how, false, usages));
    await expect(new PageSealer().adopt(slip, port2)).rejects.toThrow('BAD_REQUEST');
    port1.close();
  });
});

describe('the quick PIN', () => {
  it('[AU68] opens again for four hours; the fifth wrong one ends it', async () => {
    const { vault } = await made();
    const [sealed] = await vault.sealAct([{ place: event('e1'), value: words }]);
    const keeper = newKeeper();
    await vault.keepQuick(keeper, '847362');
    vault.lock();
    const opens = async (pin: string): Promise<string> => {
      const again = newVault();
      try {
        await again.quickUnlock(vaultId, keeper, pin);
        const body = sealed?.body ?? new Uint8Array();
        await again.openMany([{ place: event('e1'), body }]);
        return 'OPEN';
      } catch (error) {
        return (error as Error).message;
      } finally {
        again.lock();
      }
    };
    expect(await opens('847362')).toBe('OPEN');
    for (let wrong = 0; wrong < 4; wrong++) expect(await opens('000000')).toBe('WRONG');
    expect(await opens('847362')).toBe('OPEN');
    for (let wrong = 0; wrong < 4; wrong++) expect(await opens('000000')).toBe('WRONG');
    expect(await opens('000000')).toBe('DROPPED');
    expect(await opens('847362')).toBe('DROPPED');
    keeper.end();
  });

  it('[AU68] is over after four hours', async () => {
    let hours = 0;
    const { vault } = await made();
    const keeper = newKeeper(() => ({ up: 0, wall: hours * 3_600_000 }));
    await vault.keepQuick(keeper, '847362');
    vault.lock();
    hours = 3.99;
    const early = newVault();
    await early.quickUnlock(vaultId, keeper, '847362');
    early.lock();
    hours = 4;
    const late = newVault();
    await expect(late.quickUnlock(vaultId, keeper, '847362')).rejects.toThrow('DROPPED');
    hours = 1;
    await expect(late.quickUnlock(vaultId, keeper, '847362')).rejects.toThrow('DROPPED');
    late.lock();
    keeper.end();
  });
});

describe('bytes', () => {
  it('[AU63] of pictures come back as they were', async () => {
    const { vault } = await made();
    const place = { store: 'chunks', id: 'f/0', version: 1 } as const;
    const bytes = randomBytes(65_536);
    const [body] = await vault.sealBytes([{ place, bytes }]);
    expect(await vault.openBytes([{ place, body: body ?? new Uint8Array() }])).toEqual([bytes]);
    vault.lock();
  });
});
