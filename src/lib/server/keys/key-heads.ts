/**
 * How far the rows of each key have come, noted beside INTAKE_KEY_FILE and so outside the database:
 * whoever takes rows away there, or puts a row of before behind them, has fewer than were noted, or
 * others. Written by the server alone; one file for all nodes, like the one beside it.
 *
 *     officer_key.<id> n=1 ─► n=2 ─► n=3, ended        <INTAKE_KEY_FILE>.heads: id: 3, tag of row 3
 */
import { hash, randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { codeOf } from '../intake-keys/key-ring.ts';

const headSchema = z.object({
  /** Number of the last row. */
  n: z.number().int().min(1),
  /** `tagOfRow` of what it says. */
  tag: z.string().length(43),
  state: z.enum(['proposed', 'confirmed', 'refused', 'ended']),
});
const fileSchema = z.object({
  v: z.literal(1),
  county: z.string(),
  keys: z.record(z.string().max(64), headSchema),
});
/** The last row of one key, as it was noted. */
export type KeyHead = z.infer<typeof headSchema>;
/** By key id; null: none were ever noted here, and keys of before are believed as they stand. */
export type KeyHeads = ReadonlyMap<string, KeyHead> | null;

/** SHA-256 of a row's text, base64url. */
export const tagOfRow = (value: string): string => hash('sha256', value, 'base64url');

/** Where the heads lie. */
export const keyHeadsFile = (intakeKeyFile: string): string => `${intakeKeyFile}.heads`;

/** What was noted; a file that cannot be read lets no row of before count. */
export async function readKeyHeads(intakeKeyFile: string, county: string): Promise<KeyHeads> {
  const file = keyHeadsFile(intakeKeyFile);
  try {
    const read = fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return new Map(read.county === county ? Object.entries(read.keys) : []);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    console.error(`${file} cannot be read`, codeOf(error) ?? (error as Error).name);
    return new Map();
  }
}

/** Notes these and no others. */
export async function writeKeyHeads(
  intakeKeyFile: string,
  county: string,
  heads: ReadonlyMap<string, KeyHead>,
): Promise<void> {
  const file = keyHeadsFile(intakeKeyFile);
  const draft = `${file}.${randomUUID()}`;
  try {
    const text = JSON.stringify({ v: 1, county, keys: Object.fromEntries(heads) });
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, file);
  } catch (error) {
    // A folder of secrets may be for reading alone: the rows are chained all the same.
    console.error('the heads of the keys are not noted', codeOf(error) ?? (error as Error).name);
  }
}

/** Notes what has come behind; nothing ever goes back by this. */
export async function raiseKeyHeads(
  intakeKeyFile: string,
  county: string,
  seen: ReadonlyMap<string, KeyHead>,
): Promise<void> {
  const noted = (await readKeyHeads(intakeKeyFile, county)) ?? new Map<string, KeyHead>();
  const newer = [...seen].filter(([keyId, { n }]) => n > (noted.get(keyId)?.n ?? 0));
  if (newer.length > 0) await writeKeyHeads(intakeKeyFile, county, new Map([...noted, ...newer]));
}
