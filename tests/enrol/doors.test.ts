/** The doors of an enrolment that stand behind others: each by itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import type { DeskDeps } from '../../src/lib/server/desk/deps.ts';
import { setBar } from '../../src/lib/server/desk/tablet-locks.ts';
import {
  ACCOUNT_RESET,
  lastReset,
  withLetIn,
  type AccountReset,
} from '../../src/lib/server/settings/account-resets.ts';
import { keep } from '../../src/lib/server/settings/kept.ts';
import { begun, EnrolScene, id, who } from './scene.ts';

const scene = new EnrolScene();
const [wang, li] = [who('wang'), who('li')];
const secret = 'own'.padEnd(43, 's');
const now = () => scene.county.clock.now();
const director = () => ({ personId: 'director' as PersonId, at: now() });
const open = async () =>
  (await scene.lines('enrol_code.made')).length - (await scene.lines('enrol_code.used')).length;
const bar = (dv: string, word: string) => {
  const deps = { ...scene.deps, endSessions: async () => undefined } as unknown as DeskDeps;
  return setBar(deps, { dv: id(dv), bar: word, reason: '丢在集上' }, director());
};
async function resetBy(personId: string): Promise<void> {
  const value = { by: 'admin', what: 'passphrase', at: now(), letIn: [] };
  const by = { personId: 'admin' as PersonId, at: now() };
  await keep(scene.deps, { name: ACCOUNT_RESET + personId, value }, by);
}
let pass = '';
beforeAll(async () => {
  await scene.open();
  const code = await scene.code('wang');
  pass = (await scene.enrol(wang, { dv: id('wang1'), code }, { secret })).pass ?? '';
  await scene.enrol(li, { dv: id('li1'), code: await scene.code('li') });
}, 300_000);
afterAll(() => scene.close());

describe('the doors of an enrolment', () => {
  it('[AU426] on a device id of somebody else no code is used up, whatever became of the passphrase', async () => {
    const code = await scene.code('wang');
    // One that has sent and was never bound, and one that is bound.
    await scene.exchange(li, { dv: id('li2'), ...begun('L') });
    const none = { status: 403, error: 'DEVICE' };
    expect(await scene.enrol(wang, { dv: id('li2'), code })).toMatchObject(none);
    expect(await open()).toBe(1);
    await resetBy('wang');
    for (const dv of ['li1', 'li2'])
      expect(await scene.enrol(wang, { dv: id(dv), code })).toMatchObject(none);
    expect(await open()).toBe(1);
    expect(await scene.enrol(wang, { dv: id('wang2'), code })).toMatchObject({ status: 200 });
    expect([await scene.letter(id('li1')), await scene.letter(id('li2'))]).toEqual(['A', '']);
  });

  it('[AU427] one that is lost is opened by no pass and no secret, after a reset by a code alone', async () => {
    expect(await bar('wang1', 'lost')).toBe(true);
    const needed = { status: 403, error: 'CODE_NEEDED' };
    expect(await scene.enrol(wang, { dv: id('wang1') }, { secret })).toMatchObject(needed);
    // The month is over: who can say the passphrase is let in, the secret of the lost one is not.
    const long = new Date(Date.parse(now()) - 31 * 86_400_000).toISOString() as Instant;
    const value = { by: 'admin', what: 'passphrase', at: long, letIn: [] };
    await keep(scene.deps, { name: `${ACCOUNT_RESET}wang`, value }, director());
    const stale = { secret, provenAt: long };
    const again = await scene.enrol(wang, { dv: id('wang1') }, stale);
    expect(again).toMatchObject({ status: 401, error: 'SIGN_IN' });
    const fresh = { secret, provenAt: now() };
    expect(await scene.enrol(wang, { dv: id('mine'), pass }, fresh)).toMatchObject(needed);
    expect(await scene.enrol(wang, { dv: id('wang1') }, fresh)).toMatchObject({ status: 200 });
  });

  it('[AU428] a code binds nobody who does not work in the field, and stays open', async () => {
    const clerk = who('clerk', 'O2');
    const code = await scene.code('clerk');
    const before = await open();
    const told = await scene.enrol(clerk, { dv: id('desk'), code });
    expect(told).toMatchObject({ status: 403, error: 'NOT_AN_AGENT' });
    expect([await open(), await scene.letter(id('desk'))]).toEqual([before, null]);
  });

  it('[AU429] however many tablets a code let in, the reset stays in force', async () => {
    await resetBy('li');
    let reset = await lastReset(scene.deps, 'li', now());
    for (let n = 0; n < 25 && reset; n += 1) reset = withLetIn(reset, id(`tablet${n}`));
    const value: AccountReset | null = reset;
    const by = { personId: 'li' as PersonId, at: now() };
    await keep(scene.deps, { name: `${ACCOUNT_RESET}li`, value }, by);
    const kept = await lastReset(scene.deps, 'li', now());
    expect(kept?.letIn[0]).toBe(id('tablet24'));
    expect(kept?.letIn).not.toContain(id('tablet0'));
  });
});
