/** The recovery key of a command: `--key=FILE` with its passphrase, or `--shares` from two sheets. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { loadArgon2 } from '../../src/lib/protocol/kdf.ts';
import { SHARES } from '../../src/lib/protocol/key-share.ts';
import { officerKeySchema, unwrapOfficerKey } from '../../src/lib/protocol/officer-key.ts';
import { recoveryOpener, type Opener } from '../../src/lib/server/keys/sealed-file.ts';
import { sharesOpener } from '../../src/lib/server/keys/shares-opener.ts';

/** Asks for lines on the terminal without showing them; from a pipe it reads so many. */
async function askHidden(questions: readonly string[]): Promise<readonly string[]> {
  const nowhere = new Writable({ write: (_some, _how, done) => done() });
  const terminal = process.stdin.isTTY;
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal });
  const lines = reader[Symbol.asyncIterator]();
  const said: string[] = [];
  for (const question of questions) {
    process.stderr.write(question);
    const line = await lines.next();
    if (terminal) process.stderr.write('\n');
    said.push(line.done === true ? '' : line.value);
  }
  reader.close();
  return said;
}

async function ofFile(file: string): Promise<Opener> {
  const read = officerKeySchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!read.success) throw new Error(`${file} is no key file of this program.`);
  const [passphrase = ''] = await askHidden([`Passphrase of ${read.data.keyId}: `]);
  const argon2 = await loadArgon2();
  const opened = await unwrapOfficerKey(read.data, { passphrase, argon2 });
  if (opened === 'WRONG') throw new Error('That is not its passphrase.');
  if (opened === 'NO_ARGON2') throw new Error('This machine cannot compute Argon2id.');
  return recoveryOpener(opened);
}

/** Takes `--key=FILE` or `--shares` out of the flags; undefined: neither was given. Throws a sentence. */
export async function recoveryKeyOf(flags: Set<string>): Promise<Opener | undefined> {
  const named = [...flags].find((flag) => flag.startsWith('--key='));
  if (named !== undefined && flags.delete(named)) return ofFile(named.slice('--key='.length));
  if (!flags.delete('--shares')) return undefined;
  const sheets = Array.from({ length: SHARES.needed }, (_, i) => `Sheet ${i + 1} of 2: `);
  return sharesOpener(await askHidden(sheets));
}
