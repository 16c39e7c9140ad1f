import { request, type APIRequestContext } from '@playwright/test';
import { createHash, randomBytes } from 'node:crypto';
import { decodeFrame, encodeFrame } from '../../src/lib/protocol/frame.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import {
  exchangeReplySchema,
  type ExchangeReply,
  type ExchangeRequest,
} from '../../src/lib/protocol/sync.ts';
import {
  EXCHANGE_MEDIA_TYPE,
  EXCHANGE_PATH,
  PROTOCOL_VERSION_1,
} from '../../src/lib/protocol/version.ts';
import { expect, type County, type DemoAccount } from './county.ts';

const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();
const randomId = (): string => randomBytes(16).toString('base64url');

/** A signed-in session without a browser, as a curious person with a terminal would use one. */
export class Session {
  readonly http: APIRequestContext;
  /** Id of the vault this session pretends to be. */
  readonly dv = randomId();

  private constructor(http: APIRequestContext) {
    this.http = http;
  }

  /** Nobody: no cookie at all. */
  static async stranger(county: County): Promise<Session> {
    return new Session(
      await request.newContext({
        baseURL: county.url,
        extraHTTPHeaders: { origin: county.url },
        maxRedirects: 0,
      }),
    );
  }

  static async signIn(county: County, who: DemoAccount): Promise<Session> {
    const session = await Session.stranger(county);
    const answer = await session.http.post('/api/auth/sign-in', {
      data: { username: who.user, password: who.passphrase },
    });
    expect(answer.status(), await answer.text()).toBe(200);
    return session;
  }

  /** Status and text of a page, with everything that is new in every answer left out. */
  async look(path: string): Promise<{ status: number; text: string }> {
    const answer = await this.http.get(path);
    const text = (await answer.text()).replaceAll(/"?requestId"?:\s*"[\w-]+"/g, '');
    return { status: answer.status(), text };
  }

  /** What a search of that list shows; the words go in the body. */
  async find(list: string, words: string): Promise<{ status: number; text: string }> {
    const sent = await this.http.post(`${list}?/find`, {
      headers: { accept: 'text/html' },
      form: { q: words },
    });
    expect(sent.status(), await sent.text()).toBe(303);
    return this.look(sent.headers()['location'] ?? '');
  }

  async csv(): Promise<{ status: number; text: string }> {
    return this.look(`/desk/ledger/export?format=csv&purpose=${encodeURIComponent('核对')}`);
  }

  async enrol(): Promise<void> {
    const answer = await this.http.post('/api/sync/enrol', {
      data: { dv: this.dv, build: 'test' },
    });
    expect(answer.status(), await answer.text()).toBe(200);
  }

  /** One exchange in the words of PS/1; everything visible comes back in one page. */
  async exchange(change: Partial<ExchangeRequest> = {}): Promise<ExchangeReply> {
    const req = randomId();
    const nothing: ExchangeRequest = {
      ...{ proto: PROTOCOL_VERSION_1, build: 'test', schema: 1, dv: this.dv, dsHi: 0 },
      ...{ now: new Date().toISOString(), cursor: null, wit: null, wits: [], hist: [] },
      ...{ cases: [], events: [], media: [], feedBytesMax: 4_000_000 },
    };
    const answer = await this.http.post(EXCHANGE_PATH, {
      headers: { 'content-type': EXCHANGE_MEDIA_TYPE },
      data: Buffer.from(await encodeFrame(digest, { req, json: { ...nothing, ...change } })),
    });
    expect(answer.status(), await answer.text()).toBe(200);
    const frame = await decodeFrame(digest, await answer.text(), req);
    if (!frame.ok) throw new Error(`no frame: ${frame.error}`);
    return exchangeReplySchema.parse(frame.value.json);
  }

  /** What /track answers to a code and a name, as the words on the page. */
  async track(code: string, name: string): Promise<{ status: number; said: string }> {
    const answer = await this.http.post('/track', {
      form: { code, name },
      headers: { accept: 'text/html' },
    });
    const said = (await answer.text())
      .replace(/<script[\s\S]*?<\/script>/g, '')
      .replace(/[\s\S]*<main/, '<main')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
    return { status: answer.status(), said };
  }
}
