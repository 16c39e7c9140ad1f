import type { Page } from '@playwright/test';
import { expect, test } from './county.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '井水还是浑的，烧开了也有味儿。';
/** Name of a key that the county never had. */
const PLANTED = 'recovery-planted';

interface Planting {
  readonly keyId: string;
  /** A point of nobody at the county, base64url; null only reads. */
  readonly publicKey: string | null;
}

/** Runs in the page: puts a recovery key of one's own into the list of the registry; gives that list. */
async function plant({ keyId, publicKey }: Planting): Promise<string> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('request'));
    });
  interface List {
    readonly recipients: readonly { readonly kind: string }[];
  }
  const db = await done(indexedDB.open('daiban-vaults'));
  const store = () => db.transaction('clear', 'readwrite').objectStore('clear');
  const list = await done<List>(store().get('countyKeys') as IDBRequest<List>);
  if (publicKey !== null) {
    const recipients = [
      ...list.recipients.filter(({ kind }) => kind !== 'recovery'),
      { kind: 'recovery', keyId, publicKey },
    ];
    await done(store().put({ ...list, at: '2099-01-01T00:00:00.000Z', recipients }, 'countyKeys'));
  }
  db.close();
  return JSON.stringify(list);
}

/** Runs in the page: every row of every store here, as text. */
async function everything(): Promise<string> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('request'));
    });
  const letters = (_: string, value: unknown): unknown =>
    value instanceof Uint8Array ? String.fromCharCode(...value) : value;
  let all = '';
  for (const { name } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name ?? ''));
    for (const store of db.objectStoreNames)
      all += JSON.stringify(await done(db.transaction(store).objectStore(store).getAll()), letters);
    db.close();
  }
  return all;
}

const listHere = (page: Page) => page.evaluate(plant, { keyId: '', publicKey: null });

test('[AU348] a key that somebody wrote into the tablet gets nothing: the vault puts the county’s back and says so', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'), { sign: 2 });
  const own = await listHere(page);
  await county.kill();
  await vault.lock();

  const curve = { name: 'ECDH', namedCurve: 'P-256' } as const;
  const pair = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
  const publicKey = Buffer.from(raw).toString('base64url');
  await page.evaluate(plant, { keyId: PLANTED, publicKey });
  expect(await page.evaluate(everything)).toContain(PLANTED);

  await vault.bySentence(SENTENCE);
  await vault.row.click();
  await tablet.supplement(WORDS);
  expect(await listHere(page)).toBe(own);
  await expect.poll(async () => (await page.evaluate(everything)).includes(PLANTED)).toBe(false);
  await vault.lock();
  await expect(page.getByText(/^县里来了一把新钥匙，没人作保/)).toBeVisible();
  await county.start();
});
