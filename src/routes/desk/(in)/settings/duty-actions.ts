import { rolesAt } from '$lib/server/auth/subject';
import { personHere } from '$lib/server/desk/here';
import { areaName, TOWNSHIPS } from '$lib/server/desk/names';
import {
  COUNTY_DUTY_LABEL,
  readDutyNumbers,
  type SettingsDeps,
  typedDutyNumbers,
  writeDutyNumbers,
} from '$lib/server/settings/duty';
import type { CountyTables } from '$lib/server/store/tables';
import { fail, type RequestEvent } from '@sveltejs/kit';
import type { Kysely } from 'kysely';

const settingsOf = ({ room }: App.Locals): SettingsDeps => ({
  db: room.container.db as unknown as Kysely<CountyTables>,
  county: room.container.county,
});

/** Director and administrator fill in the numbers for danger. */
const maySet = (locals: App.Locals): boolean =>
  !locals.confined &&
  rolesAt(personHere(locals), locals.room.desk.now()).some((r) => r === 'O5' || r === 'ADMIN');

/** The numbers as lines of a form; null for whoever may not set them. */
export async function dutyLines(locals: App.Locals) {
  if (!maySet(locals)) return null;
  const { county, townships } = await readDutyNumbers(settingsOf(locals));
  return [
    { name: 'county', label: COUNTY_DUTY_LABEL, number: county },
    ...TOWNSHIPS.map(({ value }) => ({
      name: value,
      label: `${areaName(value)}派出所`,
      number: townships[value] ?? '',
    })),
  ];
}

/** Keeps all numbers, or none when one of them cannot be dialled. */
export async function setDuty({ locals, request }: RequestEvent) {
  if (!maySet(locals)) return fail(404, { said: 'none' as const });
  const form = await request.formData();
  const numbers = typedDutyNumbers((name) => String(form.get(name) ?? '').slice(0, 40));
  if (numbers === null) return fail(400, { said: 'dutyBad' as const });
  const by = { personId: personHere(locals).personId, at: locals.room.desk.now() };
  await writeDutyNumbers(settingsOf(locals), numbers, by);
  return { said: 'dutySet' as const };
}
