/** The keeper's worker: seals captures, holds the quick PIN, outlives the lock. */
import { KeeperCore } from './keeper-core.ts';
import { keeperRequestSchema } from './messages.ts';
import { serve, type Scope } from './serve.ts';

serve(globalThis as unknown as Scope, new KeeperCore(), (ask) =>
  keeperRequestSchema.safeParse(ask),
);
