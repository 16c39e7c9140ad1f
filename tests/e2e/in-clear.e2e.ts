import type { Page } from '@playwright/test';
import type { Found } from '../vault/clear-list.ts';
import { unknownIn } from '../vault/clear-list.ts';
import { lookAtDatabases } from '../vault/clear-look.ts';
import { expect, test } from './county.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { withoutOpening } from './tablet-lock.ts';
import { photoWithExif, TabletPage } from './tablet-page.ts';
import { VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

/** Everything that the browser keeps for this origin beside the databases. */
async function besides(page: Page): Promise<Found[]> {
  const kept = await page.evaluate(async () => {
    const all = (storage: Storage) => Object.entries(storage) as [string, string][];
    const caches = await globalThis.caches.keys();
    const paths: string[] = [];
    for (const name of caches)
      for (const request of await (await globalThis.caches.open(name)).keys())
        paths.push(new URL(request.url).pathname + new URL(request.url).search);
    return { local: all(localStorage), session: all(sessionStorage), caches, paths };
  });
  const cookies = (await page.context().cookies()).map(({ name, value }) => ({
    at: `cookie/${name.replace(/^(__Host-|__Secure-)?([\w-]*\.)?/, '')}`,
    value,
  }));
  const named = (of: string, entries: readonly [string, string][]): Found[] =>
    entries.map(([name, value]) => ({ at: `${of}/${name}`, value }));
  return [
    ...cookies,
    ...named('local', kept.local),
    ...named('session', kept.session),
    ...kept.caches.map((value) => ({ at: 'cache/name', value })),
    ...kept.paths.map((value) => ({ at: 'cache/path', value })),
  ];
}

test('[AU460] a used and locked tablet: every field of every store of the browser is one of the reviewed list', async ({
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  const vault = new VaultPage(tablet);
  await tablet.signIn(county.agent('A01'));
  // Without signal: a case with a photo and a recording, another that stays a draft.
  await tablet.goOffline();
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(S01);
  await intake.reach();
  await intake.words(S01);
  await intake.where([await photoWithExif(page, 40)]);
  await intake.prior();
  await intake.urgent();
  await intake.wants(S01);
  await intake.readBack();
  await tablet.button(/^哪样都不留，见证人说对/).click();
  await page.getByLabel('见证人的名字').fill('于春梅');
  const { caseId } = await intake.take();
  await tablet.button('只记了号，没留纸').click();
  await intake.begin();
  await intake.notice();
  await intake.who(S01);
  await tablet.goOnline();
  await tablet.sendEverything();
  // Behind what the county has: more words that wait, and an act that was begun.
  await tablet.goOffline();
  await tablet.openCase(caseId);
  await tablet.supplement('又下了一场雨，井水浑了三天。');
  const found = await withoutOpening(page, async () => {
    await vault.lock();
    return [...(await page.evaluate(lookAtDatabases)), ...(await besides(page))];
  });
  const stores = new Set(found.map(({ at }) => at.split(/[./]/).slice(0, 2).join('/')));
  expect([...stores]).toEqual(
    expect.arrayContaining(
      ['events', 'cases', 'drafts', 'media', 'chunks', 'slips', 'meta'].map((s) => `vault/${s}`),
    ),
  );
  expect(found.length).toBeGreaterThan(500);
  expect(unknownIn(found)).toEqual([]);
  // The look itself sees what somebody would add.
  await page.evaluate(async () => {
    localStorage.setItem('daiban.last', '周桂芹');
    sessionStorage.setItem('seen', String(Date.now()));
    document.cookie = 'who=a01; path=/';
    await (await caches.open('cases')).put('/tablet/api?name=x', new Response(''));
  });
  const red = unknownIn(await besides(page)).map((line) => line.split(' = ')[0]);
  expect(red).toEqual([
    ...['cache/name', 'cache/path', 'cookie/who', 'local/daiban.last', 'session/seen'],
  ]);
});
