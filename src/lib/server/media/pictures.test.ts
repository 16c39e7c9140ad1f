import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { copyOf, pictures } from './pictures.ts';
import { mediaTypeOf } from './magic.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'daiban-pictures-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let files = 0;
const kept = (bytes: Uint8Array): string => {
  files += 1;
  const file = path.join(dir, String(files));
  writeFileSync(file, bytes);
  return file;
};

const GPS = {
  IFD0: { Make: 'Phone-4711' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '47/1 21/1 0/1' },
};
const photo = (width = 640, height = 480): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#7a5', noise: NOISE } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .withExif(GPS)
    .toBuffer();
const NOISE = { type: 'gaussian', mean: 120, sigma: 40 } as const;

/** A PNG whose header says so many pixels and whose body packs to almost nothing. */
function bomb(edge: number): Buffer {
  const part = (name: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(edge, 0);
  header.writeUInt32BE(edge, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(edge / 8) + 1) * edge), { level: 9 });
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    ...[magic, part('IHDR', header), part('IDAT', rows), part('IEND', Buffer.alloc(0))],
  ]);
}

describe('copies of photos', () => {
  it('[MD18] the copy is a clean picture: upright, smaller, without place and camera', async () => {
    const original = await photo(2_400, 1_200);
    expect(original.includes('Exif') && original.includes('Phone-4711')).toBe(true);
    const file = kept(original);
    const view = await pictures().copy(file, 'view');
    if (!view.ok) throw new Error(view.error);
    const bytes = Buffer.from(view.value);
    const meta = await sharp(bytes).metadata();
    expect([meta.format, meta.width, meta.height, meta.orientation]).toEqual(
      // Orientation 6: it stands on its side and is set upright.
      ['jpeg', 800, 1_600, undefined],
    );
    // Two and three letters would be met by chance in the noise of a large picture.
    expect([meta.exif, meta.xmp, meta.iptc]).toEqual([undefined, undefined, undefined]);
    for (const word of ['Exif\0\0', 'Phone-4711', 'http://ns.adobe'])
      expect(bytes.includes(word)).toBe(false);
    const small = await sharp(copyOf(file, 'thumb')).metadata();
    expect(Math.max(small.width, small.height)).toBe(320);
    // The evidence itself is not touched.
    expect(readFileSync(file).equals(original)).toBe(true);
  });

  it('[MD19] a pixel bomb is told by its header, and this process does not grow', async () => {
    const bytes = bomb(20_000);
    expect(bytes.length).toBeLessThan(100_000);
    const file = kept(bytes);
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
    const all = pictures();
    const started = performance.now();
    expect(await all.copy(file, 'view')).toEqual({ ok: false, error: 'TOO_MANY_PIXELS' });
    expect(await all.copy(file, 'thumb')).toEqual({ ok: false, error: 'TOO_MANY_PIXELS' });
    clearInterval(watch);
    expect(most - before).toBeLessThan(100 * 1024 * 1024);
    expect(performance.now() - started).toBeLessThan(10_000);
    // Just below the limit it is a picture like any other.
    expect((await all.copy(kept(bomb(6_300)), 'thumb')).ok).toBe(true);
  });

  it('[MD19] cut, changed and foreign files are no pictures and stop nothing', async () => {
    const whole = await photo();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>';
    const flipped = Buffer.from(whole);
    flipped.fill(0, 200, 600);
    const all = pictures();
    for (const bytes of [
      whole.subarray(0, whole.length / 2),
      flipped,
      Buffer.from(svg),
      Buffer.from('\xff\xd8\xff\xe0<html><script>alert(1)</script></html>', 'latin1'),
      Buffer.from('GIF89a'),
    ])
      expect(await all.copy(kept(bytes), 'view')).toEqual({ ok: false, error: 'UNREADABLE' });
    expect((await all.copy(kept(whole), 'view')).ok).toBe(true);
  });

  it('[MD18] a picture that is also a page loses the page', async () => {
    const page = '<html><script>alert(document.cookie)</script></html>';
    const both = Buffer.concat([await photo(), Buffer.from(page), Buffer.from('PK\x03\x04')]);
    const view = await pictures().copy(kept(both), 'view');
    if (!view.ok) throw new Error(view.error);
    expect(Buffer.from(view.value).includes('script')).toBe(false);
  });

  it('[MD18] many lookers make a copy once', async () => {
    const file = kept(await photo());
    const all = pictures();
    const views = await Promise.all([1, 2, 3, 4].map(() => all.copy(file, 'view')));
    expect(views.every(({ ok }) => ok)).toBe(true);
    const made = statSync(copyOf(file, 'view')).ino;
    await all.copy(file, 'view');
    expect(statSync(copyOf(file, 'view')).ino).toBe(made);
  });
});

describe('what a file is', () => {
  const of = (text: string) => mediaTypeOf(Buffer.from(text, 'latin1'));
  it('[MD20] is told by its first bytes, for sound by its container too', () => {
    expect(of('\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webmB\x87\x81\x04')).toBe('audio/webm');
    expect(of('\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska')).toBeNull();
    expect(of(`OggS${'\0'.repeat(24)}OpusHead\x01`)).toBe('audio/ogg');
    expect(of(`OggS${'\0'.repeat(24)}\x80theora`)).toBeNull();
    expect(of('\0\0\0\x1cftypM4A \0\0')).toBe('audio/mp4');
    expect(of('\0\0\0\x1cftypisom\0\0')).toBe('audio/mp4');
    // Pictures of phones and pages come in the same clothes.
    for (const brand of ['heic', 'avif', 'mif1', 'qt  '])
      expect(of(`\0\0\0\x1cftyp${brand}`)).toBeNull();
    for (const page of [
      '<svg xmlns=',
      '<!doctype html>',
      '%PDF-1.7',
      'PK\x03\x04',
      '',
      'RIFF\0\0\0\0WAVE',
    ])
      expect(of(page)).toBeNull();
  });
});
