/** Broken tablets for `--plant`; nothing of this is in the product. */
import { forgedReply } from '../../scripts/intake/plants.ts';
import type { Transport } from '../../src/lib/ports/transport.ts';

/** A connection that breaks counts as delivered. */
export const trustingBreaks = (real: Transport): Transport => ({
  ...real,
  exchange: async (request) => {
    const outcome = await real.exchange(request);
    if (outcome.kind !== 'offline') return outcome;
    return { kind: 'reply', reply: await forgedReply(request), bytes: 0 };
  },
});

/** Any answer with status 200 counts as an ack, whoever gave it. */
export const trusting200 = (real: Transport): Transport => ({
  ...real,
  exchange: async (request) => {
    const outcome = await real.exchange(request);
    if (outcome.kind !== 'not_the_county') return outcome;
    return { kind: 'reply', reply: await forgedReply(request), bytes: 0 };
  },
});
