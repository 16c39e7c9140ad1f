import type { Workspace } from './workspace-types.ts';

export type * from './workspace-types.ts';

/** The workspace of this tab; `start()` it once. Filled in by the next commits. */
export function createWorkspace(): Workspace {
  throw new Error('invariant: workspace is not there yet');
}
