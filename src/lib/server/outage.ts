/** What is answered while the county's database cannot be asked: 503, in plain words, with a time. */
import { createHash } from 'node:crypto';
import { refusal, storageRefusal } from './sync/body.ts';

/** When to come again, also for a page that reloads by itself. */
export const AWAY_SECONDS = 15;
/** The word for programs and for the error page. */
export const STORE_AWAY = 'STORE_AWAY';

/** Nothing was judged: the database is away, locked or starting; later it is there. */
export const isAway = (error: unknown): boolean => storageRefusal(error)?.status === 503;

/** What happened, what is safe, what to do; in the reader's language. */
export interface AwayWords {
  readonly title: string;
  readonly safe: string;
  readonly next: string;
}

const STYLE =
  ':root{color-scheme:light dark}body{font:1.25rem/1.6 system-ui,sans-serif;' +
  'max-width:34rem;margin:10vh auto;padding:0 1rem}h1{font-size:1.6rem}small{opacity:.8}';
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "frame-ancestors 'none'",
].join('; ');

const page = (lang: string, words: AwayWords, requestId: string): string =>
  `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">` +
  '<meta name="viewport" content="width=device-width, initial-scale=1">' +
  `<title>${words.title}</title><style>${STYLE}</style></head><body><main>` +
  `<h1>${words.title}</h1><p>${words.safe}</p><p>${words.next}</p>` +
  `<p><small>${requestId}</small></p></main></body></html>`;

export interface AwayAsked {
  readonly path: string;
  readonly accept: string | null;
  readonly lang: 'zh-CN' | 'en';
  readonly requestId: string;
}

/** The answer to a tablet, to a page's own request for data, or to somebody who looks at a page. */
export function awayAnswer({ path, accept, lang, requestId }: AwayAsked, words: AwayWords) {
  const headers = { 'retry-after': String(AWAY_SECONDS), 'cache-control': 'no-store' };
  if (path.startsWith('/api/'))
    return refusal({ status: 503, error: 'BUSY', retryAfterSeconds: AWAY_SECONDS });
  if (!accept?.includes('text/html')) {
    const message = `${words.safe}${words.next}`;
    return Response.json({ message, code: STORE_AWAY, requestId }, { status: 503, headers });
  }
  return new Response(page(lang, words, requestId), {
    status: 503,
    headers: {
      ...headers,
      ...{ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
    },
  });
}
