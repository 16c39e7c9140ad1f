/** Bytes of pictures and recordings as they are in the page's memory: none of them on the disk. */
import type { BrowserContext, Page } from '@playwright/test';
import type { Needles } from './needles.ts';

const PIECES_PER_FILE = 24;

/** Every picture and every piece of sound that the page handles from here on is a marker. */
export async function hearMedia(context: BrowserContext, needles: Needles): Promise<void> {
  const seen = new Set<string>();
  await context.exposeBinding('theftMedia', (_source, type: string, base64: string) => {
    if (seen.has(base64)) return;
    seen.add(base64);
    const kind = type.startsWith('image') ? 'photo' : 'sound';
    needles.pieces(kind, Buffer.from(base64, 'base64'), PIECES_PER_FILE);
  });
  await context.addInitScript(listen);
}

/** Runs in the page, before the product. */
function listen(): void {
  type Told = { theftMedia(type: string, base64: string): Promise<void> };
  const tell = (blob: Blob, bytes: ArrayBuffer): void => {
    let text = '';
    const all = new Uint8Array(bytes);
    for (let at = 0; at < all.length; at += 4_096)
      text += String.fromCharCode(...all.subarray(at, at + 4_096));
    void (globalThis as unknown as Told).theftMedia(blob.type, btoa(text));
  };
  const isMedia = (blob: Blob): boolean => /^(?:image|audio|video)\//.test(blob.type);
  const { arrayBuffer } = Blob.prototype;
  Blob.prototype.arrayBuffer = async function (this: Blob) {
    const bytes = await arrayBuffer.call(this);
    if (isMedia(this)) tell(this, bytes);
    return bytes;
  };
  const { createObjectURL } = URL;
  URL.createObjectURL = (of) => {
    if (of instanceof Blob && isMedia(of)) void arrayBuffer.call(of).then((b) => tell(of, b));
    return createObjectURL(of);
  };
}

/** A photo of noise, with a marker where a telephone writes the place. */
export async function noisyPhoto(page: Page, needles: Needles): Promise<Buffer> {
  const base64 = await page.evaluate(async () => {
    const [width, height] = [640, 480];
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    const image = pen.createImageData(width, height);
    for (let at = 0; at < image.data.length; at++)
      image.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
    pen.putImageData(image, 0, 0);
    const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    const bytes = new Uint8Array(await jpeg.arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  });
  const jpeg = Buffer.from(base64, 'base64');
  needles.pieces('photo', jpeg, PIECES_PER_FILE);
  const place = needles.words('photo', 12);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), Buffer.from(place)]);
  const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}
