/** FAULTS 2.8 against the county's own endpoint and database, one bad item among good ones. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import type { CaseId } from '../../src/lib/domain/values.ts';
import { decodeFrame } from '../../src/lib/protocol/frame.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { exchangeReplySchema } from '../../src/lib/protocol/sync.ts';
import { EXCHANGE_MEDIA_TYPE, MAGIC } from '../../src/lib/protocol/version.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { exchangeEndpoint } from '../../src/lib/server/sync/http.ts';
import { freshDatabase } from '../postgres.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'daiban-letters-'));
const id = (name: string) => name.padEnd(22, '_').slice(0, 22);
const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();
const req = id('req');
const AT = '2026-06-08T02:00:00Z';
const grant = { role: 'A', areaCode: '230278200201', unitId: null, from: AT, to: null };
const wang = { personId: 'wang', name: 'wang', grants: [grant] } as unknown as Subject;

let county: Container;
beforeAll(async () => {
  const onPostgres = process.env['DAIBAN_TEST_PG'] !== undefined;
  const url = onPostgres ? await freshDatabase() : undefined;
  const env = readEnv({ DATA_DIR: dir, DATABASE_URL: url });
  if (!env.ok) throw new Error(env.error.join());
  county = await openContainer(env.value);
}, 300_000);
afterAll(async () => {
  await county.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Payloads as JSON text, so that they may be what no object of ours would become. */
async function push(name: string, payloads: readonly string[]) {
  const event = (ds: number, type: string, payload: string) =>
    `{"c":0,"ds":${ds},"id":"${id(`${name}${ds}`)}","t":"${type}","v":1,"at":"${AT}","p":${payload}}`;
  const rows = payloads.map((payload, n) => event(n + 2, 'dictation.recorded', payload));
  const first = event(1, 'case.drafted', JSON.stringify(EXAMPLES['case.drafted']));
  const json =
    `{"proto":1,"build":"t","schema":1,"dv":"${id(`dv${name}`)}","dsHi":${rows.length + 1},` +
    `"now":"${AT}","cursor":null,"wit":null,"wits":[],"hist":[],"media":[],"feedBytesMax":64000,` +
    `"cases":[{"id":"${id(name)}","salt":"${id(`salt${name}`)}"}],"events":[${[first, ...rows].join()}]}`;
  const sum = createHash('sha256').update(json).digest('hex').slice(0, 32);
  const request = new Request('http://county/api/sync/exchange', {
    method: 'POST',
    body: gzipSync(`${MAGIC} ${req} ${sum}\n${json}`),
    headers: { 'content-type': EXCHANGE_MEDIA_TYPE, 'content-encoding': 'gzip' },
  });
  const answer = await exchangeEndpoint(county, wang, request);
  const frame = await decodeFrame(digest, await answer.text(), req);
  if (!frame.ok) throw new Error(`${String(answer.status)} ${frame.error}`);
  const reply = exchangeReplySchema.parse(frame.value.json);
  if (reply.kind !== 'exchange') throw new Error(reply.kind);
  return reply.results
    .map((one) => (one.s === 'rejected' ? `${one.s} ${one.code}` : one.s))
    .slice(1);
}

const dictation = (verbatim: string): string =>
  JSON.stringify({ ...EXAMPLES['dictation.recorded'], verbatim });
const GOOD = dictation('好好的话');

async function wordsOf(name: string): Promise<(string | null | undefined)[]> {
  const caseId = id(name) as CaseId;
  const found = await county.store.transact(county.county, (tx) => tx.cases([caseId]));
  return found.get(caseId)?.file.dictations.map(({ verbatim }) => verbatim) ?? [];
}

const KEPT = [
  ['names outside the BMP', '𠮷野、𡈽屋、𰻞𰻞面、𫠆'],
  ['a variation of one sign', '葛\u{E0100}城、辻\u{E0101}'],
  ['what has no width', '王\u200b桂\u200d\ufeff芹\u2060'],
  ['text from right to left', '于\u202e芹桂周\u202c、\u2066מרים\u2069'],
  ['a script', '<img src=x onerror=alert(1)><script>top.x=1</script>'],
  ['a formula of a sheet, also in full width', '=1+1｜＝HYPERLINK("x")｜＋１｜－１｜＠A1'],
  ['SQL and templates', "'; DROP TABLE log; -- ${7*7} {{7*7}} %s %00"],
  ['line ends of three kinds and a tab', 'a\r\nb\rc\u2028d\te'],
] as const;

describe('letters and shapes that nobody expects', { timeout: 60_000 }, () => {
  it.each(KEPT)('[SY70] %s is kept to the code point', async (what, words) => {
    const name = `kept${KEPT.findIndex(([one]) => one === what)}`;
    expect(await push(name, [dictation(words), GOOD])).toEqual(['stored', 'stored']);
    expect(await wordsOf(name)).toEqual([words, '好好的话']);
  });

  const DEEP = 100_000;
  const BAD = [
    ['half a pair', GOOD.replace('好好', '\\ud842'), 'rejected MALFORMED'],
    ['the other half', GOOD.replace('好好', '\\udfb7'), 'rejected MALFORMED'],
    ['NUL', GOOD.replace('好好', '\\u0000'), 'rejected MALFORMED'],
    ['1 MB of words', dictation('粪'.repeat(333_000)), 'rejected TOO_LARGE'],
    ['100,000 levels', `{"a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`, 'rejected MALFORMED'],
    ['a number beyond all numbers', GOOD.replace('{', '{"x":1e999,'), 'rejected MALFORMED'],
  ] as const;
  it.each(BAD)(
    '[SY71] %s is kept aside alone; what comes behind it is stored',
    async (what, payload, told) => {
      const name = `bad${BAD.findIndex(([one]) => one === what)}`;
      expect(await push(name, [GOOD, payload, GOOD])).toEqual(['stored', told, 'stored']);
      expect(await wordsOf(name)).toEqual(['好好的话', '好好的话']);
      const aside = county.db.selectFrom('dead_letter').select(['code', 'raw']);
      const [row] = await aside.where('case_id', '=', id(name)).execute();
      expect(`rejected ${row?.code ?? ''}`).toBe(told);
      expect((row?.raw.length ?? 0) > 10).toBe(true);
    },
  );

  it('[SY72] `__proto__` and its kin are keys like others and change nothing of ours', async () => {
    const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
    const rows = keys.map((key) => GOOD.replace('{', `{"${key}":{"admin":true,"verbatim":"x"},`));
    const results = await push('proto', [...rows, GOOD]);
    expect(results.at(-1)).toBe('stored');
    expect(results).toHaveLength(6);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(new Set(await wordsOf('proto'))).toEqual(new Set(['好好的话']));
  });

  it('[SY72] of a key that comes twice the last counts, for the hash and for the reader alike', async () => {
    const twice = GOOD.replace('{', '{"verbatim":"先说的",');
    expect(await push('twice', [twice, GOOD])).toEqual(['stored', 'stored']);
    expect(await wordsOf('twice')).toEqual(['好好的话', '好好的话']);
    const log = county.db.selectFrom('log').select('body').where('case_id', '=', id('twice'));
    expect(JSON.stringify(await log.execute())).not.toContain('先说的');
  });

  it('[SY71] after all of it the county is whole: every hash, tag, sequence and fold', async () => {
    const seen = await verifyDatabase(county.db);
    expect(seen.faults).toEqual([]);
    expect(seen.rows).toBeGreaterThan(40);
    expect(seen.aside).toBeGreaterThanOrEqual(BAD.length);
  });
});
