/**
 * Every cell of the expected table over HTTP: who stands in a relation asks for everything that the
 * table names, through each address that there is for it.
 *
 *     view         the page of the case and its data, the feed of a tablet, the ledger's file
 *     record:TYPE  a form of the desk, and a push of a tablet
 *
 * Who may is let in by one of them; who may not by none. What the answer of a form or a push says is
 * whether the right was there: a form that lacks fields, or an event that does not fit now, was let in.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CountyProcess, freePort } from '../../scripts/intake/county-process.ts';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import { ACTS } from '../../src/lib/server/desk/acts/index.ts';
import { marksOf, type CaseFacts, type Person } from './cast.ts';
import type { AttackOptions } from './attack.ts';
import { CELL_CASES, CELL_PEOPLE, CELL_RELATIONS, HELD_ROLES, standing } from './cells-cast.ts';
import { seedCounty } from './county.ts';
import { actsTable, expectedCells, STATES } from './expected.ts';
import { needless, withoutAddress } from './no-address.ts';
import { pullOf } from './pull.ts';
import type { Found } from './verdict.ts';
import { Visitor, type Answered } from './visitor.ts';
import { exchange, randomId, requestOf } from './wire.ts';

/** Addresses that let the person in, and how many there are for it at all. */
interface Tried {
  doors: number;
  open: number;
  /** Of them the push of a tablet. */
  pushed: number;
}
type Asked = Map<string, Tried>;

const untried = (): Tried => ({ doors: 0, open: 0, pushed: 0 });

function note(asked: Asked, action: string, isOpen: boolean): Tried {
  const tried = asked.get(action) ?? untried();
  asked.set(action, tried);
  tried.doors += 1;
  if (isOpen) tried.open += 1;
  return tried;
}

function notePush(asked: Asked, type: string, isOpen: boolean): void {
  const tried = note(asked, `record:${type}`, isOpen);
  if (isOpen) tried.pushed += 1;
}

const EVENTS = [...actsTable().keys()];
/** These would end the relation for everybody who comes later. */
const LAST: readonly string[] = ['mandate.revoked', 'case.voided', 'case.sealed', 'agent.recused'];
const ORDERED = [...EVENTS.filter((type) => !LAST.includes(type)), ...LAST];

/** What of a case a text says, as the actions name it. */
function noteViews(asked: Asked, one: CaseFacts, text: string): void {
  const { words, petitioner, idNo, followup } = marksOf(one);
  note(asked, 'case.view_words', text.includes(words));
  note(asked, 'case.view_identity', text.includes(petitioner));
  note(asked, 'case.view_sensitive', text.includes(idNo));
  note(asked, 'followup.view', text.includes(followup));
}

const caseNoOf = (one: CaseFacts): string =>
  `DL2302782026${String(480_000_000_000 + CELL_CASES.indexOf(one)).slice(-5)}`;

/** Whether a form found the right there: every other refusal comes after it. */
const isLetIn = ({ status, text }: Answered): boolean =>
  status === 200 &&
  !text.includes('"status":404') &&
  !text.includes('"type":"redirect"') &&
  !/\\?"ACTOR\\?"/.test(text);

/** The page of a case, with a reason given first, and what leaves the house. */
async function askViews(visitor: Visitor, one: CaseFacts, file: string): Promise<Asked> {
  const asked: Asked = new Map();
  const page = `/desk/case/${marksOf(one).caseId}`;
  await visitor.post(`${page}?/look`, { why: 'AUDIT', words: '' });
  const { status, text } = await visitor.ask(page);
  note(asked, 'case.view', status === 200);
  noteViews(asked, one, status === 200 ? text : '');
  note(asked, 'export', file.includes(caseNoOf(one)));
  if (one.sealed)
    note(asked, 'export.sensitive', isLetIn(await visitor.post(`${page}?/exportAsk`, { why: '' })));
  return asked;
}

