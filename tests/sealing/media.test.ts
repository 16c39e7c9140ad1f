import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { CaseId, PersonId } from '../../src/lib/domain/values.ts';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { restoreBackup } from '../../src/lib/server/jobs/restore.ts';
import { plainShelf } from '../../src/lib/server/jobs/shelf.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { chunkEndpoint } from '../../src/lib/server/media/http.ts';
import { pictures } from '../../src/lib/server/media/pictures.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import sharp from 'sharp';
import { grepFolder } from '../backup/grep.ts';
import { ACCUSES, id, placeOf, tabletOf } from './scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const office: Actor = { code: 'O', personId: 'office' as PersonId, name: '县局' };
let place: Awaited<ReturnType<typeof placeOf>>;
let county: Container;
beforeAll(async () => {
  place = await placeOf();
  county = await place.open();
});
afterAll(async () => {
  await county.close();
  place.end();
});

/** A PNG whose bytes are the word again and again, two chunks and a bit. */
function fileWith(word: string) {
  const head = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const bytes = Buffer.concat([head, Buffer.from(word.repeat(9_000))]).subarray(0, 150_000);
  return { bytes, sha: createHash('sha256').update(bytes).digest('hex') };
}
type File = ReturnType<typeof fileWith>;

/** Announces a file of a case and sends the chunks that are named. */
async function sends(
  tablet: ReturnType<typeof tabletOf>,
  { name, file, chunks }: { name: string; file: File; chunks: readonly number[] },
): Promise<readonly number[]> {
  const { sha, bytes } = file;
  const wire = { sha, bytes: bytes.length, mime: 'image/png', caseId: id(name) };
  await tablet.send(name, [], [wire]);
  const said: number[] = [];
  for (const n of chunks) {
    const body = new Uint8Array(bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES));
    const request = new Request('http://county/x', { method: 'PUT', body });
    const asked = { request, sha, chunk: String(n) };
    said.push((await chunkEndpoint(county, tablet.person, asked)).status);
  }
  return said;
}
const photo = (sha: string) =>
  ['attachment.added', { sha256: sha, bytes: 150_000, mime: 'image/png' }] as const;
const namesOf = (sha: string) =>
  readdirSync(path.join(county.env.mediaDir, sha.slice(0, 2))).filter((n) => n.startsWith(sha));
const inMedia = (word: string) => grepFolder(county.env.mediaDir, [word]).hits;
const verified = () =>
  verifyDatabase(county.db, { sealing: county.env, media: plainShelf(county.env.mediaDir) });

