import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { readAck } from '../../src/lib/protocol/ack-file.ts';
import { joinBytes, textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { recipientsOf, signersOf, type CountyKeys } from '../../src/lib/protocol/county-keys.ts';
import { countyKeysSchema } from '../../src/lib/protocol/county-keys-shape.ts';
import { writeHandIn, type HandInRecord } from '../../src/lib/protocol/handin.ts';
import { memorySource, readHandIn } from '../../src/lib/protocol/handin-read.ts';
import { toBase64Url, type Digest } from '../../src/lib/protocol/hash.ts';
import { newEnvelope, sealCopy } from '../../src/lib/protocol/sealed.ts';
import { DATABASE_VERSION } from '../../src/lib/tablet/db-name.ts';
import { expect, test, type County } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { Session } from './session.ts';
import { TabletPage } from './tablet-page.ts';
import { VaultPage } from './vault-page.ts';

const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const newId = (): string => toBase64Url(new Uint8Array(randomBytes(16)));

/** Refusals of the page's policy, as the browser says them. */
function violationsOf(page: Page): string[] {
  const said: string[] = [];
  page.on('console', (line) => {
    if (/Content Security Policy|Trusted/.test(line.text())) said.push(line.text());
  });
  return said;
}

async function keysOf(session: Session): Promise<CountyKeys> {
  const answer = await session.http.post('/api/sync/enrol', {
    data: { dv: session.dv, build: 'test' },
  });
  return countyKeysSchema.parse(((await answer.json()) as { keys: unknown }).keys);
}

/** What a tablet saved that never came online: two entries of a new case. */
async function handIn(dv: string, keys: CountyKeys, swapped = false): Promise<Bytes> {
  const envelope = await newEnvelope(recipientsOf(keys));
  const [caseId, salt] = [newId(), newId()];
  const types = ['case.drafted', 'dictation.recorded'] as const;
  const items = await Promise.all(
    types.map(async (type, n) => {
      const at = { id: newId(), caseId, type, v: 1, occurredAt: '2026-06-08T00:59:00Z' };
      const inside = { body: { ...at, payload: fieldExamples[type] }, salt };
      const place = { kind: 'event' as const, id: at.id };
      const copy = await sealCopy(envelope, place, textBytes(JSON.stringify(inside)));
      return { kind: 'item' as const, item: { dv, ds: n + 1, id: at.id, copy } };
    }),
  );
  const [first, second] = items;
  // Each copy in the other's place, as somebody may put them who carries the file.
  if (swapped && first && second)
    [first.item.copy, second.item.copy] = [second.item.copy, first.item.copy];
  const size = { dsFrom: 1, dsTo: 2, items: 2, frames: 0 };
  const made = { created: new Date().toISOString(), build: 'test' };
  const records: HandInRecord[] = [
    { kind: 'head', head: { v: 1, dv, ...size, ...made } },
    { kind: 'slip', slip: envelope.slip },
    ...items,
  ];
  const parts: Bytes[] = [];
  for await (const part of writeHandIn(digest, records)) parts.push(part);
  return joinBytes(...parts);
}

const asFile = (bytes: Bytes) => ({
  ...{ name: '20261122-1.psb', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) },
});

async function bring(desk: DeskPage, county: County, bytes: Bytes): Promise<void> {
  await desk.page.goto(`${county.url}/desk/handin`);
  await desk.page.getByLabel(/^选文件/).setInputFiles(asFile(bytes));
}

test('[SY93] a hand-in file comes in at the desk, again and cut, and its ack file goes home', async ({
  browser,
  county,
}) => {
  const agent = await Session.signIn(county, county.agent('A01'));
  const keys = await keysOf(agent);
  const file = await handIn(agent.dv, keys);
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const violations = violationsOf(desk.page);

  await bring(desk, county, file.slice(0, file.length - 120));
  await expect(desk.page.getByText('新收进 1 条。')).toBeVisible();
  await expect(desk.page.getByText(/^这个文件不全/)).toBeVisible();
  await bring(desk, county, file);
  await expect(desk.page.getByText('新收进 1 条；1 条早就到了，没重收。')).toBeVisible();
  await expect(desk.page.getByText(/^这个文件不全/)).toHaveCount(0);

  const download = desk.page.waitForEvent('download');
  await desk.page.getByRole('button', { name: '存回执（2 条）' }).click();
  const saved = await (await download).path();
  const ack = await readAck(new Uint8Array(await readFile(saved)), signersOf(keys));
  expect(ack.ok && ack.value.items.map(({ dv, ds }) => [dv, ds])).toEqual([
    [agent.dv, 1],
    [agent.dv, 2],
  ]);
  const own = await agent.exchange({ dsHi: 2 });
  expect(own.kind === 'exchange' && own.dsLast).toBe(2);
  expect(violations).toEqual([]);
  await desk.close();
});

test('[SY221] a file that is chosen before the page’s script is there comes in all the same', async ({
  browser,
  county,
}) => {
  const agent = await Session.signIn(county, county.agent('A01'));
  const file = await handIn(agent.dv, await keysOf(agent));
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  let wake: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => (wake = resolve));
  await desk.page.route('**/_app/immutable/**/*.js', async (route) => {
    await awake;
    await route.continue();
  });
  await desk.page.goto(`${county.url}/desk/handin`, { waitUntil: 'commit' });
  await desk.page.getByLabel(/^选文件/).setInputFiles(asFile(file));
  wake();
  await expect(desk.page.getByText('新收进 2 条。')).toBeVisible();
  await desk.close();
});

