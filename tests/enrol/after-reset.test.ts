/** A passphrase that somebody else set lets no tablet in for a month: its secret does, or a code. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import { READ_HEADER } from '../../src/lib/protocol/version.ts';
import { mayLook } from '../../src/lib/server/sync/read-right.ts';
import { ACCOUNT_RESET, RESET_DAYS } from '../../src/lib/server/settings/account-resets.ts';
import { keep } from '../../src/lib/server/settings/kept.ts';
import { codeRefusal } from '../../src/lib/tablet/enrol-refusal.ts';
import { enrolCodeWords } from '../../src/lib/ui/messages/enrol-code.ts';
import { begun, EnrolScene, id, who } from './scene.ts';

const scene = new EnrolScene();
const [wang, li] = [who('wang'), who('li')];
const [own, next] = ['own'.padEnd(43, 's'), 'next'.padEnd(43, 's')];
const now = () => scene.county.clock.now();
/** As the administrator leaves it who set the passphrase of this agent. */
async function resetBy(personId: string, at: Instant = now()): Promise<void> {
  const value = { by: 'admin', what: 'passphrase', at, letIn: [] };
  const by = { personId: 'admin' as PersonId, at };
  await keep(scene.deps, { name: ACCOUNT_RESET + personId, value }, by);
}
const feed = async (person: typeof wang, dv: string, secret?: string) => {
  const headers: Record<string, string> = secret === undefined ? {} : { [READ_HEADER]: secret };
  return (await scene.exchange(person, { dv: id(dv) }, headers)).feed.rows.length;
};
beforeAll(async () => {
  await scene.open();
  for (const [person, name] of [
    [wang, 'wang'],
    [li, 'li'],
  ] as const) {
    await scene.enrol(person, { dv: id(`${name}1`), code: await scene.code(name) });
    await scene.exchange(person, { dv: id(`${name}1`), ...begun(`${name}A`) });
    await scene.enrol(person, { dv: id(`${name}2`), code: await scene.code(name) });
    await scene.exchange(person, { dv: id(`${name}2`), ...begun(`${name}B`) });
  }
}, 300_000);
afterAll(() => scene.close());

describe('after somebody else set an agent’s passphrase', () => {
  it('[AU375] the open vault goes on, the passphrase gives no other secret and no other device', async () => {
    expect(await feed(wang, 'wang1', own)).toBeGreaterThan(0);
    await resetBy('wang');
    const fresh = { provenAt: now() };
    expect(await feed(wang, 'wang1', own)).toBeGreaterThan(0);
    expect(await scene.enrol(wang, { dv: id('wang1') }, { ...fresh, secret: own })).toMatchObject({
      status: 200,
    });
    // Who set it knows it, and sees at the desk which devices there are.
    const needed = { status: 403, error: 'CODE_NEEDED', because: 'RESET' };
    for (const dv of ['wang1', 'wang2', 'mine'])
      for (const secret of [{}, { secret: next }])
        expect(await scene.enrol(wang, { dv: id(dv) }, { ...fresh, ...secret })).toMatchObject(
          needed,
        );
    expect(await feed(wang, 'wang1', next)).toBe(0);
    expect(await feed(wang, 'wang2')).toBe(0);
    // What he saved goes on being taken.
    const sent = await scene.exchange(wang, { dv: id('wang2'), ...begun('wangC', 2) });
    expect(sent.results).toMatchObject([{ s: 'stored' }]);
    const code = await scene.code('wang');
    // The code says that it is he, however long ago he signed in.
    const long = new Date(Date.parse(now()) - 3_600_000).toISOString() as Instant;
    const shown = { provenAt: long, secret: next };
    expect(await scene.enrol(wang, { dv: id('wang1'), code }, shown)).toMatchObject({
      status: 200,
    });
    expect(await feed(wang, 'wang1', next)).toBeGreaterThan(0);
    expect(await feed(wang, 'wang1', own)).toBe(0);
    // Only that one: the next needs its own, and so does another secret for this.
    expect(await scene.enrol(wang, { dv: id('wang1') }, { ...fresh, secret: own })).toMatchObject(
      needed,
    );
  });

  it('[UI104] his tablet says that the passphrase was set by somebody, not that it is new', async () => {
    const said = async (body: { dv: string; code?: string }) => {
      const answer = await scene.enrol(wang, body, { provenAt: now() });
      return codeRefusal({ status: answer.status, json: answer });
    };
    expect(await said({ dv: id('wang2') })).toBe('CODE_AFTER_RESET');
    expect(await said({ dv: id('wang2'), code: '7K3MA 0XW9D' })).toBe('CODE_WRONG');
    const sun = await scene.enrol(who('sun'), { dv: id('sun1') }, { provenAt: now() });
    expect(codeRefusal({ status: sun.status, json: sun })).toBe('CODE_NEEDED');
    expect(sun).not.toHaveProperty('because');
    // What happened, what is safe, what to do next; and nothing about a first use.
    for (const words of Object.values(enrolCodeWords)) {
      const { title, say, how } = words.afterReset;
      expect(words.first.title).not.toBe(title);
      for (const line of [title, say, how, words.safe]) expect(line.length).toBeGreaterThan(10);
    }
  });

  it('[AU375] a tablet without a vault waits for a code, too, and a month later all is as before', async () => {
    expect(await feed(li, 'li1')).toBeGreaterThan(0);
    expect(await mayLook(scene.county, li, new Headers())).toBe(true);
    await resetBy('li');
    expect(await feed(li, 'li1')).toBe(0);
    expect(await mayLook(scene.county, li, new Headers())).toBe(false);
    expect(await scene.enrol(li, { dv: id('li1') }, { provenAt: now() })).toMatchObject({
      error: 'CODE_NEEDED',
    });
    const code = await scene.code('li');
    expect(await scene.enrol(li, { dv: id('li1'), code })).toMatchObject({ status: 200 });
    expect(await feed(li, 'li1')).toBeGreaterThan(0);
    expect(await feed(li, 'li2')).toBe(0);
    expect(await mayLook(scene.county, li, new Headers())).toBe(true);
    const long = Date.parse(now()) - (RESET_DAYS + 1) * 86_400_000;
    await resetBy('li', new Date(long).toISOString() as Instant);
    expect(await feed(li, 'li2')).toBeGreaterThan(0);
  });
});