describe('files of sealed cases', () => {
  const [one, two, three] = ['井边的照片甲', '后来才密封的照片乙', '别的案也有的照片丙'].map(
    fileWith,
  );

  it('[AU234] of a sealed case no byte of a photo lies on the disk as it is, neither whole nor in parts', async () => {
    const tablet = tabletOf(county, 'wang');
    await tablet.brings('a', '告状的话', ACCUSES);
    await tablet.send('a', [photo(one!.sha)]);
    expect(await sends(tablet, { name: 'a', file: one!, chunks: [0, 2] })).toEqual([200, 200]);
    expect(inMedia('井边的照片甲')).toEqual([]);
    expect(await sends(tablet, { name: 'a', file: one!, chunks: [1] })).toEqual([200]);
    expect(namesOf(one!.sha)).toEqual([`${one!.sha}.sealed`]);
    expect(inMedia('井边的照片甲')).toEqual([]);
    const { media } = county;
    expect(Buffer.from((await media.read(one!.sha as never)) ?? []).equals(one!.bytes)).toBe(true);
    expect(await media.size(one!.sha as never)).toBe(one!.bytes.length);
    const part = await media.slice(one!.sha as never, 65_000, 132_000);
    expect(Buffer.from(part ?? []).equals(one!.bytes.subarray(65_000, 132_000))).toBe(true);
  });

  it('[AU234] photos of before go under the keys when their case is sealed; half a photo comes again', async () => {
    const tablet = tabletOf(county, 'li');
    await tablet.brings('b', '平常的话', { ...ACCUSES, kind: '申诉求决' });
    await tablet.brings('c', '别的话', { ...ACCUSES, kind: '申诉求决' });
    await tablet.send('b', [photo(two!.sha), photo(three!.sha)]);
    expect(await sends(tablet, { name: 'b', file: two!, chunks: [0, 1, 2] })).toEqual([
      ...[200, 200, 200],
    ]);
    const half = fileWith('半张照片丁');
    await tablet.send('b', [photo(half.sha)]);
    await sends(tablet, { name: 'b', file: half, chunks: [0] });
    await tablet.send('c', [photo(three!.sha)]);
    await sends(tablet, { name: 'c', file: three!, chunks: [0, 1, 2] });
    await sends(tablet, { name: 'b', file: three!, chunks: [] });
    writeFileSync(`${county.media.file(two!.sha as never)}.view.jpg`, '后来才密封的照片乙');
    expect(inMedia('后来才密封的照片乙').concat(inMedia('半张照片丁'))).toHaveLength(2);
    const done = await recordAtCounty(county.sync, {
      ...{ actor: office, caseId: id('b') as CaseId },
      events: [{ type: 'case.sealed', payload: { reason: 'CATEGORY' } }],
    });
    expect(done.ok).toBe(true);
    await county.clearing.idle();
    expect(inMedia('后来才密封的照片乙').concat(inMedia('半张照片丁'))).toEqual([]);
    expect(namesOf(two!.sha)).toEqual([`${two!.sha}.sealed`]);
    // An open case has it, too: it stays readable for that one.
    expect(namesOf(three!.sha)).toEqual([three!.sha]);
    expect(await sends(tablet, { name: 'b', file: half, chunks: [0, 1, 2] })).toEqual([
      ...[200, 200, 200],
    ]);
    expect(inMedia('半张照片丁')).toEqual([]);
    const read = await county.media.read(half.sha as never);
    expect(Buffer.from(read ?? []).equals(half.bytes)).toBe(true);
  });

  it('[AU235] a backup takes them as they lie, also without the key, and they come back', async () => {
    const whole = await verified();
    expect([whole.broken, whole.media]).toEqual([0, 4]);
    const env = { ...county.env, sealingKeyFile: `${place.keyFile}.none` };
    const made = await makeBackup(env, { plain: true });
    expect(made.ok ? made.value.media : made.error).toBe(4);
    expect(grepFolder(county.env.backupDir, ['井边的照片甲', '告状的话']).hits).toEqual([]);
    expect(grepFolder(county.env.backupDir, ['别的案也有的照片丙']).hits).toHaveLength(1);
    await county.close();
    const from = county.env.backupDir;
    const done = await restoreBackup(county.env, { from, yesOlder: true });
    expect(done.ok ? done.value.media : done.error).toBe(4);
    county = await place.open();
    const read = await county.media.read(one!.sha as never);
    expect(Buffer.from(read ?? []).equals(one!.bytes)).toBe(true);
  });

  it('[AU235] a byte that was changed in one is seen without the key', async () => {
    const file = `${county.media.file(one!.sha as never)}.sealed`;
    const bytes = readFileSync(file);
    const bent = Buffer.from(bytes);
    bent[70_000] = (bent[70_000] ?? 0) ^ 1;
    writeFileSync(file, bent);
    expect((await verified()).broken).toBe(1);
    expect(await county.media.slice(one!.sha as never, 65_600, 70_100)).toBeNull();
    writeFileSync(file, bytes);
    expect((await verified()).broken).toBe(0);
  });

  it('[AU234] a photo is drawn for the eyes by pipes, and what is none is told', async () => {
    const how = {
      create: { width: 640, height: 400, channels: 3 as const, background: '#884422' },
    };
    const png = await sharp(how).png().toBuffer();
    const drawn = await pictures().fresh(async () => new Uint8Array(png), 'thumb');
    if (!drawn.ok) throw new Error(drawn.error);
    const { width, format } = await sharp(drawn.value).metadata();
    expect([width, format]).toEqual([320, 'jpeg']);
    const none = await pictures().fresh(async () => new Uint8Array(one!.bytes), 'view');
    expect(none).toEqual({ ok: false, error: 'UNREADABLE' });
    expect(await pictures().fresh(async () => null, 'view')).toMatchObject({ ok: false });
  });
});
