/** Reads the body of a chunk's PUT: with a limit, with a deadline, and keeping what a cut left. */
import { fail, ok, type Result } from '../../domain/values.ts';
import type { Refused } from '../sync/body.ts';

/** `whole`: the body ended by itself; `cut`: the line broke; `slow`: the time was up. */
export interface ReadBody {
  readonly bytes: Buffer;
  readonly end: 'whole' | 'cut' | 'slow';
}

const TOO_LARGE: Refused = { status: 413, error: 'TOO_LARGE' };

/** At most `max` bytes within `seconds`; more than `max` is refused, whatever was announced. */
export async function readPiece(
  request: Request,
  { max, seconds }: { readonly max: number; readonly seconds: number },
): Promise<Result<ReadBody, Refused>> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > max) return fail(TOO_LARGE);
  if (request.body === null) return fail({ status: 400, error: 'BAD_FRAME' });
  const reader = request.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  let end: ReadBody['end'] = 'whole';
  const late = setTimeout(() => {
    end = 'slow';
    // Ends the read that is waiting; what came before it is kept.
    void reader.cancel().catch(() => undefined);
  }, seconds * 1_000);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > max) {
        await reader.cancel().catch(() => undefined);
        return fail(TOO_LARGE);
      }
      parts.push(value);
    }
  } catch {
    if (end === 'whole') end = 'cut';
  } finally {
    clearTimeout(late);
  }
  if (end === 'whole' && length < announced) end = 'cut';
  return ok({ bytes: Buffer.concat(parts), end });
}
