import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';

it('[OP4] server code that is loaded again finds the open county, not its own lock', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-again-'));
  vi.stubEnv('DATA_DIR', path.join(dir, 'county'));
  const first = await import('./container.ts');
  const container = await first.getContainer();
  vi.resetModules();
  const second = await import('./container.ts');
  expect(second.getContainer).not.toBe(first.getContainer);
  expect(await second.getContainer()).toBe(container);
  await container.close();
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});
