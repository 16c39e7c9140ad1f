import type { Locator, Page, Request, Response } from '@playwright/test';
import { EXCHANGE_PATH } from '../../src/lib/protocol/version.ts';
import { expect, type County, type DemoAccount } from './county.ts';
import { makeLock, openByItself, PIN, walk } from './tablet-lock.ts';

/** Digits that give the tablet back after the villager's curtain. */
export const PASSCODE = '2580';

/** What a tablet's page needs of its county. */
type Reached = Pick<County, 'url' | 'start' | 'kill' | 'vaults'>;

/** The tablet as an agent sees it: everything is found by its accessible name. */
export class TabletPage {
  readonly page: Page;
  readonly county: Reached;
  /** The always-true strip on top of 我的单子. */
  readonly strip: Locator;

  constructor(page: Page, county: Reached) {
    this.page = page;
    this.county = county;
    this.strip = page.locator('a.truth');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole('link', { name, exact: typeof name === 'string' });
  }

  /** A group of chips, by the words over it. */
  chip(group: string, word: string): Locator {
    return this.page
      .getByRole('group', { name: group, exact: true })
      .getByRole('button', { name: word, exact: true });
  }

  async open(path = ''): Promise<void> {
    await walk(this.page, `${this.county.url}/tablet${path}`);
  }

  /** Digits that give the tablet back after the villager's curtain. */
  get digits(): string {
    return this.county.vaults ? PIN : PASSCODE;
  }

  /**
   * Signs in online once, with 上锁 where the county wants it, and waits until the shell is installed
   * for the days without signal. A lock that comes with a reload is opened again as it comes.
   */
  async signIn(account: DemoAccount): Promise<void> {
    await this.open();
    await this.page.getByLabel('账号').fill(account.user);
    await this.page.getByLabel('口令').fill(account.passphrase);
    await this.button('登录').click();
    if (this.county.vaults) await this.lockUp();
    await expect(this.page.getByRole('heading', { name: '我的单子', level: 1 })).toBeVisible();
    await this.shellInstalled();
  }

  /** 上锁; from here on every window of this browser opens its lock by itself. */
  private async lockUp(): Promise<void> {
    const context = this.page.context();
    context.on('page', (page) => void openByItself(page));
    for (const page of context.pages()) await openByItself(page);
    await makeLock(this.page);
  }

  /** The shell is precached and its worker serves this page. */
  async shellInstalled(): Promise<void> {
    await this.page.evaluate(async () => {
      const worker = (await navigator.serviceWorker.ready).active;
      if (worker?.state === 'activated') return;
      await new Promise<void>((resolve) =>
        worker?.addEventListener(
          'statechange',
          () => void (worker.state === 'activated' && resolve()),
        ),
      );
    });
  }

  /** Sets the digits that open the curtain; with a lock its own digits do. */
  async setPasscode(): Promise<void> {
    if (this.county.vaults) return;
    await this.open('/settings');
    await this.page.getByLabel('4 到 6 个数字').fill(PASSCODE);
    await this.button('设好').click();
    await expect(this.page.getByText('设好了')).toBeVisible();
  }

  /** No signal and no server: the yard. */
  async goOffline(): Promise<void> {
    await this.page.context().setOffline(true);
    await this.county.kill();
  }

  /** Back where there is signal; the county is up again. */
  async goOnline(): Promise<void> {
    await this.county.start();
    await this.page.context().setOffline(false);
  }

  /**
   * Talks with the county until its receipts cover everything, and until one exchange that began
   * after this call has been answered and taken in: an older one may have been asked before the news.
   */
  async sendEverything(): Promise<void> {
    let answered = false;
    const hear = (request: Request): void => {
      if (!request.url().endsWith(EXCHANGE_PATH)) return;
      const look = (answer: Response | null): void => void (answered ||= answer?.status() === 200);
      void request.response().then(look, () => undefined);
    };
    await this.open('/unsent');
    const now = this.button('现在试着送');
    // A tablet that has saved nothing claims no delivery, and says that instead.
    const done = this.page.getByText(/件都已送达县里|^没有要送的/);
    this.page.on('request', hear);
    try {
      await expect(async () => {
        // Waits for it where a look would not: a lock in between is opened.
        await expect(now).toBeVisible({ timeout: 30_000 });
        if (await now.isEnabled()) await now.click({ timeout: 500 }).catch(() => undefined);
        await expect(done.first()).toBeVisible({ timeout: 2000 });
        expect(answered, 'an exchange that began after the call is answered').toBe(true);
      }).toPass({ timeout: 60_000 });
    } finally {
      this.page.off('request', hear);
    }
    await expect(now).toBeEnabled();
    await expect(done.first()).toBeVisible();
  }

