/** The vault's worker: keys live here and nowhere else; lock = terminate(). */
import { vaultRequestSchema } from './messages.ts';
import { serve, type Scope } from './serve.ts';
import { VaultCore } from './vault-core.ts';

serve(globalThis as unknown as Scope, new VaultCore(), (ask) => vaultRequestSchema.safeParse(ask));
