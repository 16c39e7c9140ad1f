import type { Page } from '@playwright/test';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { printShare, SHARES } from '../../src/lib/protocol/key-share.ts';
import { newOfficerKey, officerKeySchema } from '../../src/lib/protocol/officer-key.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { splitSecret } from '../../src/lib/protocol/shamir.ts';
import { isCopy, slipSchema } from '../../src/lib/protocol/slip.ts';
import {
  intakeKeyFile,
  intakeKeyRing,
  readRing,
  sealingKeyFile,
} from '../../src/lib/server/intake-keys/key-ring.ts';
import { CopyOpener } from '../../src/lib/server/intake-keys/open-copies.ts';
import { signedWord } from '../../src/lib/server/keys/officer-key-rows.ts';
import { expect, type County, type DemoAccount } from './county.ts';
import { PIN, SENTENCE, typePin } from './tablet-lock.ts';
import { TabletPage } from './tablet-page.ts';

export { PIN, SENTENCE } from './tablet-lock.ts';

/**
 * Starts the county anew with vaults wanted, and a recovery key of its own in force; gives the
 * key's three sheets.
 */
export async function wantVaults(county: County): Promise<readonly string[]> {
  await county.kill();
  const { keyId, publicKey, scalar } = await newOfficerKey('recovery');
  const key = officerKeySchema.parse({
    ...{ v: 1, purpose: 'recovery', keyId, kdf: { kind: 'pbkdf2', rounds: 600_000 } },
    ...{ publicKey: toBase64Url(publicKey), salt: 'A'.repeat(22), box: 'A'.repeat(80) },
  });
  const at = new Date().toISOString();
  const who = { by: 'p', madeAt: at, confirmedBy: 'q', confirmedAt: at };
  const word = { state: 'confirmed' as const, ...who, key };
  // Under the county's hand, as its own acts leave it: another row it does not believe.
  const ring = await intakeKeyRing(intakeKeyFile(county.dataDir), at);
  const said = await signedWord('230278000000', word, { ring, after: null });
  setting(county, `officer_key.${keyId}`, said);
  county.vaults = true;
  await county.start();
  return Promise.all(splitSecret(scalar, SHARES).map((part) => printShare(keyId, part)));
}

/** What the desk would keep under a name. */
export function setting(county: County, name: string, value: unknown): void {
  const db = new DatabaseSync(path.join(county.dataDir, 'daiban.sqlite'));
  db.prepare(
    `insert into county_setting (county, name, n, value, changed_at, changed_by)
     select ?, ?, count(*) + 1, ?, ?, 'p' from county_setting where name = ?`,
  ).run('230278000000', name, JSON.stringify(value), new Date().toISOString(), name);
  db.close();
}

/** 上锁 and 开锁 as an agent goes through them. */
export class VaultPage {
  readonly tablet: TabletPage;

  constructor(tablet: TabletPage) {
    this.tablet = tablet;
  }

  /** The tablet of a county that wants locks, and the three sheets of that county's key. */
  static async on(page: Page, county: County) {
    const sheets = await wantVaults(county);
    const tablet = new TabletPage(page, county);
    return { tablet, vault: new VaultPage(tablet), sheets };
  }

  /**
   * Signs in where he has no lock yet, makes one, and waits for his cases; the shell is installed.
   * Gives the letters of his card.
   */
  async signIn(who: DemoAccount, { sentence = SENTENCE, sign = 0 } = {}): Promise<string> {
    await this.tablet.open();
    await this.account(who);
    const card = await this.enrol(sentence, sign);
    await expect(this.list).toBeVisible();
    await this.row.waitFor({ timeout: 30_000 });
    await this.tablet.shellInstalled();
    return card;
  }

  /** His cases; the first of them. */
  get rows() {
    return this.tablet.page.locator('ul.list a.row');
  }
  get row() {
    return this.rows.first();
  }

  get list() {
    return this.tablet.page.getByRole('heading', { name: '我的单子', level: 1 });
  }
  get locked() {
    return this.tablet.page.getByRole('heading', { name: '锁着呢', level: 1 });
  }

  /** Account and passphrase of the county, on whatever page asks for them. */
  async account(who: DemoAccount): Promise<void> {
    await this.tablet.page.getByLabel('账号').fill(who.user);
    await this.tablet.page.getByLabel('口令').fill(who.passphrase);
    await this.tablet.button('登录').click();
  }

  /** Six digits on the pad. */
  async pad(pin: string): Promise<void> {
    await typePin(this.tablet.page, pin);
  }

  /** From the first question to the list; gives the letters of the card that was shown once. */
  async enrol(sentence: string, sign = 0): Promise<string> {
    const { page } = this.tablet;
    await this.tablet.button('开始').click();
    await page.getByRole('group', { name: '挑个记号' }).getByRole('button').nth(sign).click();
    await this.tablet.button('下一问').click();
    await this.tablet.button('没拿到胸牌，在这儿现做一张').click();
    await this.tablet.button('下一问').click();
    await this.pad(PIN);
    await this.pad(PIN);
    await this.tablet.button('下一问').click();
    await page.getByLabel('开锁话', { exact: true }).fill(sentence);
    await page.getByLabel('开锁话，再写一遍').fill(sentence);
    await this.tablet.button('好了').click();
    await expect(page.getByRole('heading', { name: '锁好了' })).toBeVisible({ timeout: 60_000 });
    const letters = await page.locator('figure.face .groups').innerText();
    await page.getByLabel('抄好了，对过了').check();
    await this.tablet.button('进去').click();
    return letters.replaceAll(/\s+/g, ' ');
  }