async function askForms(asked: Asked, visitor: Visitor, one: CaseFacts): Promise<void> {
  const where = `/desk/case/${marksOf(one).caseId}?/act`;
  for (const type of ORDERED)
    for (const { id } of ACTS.filter((act) => act.type === type)) {
      const answer = await visitor.post(where, { act: id, eventId: randomId() });
      note(asked, `record:${type}`, isLetIn(answer));
    }
}

/** Events whose right was not found: nothing else keeps an example of ours from being looked at. */
const NO_RIGHT: readonly string[] = ['ACTOR', 'REVOKED', 'UNKNOWN_CASE'];

/** One event of every type, in one exchange of a new tablet. */
async function askPush(asked: Asked, visitor: Visitor, one: CaseFacts): Promise<void> {
  const { caseId } = marksOf(one);
  const salt = `salt-${one.name}`.padEnd(22, '_').slice(0, 22);
  const events = ORDERED.map((type, n) => ({
    ...{ c: 0, ds: n + 1, id: randomId(), t: type, v: 1, at: new Date().toISOString() },
    p: (EXAMPLES as Readonly<Record<string, object>>)[type],
  }));
  const cases = [{ id: caseId, salt }];
  const rest = { cases, events, dsHi: events.length, feedBytesMax: 0 };
  const answer = await exchange(visitor, requestOf(randomId(), rest));
  const said = new Map(
    (answer.reply?.results ?? []).map((result) => [result.id as string, result]),
  );
  for (const { id, t } of events) {
    const result = said.get(id) as { s: string; code?: string } | undefined;
    const isIn = result !== undefined && !NO_RIGHT.includes(result.code ?? '');
    notePush(asked, t, isIn);
  }
}

/** What is of no case: pages and forms of the desk. */
async function askNothing(visitor: Visitor): Promise<Asked> {
  const asked: Asked = new Map();
  const opens = async (where: string) => (await visitor.ask(where)).status === 200;
  note(asked, 'hazard.view', await opens('/desk/hazards'));
  note(asked, 'stats.view', await opens('/desk/insight'));
  note(asked, 'device.view', await opens('/desk/devices'));
  note(asked, 'export', await opens('/desk/ledger/export?format=csv&purpose=authz'));
  const form = await visitor.post('/desk/settings?/state', { person: '' });
  note(asked, 'users.manage', isLetIn(form));
  // Who looked is told with names to whoever reads the audit.
  const looks = await visitor.ask(`/desk/case/${marksOf(standing('A', 'own').one).caseId}/looks`);
  note(asked, 'audit.view', looks.text.includes(PRINTED));
  return asked;
}

/** A case that nobody has heard of: begun by a tablet, or entered at the desk. */
async function askNew(visitor: Visitor): Promise<Asked> {
  const asked: Asked = new Map();
  const own = { id: randomId(), salt: randomId() };
  const examples = EXAMPLES as Readonly<Record<string, object>>;
  for (const type of ['case.drafted', 'hazard.reported']) {
    const payload = { ...examples[type], temporaryNo: undefined };
    const event = { ...{ c: 0, ds: 1, id: randomId(), t: type, v: 1 }, p: payload };
    const at = new Date().toISOString();
    const rest = { cases: [own], events: [{ ...event, at }], dsHi: 1, feedBytesMax: 0 };
    const answer = await exchange(visitor, requestOf(randomId(), rest));
    notePush(asked, type, answer.reply?.results[0]?.s === 'stored');
    own.id = randomId();
  }
  const entry = await visitor.ask('/desk/new');
  note(asked, 'record:case.drafted', entry.status === 200);
  return asked;
}

/** Relations without a case or a page of their own. */
const NOT_HERE = ['area-own', 'area-foreign', 'foreign-county', 'sealed-listed-foreign'];
/** Who looks first, and how the audit calls him. */
const LOOKER = 'is-o1';
const PRINTED = `p-${LOOKER}`;

/** The cells that a person of these roles and this state answers in one relation. */
export interface Judged {
  readonly roles: readonly string[];
  readonly state: string;
  readonly relation: string;
  /** Late work of who has or had the case is taken and waits for another hand (K10, K21). */
  readonly late: boolean;
}

