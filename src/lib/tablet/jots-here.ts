import { fail, type Result } from '../domain/values.ts';
import type { Jotting } from './jotting.ts';
import type { Door } from './vault-door.ts';
import type * as Parts from './workspace-parts.ts';

/** Where what is typed behind the lock goes: into the store of this window's vault, while it seals. */
export class JotsHere {
  private readonly of: {
    door(): Door | null;
    parts(): Promise<Pick<typeof Parts, 'draftDeps' | 'Jotting'>>;
  };
  private now: { readonly door: Door; readonly words: Jotting } | null = null;

  constructor(of: JotsHere['of']) {
    this.of = of;
  }

  async keep(words: string, isWhole: boolean): Promise<Result<null, 'STORAGE'>> {
    const door = this.of.door();
    if (!door?.captures) return fail('STORAGE');
    const [parts, { intakeNow }] = [
      await this.of.parts(),
      await import('../domain/forms/intake-forms.ts'),
    ];
    if (this.now?.door !== door) {
      const form = { id: intakeNow.id, version: intakeNow.version };
      const deps = parts.draftDeps(door.engine, () => undefined);
      this.now = { door, words: new parts.Jotting(deps, form) };
    }
    return this.now.words.keep(words, isWhole);
  }

  async close(): Promise<void> {
    await this.now?.words.close();
  }
}
