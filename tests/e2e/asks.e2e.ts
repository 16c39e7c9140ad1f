import { randomBytes } from 'node:crypto';
import type { Payload } from '../../src/lib/domain/events.ts';
import type { FeedEvent } from '../../src/lib/protocol/sync.ts';
import { expect, test, type County } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { DESK_SIZES, ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { Session } from './session.ts';
import { TabletPage } from './tablet-page.ts';

/** The agent whose one sample case has a photo that never came. */
const WAITED_FOR = 'A05';
const GONE = '1 个照片录音没到县里，得重拍或说明';
const TWO = '两台机器记的不一样，得选一选';

interface Begun {
  readonly caseId: string;
  readonly salt: string;
  readonly taken: Payload<'case.taken'>;
}

/** A case of this agent that the office has not registered, as the feed brings it. */
async function unregistered(session: Session, personId: string): Promise<Begun> {
  const reply = await session.exchange();
  if (reply.kind !== 'exchange') throw new Error(reply.kind);
  const cases = new Map<string, { salt: string; events: FeedEvent[] }>();
  for (const row of reply.feed.rows) {
    if (row.k === 'enter') cases.set(row.caseId, { salt: row.salt, events: [...row.events] });
    if (row.k !== 'event') continue;
    const { event, salt = '' } = row;
    const one = cases.get(event.caseId) ?? { salt, events: [] };
    cases.set(event.caseId, { salt: one.salt || salt, events: [...one.events, event] });
  }
  for (const [caseId, { salt, events }] of cases) {
    const types = new Set(events.map(({ t }) => t));
    const taken = events.find(({ t, actor }) => t === 'case.taken' && actor.personId === personId);
    const answers = taken?.p as Payload<'case.taken'> | undefined;
    const early = !types.has('case.registered') && !types.has('case.sealed');
    if (answers?.head.groupName && answers.head.claims && salt && early)
      return { caseId, salt, taken: answers };
  }
  throw new Error(`no case of ${personId} before registration`);
}

/** What a cloned tablet brings: the same draft, taken a second time with another answer. */
async function takeAgain(county: County, personId: string): Promise<Begun> {
  const session = await Session.signIn(county, county.agent(personId));
  await session.enrol();
  const begun = await unregistered(session, personId);
  const { caseId, salt, taken } = begun;
  const claims = [...(taken.head.claims ?? []).slice(0, 1), { text: '把跑腿钱给补上' }];
  const head = { ...taken.head, groupName: '东头屯', claims, evidenceText: '有两张发票' };
  const reply = await session.exchange({
    ...{ dsHi: 1, cases: [{ id: caseId, salt }] },
    events: [
      {
        ...{ c: 0, ds: 1, id: randomBytes(16).toString('base64url'), t: 'case.taken', v: 1 },
        ...{ at: new Date().toISOString(), p: { ...taken, head } },
      },
    ],
  });
  if (reply.kind !== 'exchange') throw new Error(reply.kind);
  expect(reply.results[0]).toMatchObject({ s: 'stored', rule: 'K06' });
  return begun;
}

test('[EE30] [UI26] a photo that never came is explained offline, and the desk reads it', async ({
  page,
  county,
  browser,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent(WAITED_FOR));
  const card = page.locator('ul.list a.row').filter({ hasText: GONE });
  await expect(card).toHaveCount(1);
  const caseId = (await card.getAttribute('href'))?.split('/').at(-1) ?? '';
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  await tablet.goOffline();
  await tablet.openCase(caseId);
  await expect(page.getByText(GONE)).toBeVisible();
  await checks.look('case-asks');
  await tablet.link('重拍或说明').click();
  await expect(page.getByRole('heading', { name: '重拍或说明', level: 1 })).toBeVisible();
  await checks.look('files');
  await page.getByLabel('拍不了，就说一声咋回事').fill('机器掉井里了，照片捞不回来。');
  await tablet.button('存好').click();
  await expect(page.getByText(/机器掉井里了/).first()).toBeVisible();
  await expect(page.getByText(GONE)).toHaveCount(0);

  await tablet.goOnline();
  await tablet.sendEverything();
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'reviewer' }));
  await desk.openCase(caseId);
  await expect(desk.page.getByText('「机器掉井里了，照片捞不回来。」')).toBeVisible();
  await desk.close();
  expect(checks.problems).toEqual([]);
});

test('[EE31] [UI28] two versions of one intake: chosen offline, nothing thrown away', async ({
  page,
  county,
  browser,
}) => {
  const { caseId, taken } = await takeAgain(county, 'A01');
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await expect(page.locator('ul.list a.row').filter({ hasText: TWO })).toHaveCount(1);
  await tablet.goOffline();
  await tablet.openCase(caseId);
  await expect(page.getByText(TWO)).toBeVisible();
  await tablet.link('选一选').click();
  await expect(page.getByRole('heading', { name: '选一选', level: 1 })).toBeVisible();
  const place = page.getByRole('region', { name: '哪个屯' });
  await expect(place).toContainText(taken.head.groupName ?? '没记');
  await expect(place).toContainText('东头屯');
  await tablet.chip('哪个屯', '用后到的').click();
  await expect(tablet.button('还差：1 处没选')).toBeVisible();
  await page.getByRole('button', { name: '两样都留', exact: true }).last().click();
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  await checks.look('choice');
  await tablet.button('存好，就这么定').click();
  await expect(page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();
  await expect(page.getByText(TWO)).toHaveCount(0);

  await tablet.goOnline();
  await tablet.sendEverything();
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await desk.openCase(caseId);
  const conflict = desk.page.locator('dl.versions');
  await expect(conflict).toContainText('后到的：东头屯');
  await expect(conflict).toContainText('代理员用后到的');
  await expect(conflict).toContainText('代理员两样都留');
  const seen = new ScreenChecks(desk.page, 'desk', DESK_SIZES);
  await seen.look('review-versions');
  await desk.close();
  expect([...checks.problems, ...seen.problems]).toEqual([]);
});