const table = new Map(
  expectedCells().map((c) => [`${c.role} ${c.state} ${c.relation} ${c.action}`, c.may]),
);
const actionsOf = (relation: string): string[] => [
  ...new Set(expectedCells().flatMap((c) => (c.relation === relation ? [c.action] : []))),
];

export interface Counted {
  /** Cells with an answer of the server. */
  asked: number;
  /** Cells that have no address, each named in no-address.csv. */
  unasked: number;
  late: number;
  readonly wrong: string[];
}

function judge(counted: Counted, asked: Asked, { roles, state, relation, late }: Judged): void {
  for (const action of actionsOf(relation)) {
    const tried = asked.get(action) ?? untried();
    for (const role of roles) {
      const may = table.get(`${role} ${state} ${relation} ${action}`);
      const cell = `${role} ${state} ${relation} ${action}`;
      if (may === undefined) throw new Error(`no row for ${cell}`);
      if (tried.doors === 0 || (may && tried.open === 0)) {
        if (withoutAddress(role, relation, action)) counted.unasked += 1;
        else counted.wrong.push(`${cell}: ${may ? 'let in nowhere' : 'asked nowhere'}`);
        continue;
      }
      counted.asked += 1;
      if (may || tried.open === 0) continue;
      // A tablet's late work alone: no form of the desk and no look is late.
      if (late && tried.open === tried.pushed) counted.late += 1;
      else
        counted.wrong.push(`${cell}: ${String(tried.open)} of ${String(tried.doors)} let him in`);
    }
  }
}

/** The person has or had the case: late work of his tablet is taken and waits (K10, K21). */
const isHis = ({ agent, former }: CaseFacts, { user }: Person): boolean =>
  agent === user || former === user;

interface Group {
  readonly visitor: Visitor;
  readonly roles: readonly string[];
  readonly state: string;
  readonly relation: string;
  readonly one: CaseFacts;
  readonly asked: Asked;
}

/** In the short form one in so many. */
const SHARE = 12;
/** And of each check of rights one that only it refuses. */
const ALWAYS: readonly string[] = ['A same-area', 'T other-area', 'D same-area', 'O1 sealed'];
const inShare = (role: string, relation: string, place: number): boolean =>
  place % SHARE === 0 || ALWAYS.includes(`${role} ${relation}`);

/** Everybody in every relation; the short form takes a fixed share of them. */
function plan(visitors: ReadonlyMap<string, Visitor>, short: boolean): Group[] {
  const groups: Group[] = [];
  const at = (user: string): Visitor => {
    const found = visitors.get(user);
    if (found === undefined) throw new Error(`${user} is not in`);
    return found;
  };
  for (const [r, relation] of CELL_RELATIONS.entries()) {
    for (const [n, role] of HELD_ROLES.entries()) {
      const { who, one } = standing(role, relation);
      if (who === null || (short && !inShare(role, relation, r + n))) continue;
      const of = { roles: [role], state: 'active', relation, one, asked: new Map() };
      groups.push({ visitor: at(who), ...of });
    }
    for (const state of STATES) {
      if (short && (r + state.length) % SHARE !== 0) continue;
      const { who, one } = standing(state === 'active' ? 'A' : state, relation);
      const of = { state, relation, one };
      for (const role of ['V', 'S'])
        groups.push({ visitor: at(role), roles: [role], ...of, asked: new Map() });
      if (state !== 'active')
        groups.push({ visitor: at(who ?? ''), roles: HELD_ROLES, ...of, asked: new Map() });
    }
  }
  return groups;
}

async function visitorsOf(origin: string, short: boolean): Promise<Map<string, Visitor>> {
  const needed = new Set<string>([LOOKER]);
  for (const [r, relation] of CELL_RELATIONS.entries())
    for (const [n, role] of HELD_ROLES.entries())
      if (!short || inShare(role, relation, r + n)) needed.add(standing(role, relation).who ?? '');
  const isNeeded = ({ user, state }: Person): boolean => needed.has(user) || state !== 'active';
  const visitors = new Map<string, Visitor>();
  for (const role of ['V', 'S'] as const) visitors.set(role, Visitor.nobody(origin, role));
  for (const person of CELL_PEOPLE.filter(isNeeded))
    visitors.set(person.user, await Visitor.signedIn(origin, person));
  return visitors;
}

