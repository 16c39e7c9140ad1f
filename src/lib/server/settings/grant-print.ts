import { hash } from 'node:crypto';
import type { AccountGrantTable } from '../auth/tables.ts';

/** Everything of a grant but its end, which may come later: 43 characters. */
export function grantPrint(row: AccountGrantTable): string {
  const { id, person_id, role, area_code, unit_id, sealed_list, from_at, made_by, made_at } = row;
  const all = [id, person_id, role, area_code, unit_id, sealed_list, from_at, made_by, made_at];
  return hash('sha256', `daiban-grant/1\n${JSON.stringify(all)}`, 'base64url');
}
