/** Runs before and after all tests: the folder where files leave for each other what they may share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder that goes with the run. */
    readonly templates: string;
  }
}

/**
 * Vitest calls this by its name. On PostgreSQL, where nearly every file wants a sample county and
 * seeding takes long, it is made here, where no test waits for it.
 */
export async function setup(project: TestProject): Promise<() => void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-templates-'));
  project.provide('templates', dir);
  if (process.env['DAIBAN_TEST_PG'] !== undefined)
    await (await import('./template-seed.ts')).seededTemplate(dir, true);
  return () => rmSync(dir, { recursive: true, force: true });
}