  async openCase(caseId: string): Promise<void> {
    await this.open(`/case/${caseId}`);
    await expect(this.page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();
  }

  /** 补充 on the case that stands open; it stands there again when that is saved. */
  async supplement(words: string): Promise<void> {
    await this.link('补充').click();
    await this.page.getByLabel(/^补啥，照[她他]说的写$/).fill(words);
    await this.button('存好补充').click();
    await expect(this.page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();
  }

  /** Opens one of the acts on a case, fills nothing, and leaves the form open. */
  async act(caseId: string, word: string): Promise<void> {
    await this.openCase(caseId);
    await this.link(word).click();
    await expect(this.page.getByRole('heading', { name: word, level: 1 })).toBeVisible();
  }

  /** Draws a short line on the signature pad and keeps it. */
  async sign(): Promise<void> {
    await this.button(/^签名/).click();
    const pad = this.page.getByLabel('在这个框里签名');
    const keep = this.page.getByRole('button', { name: '就这个', exact: true });
    await expect(async () => {
      await pad.evaluate((canvas) => canvas.scrollIntoView({ block: 'center' }));
      const box = await pad.boundingBox();
      if (!box) throw new Error('no pad');
      await this.page.mouse.move(box.x + 30, box.y + 40);
      await this.page.mouse.down();
      await this.page.mouse.move(box.x + 120, box.y + 80, { steps: 6 });
      await this.page.mouse.move(box.x + 200, box.y + 40, { steps: 6 });
      await this.page.mouse.up();
      await expect(keep).toBeEnabled({ timeout: 500 });
    }).toPass({ timeout: 60_000 });
    await keep.click();
    await expect(this.page.getByText('留好了').first()).toBeVisible();
  }

  /** Records with the microphone until so many slices are on disk. */
  async record(slices: number): Promise<void> {
    await this.button('点一下说').click();
    const facts = this.page.getByText(/每 2 秒存一段，存了 \d+ 段/);
    await expect(async () => {
      const said = (await facts.textContent({ timeout: 500 })) ?? '';
      expect(Number(/存了 (\d+) 段/.exec(said)?.[1])).toBeGreaterThanOrEqual(slices);
    }).toPass({ timeout: 60_000 });
    await this.button('说完了').click();
    await expect(this.page.getByText(/^录音 /).first()).toBeVisible();
  }

  async addPhoto(label: string, photo: Buffer): Promise<void> {
    const before = await this.page.locator('.shelf img').count();
    await this.page
      .getByLabel(label)
      .setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo });
    await expect(this.page.locator('.shelf img')).toHaveCount(before + 1);
  }
}

/** Marker inside the EXIF block of {@link photoWithExif}; it must never leave the tablet. */
export const EXIF_MARKER = 'GPS-47.0N-123.0E-SECRET';

/**
 * A JPEG as a telephone makes it, with an EXIF block that tells where it was taken.
 * @param hue so that two photos differ
 */
export async function photoWithExif(page: Page, hue: number): Promise<Buffer> {
  const base64 = await page.evaluate(async (h) => {
    const canvas = new OffscreenCanvas(2400, 1800);
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    for (let y = 0; y < 18; y += 1) {
      pen.fillStyle = `hsl(${h + y * 7} 60% 50%)`;
      pen.fillRect(0, y * 100, 2400, 100);
    }
    const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    return btoa(String.fromCharCode(...new Uint8Array(await jpeg.arrayBuffer())));
  }, hue);
  const jpeg = Buffer.from(base64, 'base64');
  const body = Buffer.from(`Exif\0\0${EXIF_MARKER}`, 'latin1');
  const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}
