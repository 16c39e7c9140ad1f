import { dailyList, giveReason, REASON_MAX, silentUnits } from '$lib/server/desk/freshness';
import { personHere } from '$lib/server/desk/here';
import { lockStateFor } from '$lib/server/desk/lock-state';
import { backupNow, waitsForKey } from '$lib/server/jobs/schedule';
import { supervisionOf } from '$lib/server/desk/supervision';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
  ...(await supervisionOf(locals.room.desk, personHere(locals))),
  daily: await dailyList(locals.room.desk, personHere(locals)),
  silent: await silentUnits(locals.room.desk, personHere(locals)),
  backup: await backupNow(locals.room.container),
  keyless: await waitsForKey(locals.room.container),
  locks: await lockStateFor(locals.room.container, personHere(locals)),
  reasonMax: REASON_MAX,
  now: locals.room.desk.now(),
});

export const actions: Actions = {
  reason: async ({ locals, request }) => {
    const form = await request.formData();
    const field = (name: string) => String(form.get(name) ?? '');
    const about = { caseId: field('case'), reason: field('reason') };
    const done = await giveReason(locals.room.desk, personHere(locals), about);
    return done ? { said: 'kept' as const } : fail(400, { said: 'none' as const });
  },
};
