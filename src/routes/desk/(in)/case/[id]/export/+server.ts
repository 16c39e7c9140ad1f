import { LIMITS } from '$lib/server/auth/rate-limit';
import { notFound, personHere } from '$lib/server/desk/here';
import { provenHere } from '$lib/server/desk/prove-here';
import { exportFor, takeExport } from '$lib/server/desk/sealed-export';
import { seeCase } from '$lib/server/desk/see';
import { error, redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A sealed case leaves the house, once, after two people said so. By POST: nothing fetches it unasked. */
export const POST: RequestHandler = async ({ locals, params }) => {
  const person = personHere(locals);
  const { desk, limiter } = locals.room;
  const seen = locals.confined ? null : await seeCase(desk, person, params.id);
  // Asking for what nobody has let go uses up none of the day's exports.
  const leaving = seen === null ? null : await exportFor(desk, person, seen);
  if (seen === null || leaving === null) notFound();
  // Fetched already, taken back or too late: the page of the case says which.
  if (!leaving.mayTake) redirect(303, `/desk/case/${params.id}#leaving`);
  if (!provenHere(locals))
    redirect(303, `/desk/prove?next=${encodeURIComponent(`/desk/case/${params.id}`)}`);
  const wait = await limiter.take(LIMITS.exportPerson, person.personId);
  if (wait > 0) error(429, { message: `导出太勤了，等 ${wait} 秒。还没导出。`, code: 'SLOW' });
  const taken = await takeExport(desk, person, seen);
  if (!taken.ok) redirect(303, `/desk/case/${params.id}#leaving`);
  const { name, body } = taken.value;
  return new Response(new Blob([body.slice()]), {
    headers: { 'content-type': XLSX, 'content-disposition': `attachment; filename="${name}"` },
  });
};
