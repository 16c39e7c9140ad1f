import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceId, PersonId } from '../../src/lib/domain/values.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { DEMO_CODES, freshDemoCodes, type WithCodes } from '../../src/lib/server/demo/codes.ts';
import type { DemoAccount } from '../../src/lib/server/demo/people.ts';
import { seedDemo } from '../../src/lib/server/demo/seed.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { spendCode } from '../../src/lib/server/keys/enrol-codes.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-demo-codes-'));
const told = () =>
  JSON.parse(readFileSync(path.join(dataDir, 'demo-accounts.json'), 'utf8')) as {
    accounts: WithCodes<DemoAccount>[];
  };
let container: Container;
beforeAll(async () => {
  await seedDemo({ dataDir });
  const env = readEnv({ DATA_DIR: dataDir, DAIBAN_DEMO: '1' });
  if (!env.ok) throw new Error(env.error.join());
  container = await openContainer(env.value);
}, 300_000);
afterAll(async () => {
  await container.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const deps = () => {
  const { county, store } = container;
  return { county, store, db: container.db as unknown as Kysely<CountyTables> };
};
const spent = (personId: string, typed: string, n: number) => {
  const by = { personId: personId as PersonId, at: container.clock.now() };
  return spendCode(deps(), { typed, dv: `demo-tablet-${n}`.padEnd(22, '_') as DeviceId }, by);
};

describe('登记码 of the demo', () => {
  it('[AU296] the demo asks for codes, and everybody with a tablet has some that work', async () => {
    expect(container.env.enrolmentCodes).toBe(true);
    const { accounts } = told();
    const field = accounts.filter(({ code }) => code === 'A' || code === 'T');
    expect(field.length).toBeGreaterThan(12);
    for (const { codes } of field) expect(codes).toHaveLength(DEMO_CODES);
    expect(accounts.filter(({ code }) => code === 'O5')[0]?.codes).toEqual([]);
    const all = field.flatMap(({ codes }) => codes);
    expect(new Set(all).size).toBe(all.length);
    for (const [n, { personId, codes }] of field.slice(0, 3).entries())
      expect(await spent(personId, codes[0] ?? '', n)).toBe('taken');
  });

  it('[AU296] at its next start whoever used some has as many again', async () => {
    const before = told().accounts.find(({ code }) => code === 'A');
    await freshDemoCodes(container);
    const after = told().accounts.find(({ personId }) => personId === before?.personId);
    expect(after?.codes).toHaveLength(DEMO_CODES);
    expect(after?.codes.slice(0, 3)).toEqual(before?.codes.slice(1));
    for (const [n, code] of (after?.codes ?? []).entries())
      expect(await spent(after?.personId ?? '', code, 10 + n)).toBe('taken');
  });
});
