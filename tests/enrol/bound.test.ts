import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keep } from '../../src/lib/server/settings/kept.ts';
import { begun, EnrolScene, id, who } from './scene.ts';

const scene = new EnrolScene();
const [wang, sun] = [who('wang'), who('sun')];
let before = '';
beforeAll(async () => {
  await scene.open('0');
  before = (await scene.enrol(wang, { dv: id('before') })).pass ?? '';
  await scene.county.close();
  await scene.open('1');
}, 300_000);
afterAll(() => scene.close());
const by = (person: typeof wang) => ({ personId: person.personId, at: scene.county.clock.now() });

describe('tablets that the county knows', () => {
  it('[AU293] whoever was let in before the codes came goes on as ever, with a new key too', async () => {
    const again = await scene.enrol(wang, { dv: id('before') });
    expect(again).toMatchObject({ status: 200, deviceLetter: 'A', pass: before });
    expect(await scene.enrol(wang, { dv: id('before'), key: 'no key' })).toMatchObject({
      status: 200,
    });
    const reply = await scene.exchange(wang, { dv: id('before'), ...begun('B') });
    expect(reply.results).toMatchObject([{ s: 'stored' }]);
  });

  it('[AU293] a tablet that takes a new device id shows its pass and needs no code', async () => {
    const forked = await scene.enrol(wang, { dv: id('forked'), pass: before });
    expect(forked).toMatchObject({ status: 200, deviceLetter: 'B' });
    expect(forked.pass).not.toBe(before);
    // The next one by the pass that it got meanwhile; the older one is as good.
    for (const [n, pass] of [forked.pass ?? '', before].entries())
      expect(await scene.enrol(wang, { dv: id(`again${n}`), pass })).toMatchObject({ status: 200 });
    expect(await scene.lines('device.renumbered')).toHaveLength(3);
  });

  it('[AU293] no pass: another person’s, one that was changed, one of a tablet that is lost or stopped', async () => {
    const refused = { status: 403, error: 'CODE_NEEDED' };
    expect(await scene.enrol(sun, { dv: id('sun'), pass: before })).toMatchObject(refused);
    const other = before.replace(id('before'), id('beforf'));
    for (const pass of ['', 'x', `${before}x`, before.slice(0, -1), other])
      expect(await scene.enrol(wang, { dv: id('none'), pass })).toMatchObject(refused);
    for (const bar of ['lost', 'revoked']) {
      await keep(
        scene.deps,
        { name: `vault_bar.${id('before')}`, value: { bar, reason: 'x' } },
        by(wang),
      );
      expect(await scene.enrol(wang, { dv: id('none'), pass: before })).toMatchObject(refused);
    }
    await keep(
      scene.deps,
      { name: `vault_bar.${id('before')}`, value: { bar: null, reason: 'x' } },
      by(wang),
    );
    expect(await scene.enrol(wang, { dv: id('none'), pass: before })).toMatchObject({
      status: 200,
    });
    expect(await scene.enrol(sun, { dv: id('before') })).toMatchObject({ error: 'DEVICE' });
  });

  it('[AU294] what a tablet sends that was never enrolled is taken all the same, and it is shown nothing', async () => {
    const dv = id('stranger');
    const reply = await scene.exchange(wang, { dv, ...begun('S') });
    expect(reply.results).toMatchObject([{ s: 'stored' }]);
    expect(reply.dsLast).toBe(1);
    expect(reply.feed).toMatchObject({ rows: [], more: false, cursor: { seq: 0 } });
    const second = await scene.exchange(wang, { dv, cursor: reply.feed.cursor });
    expect(second.feed.rows).toEqual([]);
    // Sending binds nothing: the next enrolment still asks.
    expect(await scene.enrol(wang, { dv })).toMatchObject({ status: 403, error: 'CODE_NEEDED' });
    // With a code the same tablet goes on where it stood, and is shown all that is its person's.
    const code = await scene.code('wang');
    expect(await scene.enrol(wang, { dv, code })).toMatchObject({ status: 200 });
    const after = await scene.exchange(wang, { dv, cursor: second.feed.cursor });
    const cases = after.feed.rows.map((r) => (r.k === 'event' ? r.event.caseId : ''));
    expect(cases).toContain(id('caseB'));
  });

  it('[AU331] who only asks whether a device is his binds none that the county does not know, with codes or without', async () => {
    for (const codes of ['1', '0'] as const) {
      await scene.county.close();
      await scene.open(codes);
      const asked = { dv: id(`foreign${codes}`), pass: before, known: true } as const;
      // The county was put back to before its owner's enrolment; a colleague signs in beside it.
      const refused = { status: 403, error: 'CODE_NEEDED' };
      expect(await scene.enrol(sun, asked)).toMatchObject(refused);
      expect(await scene.letter(asked.dv)).toBeNull();
      // Its owner is known by his pass.
      expect(await scene.enrol(wang, asked)).toMatchObject({ status: 200 });
      expect(await scene.enrol(sun, asked)).toMatchObject({ status: 403, error: 'DEVICE' });
    }
  });

  it('[AU294] a county without codes lets every tablet of its agents in and shows it his cases', async () => {
    await scene.county.close();
    await scene.open('0');
    const reply = await scene.exchange(wang, { dv: id('free') });
    expect(reply.feed.rows.length).toBeGreaterThan(0);
    expect(await scene.enrol(wang, { dv: id('free2') })).toMatchObject({ status: 200 });
  });
});
