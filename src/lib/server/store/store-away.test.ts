import { expect, it } from 'vitest';
import { storageRefusal } from '../sync/body.ts';
import { isStoreAway } from './store-away.ts';

const withCode = (code: string) => Object.assign(new Error('of the driver'), { code });

it('[PG3] a database that is away or locked is told as busy, a full one as full, a fault as none', () => {
  for (const code of ['55P03', '57P01', '57P03', '25P03', '08006', '53300', 'ECONNREFUSED'])
    expect(storageRefusal(withCode(code))).toMatchObject({ status: 503, error: 'BUSY' });
  const terminated = new Error('Connection terminated unexpectedly');
  expect(isStoreAway(new Error('wrapped', { cause: terminated }))).toBe(true);
  expect(storageRefusal(withCode('53100'))).toMatchObject({ status: 507, error: 'STORAGE_FULL' });
  for (const fault of [withCode('23505'), new Error('invariant: x'), 'odd', null])
    expect(storageRefusal(fault)).toBeNull();
});
