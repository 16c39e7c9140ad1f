import { personHere } from '$lib/server/desk/here';
import { ledgerOf, readLedgerAsk } from '$lib/server/desk/ledger';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) =>
  ledgerOf(locals.room.desk, personHere(locals), readLedgerAsk(url.searchParams));
