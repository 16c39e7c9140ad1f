/**
 * Every person at every address of every case and every list: the status that the table wants, and
 * no word of a case in any answer to somebody who may not read it.
 */
import type { Seeded } from './county.ts';
import { CASES, marksOf, type CaseFacts } from './cast.ts';
import { relationOf } from './relation.ts';
import { routesExpected } from './routes.ts';
import { allowed, isAtDesk, type Found } from './verdict.ts';
import type { Answered, Visitor } from './visitor.ts';

const SHELL = ['public', 'shell'];
/** Lists that a person may search. */
const SEARCHED = ['/desk', '/desk/ledger'];
const LISTS = [
  ...['/desk', '/desk/ledger?n=5000', '/desk/supervision', '/desk/kept', '/desk/hazards'],
  ...['/desk/insight', '/desk/insight?p=month', '/desk/devices', '/desk/settings', '/desk/new'],
  '/desk/settings/keys',
  ...['/desk/__data.json', '/desk/ledger/__data.json?n=5000', '/desk/insight/__data.json'],
  '/desk/ledger/__data.json?n=5000&x-sveltekit-invalidated=0001',
  ...['/desk/supervision/__data.json', '/desk/kept/__data.json', '/desk/ledger?v=open&sort=area'],
  ...['/desk/ledger/export?format=csv&purpose=authz', '/desk/ledger?figure=closedInTime&part=d'],
  ...['/track', '/tablet', '/', '/api/auth/me', '/api/rating-key'],
];

/** What of a case stands in an answer that its reader may not read. */
function leaksIn(visitor: Visitor, where: string, { text: said }: Answered): string[] {
  const { person } = visitor;
  return CASES.flatMap((one) => {
    const relation = relationOf(person, one);
    const may = (action: string) => allowed(person, relation, action);
    const marks = marksOf(one);
    const hidden: [string, string, boolean][] = [
      ['the case', marks.caseId, may('case.view')],
      ['its words', marks.words, may('case.view_words')],
      ['who asks', marks.petitioner, may('case.view_identity')],
      ['an identity number', marks.idNo, may('case.view_sensitive')],
      ['a follow-up call', marks.followup, may('followup.view')],
    ];
    const own = where.includes(marks.caseId) ? 'the case' : '';
    return hidden
      .filter(([what, mark, may]) => !may && what !== own && said.includes(mark))
      .map(([what]) => `${person.user} reads ${what} of ${one.name} at ${where}`);
  });
}

/** Status that a page of the desk owes to a person: his, not there, or the way to the sign-in. */
const statusFor = (visitor: Visitor, may: boolean): number =>
  isAtDesk(visitor.person) ? (may ? 200 : 404) : 303;

async function look(found: Found, visitor: Visitor, where: string): Promise<Answered> {
  const answer = await visitor.ask(where);
  found.attempts += 1;
  found.leaks.push(...leaksIn(visitor, where, answer));
  return answer;
}

function expectStatus(
  found: Found,
  { visitor, where, wants }: { visitor: Visitor; where: string; wants: readonly number[] },
  { status }: Answered,
): void {
  found.cells += 1;
  if (wants.includes(status)) return;
  const { user, role, state } = visitor.person;
  found.wrong.push(`${user} (${role} ${state}) ${where}: ${status}, expected ${wants.join('/')}`);
}

/** A signed receipt is for who sees the case, and nobody else learns that there is one. */
async function receiptCell(found: Found, visitor: Visitor, one: CaseFacts): Promise<void> {
  const { caseId } = marksOf(one);
  const sees = allowed(visitor.person, relationOf(visitor.person, one), 'case.view');
  const where = `/api/receipt/${caseId}`;
  const answer = await look(found, visitor, where);
  expectStatus(found, { visitor, where, wants: [sees ? 200 : 404] }, answer);
}

/** A sealed case leaves by two of the list: without a word from them nobody gets the file. */
async function exportCells(found: Found, visitor: Visitor, one: CaseFacts): Promise<void> {
  const { person } = visitor;
  const relation = relationOf(person, one);
  const may = (action: string) => allowed(person, relation, action);
  const leaves = one.sealed && may('case.view') && may('export.sensitive');
  const page = `/desk/case/${marksOf(one).caseId}`;
  for (const [where, wants] of [
    [`${page}?/exportAsk`, leaves ? 200 : 404],
    [`${page}?/exportConfirm`, 404],
    [`${page}?/exportEnd`, 404],
    [`${page}/export`, leaves ? 303 : 404],
  ] as const)
    expectStatus(found, { visitor, where, wants: [wants] }, await visitor.post(where, { why: '' }));
}

