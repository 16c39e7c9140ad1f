/**
 * Forms that are not this person's: acts of other roles on a case that he sees, accounts, numbers
 * for danger. The rows on disk must be the same before and after.
 */
import { DatabaseSync } from 'node:sqlite';
import { ACTS } from '../../src/lib/server/desk/acts/index.ts';
import { CASES, marksOf } from './cast.ts';
import { actsTable } from './expected.ts';
import { THIEFS_KEY, WAITING_KEY } from './keys.ts';
import { relationOf } from './relation.ts';
import { allowed, isAtDesk, type Found } from './verdict.ts';
import type { Visitor } from './visitor.ts';

const WATCHED = ['log', 'account_grant', 'user', 'account', 'county_setting', 'dead_letter'];

/** Everything that a forbidden press could change, as text. */
function printOf(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return JSON.stringify(
      WATCHED.map((table) => db.prepare(`select * from "${table}" order by rowid`).all()),
    );
  } finally {
    db.close();
  }
}

/** Forms of the settings page: who may send them, and what a thief would send. */
const SETTINGS: readonly (readonly [
  string,
  readonly string[],
  Readonly<Record<string, string>>,
])[] = [
  [
    'add',
    ['ADMIN'],
    { user: 'thief', name: 'thief', role: 'O5', area: '230278000000', passphrase: 'thief-thief-1' },
  ],
  ['state', ['ADMIN'], { person: 'p-director', to: 'closed' }],
  ['move', ['ADMIN'], { person: 'p-agent', area: '230278200000' }],
  ['reset', ['ADMIN'], { person: 'p-director', passphrase: 'thief-thief-1' }],
  ['secondReset', ['ADMIN'], { person: 'p-director' }],
  ['duty', ['ADMIN', 'O5'], { county: '0452-1234567' }],
  ['sealedPropose', ['ADMIN', 'O5'], { person: 'p-notlisted' }],
  ['sealedConfirm', ['ADMIN', 'O5'], { person: 'p-notlisted' }],
  ['sealedEnd', ['ADMIN', 'O5'], { person: 'p-sealeddesk' }],
  [
    '/../devices/locks/reopen?/start',
    ['ADMIN', 'O5'],
    { id: 'thiefs-opening-22-char', vault: 'thiefs-vault-22-charss', reason: '试', to: 'x' },
  ],
  ['/../devices/locks?/card', ['ADMIN', 'O5'], { cardId: 'thiefs-card-1234', personId: 'p-agent' }],
  ['/../devices/locks?/code', ['ADMIN', 'O5'], { personId: 'p-agent' }],
  ['/keys?/made', ['O5'], { key: THIEFS_KEY }],
  ['/keys?/confirm', ['ADMIN', 'O5'], { key: WAITING_KEY }],
  ['/keys?/end', ['ADMIN', 'O5'], { key: WAITING_KEY }],
];

/** Acts on the first case that he sees which his role may not do. */
async function pressActs(found: Found, visitor: Visitor): Promise<void> {
  const { person } = visitor;
  const one = CASES.find((it) => allowed(person, relationOf(person, it), 'case.view'));
  if (one === undefined || !isAtDesk(person)) return;
  const acts = actsTable();
  for (const act of ACTS) {
    if (acts.get(act.type)?.includes(person.role) === true) continue;
    const eventId = `press${person.user}${act.id}`.replaceAll(/\W/g, '').padEnd(22, '0');
    const fields = { act: act.id, eventId: eventId.slice(0, 22), reason: '试', text: '试' };
    const { status, text } = await visitor.post(`/desk/case/${marksOf(one).caseId}?/act`, fields);
    found.attempts += 1;
    found.cells += 1;
    if (status === 200 && text.includes('"type":"success"'))
      found.wrong.push(`${person.user} (${person.role}) does ${act.id}`);
  }
}

/** Presses everything that is forbidden to this person, and looks at the rows. */
export async function press(found: Found, visitor: Visitor, file: string): Promise<void> {
  const { person } = visitor;
  const before = printOf(file);
  await pressActs(found, visitor);
  for (const [form, roles, fields] of SETTINGS) {
    if (roles.includes(person.role) && person.state === 'active') continue;
    await visitor.post(`/desk/settings${form.includes('/') ? form : `?/${form}`}`, fields);
    found.attempts += 1;
  }
  if (!(isAtDesk(person) && ['T', 'O1', 'O2', 'O3', 'O4', 'O5'].includes(person.role))) {
    await visitor.post('/desk/new', { words: '试', name: '试', eventId: 'x'.padEnd(22, 'x') });
    found.attempts += 1;
  }
  const hidden = CASES.find((it) => !allowed(person, relationOf(person, it), 'case.view'));
  if (hidden !== undefined) {
    const { caseId } = marksOf(hidden);
    await visitor.post('/desk/supervision?/reason', { case: caseId, reason: '试' });
    for (const act of ['adopt', 'lay', 'up', 'look'])
      await visitor.post(`/desk/kept?/${act}`, { id: caseId, reason: '试', why: 'AUDIT' });
    found.attempts += 2;
  }
  const mayDevices = allowed(
    person.role === 'all' ? { ...person, role: 'O5' } : person,
    'nothing',
    'device.view',
  );
  if (!mayDevices) {
    await visitor.post('/desk/devices?/seen', { dv: 'x', why: 'CLONED', lost: '0', reason: '试' });
    found.attempts += 1;
  }
  found.cells += 1;
  if (printOf(file) !== before)
    found.wrong.push(`rows changed by a forbidden press of ${person.user} (${person.role})`);
}
