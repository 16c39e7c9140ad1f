import { listAccounts } from '$lib/server/auth/accounts';
import { USER_NAME } from '$lib/server/auth/auth';
import { PASSPHRASE_MIN } from '$lib/server/auth/password';
import { changeOwn } from '$lib/server/auth/prove';
import { isCountyPerson } from '$lib/server/auth/second-factor';
import { setCookies } from '$lib/server/auth/set-cookies';
import { COUNTY } from '$lib/server/county';
import { personHere } from '$lib/server/desk/here';
import { placeName, TOWNSHIPS, unitName, UNITS, VILLAGES } from '$lib/server/desk/names';
import { provenHere, proveHere } from '$lib/server/desk/prove-here';
import { may } from '$lib/server/desk/see';
import { typedReason } from '$lib/server/desk/typed-reason';
import { addAccount, moveAccount, resetAccount } from '$lib/server/settings/account-acts';
import { CLOSE_REASON_MAX, closeAccount, openAccount } from '$lib/server/settings/account-closing';
import { proposeSealed, sealedListFor } from '$lib/server/settings/sealed-list';
import { seesKeys } from '$lib/server/keys/officer-keys';
import { ROLES } from '$lib/domain/permissions';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';
import { dutyLines, setDuty } from './duty-actions';
import { sealedConfirm, sealedEnd, sealedPropose } from './sealed-list-actions';
import { secondBegin, secondConfirm, secondEnd, secondReset } from './second-factor-actions';

const isField = (role: string) => role === 'A' || role === 'T';
const isLong = (passphrase: string) => [...passphrase].length >= PASSPHRASE_MIN;
const UNIT_ROLES = ['D', 'D2'];
/** Where somebody of the field may be sent. */
const PLACES = [...TOWNSHIPS, ...VILLAGES];

export const load: PageServerLoad = async ({ locals }) => {
  const person = personHere(locals);
  const { desk, accounts } = locals.room;
  const now = desk.now();
  const own = {
    duty: await dutyLines(locals),
    sealed: locals.confined ? null : await sealedListFor(locals.room, person),
    secondFactor: isCountyPerson(person, now) ? (locals.account?.secondFactor ?? false) : null,
    confined: locals.confined,
    keys: !locals.confined && seesKeys(person, now),
  };
  if (!admin(locals))
    return { ...own, blocked: null, users: null, roles: [], areas: [], units: [], reasonMax: 0 };
  const users = (await listAccounts(accounts.db)).map((one) => ({
    personId: one.personId as string,
    userName: one.userName,
    name: one.name,
    disabled: one.disabled,
    secondFactor: one.secondFactor,
    grants: one.grants.map((grant) => ({
      role: grant.role,
      scope: grant.unit_id
        ? unitName(grant.unit_id)
        : grant.area_code
          ? placeName(grant.area_code)
          : '',
      ended: grant.to_at !== null && grant.to_at <= now,
    })),
    moves: one.grants.some(({ role, to_at }) => isField(role) && (to_at === null || to_at > now)),
  }));
  return {
    ...own,
    blocked: blockedHere(locals),
    users,
    roles: [...ROLES] as string[],
    areas: [{ value: COUNTY.code, word: COUNTY.name }, ...PLACES],
    units: [...UNITS],
    reasonMax: CLOSE_REASON_MAX,
  };
};

/** What browsers reported to this node, for whoever manages accounts. */
const blockedHere = ({ room }: App.Locals) => {
  const { log } = room.violations;
  return { since: log.since, lines: log.lines(), uncounted: log.uncounted() };
};

const field = (form: FormData, name: string) => String(form.get(name) ?? '').trim();

/** Only an administrator gets past; everybody else hears that there is no such account. */
function admin(locals: App.Locals): boolean {
  return !locals.confined && may(locals.room.desk, personHere(locals), ['users.manage', null]);
}