/** Every paper that the case has grounds for, with a name in them only for who may read it. */
async function paperCells(
  found: Found,
  visitor: Visitor,
  { one, seeded }: { one: CaseFacts; seeded: Seeded },
): Promise<void> {
  const { person } = visitor;
  const relation = relationOf(person, one);
  const { caseId, petitioner } = marksOf(one);
  const wants = [statusFor(visitor, allowed(person, relation, 'case.view'))];
  const kinds = seeded.papers.get(one.name) ?? [];
  if (!kinds.includes('delivery')) found.wrong.push(`${one.name} has no paper of a delivery`);
  for (const kind of kinds) {
    const where = `/desk/case/${caseId}/paper/${kind}`;
    const paper = await look(found, visitor, where);
    expectStatus(found, { visitor, where, wants }, paper);
    const reads = wants[0] === 200 && allowed(person, relation, 'case.view_identity');
    if (kind === 'delivery' && reads && !paper.text.includes(petitioner))
      found.wrong.push(`${person.user} (${person.role}) does not read ${where}`);
  }
}

/** A page's data as a program asks for it: whole, and the page's own part without the layout's. */
const dataOf = (page: string): string[] => [
  `${page}/__data.json`,
  `${page}/__data.json?x-sveltekit-invalidated=0001`,
  `${page}/__data.json?x-sveltekit-invalidated=001`,
];

/** One case by all its addresses. */
async function caseCells(
  found: Found,
  visitor: Visitor,
  { one, seeded }: { one: CaseFacts; seeded: Seeded },
): Promise<void> {
  const { person } = visitor;
  const relation = relationOf(person, one);
  const sees = allowed(person, relation, 'case.view');
  const p3 = allowed(person, relation, 'case.view_sensitive');
  const { caseId, petitioner, idNo } = marksOf(one);
  const sha = seeded.pictures.get(one.name) ?? '';
  const page = `/desk/case/${caseId}`;
  // Outside of one's own work a reason is asked first; without it nothing of P3 is shown.
  if (isAtDesk(person)) {
    const { status } = await visitor.post(`${page}?/look`, { why: 'AUDIT', words: '' });
    const asks = sees && (p3 || (one.sealed ? true : allowed(person, relation, 'followup.view')));
    expectStatus(
      found,
      { visitor, where: `${page}?/look`, wants: [asks ? 200 : 404] },
      { status, text: '' },
    );
    const tells = sees && ['O1', 'O2', 'O3', 'O4', 'O5', 'X', 'all'].includes(person.role);
    const looks = `${page}/looks`;
    expectStatus(
      found,
      { visitor, where: looks, wants: [tells ? 200 : 404] },
      await look(found, visitor, looks),
    );
  }
  if (isAtDesk(person)) await exportCells(found, visitor, one);
  const shown = await look(found, visitor, page);
  expectStatus(found, { visitor, where: page, wants: [statusFor(visitor, sees)] }, shown);
  for (const where of [...dataOf(page), `/desk/peek/${caseId}`]) {
    const wants = isAtDesk(person) ? [sees ? 200 : 404] : [303, 404, 401];
    // Kit says a redirect or an error of its data in the body, with status 200.
    const data = where.includes('.json') ? [...wants, 200] : wants;
    const answer = await look(found, visitor, where);
    expectStatus(found, { visitor, where, wants: data }, answer);
    // Who has no place at the desk reads nothing there, of his own cases neither.
    if (!isAtDesk(person) && answer.text.includes(marksOf(one).words))
      found.leaks.push(`${person.user} without a place at the desk reads ${where}`);
  }
  for (const where of [`/media/${sha}?case=${caseId}`, `/media/${sha}/original?case=${caseId}`]) {
    expectStatus(
      found,
      { visitor, where, wants: [p3 ? 200 : 404] },
      await look(found, visitor, where),
    );
  }
  await paperCells(found, visitor, { one, seeded });
  if (!isAtDesk(person) || !sees) return;
  // What may be read is read: a page that shows nothing would pass every test of secrecy.
  const reads: [string, string, boolean][] = [
    ['who asks', petitioner, allowed(person, relation, 'case.view_identity')],
    ['an identity number', idNo, p3],
  ];
  for (const [what, mark, may] of reads) {
    found.cells += 1;
    if (may && !shown.text.includes(mark))
      found.wrong.push(`${person.user} (${person.role}) does not read ${what} of ${one.name}`);
  }
}

/** By its words a case is found by who sees it, by a name only by who may read the name. */
async function searchCells(found: Found, visitor: Visitor, one: CaseFacts): Promise<void> {
  const { person } = visitor;
  const relation = relationOf(person, one);
  const { petitioner, words, caseId } = marksOf(one);
  // A sealed case is found by its numbers alone, whoever looks.
  const finds = (action: string) => !one.sealed && allowed(person, relation, action);
  const asked: [string, boolean][] = [
    [petitioner, finds('case.view_identity')],
    [words, finds('case.view_words')],
  ];
  for (const [word, may] of asked) {
    for (const list of SEARCHED) {
      const { text, where } = await visitor.find(list, word);
      // The search box repeats what was asked for.
      found.leaks.push(
        ...leaksIn(visitor, where, { status: 200, text: text.replaceAll(word, '') }),
      );
      found.attempts += 1;
      const isFound = text.includes(caseId);
      found.cells += 1;
      for (const said of [word, encodeURIComponent(word)])
        if (where.includes(said)) found.leaks.push(`${person.user}: ${word} in an address`);
      if (isFound && !may) found.leaks.push(`${person.user} finds ${one.name} at ${where}`);
      if (may && !isFound) found.wrong.push(`${person.user} does not find ${one.name} at ${where}`);
    }
  }
}

