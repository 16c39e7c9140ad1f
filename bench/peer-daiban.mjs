/**
 * Our side of the peers' harness: `node compare.mjs --also <here>/peer-daiban.mjs`. The harness and
 * the peers stay in their own folder; DAIBAN_PEERS names a copy of it with its packages installed
 * (else the folder `bench/peers` under DAIBAN_SAMPLES, if somebody installed there).
 *
 * Counted as the peers count: all TCP payload bytes of the phase with HTTP headers, by the harness's
 * own proxy. The tablet is the product's store, acts and sync loop, the county the product's
 * exchange over SQLite with FULL durability, the domain's judge, sessions and headers (`peer-page.ts`,
 * `peer-county.ts`). `server_has` and `client_b_has` count the events that stand for one of the
 * workload each; ours writes six to seven events per intake, and the county's own events
 * (`case.received`…) come on top: their bytes are in the figures, they are not in the counts.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startCounty } from './peer-county.ts';
import { LATER, peerScript } from './peer-script.ts';

const { DAIBAN_PEERS, DAIBAN_SAMPLES } = process.env;
const peers = DAIBAN_PEERS ?? (DAIBAN_SAMPLES && path.join(DAIBAN_SAMPLES, 'bench', 'peers'));
if (!peers) {
  console.error('peer-daiban: DAIBAN_PEERS names no folder with the peers');
  process.exit(2);
}
const { main } = await import(pathToFileURL(path.join(peers, 'common.mjs')).href);
const { page, later } = await peerScript();
await main({
  name: 'Daiban: tablet store and sync loop, PS/1 exchange, SQLite FULL',
  client: `${page};\n`,
  /** @param {{ dir: string, serveApp: import('./peer-county.ts').ServeApp }} at */
  server: ({ dir, serveApp }) =>
    startCounty(dir, (request, response) => {
      if (request.url !== LATER) return serveApp(request, response);
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(later);
      return true;
    }),
  note: 'size is the first file alone; strict saves, one 接单 of 6-7 events per intake, domain judge, signed-in session',
});
