/**
 * Forged events: of every type, with every field that the county gives itself, in the envelope and
 * in the payload, on an own case and on somebody else's; then the log is read as it stands on disk.
 */
import { DatabaseSync } from 'node:sqlite';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import { CASES, marksOf, VILLAGE } from './cast.ts';
import { actsTable } from './expected.ts';
import type { Found } from './verdict.ts';
import type { Visitor } from './visitor.ts';
import { unsignedLies } from './unsigned.ts';
import { exchange, randomId, requestOf } from './wire.ts';

const LIE = 'p-director';
/** What only the county says of an event, with a value that would help a liar. */
const FORGED: Readonly<Record<string, unknown>> = {
  actor: { code: 'O', personId: LIE, name: '局长', areaCode: '230278000000' },
  stamp: { seq: 1, receivedAt: '2020-01-01T00:00:00Z', clockOffsetSeconds: 0 },
  code: 'O',
  personId: LIE,
  role: 'O5',
  areaCode: '230278000000',
  unitId: 'SWJ',
  status: 'CLOSED',
  seq: 1,
  tag: 'AAAAAAAAAAAAAAAAAAAAAA',
  receivedAt: '2020-01-01T00:00:00Z',
  clockOffsetSeconds: 86_400,
  caseNo: 'DL230278202600001',
  temporaryNo: '临-230278200201-Z09-A-0001',
  queryCode: '999999999999',
  county: '230229',
  caseId: marksOf({ ...(CASES[3] as (typeof CASES)[number]) }).caseId,
  sealed: false,
};
/** After one of these the liar has his own case no longer: they come when all else was tried. */
const LAST: readonly string[] = ['case.sealed', 'case.voided', 'mandate.revoked', 'agent.recused'];
/** Types of which at least one lie has to be stored, or the zero is worth nothing. */
const TYPES_MIN = 20;

/** Events of one exchange. */
const BATCH = 400;

export interface Sent {
  readonly id: string;
  readonly type: string;
  readonly field: string;
  readonly caseId: string;
  readonly own: boolean;
}

export interface LogRow {
  readonly id: string;
  readonly seq: number;
  readonly case_id: string;
  readonly dv: string;
  readonly actor: string;
  readonly received_at: string;
  readonly clock_offset: number;
}

type Lie = Omit<Sent, 'id'> & { readonly salt: string; readonly add: Record<string, unknown> };

/** One lie per type and field on the own case, and every type on a case of somebody else. */
function liesOf(own: { id: string; salt: string }, fields: readonly string[]): Lie[] {
  const victim = CASES.find(({ name }) => name === 'elsewhere');
  if (!victim) throw new Error('no case of somebody else');
  const foreign = { caseId: marksOf(victim).caseId, salt: 'salt-elsewhere'.padEnd(22, '_') };
  const named = [...actsTable().keys()].filter((type) => type !== 'case.drafted');
  const types = [...named.filter((type) => !LAST.includes(type)), ...LAST];
  return types.flatMap((type) => [
    ...fields.map((field) => {
      const add = { [field]: FORGED[field] };
      return { type, field, caseId: own.id, salt: own.salt, own: true, add };
    }),
    { type, field: 'the case of somebody else', ...foreign, own: false, add: {} },
  ]);
}

/** Why the row in the log shows that a lie was believed; null when it does not. */
export function believed(
  row: LogRow,
  sent: Sent,
  about: { dv: string; head: number; from: string },
) {
  const actor = JSON.parse(row.actor) as Readonly<Record<string, unknown>>;
  if (!sent.own) return 'joined the case of somebody else';
  if (actor['personId'] !== 'p-agent' || actor['name'] !== 'agent名') return 'its actor';
  if (!['A', 'V'].includes(String(actor['code'])) || actor['areaCode'] !== VILLAGE) return 'a role';
  if (actor['unitId'] !== undefined) return 'a unit';
  if (row.seq <= about.head) return 'its position';
  if (row.received_at < about.from || row.received_at > new Date().toISOString())
    return 'the time of its coming';
  if (row.case_id !== sent.caseId || row.dv !== about.dv) return 'its case or device';
  if (Math.abs(row.clock_offset) > 600) return 'the offset of its clock';
  return (actsTable().get(sent.type) ?? []).includes('A') ? null : 'a role that may do it';
}

const isoNow = (): string => new Date().toISOString();

/** Numbers and columns of a case as they stand in the database. */
const caseRow = (db: DatabaseSync, id: string) =>
  db
    .prepare(
      'select status, case_no, temporary_no, query_code, other_codes, sealed, agent_id, lead_unit_id from cases where case_id = ?',
    )
    .get(id) as Readonly<Record<string, unknown>> | undefined;

