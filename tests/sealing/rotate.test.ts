import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { lookForKey } from '../../src/lib/server/sealing/start.ts';
import { isToldShut } from '../../src/lib/server/sealing/shut.ts';
import { readKeys } from '../../src/lib/server/sealing/data-keys.ts';
import { recoveryKeyIn } from '../backup/place.ts';
import { ACCUSES, caseOf, placeOf, tabletOf } from './scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let place: Awaited<ReturnType<typeof placeOf>>;
let county: Container;
beforeEach(async () => {
  place = await placeOf();
  county = await place.open();
});
afterEach(async () => {
  await county.close();
  place.end();
});

/** The command, as it is started; its JSON line, or what it said instead. */
function rotate(args: readonly string[] = [], input = ''): Record<string, unknown> | string {
  const script = path.join(import.meta.dirname, '../../scripts/rotate-sealing-key.ts');
  const { dataDir, sealingKeyFile } = county.env;
  const env = { ...process.env, DATA_DIR: dataDir, SEALING_KEY_FILE: sealingKeyFile };
  try {
    const out = execFileSync(process.execPath, [script, ...args], { env, input, stdio: 'pipe' });
    return JSON.parse(out.toString().trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error);
  }
}
const ringOf = () =>
  (JSON.parse(readFileSync(place.keyFile, 'utf8')) as { keys: { keyId: string }[] }).keys.map(
    ({ keyId }) => keyId,
  );
const said = async (name: string) => (await caseOf(county, name))?.file.dictations[0]?.verbatim;
const grant = (role: string, sealedList = false) => {
  const from = '2026-01-01T00:00:00Z';
  const one = { role, areaCode: '230278000000', unitId: null, from, to: null, sealedList };
  return { personId: role, name: role, grants: [one] } as unknown as Subject;
};
const keys = () => readKeys(county.db as never, county.county);

describe('the keys of sealed cases', () => {
  it('[AU236] a new one is taken without a restart: what is sealed from then on needs it, all stays readable', async () => {
    await tabletOf(county, 'wang').brings('a', '换钥匙以前', ACCUSES);
    const [first] = ringOf();
    const done = rotate();
    expect(done).toMatchObject({ keys: 1, opened: 1, inForce: [expect.any(String), first] });
    expect(await lookForKey(county, () => undefined)).toBe(false);
    await tabletOf(county, 'li').brings('b', '换钥匙以后', ACCUSES);
    const [old, fresh] = await keys();
    expect([old?.madeFor, fresh?.madeFor]).toEqual([first, ringOf()[0]]);
    expect(old?.wraps.map(({ keyId }) => keyId)).toContain(ringOf()[0]);
    await county.close();
    county = await place.open();
    expect([await said('a'), await said('b')]).toEqual(['换钥匙以前', '换钥匙以后']);
    expect(await keys()).toHaveLength(2);
  });

  it('[AU237] [AU238] the file is lost: two sheets open what lay under it, a wrong one changes nothing', async () => {
    await tabletOf(county, 'wang').brings('a', '没有恢复钥匙时', ACCUSES);
    const { sheets } = await recoveryKeyIn(county);
    const other = await recoveryKeyIn(county);
    await lookForKey(county, () => undefined);
    const kinds = (await keys()).flatMap(({ wraps }) => wraps.map(({ kind }) => kind));
    expect(kinds.filter((kind) => kind === 'recovery')).toHaveLength(2);
    renameSync(place.keyFile, `${place.keyFile}.lost`);
    await county.close();
    county = await place.open();
    expect((await caseOf(county, 'a'))?.locked).toBe(true);
    // [AU238] who reads sealed cases and who keeps the machine are told, others are not.
    const told238 = [grant('O3', true), grant('ADMIN'), grant('O1'), grant('A')];
    expect(told238.map((one) => isToldShut(county, one))).toEqual([true, true, false, false]);
    await tabletOf(county, 'li').brings('b', '钥匙丢了以后', ACCUSES);
    expect(rotate()).toContain('There is no');
    const wrong = rotate(['--shares'], `${sheets[0]}\n${other.sheets[1]}\n`);
    expect([typeof wrong, existsSync(place.keyFile)]).toEqual(['string', false]);
    const done = rotate(['--shares'], `${sheets[0]}\n${sheets[2]}\n`);
    expect(done).toMatchObject({ keys: 2, opened: 2 });
    let told = 0;
    expect(await lookForKey(county, () => (told += 1))).toBe(true);
    expect(isToldShut(county, grant('O3', true))).toBe(false);
    expect([await said('a'), await said('b'), told]).toEqual(['没有恢复钥匙时', '钥匙丢了以后', 1]);
    rmSync(`${place.keyFile}.lost`);
    await county.close();
    county = await place.open();
    expect([await said('a'), await said('b')]).toEqual(['没有恢复钥匙时', '钥匙丢了以后']);
  });
});