test('[SY216] [SY217] [SY218] what is no hand-in file is told so; exchanged copies are told to who brought them', async ({
  browser,
  county,
}) => {
  const agent = await Session.signIn(county, county.agent('A01'));
  const keys = await keysOf(agent);
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const photo = new Uint8Array(4_000);
  photo.set([0xff, 0xd8, 0xff, 0xe0]);
  for (const bytes of [new Uint8Array(0), photo]) {
    await bring(desk, county, bytes);
    await expect(desk.page.getByRole('alert')).toHaveText(/^这不是应急包，什么也没收。/);
    await expect(desk.page.getByText(/^新收进|^这个文件不全/)).toHaveCount(0);
  }
  const file = await handIn(agent.dv, keys);
  await bring(desk, county, file.slice(0, file.length - 120));
  await expect(desk.page.getByText('清单上 2 条，读出来 1 条，缺 1 条。')).toBeVisible();
  await expect(desk.page.getByText(/^下一步：文件别删。/)).toBeVisible();
  await expect(desk.page.getByText('您带来的、还没并进去的')).toHaveCount(0);
  await bring(desk, county, await handIn(agent.dv, keys, true));
  const broken = '打不开：路上坏了，或者被动过、换了位置';
  await expect(desk.page.getByText(`2 条没并进去，原样留着：${broken}`)).toBeVisible();
  // The one who brought it finds it the next day as well; somebody else does not.
  await desk.page.goto(`${county.url}/desk/handin`);
  await expect(desk.page.getByText(/^2 条（最早 .* 带来）：打不开/)).toBeVisible();
  const other = await DeskPage.signIn(browser, county, county.account({ role: 'reviewer' }));
  await other.page.goto(`${county.url}/desk/handin`);
  await expect(other.page.getByRole('heading', { name: '导入应急包' })).toBeVisible();
  await expect(other.page.getByText('您带来的、还没并进去的')).toHaveCount(0);
  await other.close();
  await desk.close();
});

test('[SY215] [SY216] [SY217] another agent’s tablet says what it took in, what is missing and what is none', async ({
  page,
  county,
}) => {
  test.setTimeout(300_000);
  const { tablet, vault } = await VaultPage.on(page, county);
  const agent = await Session.signIn(county, county.agent('A01'));
  const keys = await keysOf(agent);
  const file = await handIn(agent.dv, keys);
  await vault.signIn(county.agent('A02'), { sign: 3 });
  await tablet.strip.click();
  const take = (bytes: Bytes) => page.getByLabel('捎来的包，在这儿收').setInputFiles(asFile(bytes));
  await take(new Uint8Array(0));
  await expect(page.getByText(/^这不是应急包，也不是县里的回执包，啥也没动。/)).toBeVisible();
  await take(file.slice(0, file.length - 120));
  await expect(page.getByText('1 条送到县里了')).toBeVisible();
  await expect(page.getByText('包里清单上 2 条，读出来 1 条，缺 1 条')).toBeVisible();
  await expect(page.getByText(/^包别删。/)).toBeVisible();
  await take(file);
  await expect(page.getByText('2 条送到县里了')).toBeVisible();
  await expect(page.getByText(/^包里清单上|^包别删/)).toHaveCount(0);
  await take(await handIn(agent.dv, keys, true));
  await expect(page.getByText(/^2 条打不开：路上坏了，或者被动过，还不算送到。/)).toBeVisible();
});

/** A vault's database with one sealed row, made as the tablet's version makes it. */
async function plantVault(page: Page, name: string, row: { dv: string; id: string }) {
  const version = DATABASE_VERSION * 10;
  await page.evaluate(
    ([database, native, { dv, id }]) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(database, native);
        request.onerror = () => reject(request.error ?? new Error('no database'));
        request.onupgradeneeded = () => {
          const db = request.result;
          const events = db.createObjectStore('events', { keyPath: 'id' });
          for (const store of ['slips', 'media']) db.createObjectStore(store, { keyPath: 'id' });
          db.createObjectStore('meta', { keyPath: 'key' });
          db.createObjectStore('chunks', { keyPath: ['mediaId', 'n'] });
          events.put({ id, dv, ds: 1, state: 'p', body: new Uint8Array([0x21, 7, 7, 7]) });
        };
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
      }),
    [name, version, row] as const,
  );
}

test('[SY92] /rescue works without county and app, and hands out the sealed rows', async ({
  page,
  county,
}) => {
  const violations = violationsOf(page);
  const tablet = new TabletPage(page, county);
  await tablet.open();
  const keeps = () =>
    page.evaluate(async () =>
      (await navigator.serviceWorker.getRegistrations()).some(
        ({ scope, active }) => scope.endsWith('/rescue') && active?.state === 'activated',
      ),
    );
  await expect.poll(keeps).toBe(true);
  await page.goto(`${county.url}/rescue`);
  await expect(page.getByText('这台平板的柜子里没有没报出去的东西。')).toBeVisible();
  const row = { dv: newId(), id: newId() };
  await plantVault(page, `daiban-${newId()}`, row);
  await county.kill();
  await page.goto(`${county.url}/rescue`);
  await expect(page.getByText('第 1 个柜子：没报出去的 1 条，照片录音 0 个')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: '存成应急包' }).click();
  const saved = await (await download).path();
  const records: HandInRecord[] = [];
  const reader = readHandIn(digest, memorySource(new Uint8Array(await readFile(saved))));
  let next = await reader.next();
  for (; !next.done; next = await reader.next()) records.push(next.value);
  expect(next.value).toMatchObject({ whole: true });
  const copy = new Uint8Array([0x21, 7, 7, 7]);
  expect(records.at(-1)).toEqual({ kind: 'item', item: { ...row, ds: 1, copy } });
  expect(violations).toEqual([]);
});