  async lock(): Promise<void> {
    await this.tablet.button('上锁').first().click();
    await expect(this.locked).toBeVisible();
  }

  async bySentence(sentence: string): Promise<void> {
    await this.tablet.button('用开锁话').click();
    await this.tablet.page.getByLabel('开锁话', { exact: true }).fill(sentence);
    await this.tablet.button('开锁').click();
  }

  /** Card typed by hand, then its digits. */
  async byCard(letters: string, pin: string): Promise<void> {
    const { page } = this.tablet;
    await this.tablet.button('照着牌子打字').click();
    await page.getByLabel('牌子上的字').fill(letters);
    await this.tablet.button('就是这张').click();
    await this.pad(pin);
  }

  /** Device id of the first vault here, as the registry has it. */
  dv(): Promise<string> {
    return this.tablet.page.evaluate(
      () =>
        new Promise<string>((resolve, reject) => {
          const request = indexedDB.open('daiban-vaults');
          request.onerror = () => reject(new Error('no registry'));
          request.onsuccess = () => {
            const all = request.result.transaction('vaults').objectStore('vaults').getAll();
            all.onsuccess = () => resolve((all.result[0] as { dv: string }).dv);
          };
        }),
    );
  }

  /** Entries that only this tablet has, in all its vaults. */
  unsent(): Promise<number> {
    return this.tablet.page.evaluate(async () => {
      let sum = 0;
      for (const { name = '' } of await indexedDB.databases()) {
        if (!/^daiban-[\w-]{22}$/.test(name)) continue;
        sum += await new Promise<number>((resolve, reject) => {
          const request = indexedDB.open(name);
          request.onerror = () => reject(new Error(name));
          request.onsuccess = () => {
            const all = request.result.transaction('events').objectStore('events').getAll();
            all.onsuccess = () => {
              request.result.close();
              resolve((all.result as { state: string }[]).filter((r) => r.state === 'p').length);
            };
          };
        });
      }
      return sum;
    });
  }

  /** Events of a case as they lie on the disk, and the slips beside them. */
  private bodiesOf(caseId: string): Promise<{ id: string; body: number[]; slip: unknown }[]> {
    return this.tablet.page.evaluate(async (id) => {
      const answer = <T>(request: IDBRequest<T>) =>
        new Promise<T>((done, broke) => {
          request.onsuccess = () => done(request.result);
          request.onerror = () => broke(request.error ?? new Error('not read'));
        });
      const found: { id: string; body: number[]; slip: unknown }[] = [];
      for (const { name = '' } of await indexedDB.databases()) {
        if (!/^daiban-[\w-]{22}$/.test(name)) continue;
        const db = await answer(indexedDB.open(name));
        const all = <T>(store: string) =>
          answer(db.transaction(store).objectStore(store).getAll() as IDBRequest<T[]>);
        const slips = new Map((await all<{ id: string }>('slips')).map((one) => [one.id, one]));
        for (const row of await all<{ id: string; caseId: string; body: Uint8Array }>('events')) {
          if (row.caseId !== id) continue;
          const slip = btoa(String.fromCharCode(...row.body.slice(1, 17)));
          const named = slip.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
          found.push({ id: row.id, body: [...row.body], slip: slips.get(named) ?? null });
        }
        db.close();
      }
      return found;
    }, caseId);
  }

  /**
   * How many events of a case lie here; of them what the vault could open, for that is what the county's
   * intake key opens or what lies in no envelope; and what the county's sealing key opens.
   */
  async rowsOf(
    { dataDir }: Pick<County, 'dataDir'>,
    caseId: string,
  ): Promise<{ events: number; opensHere: number; sealed: number }> {
    const now = new Date().toISOString();
    const intake = await intakeKeyRing(intakeKeyFile(dataDir), now);
    const none = { ...intake, keys: [] };
    const sealing = await readRing(sealingKeyFile(dataDir));
    const openers = [new CopyOpener(intake), new CopyOpener(none, sealing)] as const;
    const rows = await this.bodiesOf(caseId);
    let [opensHere, sealed] = [0, 0];
    for (const { id, body, slip } of rows) {
      const read = slipSchema.safeParse(slip);
      const copy = new Uint8Array(body);
      const opened = openers.map(async (opener) => {
        if (read.success) opener.know(read.data);
        return (await opener.open({ kind: 'event', id }, copy)).ok;
      });
      const [byIntake = true, bySealing = false] = await Promise.all(opened);
      opensHere += byIntake || !isCopy(copy) ? 1 : 0;
      sealed += bySealing ? 1 : 0;
    }
    return { events: rows.length, opensHere, sealed };
  }

  /** Names of the databases of this origin. */
  databases(): Promise<string[]> {
    return this.tablet.page.evaluate(async () =>
      (await indexedDB.databases()).map(({ name }) => name ?? '').sort(),
    );
  }
}
