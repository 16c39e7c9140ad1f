import { describe, expect, it } from 'vitest';
import type { Instant } from '../src/lib/domain/values.ts';
import {
  askSlip,
  SIGN_IN_PATH,
  signInOnline,
  signOutOnline,
  type SessionDeps,
} from '../src/lib/tablet/session.ts';

const NOW = '2026-06-08T01:00:00Z' as Instant;
const enrolled = {
  ...{ magic: 'PS1', county: { code: '230278000000', name: '北禾县' }, agentId: 'A01' },
  ...{ person: { id: 'p1', name: '王春生' }, deviceLetter: 'B', epoch: 'E1', now: NOW },
  villages: [{ code: '230278200201', name: '新河村' }],
};
const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  });

/** Answers per path; a missing one is a broken line. */
function deps(answers: Readonly<Record<string, Response>>): SessionDeps & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    ...{ origin: 'http://county', build: 't', now: () => NOW },
    fetch: async (url, init) => {
      const path = new URL(String(url)).pathname;
      calls.push(`${init?.method} ${path} ${init?.redirect}`);
      const answer = answers[path];
      if (!answer) throw new TypeError('Failed to fetch');
      return answer;
    },
  };
}
const WHO = { user: 'a01', passphrase: 'secret words', dv: 'd'.repeat(22) };
const ENROL = '/api/sync/enrol';

describe('signing in once', () => {
  it('[TB26] account and enrolment together say who works here and with which letter', async () => {
    const d = deps({ [SIGN_IN_PATH]: json(200, {}), [ENROL]: json(200, enrolled) });
    const signed = await signInOnline(d, WHO);
    expect(signed).toMatchObject({
      ok: true,
      value: { name: '王春生', agentCode: 'A01', deviceLetter: 'B', signedInAt: NOW },
    });
    expect(signed.ok && signed.value.villages[0]?.name).toBe('新河村');
    expect(signed.ok && signed.value.villages[0]?.townshipName).not.toBe('');
    expect(d.calls).toEqual([`POST ${SIGN_IN_PATH} manual`, `POST ${ENROL} manual`]);
  });

  it('[TB28] duty numbers come with the enrolment; what cannot be dialled is left out', async () => {
    const dutyNumbers = [
      { label: '县局值班', number: '0452-1234567' },
      { label: '派出所', number: '找老李' },
    ];
    const d = deps({
      [SIGN_IN_PATH]: json(200, {}),
      [ENROL]: json(200, { ...enrolled, dutyNumbers }),
    });
    const signed = await signInOnline(d, WHO);
    expect(signed.ok && signed.value.dutyNumbers).toEqual([dutyNumbers[0]]);
    const older = deps({ [SIGN_IN_PATH]: json(200, {}), [ENROL]: json(200, enrolled) });
    const before = await signInOnline(older, WHO);
    expect(before.ok && before.value.dutyNumbers).toEqual([]);
  });

  it('[TB26] every way it can fail has its own word, and a portal is no county', async () => {
    const error = async (answers: Readonly<Record<string, Response>>): Promise<unknown> => {
      const signed = await signInOnline(deps(answers), WHO);
      return signed.ok ? 'signed in' : signed.error;
    };
    const html = { headers: { 'content-type': 'text/html' } };
    expect(await error({})).toBe('OFFLINE');
    expect(await error({ [SIGN_IN_PATH]: new Response('<h1>WiFi</h1>', html) })).toBe('OFFLINE');
    expect(await error({ [SIGN_IN_PATH]: json(401, {}) })).toBe('WRONG');
    expect(await error({ [SIGN_IN_PATH]: json(429, {}) })).toBe('LOCKED');
    expect(await error({ [SIGN_IN_PATH]: json(500, {}) })).toBe('COUNTY_FAULT');
    const inside = { [SIGN_IN_PATH]: json(200, {}) };
    expect(await error({ ...inside, [ENROL]: json(403, {}) })).toBe('NOT_AN_AGENT');
    const portal = { ...inside, [SIGN_IN_PATH]: json(200, {}), [ENROL]: json(200, { ok: 1 }) };
    expect(await error(portal)).toBe('COUNTY_FAULT');
  });

  it('[UI79] on somebody else’s tablet an agent is not told that she is none', async () => {
    const error = async (code: string): Promise<unknown> => {
      const answers = { [SIGN_IN_PATH]: json(200, {}), [ENROL]: json(403, { error: code }) };
      const signed = await signInOnline(deps(answers), WHO);
      return signed.ok ? 'signed in' : signed.error;
    };
    expect(await error('NOT_AN_AGENT')).toBe('NOT_AN_AGENT');
    expect(await error('DEVICE')).toBe('OTHER_AGENT_HERE');
  });

  it('[TB26] signing out never depends on the network', async () => {
    await expect(signOutOnline(deps({}))).resolves.toBe(false);
  });
});

it('[UI124] why the county gives no slip is told apart: who it is, whose account, no line, a fault', async () => {
  const asked = async (answer?: Response) => {
    const slip = await askSlip(deps(answer ? { '/api/vault/slip': answer } : {}), 'v'.repeat(22));
    return slip.ok ? slip.value : slip.error;
  };
  expect(await asked(json(401, { error: 'SIGN_IN' }))).toBe('SIGN_IN');
  expect(await asked(json(403, { error: 'DEVICE' }))).toBe('NOT_YOURS');
  expect(await asked()).toBe('OFFLINE');
  expect(await asked(json(500, {}))).toBe('COUNTY_FAULT');
  expect(await asked(json(200, { slip: null }))).toBeNull();
});