export const actions: Actions = {
  secondBegin,
  secondConfirm,
  secondEnd,
  secondReset: (event) => secondReset(event, admin(event.locals)),
  prove: async ({ request, locals, cookies }) => {
    personHere(locals);
    const typed = String((await request.formData()).get('proof') ?? '').slice(0, 200);
    const done = await proveHere(locals, typed, request.headers);
    if (done.kind !== 'proven')
      return fail(400, {
        said: done.kind === 'slow' ? ('proveLater' as const) : ('prove' as const),
      });
    setCookies(cookies, done.cookies);
    return { said: 'proven' as const };
  },
  duty: setDuty,
  sealedPropose,
  sealedConfirm,
  sealedEnd,
  own: async ({ request, locals, cookies }) => {
    const { personId } = personHere(locals);
    const form = await request.formData();
    const fresh = field(form, 'fresh');
    if (!isLong(fresh)) return fail(400, { said: 'short' as const });
    const typed = { personId, current: field(form, 'current'), fresh };
    const done = await changeOwn(locals.room, typed, request.headers);
    if (!done.ok && done.error === 'slow') return fail(429, { said: 'proveLater' as const });
    if (!done.ok) return fail(400, { said: 'wrong' as const });
    setCookies(cookies, done.value);
    return { said: 'changed' as const };
  },
  language: async ({ request, cookies }) => {
    const form = await request.formData();
    const language = field(form, 'language') === 'en' ? 'en' : 'zh-CN';
    cookies.set('language', language, { path: '/', maxAge: 31_536_000, httpOnly: false });
    return { said: 'done' as const };
  },
  add: async ({ request, locals }) => {
    if (!admin(locals)) return fail(404, { said: 'none' as const });
    if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
    const form = await request.formData();
    const [userName, name, role] = [field(form, 'user'), field(form, 'name'), field(form, 'role')];
    const [areaCode, unitId] = [field(form, 'area'), field(form, 'unit')];
    const passphrase = field(form, 'passphrase');
    const placed = UNIT_ROLES.includes(role) ? unitId !== '' : areaCode !== '' || role === 'ADMIN';
    const known = (ROLES as readonly string[]).includes(role);
    if (!USER_NAME.test(userName) || name === '' || !known || !placed)
      return fail(400, { said: 'bad' as const });
    if (!isLong(passphrase)) return fail(400, { said: 'short' as const });
    const grant = {
      role,
      ...(areaCode === '' || UNIT_ROLES.includes(role) ? {} : { areaCode }),
      ...(unitId === '' ? {} : { unitId }),
    };
    const account = { userName, name, passphrase, grants: [grant] };
    const by = personHere(locals);
    let made: string;
    try {
      made = await addAccount(locals.room, by, { ...account, note: role });
    } catch {
      return fail(409, { said: 'taken' as const });
    }
    // Never by one hand: the list waits for somebody else.
    const isAsked = form.get('sealed') === 'on' && role.startsWith('O');
    const refused = isAsked ? await proposeSealed(locals.room, by, made) : 'none';
    return { said: refused === null ? ('sealedProposed' as const) : ('done' as const) };
  },
  state: async ({ request, locals }) => {
    if (!admin(locals)) return fail(404, { said: 'none' as const });
    if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
    const form = await request.formData();
    const personId = field(form, 'person');
    // One cannot shut oneself out: somebody must be left who can open accounts.
    if (personId === personHere(locals).personId) return fail(400, { said: 'none' as const });
    const by = personHere(locals);
    if (field(form, 'to') !== 'closed') {
      await openAccount(locals.room, by, personId);
      return { said: 'opened' as const };
    }
    const why = typedReason(field(form, 'reason'), CLOSE_REASON_MAX);
    if (why === null) return fail(400, { said: 'closeWhy' as const });
    await closeAccount(locals.room, by, { personId, why });
    return { said: 'closedNow' as const };
  },
  move: async ({ request, locals }) => {
    if (!admin(locals)) return fail(404, { said: 'none' as const });
    if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
    const form = await request.formData();
    const [personId, areaCode] = [field(form, 'person'), field(form, 'area')];
    if (!PLACES.some(({ value }) => value === areaCode)) return fail(400, { said: 'bad' as const });
    const by = personHere(locals);
    const moved = await moveAccount(locals.room, by, { personId, areaCode });
    return moved ? { said: 'moved' as const } : fail(400, { said: 'notMoved' as const });
  },
  reset: async ({ request, locals }) => {
    if (!admin(locals)) return fail(404, { said: 'none' as const });
    if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
    const form = await request.formData();
    const passphrase = field(form, 'passphrase');
    if (!isLong(passphrase)) return fail(400, { said: 'short' as const });
    const personId = field(form, 'person');
    await resetAccount(locals.room, personHere(locals), { personId, passphrase });
    return { said: 'done' as const };
  },
};
