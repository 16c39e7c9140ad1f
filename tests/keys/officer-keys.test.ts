import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  newOfficerKey,
  wrapOfficerKey,
  type OfficerKey,
} from '../../src/lib/protocol/officer-key.ts';
import { createAccount, setDisabled } from '../../src/lib/server/auth/accounts.ts';
import { loadSubject } from '../../src/lib/server/auth/subject.ts';
import {
  confirmKey,
  endKey,
  keysFor,
  proposeKey,
  recoveryRecipients,
} from '../../src/lib/server/keys/officer-keys.ts';
import { storedKeys } from '../../src/lib/server/keys/officer-key-rows.ts';
import { openTestCounty, type TestCounty } from '../desk/county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

async function wrapped(): Promise<OfficerKey> {
  const kdf = { kind: 'pbkdf2', rounds: 600_000 } as const;
  const how = { passphrase: 'twelve letters', argon2: null, kdf };
  const key = await wrapOfficerKey('recovery', await newOfficerKey('recovery'), how);
  if (key === null) throw new Error('no key');
  return key;
}
const director = () => county.person('juzhang');
const admin = () => county.person('guanli');
const place = () => {
  const { intakeKeyFile } = county.room.container.env;
  return { db: county.room.desk.db, county: county.room.desk.county, intakeKeyFile };
};
const held = async () =>
  (await recoveryRecipients(place())).map(({ kind, keyId }) => `${kind} ${keyId}`);
const audited = async (keyId: string) =>
  (await county.room.desk.db.selectFrom('audit').selectAll().orderBy('n').execute())
    .filter(({ note }) => note.includes(keyId))
    .map(({ action, person_id }) => [action, person_id]);

describe('the county’s keys', () => {
  it('[AU174] one holds when a second person has put it in force, never by one hand', async () => {
    const { room } = county;
    const key = await wrapped();
    for (const user of ['dengji', 'mifeng1', 'wangchunsheng', 'guanli'])
      expect(await proposeKey(room, await county.person(user), key)).toBe('none');
    expect(await proposeKey(room, await director(), key)).toBeNull();
    expect(await proposeKey(room, await director(), await wrapped())).toBe('there');
    expect(await held()).toEqual([]);
    expect(await confirmKey(room, await director(), key.keyId)).toBe('second');
    expect(await confirmKey(room, await county.person('dengji'), key.keyId)).toBe('none');
    expect(await confirmKey(room, await admin(), 'recovery-00000000')).toBe('none');
    expect(await held()).toEqual([]);
    expect(await confirmKey(room, await admin(), key.keyId)).toBeNull();
    expect(await held()).toEqual([`recovery ${key.keyId}`]);
    expect(await confirmKey(room, await admin(), key.keyId)).toBe('none');
    expect(await audited(key.keyId)).toEqual([
      ['officer_key.proposed', (await director()).personId],
      ['officer_key.confirmed', (await admin()).personId],
    ]);
  });

  it('[AU175] the wrapped half is given to its maker alone, the fingerprint to both', async () => {
    const { room } = county;
    const [own] = (await keysFor(room, await director()))?.lines ?? [];
    const [seen] = (await keysFor(room, await admin()))?.lines ?? [];
    expect(own?.own?.keyId).toBe(own?.keyId);
    expect(seen?.own).toBeNull();
    expect(JSON.stringify(seen)).not.toContain(own?.own?.box);
    const point = new Uint8Array(Buffer.from(own?.own?.publicKey ?? '', 'base64url'));
    expect(seen?.fingerprint).toBe(await fingerprintOf(point));
    for (const user of ['dengji', 'mifeng1', 'wangchunsheng'])
      expect(await keysFor(room, await county.person(user))).toBeNull();
  });

  it('[AU174] the newest two hold; one that was ended holds no more and is never erased', async () => {
    const { room } = county;
    const [first] = (await recoveryRecipients(place())).map(({ keyId }) => keyId);
    const made: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const key = await wrapped();
      expect(await proposeKey(room, await director(), key)).toBeNull();
      expect(await confirmKey(room, await admin(), key.keyId)).toBeNull();
      made.unshift(`recovery ${key.keyId}`);
    }
    expect(await held()).toEqual(made);
    const newest = made[0]?.split(' ')[1] ?? '';
    expect(await endKey(room, await county.person('dengji'), newest)).toBe('none');
    expect(await endKey(room, await admin(), newest)).toBeNull();
    expect(await held()).toEqual([made[1], `recovery ${first}`]);
    const lines = (await keysFor(room, await director()))?.lines ?? [];
    expect(lines.find(({ keyId }) => keyId === newest)).toMatchObject({
      ...{ state: 'ended', inForce: false, mayConfirm: false, mayEnd: false },
      own: { keyId: newest },
    });
    expect(await proposeKey(room, await director(), lines[0]?.own)).toBe('there');
  });

  it('[AU424] of two acts on one key at once one is done, and no row stands beside the other', async () => {
    const { room } = county;
    const key = await wrapped();
    expect(await proposeKey(room, await director(), key)).toBeNull();
    expect(await confirmKey(room, await admin(), key.keyId)).toBeNull();
    const both = [await director(), await admin()].map((who) => endKey(room, who, key.keyId));
    expect((await Promise.all(both)).filter((refused) => refused === null)).toHaveLength(1);
    const lines = await audited(key.keyId);
    expect(lines.filter(([action]) => action === 'officer_key.ended')).toHaveLength(1);
    const stored = (await storedKeys(place())).get(key.keyId);
    expect(stored).toMatchObject({ state: 'ended', signed: true, lying: { n: 3 } });
  });

  it('[AU174] no key of a bent form, of another purpose, off the curve, or of somebody who left', async () => {
    const { room } = county;
    const good = await wrapped();
    const off = `B${good.publicKey[1] === 'A' ? 'B' : 'A'}${good.publicKey.slice(2)}`;
    const odd = [
      null,
      'key',
      { ...good, publicKey: off },
      { ...good, kdf: { kind: 'pbkdf2', rounds: 1_000 } },
      { ...good, purpose: 'sealing', keyId: good.keyId.replace('recovery', 'sealing') },
      { ...good, keyId: good.keyId.replace('recovery', 'rating') },
      { ...good, box: '<script>' },
    ];
    for (const one of odd) expect(await proposeKey(room, await director(), one)).toBe('bad');
    const grants = [{ role: 'O5', areaCode: '230278000000' }];
    const who = { userName: 'zoule', name: '走了的局长', passphrase: 'one two three four', grants };
    const id = await createAccount(room.accounts, who, 'test');
    const gone = await loadSubject(room.accounts.db, { id, name: who.name });
    expect(await proposeKey(room, gone, good)).toBeNull();
    await setDisabled(room.accounts, id, true);
    expect(await confirmKey(room, await admin(), good.keyId)).toBe('none');
    expect(await endKey(room, await admin(), good.keyId)).toBeNull();
    expect(await confirmKey(room, await admin(), good.keyId)).toBe('none');
  });
});
