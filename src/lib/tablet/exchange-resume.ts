/**
 * A large exchange that breaks on its way goes on where the county's end stopped (SY54).
 *
 *     send all ──cut──► wait a moment, ask how much is there ──K──► send the rest ──cut──► …
 *                                │ nothing twice, or nobody knows         │ 409: not there any more
 *                                └──────────► cut, as it always was ◄─────┘
 *
 * The request id and every byte stay the same, the frame's checksum covers the whole: what the two
 * ends put together is this request or none at all.
 */
import { partPath, partReplySchema } from '../protocol/part.ts';
import {
  CLIENT_HEADER,
  DEVICE_HEADER,
  EXCHANGE_MEDIA_TYPE_2,
  EXCHANGE_PATH,
  RESUME_BYTES_MIN,
} from '../protocol/version.ts';
import { COMMON, type HttpDeps } from './http-parts.ts';
import { FRUITLESS_MAX, RESUME_ASKS_MAX, RESUMES_MAX, resumeWaitMs } from './retry.ts';

/** How long one exchange may take before it counts as cut: 2G needs minutes. */
export const EXCHANGE_TIMEOUT_MS = 120_000;
/** How long the question after a cut may take. */
export const ASK_TIMEOUT_MS = 15_000;

export interface WholeFrame {
  /** Its request id, as the county knows it. */
  readonly id: string;
  readonly build: string;
  /** Device id of its tablet. */
  readonly dv: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An answer's head, and its body when it was a 200. */
export interface Heard {
  readonly response: Response;
  readonly body: Uint8Array<ArrayBuffer>;
}

interface Post {
  readonly path: string;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly ms: number;
}

const post = (
  deps: HttpDeps,
  { build, dv }: Pick<WholeFrame, 'build' | 'dv'>,
  { path, body, ms }: Post,
): Promise<Response> =>
  deps.fetch(`${deps.origin}${path}`, {
    ...COMMON,
    method: 'POST',
    headers: {
      ...{ 'content-type': EXCHANGE_MEDIA_TYPE_2, [CLIENT_HEADER]: build, [DEVICE_HEADER]: dv },
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(ms),
  });

async function attempt(deps: HttpDeps, frame: WholeFrame, from: number): Promise<Heard> {
  const path = from === 0 ? EXCHANGE_PATH : partPath(frame.id, from);
  const body = from === 0 ? frame.bytes : frame.bytes.slice(from);
  const response = await post(deps, frame, { path, body, ms: EXCHANGE_TIMEOUT_MS });
  const bytes = response.status === 200 ? await response.arrayBuffer() : new ArrayBuffer(0);
  return { response, body: new Uint8Array(bytes) };
}

/** Bytes of the frame that the county has; null when nobody who knows could be asked. */
async function partThere(deps: HttpDeps, frame: WholeFrame): Promise<number | null> {
  const { id } = frame;
  for (let asked = 0; asked < RESUME_ASKS_MAX; asked++) {
    await deps.pause?.(resumeWaitMs(asked, deps.random ?? Math.random));
    try {
      const response = await post(deps, frame, { path: partPath(id), ms: ASK_TIMEOUT_MS });
      if (response.status !== 200) return null;
      const told = partReplySchema.safeParse(await response.json());
      return told.success && told.data.part === id ? told.data.have : null;
    } catch {
      // No way there yet, or a page that is no JSON: asked again, a few times only.
    }
  }
  return null;
}

/** The answer to the whole frame; throws as `fetch` does when the line stays broken. */
export async function sendWhole(deps: HttpDeps, frame: WholeFrame): Promise<Heard> {
  const { length } = frame.bytes;
  const goesOn = deps.pause !== undefined && length >= RESUME_BYTES_MIN;
  let from = 0;
  let fruitless = 0;
  for (let resumed = 0; ; resumed++) {
    try {
      const heard = await attempt(deps, frame, from);
      if (from === 0 || heard.response.status !== 409) return heard;
    } catch (error) {
      if (!goesOn || resumed >= RESUMES_MAX) throw error;
      const there = await partThere(deps, frame);
      if (there === null || there > length) throw error;
      // Once is an early cut; twice, and somebody on the way keeps the pieces to himself.
      fruitless = there > from ? 0 : fruitless + 1;
      if (fruitless >= FRUITLESS_MAX) throw error;
      from = there;
      continue;
    }
    throw new Error('the county lost what it had of this request');
  }
}
