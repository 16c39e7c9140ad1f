import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newOfficerKey, wrapOfficerKey } from '../../src/lib/protocol/officer-key.ts';
import { lockState, lockStateFor } from '../../src/lib/server/desk/lock-state.ts';
import { confirmKey, endKey, proposeKey } from '../../src/lib/server/keys/officer-keys.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

/** The county as it stands, with its switch on or off. */
const switched = (on: boolean) => {
  const { container } = county.room;
  return { ...container, env: { ...container.env, tabletVaults: on } };
};

describe('whether tablets get their locks', () => {
  it('[AU211] not before a key is in force, which director and administrator are told', async () => {
    const wanted = switched(true);
    expect(await lockState(wanted)).toBe('keyless');
    expect(await lockState(switched(false))).toBe('off');
    for (const user of ['juzhang', 'guanli'])
      expect(await lockStateFor(wanted, await county.person(user))).toBe('keyless');
    for (const user of ['dengji', 'wangchunsheng', 'shenji'])
      expect(await lockStateFor(wanted, await county.person(user))).toBeNull();
    const kdf = { kind: 'pbkdf2', rounds: 600_000 } as const;
    const how = { passphrase: 'twelve letters', argon2: null, kdf };
    const key = await wrapOfficerKey('recovery', await newOfficerKey('recovery'), how);
    await proposeKey(county.room, await county.person('juzhang'), key);
    expect(await lockState(wanted)).toBe('keyless');
    await confirmKey(county.room, await county.person('guanli'), key?.keyId ?? '');
    expect(await lockState(wanted)).toBe('given');
    expect(await lockState(switched(false))).toBe('off');
    await endKey(county.room, await county.person('guanli'), key?.keyId ?? '');
    expect(await lockState(wanted)).toBe('keyless');
  });
});
