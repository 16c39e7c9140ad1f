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

/** Vitest calls this by its name. */
export function setup(project: TestProject): () => void {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-templates-'));
  project.provide('templates', dir);
  return () => rmSync(dir, { recursive: true, force: true });
}