async function sendLies(
  visitor: Visitor,
  { dv, after }: { readonly dv: string; readonly after: number },
  lies: readonly Lie[],
): Promise<Sent[]> {
  const sent: Sent[] = [];
  let ds = after;
  for (let from = 0; from < lies.length; from += BATCH) {
    const part = lies.slice(from, from + BATCH);
    const cases = [...new Map(part.map((lie) => [lie.caseId, lie.salt]))];
    const events = part.map(({ type, field, caseId, own, add }) => {
      const id = randomId();
      sent.push({ id, type, field, caseId, own });
      ds += 1;
      const payload = { ...(EXAMPLES as Readonly<Record<string, object>>)[type], ...add };
      const c = cases.findIndex(([one]) => one === caseId);
      return { c, ds, id, t: type, v: 1, at: isoNow(), p: payload, ...add };
    });
    const named = cases.map(([id, salt]) => ({ id, salt }));
    // Of the request itself `sealed` is a word of the wire: rows that a tablet carries.
    const lying = { ...FORGED, caseId: undefined, sealed: undefined };
    const answer = await exchange(
      visitor,
      requestOf(dv, { cases: named, events, dsHi: ds, ...lying }),
    );
    if (answer.status !== 200) throw new Error(`the lies were not heard: ${answer.status}`);
  }
  return sent;
}

/** A case of the agent's own, honestly begun. */
async function beginCase(visitor: Visitor, dv: string): Promise<{ id: string; salt: string }> {
  const own = { id: randomId(), salt: randomId() };
  const payload = { ...EXAMPLES['case.drafted'], temporaryNo: undefined };
  const event = { c: 0, ds: 1, id: randomId(), t: 'case.drafted', v: 1, at: isoNow(), p: payload };
  const answer = await exchange(visitor, requestOf(dv, { cases: [own], events: [event], dsHi: 1 }));
  if (answer.reply?.results[0]?.s !== 'stored')
    throw new Error(`no case could be begun: ${String(answer.status)}`);
  return own;
}

/** Somebody else's device and county, and an id that stands in the log already. */
async function otherLies(found: Found, agent: Visitor, other: Visitor): Promise<void> {
  const dv = randomId();
  await exchange(agent, requestOf(dv, {}));
  const stolen = await exchange(other, requestOf(dv, {}));
  found.forged += 1;
  if (stolen.status !== 403) found.forgedAccepted.push("somebody else's device");
  const abroad = { ...EXAMPLES['case.drafted'], areaCode: '230229100001', temporaryNo: undefined };
  const own = { id: randomId(), salt: randomId() };
  const event = { c: 0, ds: 1, id: randomId(), t: 'case.drafted', v: 1, at: isoNow(), p: abroad };
  const answer = await exchange(agent, requestOf(dv, { cases: [own], events: [event], dsHi: 1 }));
  found.forged += 1;
  if (answer.reply?.results[0]?.s !== 'rejected') found.forgedAccepted.push('another county');
}

/** Sends the lies and reads the log; `fields` says how many of the forged fields are tried. */
export async function forge(
  found: Found,
  { agent, other }: { readonly agent: Visitor; readonly other: Visitor },
  { file, short }: { readonly file: string; readonly short: boolean },
): Promise<void> {
  const db = new DatabaseSync(file, { readOnly: true });
  const all = Object.keys(FORGED);
  const fields = short ? ['actor', 'temporaryNo', 'queryCode'] : all;
  const dv = randomId();
  const own = await beginCase(agent, dv);
  const victim = marksOf(CASES[3] as (typeof CASES)[number]).caseId;
  const before = JSON.stringify(caseRow(db, victim));
  const { seq: head } = db.prepare('select max(seq) as seq from log').get() as { seq: number };
  const from = isoNow();
  const lies = liesOf(own, fields);
  const early = lies.filter(({ type }) => !LAST.includes(type));
  const sent = await sendLies(agent, { dv, after: 1 }, early);
  const kept = caseRow(db, own.id);
  const rest = lies.slice(early.length);
  sent.push(...(await sendLies(agent, { dv, after: 1 + early.length }, rest)));
  // Each stands in the envelope and in the payload.
  found.forged += sent.length;
  const read = db.prepare('select * from log where id = ?');
  const stored = new Map<string, number>();
  for (const one of sent) {
    const row = read.get(one.id) as LogRow | undefined;
    if (row === undefined) continue;
    stored.set(one.type, (stored.get(one.type) ?? 0) + 1);
    const lie = believed(row, one, { dv, head, from });
    if (lie !== null) found.forgedAccepted.push(`${one.type} with ${one.field}: ${lie}`);
  }
  // If nothing at all were stored, nothing could have been believed either.
  if (stored.size < TYPES_MIN)
    found.wrong.push(`forged events of only ${stored.size} types were stored`);
  for (const mine of [kept, caseRow(db, own.id)])
    if (
      mine?.['status'] === 'CLOSED' ||
      mine?.['case_no'] !== null ||
      mine['lead_unit_id'] !== null
    )
      found.forgedAccepted.push(`a status, number or unit of its own: ${JSON.stringify(mine)}`);
  const numbers = ['temporary_no', 'query_code', 'other_codes'].map((one) => kept?.[one]);
  if (numbers[0] !== null || JSON.stringify(numbers).includes(String(FORGED['queryCode'])))
    found.forgedAccepted.push(`numbers of its own: ${JSON.stringify(numbers)}`);
  if (kept?.['agent_id'] !== 'p-agent' || Boolean(kept['sealed']))
    found.forgedAccepted.push(`an agent or a seal of its own: ${JSON.stringify(kept)}`);
  if (JSON.stringify(caseRow(db, victim)) !== before)
    found.forgedAccepted.push("the row of somebody else's case");
  db.close();
  await otherLies(found, agent, other);
  await unsignedLies(found, agent);
}
