import { answerReceipt } from '$lib/server/evidence/public';
import { readBytes } from '$lib/server/sync/read-body';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** A receipt has 170 letters. */
const BODY = { max: 1_000, seconds: 10 };

function receiptIn(bytes: Uint8Array): string {
  try {
    const sent = JSON.parse(new TextDecoder().decode(bytes)) as { receipt?: unknown } | null;
    return typeof sent?.receipt === 'string' ? sent.receipt : '';
  } catch {
    return '';
  }
}

/** Whether a receipt still stands in today's file; it comes in the body, so no log has it. */
export const POST: RequestHandler = async ({ request, locals, getClientAddress }) => {
  const sent = await readBytes(request, BODY);
  if (!sent.ok) return json({ error: sent.error.error }, { status: sent.error.status });
  const { container, limiter } = locals.room;
  const asked = { text: receiptIn(sent.value), address: getClientAddress() };
  const answer = await answerReceipt(container, limiter, asked);
  const headers = { 'cache-control': 'no-store' };
  return json(answer, { status: answer.kind === 'slow' ? 429 : 200, headers });
};
