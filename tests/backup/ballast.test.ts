import { rmSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { keepBallast } from '../../src/lib/server/store/ballast.ts';
import { passingFolder } from './place.ts';

const root = passingFolder();

it('[BK9] room is kept for a full disk, in real blocks, and only where there is plenty', () => {
  const file = path.join(root, 'ballast');
  const bytes = 3 * 1024 * 1024 + 5;
  expect(keepBallast(root, bytes)).toBe(true);
  const { size, blocks, ino } = statSync(file);
  expect(size).toBe(bytes);
  expect(blocks * 512).toBeGreaterThanOrEqual(bytes);
  expect(keepBallast(root, bytes)).toBe(true);
  expect(statSync(file).ino).toBe(ino);
  rmSync(file);
  const { bavail, bsize } = statfsSync(root);
  expect(keepBallast(root, bavail * bsize)).toBe(false);
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
});
