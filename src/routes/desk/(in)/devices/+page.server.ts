import { ALARM_REASON_MAX, markAlarmSeen } from '$lib/server/desk/device-alarms';
import { deviceRows } from '$lib/server/desk/field';
import { silentAgents } from '$lib/server/desk/freshness';
import { notFound, personHere } from '$lib/server/desk/here';
import { lockStateFor } from '$lib/server/desk/lock-state';
import { placeName } from '$lib/server/desk/names';
import { may } from '$lib/server/desk/see';
import { bars } from '$lib/server/desk/tablet-locks';
import { fail } from '@sveltejs/kit';
import { MOVED } from '../moved';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ depends, locals }) => {
  depends(MOVED);
  const person = personHere(locals);
  const { desk } = locals.room;
  if (!may(desk, person, ['device.view', null])) notFound();
  const people = new Map((await desk.colleagues()).map((one) => [one.personId as string, one]));
  const barred = await bars(desk);
  const rows = (await deviceRows(desk, person)).map((row) => {
    const owner = people.get(row.personId);
    const place = owner?.areaCode ? placeName(owner.areaCode) : '';
    const alarms = row.alarms.map((alarm) => {
      const by = alarm.seen && (people.get(alarm.seen.by)?.name ?? alarm.seen.by);
      return { ...alarm, by };
    });
    const bar = barred.get(row.key)?.bar ?? null;
    return { ...row, alarms, bar, name: owner?.name ?? '', place };
  });
  const agents = await silentAgents(desk, person);
  const locks = await lockStateFor(locals.room.container, person);
  return { rows, agents, locks, reasonMax: ALARM_REASON_MAX, now: desk.now() };
};

export const actions: Actions = {
  seen: async ({ locals, request }) => {
    const person = personHere(locals);
    const { desk } = locals.room;
    if (!may(desk, person, ['device.view', null])) notFound();
    const form = await request.formData();
    const field = (name: string) => String(form.get(name) ?? '');
    const lost = Number(field('lost') || 'none');
    const mark = { dv: field('dv'), why: field('why'), lost, reason: field('reason') };
    const who = { personId: person.personId, lines: await deviceRows(desk, person) };
    const done = await markAlarmSeen(desk, who, mark);
    return done ? { said: 'seen' as const } : fail(400, { said: 'none' as const });
  },
};
