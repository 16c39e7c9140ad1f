/** Re-encodes a photo off the page's thread: smaller, and without any metadata of the camera. */
import { imageSize } from './image-size.ts';
import {
  PHOTO_BYTES_MAX,
  SOURCE_BYTES_MAX,
  SOURCE_PIXELS_MAX,
  STEPS,
  fitted,
  type PhotoAnswer,
} from './photo-limits.ts';

const answer = (message: PhotoAnswer): void => postMessage(message);

onmessage = (event: MessageEvent<Blob>) => {
  void reencode(event.data).then(answer, () => answer({ failure: 'NOT_AN_IMAGE' }));
};

async function reencode(source: Blob): Promise<PhotoAnswer> {
  if (source.size > SOURCE_BYTES_MAX) return { failure: 'TOO_LARGE' };
  if (typeof OffscreenCanvas === 'undefined') return { failure: 'NOT_SUPPORTED' };
  const size = imageSize(new Uint8Array(await source.slice(0, 1024 * 1024).arrayBuffer()));
  if (size && size.width * size.height > SOURCE_PIXELS_MAX) return { failure: 'TOO_LARGE' };
  for (const { edge, quality } of STEPS) {
    const blob = await encoded(source, edge, quality);
    if (blob.size > PHOTO_BYTES_MAX) continue;
    return { bytes: new Uint8Array(await blob.arrayBuffer()), mime: blob.type };
  }
  return { failure: 'TOO_LARGE' };
}

async function encoded(source: Blob, edge: number, quality: number): Promise<Blob> {
  const bitmap = await createImageBitmap(source, { imageOrientation: 'from-image' });
  try {
    const { width, height } = fitted(bitmap.width, bitmap.height, edge);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    // Transparent pictures get paper behind them instead of black.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality });
  } finally {
    bitmap.close();
  }
}
