/** What a new tablet of each person gets, beside a filter that looks at every case by itself. */
import { CASES, marksOf } from './cast.ts';
import { relationOf } from './relation.ts';
import { allowed, type Found } from './verdict.ts';
import type { Visitor } from './visitor.ts';
import { exchange, randomId, requestOf } from './wire.ts';

const PAGES_MAX = 50;

interface Pulled {
  readonly status: number;
  readonly cases: ReadonlySet<string>;
  readonly text: string;
}

/** Everything that a new tablet of this person is sent. */
export async function pullOf(visitor: Visitor): Promise<Pulled> {
  const dv = randomId();
  const open = new Set<string>();
  let cursor: unknown = null;
  let text = '';
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await exchange(visitor, requestOf(dv, { cursor }));
    text += answer.text;
    if (answer.reply === null) return { status: answer.status, cases: open, text };
    const { rows, cursor: next, more } = answer.reply.feed;
    for (const row of rows) {
      if (row.k === 'enter') open.add(row.caseId);
      if (row.k === 'event') open.add(row.event.caseId);
      if (row.k === 'leave') open.delete(row.caseId);
    }
    if (!more) return { status: answer.status, cases: open, text };
    cursor = next;
  }
  throw new Error(`the feed of ${visitor.person.user} does not end`);
}

/** Compares one person's pull with the filter; a desk has no feed at all. */
export async function comparePull(found: Found, visitor: Visitor): Promise<void> {
  const { person } = visitor;
  const { status, cases, text } = await pullOf(visitor);
  found.attempts += 1 + CASES.length;
  const isField = ['A', 'T', 'all'].includes(person.role);
  const wants = person.role === 'V' || person.role === 'S' ? 401 : isField ? 200 : 403;
  found.cells += 1;
  if (status !== wants)
    found.wrong.push(`${person.user} pulls: ${String(status)}, expected ${String(wants)}`);
  for (const one of CASES) {
    const marks = marksOf(one);
    const relation = relationOf(person, one);
    // A tablet holds what its person took or was given; the rest of a township is at its desk.
    const may = one.agent === person.user && allowed(person, relation, 'case.view');
    found.cells += 1;
    if (cases.has(marks.caseId) !== may)
      found.wrong.push(`${person.user} ${may ? 'lacks' : 'pulls'} ${one.name}`);
    if (!may && (text.includes(marks.words) || text.includes(marks.petitioner)))
      found.leaks.push(`${person.user} pulls words of ${one.name}`);
    if (text.includes(marks.idNo) && !allowed(person, relation, 'case.view_sensitive'))
      found.leaks.push(`${person.user} pulls an identity number of ${one.name}`);
    if (text.includes(marks.followup) && !allowed(person, relation, 'followup.view'))
      found.leaks.push(`${person.user} pulls the follow-up call of ${one.name}`);
  }
}
