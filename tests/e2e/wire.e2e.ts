import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PlainClient } from '../protocol/plain-client.mjs';
import { expect, test, type County } from './county.ts';

const WORDS = '井水发黄有半年了，𠮷家也是。';
const VERBATIM = { verbatim: WORDS, speaker: '周桂芹', language: '东北官话' };

/** Keeps the beginning of a case and her words; returns its id. */
function begin(client: PlainClient, areaCode: string): string {
  const caseId = client.newCase();
  client.keep(caseId, 'case.drafted', {
    ...{ areaCode, channel: 'DL', xfDate: '2026-06-08', declaredBy: 'A' },
    form: { id: 'intake', version: 1 },
  });
  client.keep(caseId, 'dictation.recorded', VERBATIM);
  return caseId;
}

/** A client of the first agent, signed in and enrolled. */
async function enrolled(county: County) {
  const client = new PlainClient(county.url);
  const { user, passphrase } = county.agent('A01');
  await client.signIn(user, passphrase);
  const { villages } = (await client.enrol()) as { villages: { code: string }[] };
  return { client, village: villages[0]?.code ?? '' };
}

/** What another client of the same person is shown of a case, from nothing. */
async function shown(county: County, caseId: string) {
  const { client } = await enrolled(county);
  await client.sync();
  return (client.cases.get(caseId) ?? []) as { id: string; t: string; p: typeof VERBATIM }[];
}

test.describe('a client written from the page alone, in plain JavaScript, at the real county', () => {
  test('[SY171] signs in, enrols, pushes, is known again, fills a gap and pulls what it said', async ({
    county,
  }) => {
    const { client, village } = await enrolled(county);
    await client.sync();
    const caseId = begin(client, village);
    await client.sync();
    expect(client.heard.slice(-3)).toEqual(['exchange', 'stored', 'stored']);
    for (const row of client.rows) row.acked = null;
    await client.sync();
    expect(client.heard.slice(-3)).toEqual(['exchange', 'dup', 'dup']);
    // It believes an entry sent that never was: the county asks for it, and gets both.
    client.keep(caseId, 'dictation.recorded', VERBATIM);
    for (const row of client.unsent) row.acked = { seq: 1, epoch: client.epoch };
    client.keep(caseId, 'dictation.recorded', VERBATIM);
    await client.sync();
    expect(client.heard.slice(-5)).toEqual(['exchange', 'gap', 'exchange', 'stored', 'stored']);
    expect(client.unsent).toEqual([]);
    const all = await shown(county, caseId);
    const own = all.filter(({ t }) => t === 'case.drafted' || t === 'dictation.recorded');
    expect(own.map(({ id }) => id)).toEqual(client.rows.map(({ id }) => id));
    expect(own.at(-1)?.p.verbatim).toBe(WORDS);
  });

  test('[SY171] brings back what a county that was copied back without a word has lost', async ({
    county,
  }) => {
    const { client, village } = await enrolled(county);
    const kept = begin(client, village);
    await client.sync();
    const copy = mkdtempSync(path.join(tmpdir(), 'daiban-wire-'));
    await county.kill();
    cpSync(county.dataDir, copy, { recursive: true });
    await county.start();
    const lost = begin(client, village);
    await client.sync();
    expect(await shown(county, lost)).not.toEqual([]);
    await county.kill();
    rmSync(county.dataDir, { recursive: true });
    cpSync(copy, county.dataDir, { recursive: true });
    rmSync(copy, { recursive: true });
    await county.start();
    expect(await shown(county, lost)).toEqual([]);
    await client.sync();
    expect(client.heard).toContain('epoch');
    expect(client.unsent).toEqual([]);
    for (const caseId of [kept, lost]) {
      const mine = client.rows.filter((row) => row.caseId === caseId).map(({ id }) => id);
      const there = (await shown(county, caseId)).map(({ id }) => id);
      expect(there.filter((id) => mine.includes(id))).toEqual(mine);
    }
  });
});
