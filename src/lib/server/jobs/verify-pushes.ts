/**
 * What devices signed, as a stranger would look at it: every signature by its own key over the hashes
 * kept beside it, and those hashes against the rows that it put into the log. Who alters a row and
 * makes its hash and all tags behind it anew has no signature for it.
 */
import { sql, type Kysely } from 'kysely';
import { pushBytes } from '../../protocol/device-key.ts';
import { num } from '../store/rows.ts';
import type { CountyTables, DevicePushTable } from '../store/tables.ts';
import { checkSignature } from '../sync/signature.ts';
import { say, type Findings } from './findings.ts';

type Db = Kysely<CountyTables>;
const PUSHES_AT_ONCE = 200;
const HASH_BYTES = 32;

/** The tables are of a version before the keys: there is nothing to look at. */
async function hasPushes(db: Db): Promise<boolean> {
  const tables = await db.introspection.getTables();
  return tables.some(({ name }) => name === 'device_push');
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

/** Hashes as the log has them, in the order sent. */
function hashesOf({ hashes }: DevicePushTable): string[] {
  const bytes = bytesOf(hashes);
  const count = Math.floor(bytes.length / HASH_BYTES);
  return Array.from({ length: count }, (_, n) =>
    bytes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES).toString('hex'),
  );
}

/** Keys of the devices by their names, each as it was told. */
async function keysOf(db: Db): Promise<Map<string, string>> {
  const rows = await db.selectFrom('device_key').selectAll().execute();
  return new Map(
    rows.map(({ county, dv, key_id, public_key }) => [`${county}/${dv}/${key_id}`, public_key]),
  );
}

interface Row {
  readonly seq: number;
  readonly dv: string;
  readonly h: string;
}

/** Rows of the log that some pushes of one county put there. */
async function rowsOf(db: Db, county: string, pushes: readonly DevicePushTable[]): Promise<Row[]> {
  const from = Math.min(...pushes.map(({ from_seq }) => num(from_seq)));
  const to = Math.max(...pushes.map(({ to_seq }) => num(to_seq)));
  const rows = await db
    .selectFrom('log')
    .select(['seq', 'dv', 'h'])
    .where('county', '=', county)
    .where('kind', '=', 'event')
    .where('seq', '>', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute();
  return rows.map(({ seq, dv, h }) => ({ seq: num(seq), dv, h }));
}

/** What does not hold of one push, in words. */
function faultsOf(push: DevicePushTable, key: string | undefined, rows: readonly Row[]): string[] {
  const { dv, hashes, signature, stored } = push;
  if (key === undefined) return ['names a key that its device never had'];
  if (!checkSignature(key, pushBytes(dv, bytesOf(hashes)), bytesOf(signature)))
    return ['has no good signature'];
  const faults: string[] = [];
  const signed = hashesOf(push);
  let at = 0;
  for (const { seq, h } of rows) {
    // In the order signed; what did not join the log lies between.
    const found = signed.indexOf(h, at);
    if (found < 0) faults.push(`did not sign what stands at position ${seq}`);
    else at = found + 1;
  }
  if (rows.length !== num(stored))
    faults.push(`put ${num(stored)} entries there, ${rows.length} are left`);
  return faults;
}

/** Looks at every signed push; answers how many. */
export async function verifyPushes(db: Db, findings: Findings): Promise<number> {
  if (!(await hasPushes(db))) return 0;
  const keys = await keysOf(db);
  const { rows: counties } = await sql<{ county: string }>`
    SELECT DISTINCT county FROM device_push
  `.execute(db);
  let looked = 0;
  for (const { county } of counties) {
    for (let after = -1; ;) {
      const page = await db
        .selectFrom('device_push')
        .selectAll()
        .where('county', '=', county)
        .where('from_seq', '>', after)
        .orderBy('from_seq')
        .limit(PUSHES_AT_ONCE)
        .execute();
      const last = page.at(-1);
      if (last === undefined) break;
      after = num(last.from_seq);
      const rows = await rowsOf(db, county, page);
      for (const push of page) {
        const [from, to] = [num(push.from_seq), num(push.to_seq)];
        const own = rows.filter(({ seq, dv }) => dv === push.dv && seq > from && seq <= to);
        findings.attempts += 1;
        looked += 1;
        const key = keys.get(`${county}/${push.dv}/${push.key_id}`);
        for (const fault of faultsOf(push, key, own))
          say(findings, `county ${county}: the push of device ${push.dv} behind ${from} ${fault}`);
      }
    }
  }
  return looked;
}
