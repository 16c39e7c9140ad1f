/**
 * The floor of the ingest measurement, a process of its own: one commit per POST and nothing more.
 * The same events as gzipped lines of JSON; each is parsed and inserted with its id, its case and
 * its text, `synchronous=FULL` in WAL; a repeated id is ignored. No rights, no hashes, no fold.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';

const dir = process.env['DATA_DIR'];
if (!dir) throw new Error('DATA_DIR names no folder');
const db = new DatabaseSync(path.join(dir, 'floor.db'));
db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
  CREATE TABLE ev(seq INTEGER PRIMARY KEY, id BLOB UNIQUE, cid BLOB, j TEXT);
  CREATE INDEX ev_cid ON ev(cid)`);
const put = db.prepare('INSERT OR IGNORE INTO ev(id, cid, j) VALUES (?, ?, ?)');
let commits = 0;

function store(body: Buffer): void {
  const lines = gunzipSync(body).toString().split('\n');
  db.exec('BEGIN IMMEDIATE');
  for (const line of lines) {
    const { id, caseId } = JSON.parse(line) as { id: string; caseId: string };
    put.run(Buffer.from(id, 'base64url'), Buffer.from(caseId, 'base64url'), line);
  }
  db.exec('COMMIT');
  commits++;
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    store(Buffer.concat(parts));
    response.end('ok');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.on('message', (word) => {
  const rows = Number(Object.values(db.prepare('SELECT count(*) FROM ev').get() ?? {})[0]);
  if (word === 'used') process.send?.({ used: { ...process.cpuUsage(), commits, rows } });
  if (word === 'stop') process.exit(0);
});
process.send?.({ ready: { port: (server.address() as AddressInfo).port, agents: [] } });