/** A wrong press on a case: of somebody who does not see it, and with a made-up case. */
async function pressCells(found: Found, visitor: Visitor, one: CaseFacts): Promise<void> {
  const { person } = visitor;
  // Who has no place at the desk presses nothing there, on his own cases neither.
  if (isAtDesk(person) && allowed(person, relationOf(person, one), 'case.view')) return;
  const eventId = `authz${person.user}${one.name}`.padEnd(22, '0').slice(0, 22);
  const fields = { act: 'supplement', eventId, text: 'authz', reason: 'authz' };
  const known = await visitor.post(`/desk/case/${marksOf(one).caseId}?/act`, fields);
  const unknown = await visitor.post(`/desk/case/${'nobody'.padEnd(22, '_')}?/act`, fields);
  found.attempts += 2;
  found.cells += 1;
  const bare = (text: string) => text.replaceAll(/"requestId":"[^"]*"/g, '');
  if (known.status !== unknown.status || bare(known.text) !== bare(unknown.text))
    found.leaks.push(`${person.user} hears that ${one.name} is there from a press`);
}

/** Every route of the list that needs no case. */
async function routeCells(found: Found, visitor: Visitor): Promise<void> {
  const { person } = visitor;
  for (const [route, who] of routesExpected()) {
    if (/\[|\?|export$|sign-out$/.test(route)) continue;
    const answer = await look(found, visitor, route);
    const wants = ((): number[] => {
      if (SHELL.includes(who)) return route === '/desk/sign-in' ? [200, 303] : [200];
      if (['person', 'field', 'post'].includes(who)) return [405];
      if (who === 'stream') return isAtDesk(person) ? [200] : [401, 404];
      const may =
        who === 'desk' ||
        (who === 'entry'
          ? ['T', 'O1', 'O2', 'O3', 'O4', 'O5'].includes(person.role)
          : who === 'keys'
            ? ['O5', 'ADMIN'].includes(person.role) && person.state === 'active'
            : person.role !== 'all' && allowed(person, 'nothing', who));
      return [statusFor(visitor, may)];
    })();
    expectStatus(found, { visitor, where: route, wants }, answer);
  }
}

/** No list says a word of a sealed case, whoever reads it: a look at one is a page of its own. */
async function listCell(found: Found, visitor: Visitor, where: string): Promise<void> {
  const { text } = await look(found, visitor, where);
  found.cells += 1;
  for (const one of CASES.filter(({ sealed }) => sealed)) {
    const { words, petitioner } = marksOf(one);
    for (const mark of [words, petitioner])
      if (text.includes(mark)) found.leaks.push(`${visitor.person.user}: ${mark} at ${where}`);
  }
}

/**
 * The two doors for what is carried: open to whoever is signed in, and they say nothing of a case;
 * of events that others brought not even that they are here.
 */
async function carryCells(found: Found, visitor: Visitor, { first }: Seeded): Promise<void> {
  const dv = 'authz'.padEnd(22, 'x');
  const items = first.map((id, n) => ({ dv, ds: n + 1, id }));
  const wants = [['V', 'S'].includes(visitor.person.role) ? 401 : 200];
  for (const [where, type, body] of [
    ['/api/sync/ack', 'application/json', JSON.stringify({ items })],
    ['/api/sync/handin', 'application/vnd.daiban.psb', 'not a file of anybody'],
  ] as const) {
    const init = { method: 'POST', headers: { 'content-type': type, 'x-daiban': '1' }, body };
    const answer = await visitor.ask(where, init);
    found.attempts += 1;
    found.leaks.push(...leaksIn(visitor, where, answer));
    if (first.some((id) => answer.text.includes(id)))
      found.leaks.push(`${visitor.person.user} hears at ${where} of an event of others`);
    expectStatus(found, { visitor, where, wants }, answer);
  }
}

/** All addresses for one person; `sample` of the cases in the short form. */
export async function visit(
  found: Found,
  visitor: Visitor,
  { seeded, sample }: { readonly seeded: Seeded; readonly sample: (n: number) => boolean },
): Promise<void> {
  await routeCells(found, visitor);
  for (const where of LISTS) await listCell(found, visitor, where);
  await carryCells(found, visitor, seeded);
  for (const [n, one] of CASES.entries()) {
    if (!sample(n)) continue;
    await caseCells(found, visitor, { one, seeded });
    await receiptCell(found, visitor, one);
    await pressCells(found, visitor, one);
    if (isAtDesk(visitor.person)) await searchCells(found, visitor, one);
  }
}
