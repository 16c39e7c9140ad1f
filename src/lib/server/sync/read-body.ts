/** Reads bodies with a limit and a deadline; of a chunk what a cut left is kept. */
import { fail, ok, type Result } from '../../domain/values.ts';
import type { Refused } from './body.ts';
import { BUSY_SECONDS } from './limits.ts';

/** `whole`: the body ended by itself; `cut`: the line broke; `slow`: the time was up. */
export interface ReadBody {
  readonly bytes: Buffer;
  readonly end: 'whole' | 'cut' | 'slow';
}

/** How much a body may hold and how long it may take. */
export interface BodyLimits {
  readonly max: number;
  readonly seconds: number;
  /** Hears every piece as it comes. */
  heard?(piece: Uint8Array): void;
  /** Nothing at all may be a whole body, too. */
  readonly mayBeEmpty?: boolean;
}

const TOO_LARGE: Refused = { status: 413, error: 'TOO_LARGE' };
const BAD_FRAME: Refused = { status: 400, error: 'BAD_FRAME' };
/** Too slow; the tablet makes its next batch small. */
export const SLOW: Refused = { status: 408, error: 'BUSY', retryAfterSeconds: BUSY_SECONDS };

/** The server in front has its own limit and says so by throwing. */
const saysTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'status' in error && error.status === 413;

/** At most `max` bytes within `seconds`; more than `max` is refused, whatever was announced. */
export async function readPiece(
  request: Request,
  { max, seconds, heard, mayBeEmpty = false }: BodyLimits,
): Promise<Result<ReadBody, Refused>> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > max) return fail(TOO_LARGE);
  if (request.body === null)
    return mayBeEmpty ? ok({ bytes: Buffer.alloc(0), end: 'whole' }) : fail(BAD_FRAME);
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
      heard?.(value);
    }
  } catch (error) {
    if (saysTooLarge(error)) return fail(TOO_LARGE);
    if (end === 'whole') end = 'cut';
  } finally {
    clearTimeout(late);
  }
  if (end === 'whole' && length < announced) end = 'cut';
  return ok({ bytes: Buffer.concat(parts), end });
}

/** The whole body or nothing, within its time. */
export async function readBytes(
  request: Request,
  limits: BodyLimits,
): Promise<Result<Buffer, Refused>> {
  const read = await readPiece(request, limits);
  if (!read.ok) return read;
  const { bytes, end } = read.value;
  if (end === 'slow') return fail(SLOW);
  return end === 'whole' ? ok(bytes) : fail(BAD_FRAME);
}
