/** The later half of the plug's page: what the tablet loads after its first picture. */
import { intakeV1 } from '../src/lib/domain/forms/intake-v1.ts';
import { browserClock, quickestAnswer } from '../src/lib/tablet/browser.ts';
import { writeSealed, type Engine } from '../src/lib/tablet/engine.ts';
import type { Transport } from '../src/lib/ports/transport.ts';
import { eventPlace } from '../src/lib/tablet/places.ts';
import type { SealedEvent } from '../src/lib/tablet/sealed-shapes.ts';
import type { Session } from '../src/lib/tablet/session.ts';
import { DATABASE } from '../src/lib/tablet/db-name.ts';
import { DeviceSigner } from '../src/lib/tablet/device-key.ts';
import { META } from '../src/lib/tablet/settings.ts';
import { SyncLoop, type LoopDeps } from '../src/lib/tablet/sync-loop.ts';
import { EVENT_SCHEMA } from '../src/lib/tablet/sync-start.ts';
import { gzipText, httpTransport } from '../src/lib/tablet/transport-http.ts';

import { COUNTED_TYPES } from './workload.ts';

export { keepListSoon } from '../src/lib/tablet/kept-list.ts';
export { openEngine, recordDeps } from '../src/lib/tablet/engine.ts';
export { recordLater, takeCase } from '../src/lib/tablet/record.ts';
export { signInOnline } from '../src/lib/tablet/session.ts';
export { enrolWithKey } from '../src/lib/tablet/sign-in.ts';
export { followUpOf, isIntake, takingOf } from './workload.ts';
export { toBase64Url } from '../src/lib/protocol/hash.ts';

export const FORM = { id: intakeV1.id, version: intakeV1.version };

export const keepSession = (engine: Engine, session: Session): Promise<void> =>
  writeSealed(engine, META.session, session);

/** One exchange as the page saw it; `at` counts from the page's start. */
export interface Traced {
  readonly at: number;
  readonly ms: number;
  readonly kind: string;
  readonly events: number;
  /** Packed, both ways, without HTTP's heads; 0 without an answer. */
  readonly bytes: number;
}

/** Writes down every exchange, for `bench -- wire --trace`. */
function traced(transport: Transport): Transport {
  const trace: Traced[] = [];
  Object.assign(globalThis, { traced: trace });
  return {
    ...transport,
    exchange: async (request) => {
      const at = Math.round(performance.now());
      const outcome = await transport.exchange(request);
      const bytes = outcome.kind === 'reply' ? outcome.bytes : 0;
      const ms = Math.round(performance.now()) - at;
      trace.push({ at, ms, kind: outcome.kind, events: request.events.length, bytes });
      return outcome;
    },
  };
}

/** The product's loop over the product's transport; only one window is open, so no lock. */
export function syncLoop(
  { store, vault }: Engine,
  of: Pick<LoopDeps, 'build' | 'digest'> & { requestId(): string; readonly wasteful: boolean },
): SyncLoop {
  const http = httpTransport({
    ...{ fetch: (input, init) => fetch(input, init), digest: of.digest },
    ...{ origin: location.origin, requestId: of.requestId },
    gzip: gzipText,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: () => browserClock.random(),
  });
  // The planted fault: every exchange is made twice.
  const twice: Transport = {
    ...http,
    exchange: async (request) => {
      await http.exchange(request);
      return http.exchange(request);
    },
  };
  const transport = traced(of.wasteful ? twice : http);
  // The key was told with the sign-in, before anything is measured.
  const signer = new DeviceSigner({
    ...{ database: DATABASE, digest: of.digest, ticks: () => performance.now() },
    tell: async () => undefined,
  });
  return new SyncLoop(
    {
      ...{ store, vault, transport, clock: browserClock, digest: of.digest, build: of.build },
      signer,
      ...{ schema: EVENT_SCHEMA, ticks: () => performance.now() },
      timer: (ms, call) => {
        const id = setTimeout(call, ms);
        return () => clearTimeout(id);
      },
      ...{ lock: (run) => run(() => true), dueOf: () => '', latencyMs: quickestAnswer },
      enrolAgain: () => Promise.reject(new Error('nobody clones a tablet here')),
    },
    () => undefined,
  );
}

/** Events that stand for one of the workload, lie here and were not refused. */
export async function countCounted({ store, vault }: Engine): Promise<number> {
  let n = 0;
  for (const { id } of await store.cases())
    for (const row of await store.eventsOf(id)) {
      if (row.state === 'q') continue;
      const { body } = (await vault.open(row.body, eventPlace(row.id))) as SealedEvent;
      if (COUNTED_TYPES.has(body.type)) n++;
    }
  return n;
}
