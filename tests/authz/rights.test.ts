import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadSubject } from '../../src/lib/server/auth/subject.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { ledgerRows, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { writeLook } from '../../src/lib/server/desk/looks.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { openRoom, type Room } from '../../src/lib/server/room.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { exchangeEndpoint } from '../../src/lib/server/sync/http.ts';
import { CASES, marksOf } from './cast.ts';
import { seedCounty } from './county.ts';
import { randomId, requestOf } from './wire.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'daiban-rights-'));
let container: Container;
let room: Room;

beforeAll(async () => {
  await seedCounty(dir);
  const env = readEnv({ DATA_DIR: dir, DAIBAN_DEMO: '1', ENROLMENT_CODES: '0' });
  if (!env.ok) throw new Error(env.error.join());
  container = await openContainer(env.value);
  room = await openRoom(container);
}, 300_000);
afterAll(async () => {
  await container.close();
  rmSync(dir, { recursive: true, force: true });
});

const who = (user: string) => loadSubject(room.accounts.db, { id: `p-${user}`, name: `${user}名` });
const marks = (name: string) => {
  const found = CASES.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return marksOf(found);
};

it('[AU56] a withheld name finds no case, in the inbox and in the ledger; who may read it finds it', async () => {
  const { petitioner } = marks('shy');
  const found = async (user: string) => {
    const person = await who(user);
    const { sections } = await inboxOf(room.desk, person, { tab: 'all', find: petitioner });
    const ask = readLedgerAsk(new URLSearchParams({ q: petitioner }));
    const { rows } = await ledgerRows(room.desk, person, ask);
    return [sections.length, rows.length];
  };
  expect(await found('clerk')).toEqual([0, 0]);
  expect(await found('auditor')).toEqual([0, 0]);
  expect(await found('registrar')).toEqual([1, 1]);
});

it('[AU57] what a follow-up call brought is read by the callers of the county alone', async () => {
  const { caseId, followup } = marks('plain');
  const reads = async (user: string) => {
    const person = await who(user);
    const seen = await seeCase(room.desk, person, caseId);
    if (seen === null) throw new Error(user);
    const asked = { caseId, classes: 'P3+P4', why: 'ASKED' };
    await writeLook({ ...room.desk, now: room.desk.now() }, person, asked);
    const { view } = await reviewOf(room.desk, person, seen);
    return JSON.stringify(view).includes(followup);
  };
  expect(await reads('supervisor')).toBe(true);
  for (const user of ['registrar', 'reviewer', 'town', 'clerk', 'auditor'])
    expect(await reads(user), user).toBe(false);
  const request = requestOf(randomId(), {}) as never;
  const pulled = await exchange(container.sync, await who('agent'), request);
  const text = JSON.stringify(pulled);
  expect(text).toContain(marks('plain').words);
  expect(text).toContain('followup.recorded');
  expect(text).not.toContain(followup);
});

it('[AU58] a session of the desk gets no feed, a former agent does', async () => {
  const asked = async (user: string) => {
    const request = new Request('http://county/api/sync/exchange', { method: 'POST', body: '' });
    return (await exchangeEndpoint(container, await who(user), request)).status;
  };
  for (const user of ['director', 'clerk', 'auditor', 'leader', 'admin'])
    expect(await asked(user), user).toBe(403);
  for (const user of ['agent', 'town', 'revoked']) expect(await asked(user), user).not.toBe(403);
});
