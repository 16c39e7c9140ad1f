import { setCookies } from '$lib/server/auth/set-cookies';
import { rolesAt } from '$lib/server/auth/subject';
import { deviceRows } from '$lib/server/desk/field';
import { notFound, personHere } from '$lib/server/desk/here';
import { lockStateFor } from '$lib/server/desk/lock-state';
import { placeName } from '$lib/server/desk/names';
import { provenHere, proveHere } from '$lib/server/desk/prove-here';
import { may } from '$lib/server/desk/see';
import {
  bars,
  cards,
  LOCK_REASON_MAX,
  noteCard,
  revokeCard,
  setBar,
} from '$lib/server/desk/tablet-locks';
import { codeFor, codeLines, hasTablet, printEnrolCode } from '$lib/server/desk/tablet-codes';
import { typedReason } from '$lib/server/desk/typed-reason';
import { voidCode } from '$lib/server/keys/enrol-codes';
import { openableVaults } from '$lib/server/keys/reopenings-view';
import { fail, type RequestEvent } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

/** Director and administrator lock, free, print and revoke; who sees the tablets sees it. */
const maySet = (locals: App.Locals): boolean =>
  !locals.confined &&
  rolesAt(personHere(locals), locals.room.desk.now()).some((r) => r === 'O5' || r === 'ADMIN');

export const load: PageServerLoad = async ({ locals }) => {
  const person = personHere(locals);
  const { desk } = locals.room;
  if (!may(desk, person, ['device.view', null])) notFound();
  const colleagues = await desk.colleagues();
  const names = new Map(colleagues.map((one) => [one.personId as string, one.name]));
  const nameOf = (personId: string): string => names.get(personId) ?? personId;
  const said = await bars(desk);
  const tablets = (await deviceRows(desk, person)).map(({ key, personId, letter }) => {
    const line = said.get(key);
    const by = line ? { ...line, by: nameOf(line.by) } : null;
    return { dv: key, name: nameOf(personId), letter, line: by };
  });
  const printed = (await cards(desk)).map((card) => ({
    ...card,
    ...{ name: nameOf(card.personId), by: nameOf(card.by) },
  }));
  const fieldPeople = colleagues.filter(hasTablet).map(({ personId, name, areaCode, roles }) => ({
    ...{ personId, name, place: areaCode ? placeName(areaCode) : '' },
    isAgent: roles.includes('A'),
  }));
  const agents = fieldPeople.filter(({ isAgent }) => isAgent);
  const maySay = maySet(locals);
  const locks = await lockStateFor(locals.room.container, person);
  const { account } = locals;
  const proof = { proven: provenHere(locals), secondFactor: account?.secondFactor ?? false };
  const about = { maySay, ...proof, locks, reasonMax: LOCK_REASON_MAX, now: desk.now() };
  const vaults = maySay ? await openableVaults(desk) : [];
  const codes = maySay ? await codeLines(desk, about.now) : [];
  const codesOff = !locals.room.container.env.enrolmentCodes;
  return { tablets, printed, agents, fieldPeople, vaults, codes, codesOff, ...about };
};

type Field = (name: string) => string;

/** One form of those who may: what was done is said by name, everything else as not done. */
async function take<T extends string>(
  { locals, request }: RequestEvent,
  run: (field: Field, deps: App.Locals['room']['desk']) => Promise<T | null>,
) {
  if (!maySet(locals)) return fail(404, { said: 'none' as const });
  if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
  const form = await request.formData();
  const field: Field = (name) => String(form.get(name) ?? '');
  if (form.has('reason') && typedReason(field('reason'), LOCK_REASON_MAX) === null)
    return fail(400, { said: 'why' as const });
  const said = await run(field, locals.room.desk);
  return said === null ? fail(400, { said: 'none' as const }) : { said };
}

/** What the page says of a bar that was set: lost, stopped or open again. */
const saidOfBar = (bar: string) =>
  bar === 'lost' ? ('lost' as const) : bar === '' ? ('freed' as const) : ('revoked' as const);

const by = ({ locals }: RequestEvent) => ({
  ...{ personId: personHere(locals).personId, at: locals.room.desk.now() },
});

export const actions: Actions = {
  prove: async ({ request, locals, cookies }) => {
    personHere(locals);
    const typed = String((await request.formData()).get('proof') ?? '').slice(0, 200);
    const done = await proveHere(locals, typed, request.headers);
    if (done.kind === 'slow') return fail(429, { said: 'proveLater' as const });
    if (done.kind !== 'proven') return fail(400, { said: 'prove' as const });
    setCookies(cookies, done.cookies);
    return { said: 'proven' as const };
  },
  code: async (event) => {
    const { locals, request } = event;
    if (!maySet(locals)) return fail(404, { saidCode: 'none' as const });
    if (!provenHere(locals)) return fail(403, { saidCode: 'prove' as const });
    const personId = String((await request.formData()).get('personId') ?? '');
    const made = await codeFor(locals.room.desk, personId, by(event));
    if (made === 'hand') return fail(400, { saidCode: 'hand' as const });
    if (made === null) return fail(400, { saidCode: 'none' as const });
    const { code, name, expiresAt } = made;
    return { saidCode: 'code' as const, made: { code: printEnrolCode(code), name, expiresAt } };
  },
  voidCode: async (event) => {
    const { locals, request } = event;
    if (!maySet(locals)) return fail(404, { saidCode: 'none' as const });
    if (!provenHere(locals)) return fail(403, { saidCode: 'prove' as const });
    const id = String((await request.formData()).get('id') ?? '');
    const done = await voidCode(locals.room.desk, id, by(event));
    return done ? { saidCode: 'voidCode' as const } : fail(400, { saidCode: 'none' as const });
  },
  bar: (event) =>
    take(event, async (field, desk) => {
      const what = { dv: field('dv'), bar: field('bar'), reason: field('reason') };
      return (await setBar(desk, what, by(event))) ? saidOfBar(what.bar) : null;
    }),
  card: (event) =>
    take(event, async (field, desk) => {
      const what = { cardId: field('cardId'), personId: field('personId') };
      return (await noteCard(desk, what, by(event))) ? ('card' as const) : null;
    }),
  revoke: (event) =>
    take(event, async (field, desk) => {
      const what = { cardId: field('cardId'), reason: field('reason') };
      return (await revokeCard(desk, what, by(event))) ? ('revoke' as const) : null;
    }),
};
