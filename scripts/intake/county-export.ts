import { assert } from '../../src/lib/domain/values.ts';
import { SIGN_IN_PATH } from '../../src/lib/tablet/session.ts';
import type { DemoAccount } from '../../tests/e2e/county.ts';
import { readCsv } from './csv.ts';
import { sessionFetch } from './session-fetch.ts';
import type { Exported } from './verdict.ts';

const NUMBER_COLUMN = '临时编号';
const WORDS_COLUMN = '原话';

/**
 * The words of a cell without the apostrophe that keeps a sheet from calculating them. Written
 * from the rule in docs/SECURITY.md, not taken from the code that applies it.
 */
const withoutGuard = (cell: string): string =>
  /^'(?:[\t\r\n]|[\s\p{Cc}]*[=+\-@＝＋－＠])/u.test(cell) ? cell.slice(1) : cell;

/** The county's ledger as a signed-in desk role exports it: CSV over HTTP. */
export async function countyExport(
  origin: string,
  direct: string,
  account: DemoAccount,
): Promise<readonly Exported[]> {
  const get = sessionFetch(origin);
  const signedIn = await get(`${direct}${SIGN_IN_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: account.user, password: account.passphrase }),
  });
  assert(signedIn.ok, `${account.user} signs in at the desk: ${signedIn.status}`);
  const purpose = encodeURIComponent('核对');
  const answer = await get(`${direct}/desk/ledger/export?format=csv&purpose=${purpose}`);
  assert(answer.ok, `the ledger is exported: ${answer.status}`);
  // Bytes, not text(): that would silently drop the byte order mark and replace bad UTF-8.
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    await answer.arrayBuffer(),
  );
  const [head = [], ...rows] = readCsv(text);
  const [number, words] = [head.indexOf(NUMBER_COLUMN), head.indexOf(WORDS_COLUMN)];
  assert(number >= 0 && words >= 0, `the export has ${NUMBER_COLUMN} and ${WORDS_COLUMN}`);
  return rows.map((row) => ({
    temporaryNumber: withoutGuard(row[number] ?? ''),
    words: withoutGuard(row[words] ?? ''),
  }));
}
