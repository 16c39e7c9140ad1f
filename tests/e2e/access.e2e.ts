import { request, type APIRequestContext } from '@playwright/test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type County, type DemoAccount } from './county.ts';
import { parseCsv } from './desk-page.ts';
import { TabletPage } from './tablet-page.ts';

/** A signed-in session without a browser, as a curious person would use one. */
async function session(county: County, who: DemoAccount): Promise<APIRequestContext> {
  const context = await request.newContext({
    baseURL: county.url,
    extraHTTPHeaders: { origin: county.url },
    maxRedirects: 0,
  });
  const answer = await context.post('/api/auth/sign-in', {
    data: { username: who.user, password: who.passphrase },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  return context;
}

interface LedgerRow {
  readonly caseId: string;
  readonly temporaryNumber: string;
  readonly title: string;
}

/** Every case that this session's ledger lists, over its pages. */
async function ledgerOf(who: APIRequestContext, query = ''): Promise<readonly LedgerRow[]> {
  const html = await (await who.get(`/desk/ledger?n=1000${query}`)).text();
  return [...html.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].flatMap(([, row = '']) => {
    const link = /href="\/desk\/case\/([^"]+)"[^>]*>([^<]*)</.exec(row);
    const temporary = /临-[\w-]+/.exec(row)?.[0] ?? '';
    return link
      ? [{ caseId: link[1] ?? '', temporaryNumber: temporary, title: link[2] ?? '' }]
      : [];
  });
}

async function csvOf(who: APIRequestContext): Promise<string> {
  const answer = await who.get('/desk/ledger/export?format=csv&purpose=核对');
  return answer.status() === 200 ? answer.text() : '';
}

const sampleCases = (
  JSON.parse(
    readFileSync(
      path.resolve(import.meta.dirname, '../../src/lib/domain/data/sample-cases.json'),
      'utf8',
    ),
  ) as { cases: { id: string; title: string; dictation: { verbatim: string } }[] }
).cases;
