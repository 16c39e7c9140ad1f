import { fail, ok, type Result } from '../domain/values.ts';
import type { PhotoAnswer } from './photo-limits.ts';
import type { CaptureRefusal } from './workspace-types.ts';

const TIMEOUT_MS = 30_000;

/** <= 1600 px, <= 300 KB, JPEG, no metadata; in a worker of its own that ends with the picture. */
export async function shrinkPhoto(
  source: Blob,
): Promise<Result<{ bytes: Uint8Array<ArrayBuffer>; mime: string }, CaptureRefusal>> {
  if (typeof Worker === 'undefined') return fail('NOT_SUPPORTED');
  const worker = new Worker(new URL('./photo-worker.ts', import.meta.url), { type: 'module' });
  try {
    const answer = await new Promise<PhotoAnswer>((resolve) => {
      worker.onmessage = (event: MessageEvent<PhotoAnswer>) => resolve(event.data);
      worker.onerror = () => resolve({ failure: 'NOT_SUPPORTED' });
      setTimeout(() => resolve({ failure: 'TOO_LARGE' }), TIMEOUT_MS);
      worker.postMessage(source);
    });
    if (answer.bytes && answer.mime) return ok({ bytes: answer.bytes, mime: answer.mime });
    return fail(answer.failure ?? 'NOT_AN_IMAGE');
  } finally {
    worker.terminate();
  }
}
