import { LIMITS } from '$lib/server/auth/rate-limit';
import { askedWith, scopeOf } from '$lib/server/desk/finding';
import { notFound, personHere } from '$lib/server/desk/here';
import { ledgerRows, readLedgerAsk } from '$lib/server/desk/ledger';
import { leavesHouse, ledgerCsv, ledgerXlsx, logExport } from '$lib/server/desk/ledger-export';
import { provenHere } from '$lib/server/desk/prove-here';
import { may } from '$lib/server/desk/see';
import { error, redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const GET: RequestHandler = async ({ locals, url }) => {
  const person = personHere(locals);
  const { desk, limiter, finds } = locals.room;
  if (!may(desk, person, ['export', null])) notFound();
  const purpose = (url.searchParams.get('purpose') ?? '').trim().slice(0, 100);
  if (purpose === '')
    error(400, { message: '没导出。先写上干什么用，导出要记账。', code: 'PURPOSE' });
  if (!provenHere(locals))
    redirect(303, `/desk/prove?next=${encodeURIComponent(url.pathname + url.search)}`);
  const wait = await limiter.take(LIMITS.exportPerson, person.personId);
  if (wait > 0) error(429, { message: `导出太勤了，等 ${wait} 秒。`, code: 'SLOW' });
  const ask = readLedgerAsk(askedWith(finds, person.personId, url));
  const rows = leavesHouse((await ledgerRows(desk, person, ask)).rows);
  const format = url.searchParams.get('format') === 'csv' ? 'csv' : 'xlsx';
  const mark = { person, at: desk.now(), purpose };
  await logExport(desk, mark, { rows: rows.length, format, scope: scopeOf(url) });
  const name = `daiban-${mark.at.slice(0, 10)}.${format}`;
  const body =
    format === 'csv'
      ? new TextEncoder().encode(ledgerCsv(rows, mark))
      : await ledgerXlsx(rows, mark);
  return new Response(new Blob([body.slice()]), {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : XLSX,
      'content-disposition': `attachment; filename="${name}"`,
      'x-rows': String(rows.length),
    },
  });
};