async function askAll(groups: readonly Group[], visitors: ReadonlyMap<string, Visitor>) {
  const files = new Map<Visitor, string>();
  const feeds = new Map<Visitor, string>();
  for (const visitor of visitors.values()) {
    const csv = await visitor.ask('/desk/ledger/export?format=csv&purpose=authz&n=5000');
    files.set(visitor, csv.status === 200 ? csv.text : '');
    feeds.set(visitor, (await pullOf(visitor)).text);
  }
  for (const { visitor, one, asked } of groups) {
    for (const [action, tried] of await askViews(visitor, one, files.get(visitor) ?? ''))
      asked.set(action, tried);
    const feed = feeds.get(visitor) ?? '';
    note(asked, 'case.view', feed.includes(marksOf(one).caseId));
    noteViews(asked, one, feed);
    await askForms(asked, visitor, one);
  }
}

/** Somebody of the office has looked at the first case: there is a name to tell. */
async function looked(visitors: ReadonlyMap<string, Visitor>): Promise<void> {
  const page = `/desk/case/${marksOf(standing('A', 'own').one).caseId}`;
  const visitor = visitors.get(LOOKER);
  await visitor?.post(`${page}?/look`, { why: 'AUDIT', words: '' });
  await visitor?.ask(page);
}

async function askPlaces(counted: Counted, visitors: ReadonlyMap<string, Visitor>): Promise<void> {
  for (const [user, visitor] of visitors) {
    const { role, state } = visitor.person;
    const isPlain = user.startsWith('is-') && !user.includes('-listed') && !user.includes('-named');
    if (!isPlain && !['V', 'S'].includes(role)) continue;
    if (user === 'is-somebody') continue;
    const states = ['V', 'S'].includes(role) ? STATES : [state];
    const roles = role === 'all' ? HELD_ROLES : [role];
    const [nothing, fresh] = [await askNothing(visitor), await askNew(visitor)];
    for (const one of states) {
      const who = { roles, state: one, late: false };
      judge(counted, nothing, { ...who, relation: 'nothing' });
      for (const relation of NOT_HERE) judge(counted, new Map(), { ...who, relation });
      // An agent whose time is over may have noted it before: it is taken and waits (K10).
      judge(counted, fresh, { ...who, relation: 'new', late: role === 'all' });
    }
  }
}

/**
 * The whole of it against a county of its own; adds to what was found. `plant` gives everybody the
 * rights of a listed director: everything must turn red.
 */
export async function everyCell(
  found: Found,
  { short, plant, say }: AttackOptions,
): Promise<Counted> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-cells-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${String(port)}`;
  const county = new CountyProcess({ dataDir, port, origin });
  const counted: Counted = { asked: 0, unasked: 0, late: 0, wrong: [] };
  try {
    const cast = { people: CELL_PEOPLE, cases: CELL_CASES };
    const director = CELL_PEOPLE.find(({ user }) => user === 'is-o5-listed') ?? null;
    await seedCounty(dataDir, { cast, asIf: plant ? director : null });
    await county.start();
    const visitors = await visitorsOf(origin, short);
    say(`${String(visitors.size)} people in ${String(CELL_RELATIONS.length)} relations`);
    const groups = plan(visitors, short);
    await askAll(groups, visitors);
    await looked(visitors);
    await askPlaces(counted, visitors);
    // What is pushed stands in the case afterwards: it comes when all has been looked at.
    for (const { visitor, one, asked } of groups) await askPush(asked, visitor, one);
    for (const { asked, roles, state, relation, visitor, one } of groups)
      judge(counted, asked, { roles, state, relation, late: isHis(one, visitor.person) });
    if (!short) counted.wrong.push(...needless());
    found.wrong.push(...counted.wrong);
    found.attempts += counted.asked;
    return counted;
  } finally {
    await county.kill();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
