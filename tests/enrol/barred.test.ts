/** A tablet that is reported lost, at the county: what its device id and its session still get. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonId } from '../../src/lib/domain/values.ts';
import { DEVICE_HEADER } from '../../src/lib/protocol/version.ts';
import { setBar } from '../../src/lib/server/desk/tablet-locks.ts';
import type { DeskDeps } from '../../src/lib/server/desk/deps.ts';
import { exchangeEndpoint } from '../../src/lib/server/sync/http.ts';
import { begun, EnrolScene, id, who } from './scene.ts';

const scene = new EnrolScene();
const wang = who('wang');
const ended: string[] = [];
let pass = '';
beforeAll(async () => {
  await scene.open();
  const code = await scene.code('wang');
  pass = (await scene.enrol(wang, { dv: id('own'), code })).pass ?? '';
}, 300_000);
afterAll(() => scene.close());

const bar = (dv: string, word: string) =>
  setBar(
    {
      ...scene.deps,
      endSessions: async (who: string) => void ended.push(who),
    } as unknown as DeskDeps,
    { dv: id(dv), bar: word, reason: '丢在集上' },
    { personId: 'director' as PersonId, at: scene.county.clock.now() },
  );

/** What the exchange says to a request that nobody is signed in for. */
async function refusedTo(dv: string | null, person: typeof wang | null = null) {
  const headers = new Headers(dv === null ? {} : { [DEVICE_HEADER]: dv });
  const request = new Request('http://county/x', { method: 'POST', headers, body: 'x' });
  const answer = await exchangeEndpoint(scene.county, person, request);
  return { status: answer.status, ...((await answer.json()) as object) };
}

describe('a tablet that is reported lost', () => {
  it('[AU320] its work is taken and nothing is shown to it, nor to any id that its pass gave; sessions end', async () => {
    await scene.exchange(wang, { dv: id('own'), ...begun('A') });
    expect(await scene.enrol(wang, { dv: id('second'), pass })).toMatchObject({ status: 200 });
    const third = (await scene.enrol(wang, { dv: id('third'), pass })).pass ?? '';
    expect(await scene.enrol(wang, { dv: id('fourth'), pass: third })).toMatchObject({
      status: 200,
    });
    const mine = ['own', 'second', 'third', 'fourth'];
    const other = await scene.code('wang');
    await scene.enrol(wang, { dv: id('other'), code: other });
    const rows = async (dv: string) =>
      (await scene.exchange(wang, { dv: id(dv) })).feed.rows.length;
    for (const dv of ['second', 'third', 'fourth', 'other'])
      expect(await rows(dv)).toBeGreaterThan(0);

    expect(await bar('third', 'lost')).toBe(true);
    expect(ended).toEqual(['wang']);
    for (const [n, dv] of mine.entries()) {
      const change = { dv: id(dv), ...begun(`B${n}`, dv === 'own' ? 2 : 1) };
      const reply = await scene.exchange(wang, change);
      expect(reply).toMatchObject({ bar: 'lost', results: [{ s: 'stored' }] });
      expect(reply.feed).toMatchObject({ rows: [], more: false });
    }
    expect(await scene.lines('device.lost')).toMatchObject([
      { note: { bar: 'lost', also: expect.arrayContaining([id('own')]) as unknown as string } },
    ]);
    // His other tablet, which came by a code of its own, is shown what is his.
    expect(await rows('other')).toBeGreaterThan(0);
    for (const one of [pass, third])
      expect(await scene.enrol(wang, { dv: id('fifth'), pass: one })).toMatchObject({
        ...{ status: 403, error: 'CODE_NEEDED' },
      });
  });

  it('[AU320] found again it is shown everything from where it stood; 停用 ends no session', async () => {
    expect(await bar('own', '')).toBe(true);
    for (const dv of ['second', 'third'])
      expect((await scene.exchange(wang, { dv: id(dv) })).feed.rows.length).toBeGreaterThan(0);
    expect(await bar('other', 'revoked')).toBe(true);
    expect(ended).toEqual(['wang']);
    const stopped = await scene.exchange(wang, { dv: id('other') });
    expect(stopped).toMatchObject({ bar: 'revoked', feed: { rows: [] } });
    expect((await scene.exchange(wang, { dv: id('second') })).bar).toBeUndefined();
  });

  it('[AU321] with nobody or somebody else signed in its device id still hears whether it is barred', async () => {
    const refused = { status: 401, error: 'SIGN_IN' };
    expect(await refusedTo(id('other'))).toEqual({ ...refused, lock: { bar: 'revoked' } });
    expect(await refusedTo(id('own'))).toEqual({ ...refused, lock: { bar: null } });
    for (const dv of [null, 'x', id('nobody'), `${id('other')}x`])
      expect(await refusedTo(dv)).toEqual(refused);
    // Somebody who is of the office, and has no tablet: the same word with the other refusal.
    const clerk = { ...who('clerk', 'O1') };
    expect(await refusedTo(id('other'), clerk)).toEqual({
      ...{ status: 403, error: 'DEVICE', lock: { bar: 'revoked' } },
    });
    // An agent with a session of his own, on the tablet of another one.
    const colleague = await scene.ask(who('sun'), { dv: id('other') });
    expect([colleague.status, await colleague.json()]).toEqual([
      ...[403, { error: 'DEVICE', lock: { bar: 'revoked' } }],
    ]);
  });
});
