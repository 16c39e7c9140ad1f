import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NO_ACT } from '../../src/lib/ports/tablet-store.ts';
import { blobSource, readHandIn } from '../../src/lib/protocol/handin-read.ts';
import type { HandInRecord } from '../../src/lib/protocol/handin.ts';
import { bringFile, handInFileOf } from '../../src/lib/tablet/handin-file.ts';
import { drainVaults } from '../../src/service-worker/drain.ts';
import { digest, line, lockedVault, NOW, states, useCounty } from './locked-vault.ts';
import { register, rescue } from './rescue-page.ts';

useCounty();

afterEach(() => vi.unstubAllGlobals());

async function all(file: Blob) {
  const records: HandInRecord[] = [];
  const reader = readHandIn(digest, blobSource(file));
  for (;;) {
    const next = await reader.next();
    if (next.done) return { records, end: next.value };
    records.push(next.value);
  }
}

describe('with no window open', () => {
  it('[SY91] the worker brings what lies sealed in every vault, and says what still waits', async () => {
    const [one, two] = [await lockedVault(), await lockedVault(3)];
    const foreign = await lockedVault(2, { enrolled: false });
    await register([one.name, two.name, foreign.name]);
    vi.stubGlobal('location', { origin: 'http://county' });
    vi.stubGlobal('fetch', line({ who: null }).fetch);
    expect(await drainVaults('t', () => true)).toBe(11);
    vi.stubGlobal('fetch', line({ who: 'A01' }).fetch);
    expect(await drainVaults('t', () => false)).toBe(11);
    expect(await drainVaults('t', () => true)).toBe(2);
    expect([await states(one), await states(two), await states(foreign)]).toEqual([
      { p: 0, a: 6, q: 0 },
      { p: 0, a: 3, q: 0 },
      { p: 2, a: 0, q: 0 },
    ]);
  });
});

describe('the page of last resort', () => {
  it('[SY92] is kept by a worker of its own, which knows its files by their sums', async () => {
    const worker = await readFile('static/rescue-sw.js', 'utf8');
    for (const name of ['rescue.html', 'rescue.js', 'rescue.css']) {
      const sum = createHash('sha256')
        .update(await readFile(`static/${name}`))
        .digest('hex');
      expect(worker, name).toContain(`'/${name}': '${sum}'`);
    }
  });

  it('[SY92] finds the vaults and writes the very file that the app would', async () => {
    const vault = await lockedVault();
    expect(await rescue.vaultNames()).toContain(vault.name);
    expect(await rescue.waitingIn(vault.name)).toEqual({ sealed: 6, plain: 0, files: 1 });
    const [mine, theirs] = [
      await rescue.rescueFile(vault.name),
      await handInFileOf(vault.name, { digest, build: 't', now: () => NOW }),
    ];
    if (!mine || !theirs) throw new Error('no file');
    const [page, app] = [await all(mine), await all(theirs.blob)];
    expect(page.end).toMatchObject({ whole: true, lost: 0 });
    expect(page.records.slice(1)).toEqual(app.records.slice(1));
    const bytes = Buffer.from(await mine.arrayBuffer());
    expect(bytes.includes(Buffer.from('A'.repeat(60)))).toBe(false);
    const report = await bringFile(mine, line());
    expect(report).toMatchObject({ stored: 6, filesComplete: 1, stop: null });
  });

  it('[SY92] makes nothing, changes nothing, and tells plain work from sealed', async () => {
    const vault = await lockedVault(2);
    await vault.store.save({
      ...NO_ACT,
      events: [{ id: 'x'.repeat(22), caseId: vault.caseId, day: 1, body: new Uint8Array([1, 2]) }],
    });
    expect(await rescue.waitingIn(vault.name)).toEqual({ sealed: 2, plain: 1, files: 1 });
    expect(await rescue.waitingIn('daiban-gone')).toEqual({ sealed: 0, plain: 0, files: 0 });
    expect(await rescue.rescueFile('daiban-gone')).toBeNull();
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain('daiban-gone');
    await rescue.rescueFile(vault.name);
    expect(await states(vault)).toEqual({ p: 3, a: 0, q: 0 });
  });
});
