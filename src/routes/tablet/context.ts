import { getContext, setContext } from 'svelte';
import type { Workspace } from '$lib/tablet/workspace-types';

const key = Symbol('workspace');

/** Called once by the tablet's layout. */
export const provideWorkspace = (workspace: Workspace): Workspace => setContext(key, workspace);

/** The one object every screen of the tablet works with. */
export const useWorkspace = (): Workspace => getContext<Workspace>(key);
